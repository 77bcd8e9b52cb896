"""What every place has in common. The environment is asked through ``config.env`` only."""

import datetime as dt

from celery.schedules import crontab
from csp.constants import NONE, SELF
from kombu import Exchange, Queue

from config import broker, env

BASE_DIR = env.BASE_DIR
VAR_DIR = env.VAR_DIR

PORTAL_NAME = env.text("PORTAL_NAME", "Next Step")
PORTAL_ADDRESS = env.text("PORTAL_ADDRESS", "http://localhost:8000").rstrip("/")  # for links in e-mails
AREA_HOSTS = env.pairs("PORTAL_AREA_HOSTS")  # host name: slug of the area whose own it is
DEBUG = False
CLOCK_OFFSET = dt.timedelta(0)  # how far core.clock stands from the machine's; only a demonstration moves it
DEMO = False  # demo sign-ins are shown and accepted only when this is on; production refuses it (portal.E006)
ALLOWED_HOSTS: list[str] = []

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.sitemaps",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "crispy_forms",
    "csp",
    "django_htmx",
    "import_export",
    "core",
    "activity",
    "providers",
    "accounts",
    "prospectus",
    "ilp",
    "applications",
    "reporting",
    "config",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "core.middleware.BodyLimitMiddleware",
    # No GZipMiddleware: pages carry CSRF tokens beside what people typed (BREACH). WhiteNoise serves the
    # static files compressed, and prospectus.views.public those pages that have no secret in them.
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "reporting.middleware.UseMiddleware",  # behind static files, and around whatever knows who is signed in
    "django.contrib.sessions.middleware.SessionMiddleware",
    "core.middleware.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.middleware.SignInMiddleware",
    "accounts.middleware.OneRecordMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "prospectus.middleware.ShortlistMiddleware",
    "core.middleware.RefusalMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["core.templatetags.components", "core.templatetags.forms", "django.templatetags.i18n"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "core.context.page",
            ],
        },
    },
]
CRISPY_ALLOWED_TEMPLATE_PACKS = "portal"
CRISPY_TEMPLATE_PACK = "portal"
CRISPY_FAIL_SILENTLY = False

