"""Production's settings, on a day of the invented town's year. Its e-mails go to files: there is no mail server."""

import datetime as dt

from config import env
from config.settings.production import *  # noqa: F403 - settings are layered by star import

CLOCK_OFFSET = dt.timedelta(seconds=env.number("PORTAL_CLOCK_OFFSET", 0))
EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = env.text("PORTAL_BENCH_MAIL", str(env.VAR_DIR / "bench-load" / "mail"))
