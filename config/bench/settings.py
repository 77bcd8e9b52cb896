"""The settings of trial workers: the portal's own, with a queue and a schedule that no other worker reads."""

import datetime as dt
from pathlib import Path

from config import env
from config.settings.local import *  # noqa: F403 - settings are layered by star import
from config.settings.local import CELERY_BEAT_SCHEDULE, CELERY_BROKER_TRANSPORT_OPTIONS, REDIS_URL

CLOCK_OFFSET = dt.timedelta(0)  # whatever stage of its year a demonstration on this machine stands at
TRIAL_DIR = Path(env.text("PORTAL_TRIAL_DIR", str(env.VAR_DIR / "trial")))
MEDIA_ROOT = TRIAL_DIR / "media"
if not REDIS_URL:
    CELERY_BROKER_TRANSPORT_OPTIONS |= {
        "data_folder_in": str(TRIAL_DIR / "queue"),
        "data_folder_out": str(TRIAL_DIR / "queue"),
        "control_folder": str(TRIAL_DIR / "control"),
        "processed_folder": str(TRIAL_DIR / "processed"),
    }
CELERY_BEAT_SCHEDULE = {
    "sweep-jobs": CELERY_BEAT_SCHEDULE["sweep-jobs"],
    # Every minute otherwise, for which no trial should have to wait.
    "sweep-outbox": CELERY_BEAT_SCHEDULE["sweep-outbox"] | {"schedule": 5.0},
}
