"""What production must set. Run by ``manage.py check --deploy``; the ids are stable."""

from django.conf import settings
from django.core.checks import Error, Tags, register


@register(Tags.security, deploy=True)
def production_is_safe(app_configs, **kwargs):
    """Every setting that would put people's records at risk is named."""
    return [
        Error(message, hint=hint, id=f"portal.{code}") for is_wrong, code, message, hint in _questions() if is_wrong
    ]


def _questions():
    secret, unlock = settings.SECRET_KEY, settings.UNLOCK_CODE_KEY
    hosts = settings.ALLOWED_HOSTS
    return [
        (
            len(secret) < 40 or len(set(secret)) < 8,
            "E001",
            "The secret key is missing or too weak.",
            "Set PORTAL_SECRET_KEY to at least 40 random characters.",
        ),
        (settings.DEBUG, "E002", "Debug pages are on: they show settings and data.", "Unset PORTAL_DEBUG."),
        (
            not hosts or "*" in hosts,
            "E003",
            "The host names are missing, or any name is accepted.",
            "Set PORTAL_ALLOWED_HOSTS to the names people use.",
        ),
        (
            len(unlock) < 32 or unlock == secret,
            "E004",
            "The key that protects unlock codes is missing, short, or the same as the secret key.",
            "Set PORTAL_UNLOCK_KEY to at least 32 random characters of its own.",
        ),
        (
            not (settings.SESSION_COOKIE_SECURE and settings.CSRF_COOKIE_SECURE),
            "E005",
            "Cookies may travel without encryption.",
            "Unset PORTAL_SECURE_COOKIES.",
        ),
        (settings.DEMO, "E006", "Demo sign-ins are on.", "Unset PORTAL_DEMO."),
        (
            settings.DATABASES["default"]["ENGINE"] == "config.embedded.postgresql",
            "E007",
            "The database is the embedded one, which is for demonstrations and tests.",
            "Set DATABASE_URL.",
        ),
        (
            bool(settings.OUTGOING_PRIVATE_NETWORKS),
            "E008",
            "Feeds may be fetched from inside a private network, where there is more than feeds.",
            "Unset PORTAL_OUTGOING_PRIVATE_NETWORKS.",
        ),
    ]
