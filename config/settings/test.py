"""The test suite: quick, alone, and nothing leaves the process but queries."""

import os

from config.settings.base import *  # noqa: F403 - settings are layered by star import
from config.settings.base import DATABASES, STORAGES, VAR_DIR

SECRET_KEY = "the tests' own key"  # noqa: S105 - protects nothing
UNLOCK_CODE_KEY = "the tests' own unlock code key"
DEMO = True
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]

EMBEDDED_POSTGRES = "test"
# Several people, and several workers of one person, run tests against the same server at once.
DATABASES["default"] |= {"TEST": {"NAME": f"test_portal_{os.getpid()}"}, "CONN_MAX_AGE": 0}
API_CALLS_A_MINUTE = 1_000_000  # the clock stands still, so all tests are one minute
API_WRONG_TOKENS_A_MINUTE = 1_000_000
# What Django derives from the models, which no test changes: see tests/conftest.py.
FLUSH_KEEPS = {"django_content_type", "auth_permission"}
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
WHITENOISE_AUTOREFRESH = True
MEDIA_ROOT = VAR_DIR / "test-media"
FEED_FOLDERS = VAR_DIR / "test-feeds"
OUTGOING_PRIVATE_NETWORKS: list[str] = []  # a test that asks a server of its own allows it

EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

REMEMBERED_SECONDS = VERSION_SECONDS = 0  # every page asks
COUNTS_SECONDS = 0  # nothing is written behind a test's back: a test that wants the counts calls flush_counts

# Messages go to a queue nobody reads: a test that wants the work done calls the task.
CELERY_BROKER_URL = "memory://"
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, object] = {}