# People

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
# The first one hashes; a password that another one hashed is taken, and hashed anew with the first at the next sign-in.
PASSWORD_HASHERS = ["accounts.hashers.PasswordHasher", "django.contrib.auth.hashers.PBKDF2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 8}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "accounts:sign-in"
LOGIN_REDIRECT_URL = "accounts:start"
LOGOUT_REDIRECT_URL = "accounts:signed-out"
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = None  # a learner may say that the device is their own; else until the browser is closed
MFA_ADAPTER = "accounts.adapter.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_TOLERANCE = 1  # half a minute either way, because telephones' clocks differ; a code works once all the same
# How long a sign-in lasts. Decision 0034.
STAFF_IDLE_MINUTES = env.number("PORTAL_STAFF_IDLE_MINUTES", 30)
STAFF_SESSION_HOURS = env.number("PORTAL_STAFF_SESSION_HOURS", 12)
LEARNER_IDLE_MINUTES = env.number("PORTAL_LEARNER_IDLE_MINUTES", 60)
# Days without a sign-in after which staff are warned, warned again, and their roles end. Decision on unused roles.
STAFF_UNUSED_DAYS = env.rising("PORTAL_STAFF_UNUSED_DAYS", (60, 75, 90))
OWN_DEVICE_DAYS = 14  # a learner on a device they have called their own
CONFIRMED_FOR_MINUTES = 10  # then the password or a code again before a change to how one signs in
# A school's IT room is one address: allauth's own limits (30 sign-ins, 10 wrong ones a minute) would lock it out.
ACCOUNT_RATE_LIMITS = {"login": "300/m/ip", "login_failed": "60/m/ip,5/5m/key"}

SESSION_ENGINE = "accounts.sessions"
SESSION_COOKIE_AGE = 14 * 24 * 60 * 60
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "django.views.csrf.csrf_failure"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# Maps and journeys. Unset: maps are drawn from our own points, and nobody is sent to a journey planner.
TILES_URL = env.address_pattern("PORTAL_TILES_URL", "z", "x", "y")
TILES_ATTRIBUTION = env.text("PORTAL_TILES_ATTRIBUTION")
# Under which terms the open data may be used, in words and where they stand.
OPEN_DATA_LICENCE = env.text("PORTAL_OPEN_DATA_LICENCE", "Open Government Licence v3.0")
OPEN_DATA_LICENCE_URL = env.text(
    "PORTAL_OPEN_DATA_LICENCE_URL", "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/"
)
API_CALLS_A_MINUTE = env.number("PORTAL_API_CALLS_A_MINUTE", 300)  # from one address; then 429 and when to come back
API_WRONG_TOKENS_A_MINUTE = env.number("PORTAL_API_WRONG_TOKENS_A_MINUTE", 30)  # from one address; then 429
# Feeds and the like are asked on the public internet only. Demonstrations may allow a network of their own, such as
# 127.0.0.0/8; production must not (portal.E008).
OUTGOING_PRIVATE_NETWORKS = env.words("PORTAL_OUTGOING_PRIVATE_NETWORKS")
FEED_FOLDERS = env.text("PORTAL_FEED_FOLDERS", str(VAR_DIR / "feeds"))  # where files for feeds are put, a folder each
JOURNEY_URL = env.address_pattern("PORTAL_JOURNEY_URL", "to")
# What people typed is shown to staff once so many searches had it: fewer could say who it was.
SEARCH_WORDS_SHOWN_FROM = 5

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", *([env.origin_of(TILES_URL)] if TILES_URL else [])],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "manifest-src": [SELF],
    }
}

# Where things are kept

EMBEDDED_POSTGRES = "portal"  # the name of the cluster used when DATABASE_URL is unset
if env.text("DATABASE_URL"):
    DATABASES = {"default": env.database_from_url(env.text("DATABASE_URL"))}
else:
    DATABASES = {"default": {"ENGINE": "config.embedded.postgresql", "NAME": "portal"}}
# Persistent connections: one per request cost 2.5 times as much. gthread keeps its threads, so no pool is needed.
DATABASES["default"] |= {"CONN_MAX_AGE": 600, "CONN_HEALTH_CHECKS": True}
# Values go to PostgreSQL beside the statement, so that one that has come five times is planned no more (core.planning).
DATABASES["default"]["OPTIONS"] = DATABASES["default"].get("OPTIONS", {}) | {
    "server_side_binding": True,
    "prepare_threshold": 5,
}

REDIS_URL = env.text("REDIS_URL")
if REDIS_URL:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}}
else:
    # Several processes must see one cache, and PostgreSQL is what they share. `createcachetable` makes the table.
    # Limits on tries are counted here: with Django's own 300 entries a busy minute would throw some of them away.
    CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.db.DatabaseCache",
            "LOCATION": "cache_entry",
            "OPTIONS": {"MAX_ENTRIES": 10_000},
        }
    }
# Parts of public pages are many, and whoever reads on and on would crowd the limits out: each process keeps its own.
CACHES["template_fragments"] = {
    "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
    "LOCATION": "template-fragments",
    "OPTIONS": {"MAX_ENTRIES": 2_000},
}

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = env.text("PORTAL_STATIC_ROOT", str(VAR_DIR / "static"))
MEDIA_URL = "/media/"  # never served from here: every file goes through a view that starts at visible_to
MEDIA_ROOT = VAR_DIR / "media"
FILE_UPLOAD_PERMISSIONS = 0o600
MOST_BODY_BYTES = 256 * 2**20  # four times the largest file we take: up to here people are told kindly on the form
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

