"""One's own machine: the demo, the development server, commands by hand."""

import datetime as dt

from config import env
from config.settings.base import *  # noqa: F403 - settings are layered by star import, as Django's own documentation does

SECRET_KEY = env.local_secret("secret-key")
UNLOCK_CODE_KEY = env.text("PORTAL_UNLOCK_KEY") or env.local_secret("unlock-code-key")
DEBUG = env.flag("PORTAL_DEBUG")
DEMO = env.flag("PORTAL_DEMO", default=True)
ALLOWED_HOSTS = env.words("PORTAL_ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]"])
if DEMO:
    MAILS_AT_ONCE = 20  # so that a town of this size shows what happens to hundreds
if DEMO and not OUTGOING_PRIVATE_NETWORKS:
    OUTGOING_PRIVATE_NETWORKS = ["127.0.0.1/32"]  # the invented college's own system is on this machine, too
# The demo town stands at a stage of its year, and the days go on from there.
CLOCK_OFFSET = dt.timedelta(seconds=env.number("PORTAL_CLOCK_OFFSET", env.demo_note().get("clock_offset_seconds", 0)))
