"""The real thing. Nothing secret has a default; ``check --deploy`` refuses what is insecure (config/checks.py)."""

from config import env
from config.settings.base import *  # noqa: F403 - settings are layered by star import

SECRET_KEY = env.text("PORTAL_SECRET_KEY")
SECRET_KEY_FALLBACKS = env.words("PORTAL_OLD_SECRET_KEYS")
UNLOCK_CODE_KEY = env.text("PORTAL_UNLOCK_KEY")
DEBUG = env.flag("PORTAL_DEBUG")
DEMO = env.flag("PORTAL_DEMO")
ALLOWED_HOSTS = env.words("PORTAL_ALLOWED_HOSTS")
PORTAL_ADDRESS = env.text("PORTAL_ADDRESS", f"https://{ALLOWED_HOSTS[0].lstrip('.')}" if ALLOWED_HOSTS else "")
CSRF_TRUSTED_ORIGINS = env.words("PORTAL_TRUSTED_ORIGINS")

SECURE_SSL_REDIRECT = env.flag("PORTAL_HTTPS_REDIRECT", default=True)
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = env.flag("PORTAL_SECURE_COOKIES", default=True)
CSRF_COOKIE_SECURE = SESSION_COOKIE_SECURE
if env.flag("PORTAL_BEHIND_PROXY"):
    # Only when a proxy in front sets this header itself and drops what visitors send.
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    ALLAUTH_TRUSTED_PROXY_COUNT = 1  # limits on wrong tries then count the visitor's address, not the proxy's

EMAIL_BACKEND = "accounts.mail.Backend"
EMAIL_HOST = env.text("PORTAL_EMAIL_HOST", "localhost")
EMAIL_PORT = env.number("PORTAL_EMAIL_PORT", 25)
EMAIL_HOST_USER = env.text("PORTAL_EMAIL_USER")
EMAIL_HOST_PASSWORD = env.text("PORTAL_EMAIL_PASSWORD")
EMAIL_USE_TLS = env.flag("PORTAL_EMAIL_TLS")
EMAIL_TIMEOUT = 10  # seconds

MEDIA_ROOT = env.text("PORTAL_MEDIA_ROOT", str(env.VAR_DIR / "media"))