MAILS_AT_ONCE = env.number("PORTAL_MAILS_AT_ONCE", 200)  # of one press; of more all wait for a second press
EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = VAR_DIR / "mail"
DEFAULT_FROM_EMAIL = env.text("PORTAL_FROM_EMAIL", "no-reply@next-step.example")
BOUNCES_TO = env.text("PORTAL_BOUNCES_TO")  # where e-mails come back to that cannot be delivered; empty: the sender

# Words and time

LANGUAGE_CODE = "en-gb"
# What people are offered, each by its own name. core.languages says on which pages; locale/ has the words.
LANGUAGES = [("en-gb", "English"), ("pl", "Polski"), ("ur", "اردو")]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Europe/London"

# Background work. Jobs and messages to people are rows; see docs/decisions.

if REDIS_URL:
    CELERY_BROKER_URL = REDIS_URL
    # A worker killed in the middle gives its message back within seconds; Celery's own defaults took 102.
    # A Redis that is down costs a request two short tries, no more: the sweep announces what could not be.
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "visibility_timeout": 30,
        "unacked_restore_throttle": 1,
        "socket_connect_timeout": 1,
        "max_retries": 1,
        "interval_start": 0,
        "interval_step": 0.1,
    }
else:
    BROKER_DIR = VAR_DIR / "broker"
    CELERY_BROKER_URL = "folder://localhost//"  # config.broker
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(BROKER_DIR / "queue"),
        "data_folder_out": str(BROKER_DIR / "queue"),
        "control_folder": str(BROKER_DIR / "control"),
        "processed_folder": str(BROKER_DIR / "processed"),
        "store_processed": False,
        "polling_interval": 0.1,
    }
# Two queues, so that a slow computer elsewhere holds up no work here. A worker that is told of neither serves both.
CELERY_TASK_QUEUES = [Queue(name, Exchange(name), routing_key=name) for name in broker.QUEUES]
CELERY_TASK_DEFAULT_QUEUE = broker.QUEUE
CELERY_TASK_ROUTES = {
    name: {"queue": broker.WEBHOOKS} for name in ("applications.deliver_to_webhook", "applications.sweep_webhooks")
}
JOB_LEASE_SECONDS = env.number("PORTAL_JOB_LEASE_SECONDS", 10)  # a job whose worker is gone starts again after this
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_SEND_TASK_EVENTS = False
CELERY_WORKER_HIJACK_ROOT_LOGGER = False  # a worker writes its lines as below, too
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_SOFT_TIME_LIMIT = 15 * 60
CELERY_TASK_TIME_LIMIT = 16 * 60
# A large upload leaves its worker's memory in pieces that Python does not give back: above this the process ends after
# its task and another takes its place. Checking 10,000 rows takes about 150 MB (docs/production.md).
CELERY_WORKER_MAX_MEMORY_PER_CHILD = env.number("PORTAL_WORKER_MEMORY_MB", 500) * 1024  # KiB
CELERY_TIMEZONE = TIME_ZONE
CELERY_BEAT_SCHEDULE = {
    "sweep-jobs": {"task": "activity.sweep_jobs", "schedule": 5.0, "options": {"expires": 5}},
    "sweep-outbox": {"task": "activity.sweep_outbox", "schedule": 60.0, "options": {"expires": 60}},
    "accounts-nightly": {"task": "accounts.nightly", "schedule": crontab(hour=2, minute=10)},
    # The first one at eight sends them; those after it catch up what was missed.
    "daily-mails": {
        "task": "accounts.make_daily_mails",
        "schedule": crontab(day_of_week="mon-fri", hour="8-16", minute="*/10"),
        "options": {"expires": 600},
    },
    "prospectus-nightly": {"task": "prospectus.nightly", "schedule": crontab(hour=2, minute=20)},
    # Early enough for a dead page to be put right the same morning.
    "prospectus-links": {"task": "prospectus.sweep_links", "schedule": crontab(hour=3, minute=10)},
    # After school, in six groups over an hour; two more hours catch up what was missed.
    "prospectus-saved-searches": {
        "task": "prospectus.tell_of_new_courses",
        "schedule": crontab(day_of_week="thu", hour="16-18", minute="*/10"),
        "options": {"expires": 600},
    },
    "prospectus-feeds": {"task": "prospectus.fetch_feeds", "schedule": 60.0, "options": {"expires": 60}},
    "prospectus-texts": {"task": "prospectus.read_texts", "schedule": 60.0, "options": {"expires": 60}},
    "prospectus-notices": {
        "task": "prospectus.tell_providers",
        "schedule": crontab(day_of_week="mon-fri", hour="9-16", minute=10),
        "options": {"expires": 3000},
    },
    "ilp-messages": {"task": "ilp.tell_of_messages", "schedule": 60.0, "options": {"expires": 60}},
    # Before the e-mail of the day is made at eight; one hour more catches up what was missed.
    "ilp-due-steps": {
        "task": "ilp.tell_of_due_steps",
        "schedule": crontab(day_of_week="mon-fri", hour="7-8", minute=35),
        "options": {"expires": 3000},
    },
    # After lessons: learners in quiet hours are told an hour, or a day, later.
    "ilp-reminders": {
        "task": "ilp.remind_of_reviews",
        "schedule": crontab(day_of_week="mon-fri", hour="15-17", minute=25),
        "options": {"expires": 3000},
    },
    # Every day: an area may write to learners at the weekend, and of a Monday it is told on Sunday there.
    "ilp-booking-reminders": {
        "task": "ilp.remind_of_bookings",
        "schedule": crontab(hour="15-17", minute=35),
        "options": {"expires": 3000},
    },
    "webhooks": {"task": "applications.sweep_webhooks", "schedule": 15.0, "options": {"expires": 15}},
    "releases": {"task": "applications.release_decisions", "schedule": 30.0, "options": {"expires": 30}},
    "interview-reminders": {
        "task": "applications.remind_of_interviews",
        "schedule": crontab(hour="15-17", minute=45),
        "options": {"expires": 3000},
    },
    # Before the e-mail of the day at eight; the later ones catch up what was missed.
    "deadlines": {
        "task": "applications.tell_of_deadlines",
        "schedule": crontab(day_of_week="mon-fri", hour="7-11", minute=20),
        "options": {"expires": 3000},
    },
    "ilp-nightly": {"task": "ilp.nightly", "schedule": crontab(hour=2, minute=40)},
    "reporting-counters": {"task": "reporting.add_up", "schedule": 60.0, "options": {"expires": 60}},
    # Soon after midnight; the hours after it catch up what was missed.
    "reporting-count": {"task": "reporting.count", "schedule": crontab(minute=15), "options": {"expires": 3000}},
    # Soon after midnight, when the day's salt has to go; the hours after it catch up.
    "reporting-use": {"task": "reporting.fold_use", "schedule": crontab(minute=1), "options": {"expires": 3000}},
    # In working hours, so that somebody is there when the message comes; what was missed comes with the next one.
    "reports-due": {
        "task": "reporting.make_due_reports",
        "schedule": crontab(day_of_week="mon-fri", hour="7-16", minute="*/10"),
        "options": {"expires": 600},
    },
    "nightly": {"task": "applications.nightly", "schedule": crontab(hour=2, minute=30)},
}

# What pages need not ask anew: how long something is remembered that may be a little late, such as the number of new
# messages in the menu, and what is remembered with the version of search that it is true of.
REMEMBERED_SECONDS, VERSION_SECONDS = 60, 3600
COUNTS_SECONDS = 5  # how long a process adds up what was looked at before it writes it down

# Logs carry ids, addresses and times, never names or free text.

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"()": "core.logs.LineFormatter", "format": "%(asctime)s %(levelname)s %(name)s %(message)s"}
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {"django": {"handlers": ["stderr"], "level": "WARNING", "propagate": False}},
}
