"""The only place that reads the environment. Settings ask here, everything else asks settings."""

import json
import os
import secrets
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"
DEMO_NOTE = VAR_DIR / "demo.json"


def choose_settings(module):
    """Django uses ``module`` unless DJANGO_SETTINGS_MODULE says otherwise."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", module)


def text(name: str, default: str = "") -> str:
    """The variable's text without surrounding space; an empty variable counts as unset."""
    return os.environ.get(name, "").strip() or default


def flag(name, *, default=False):
    """True for 1, true, yes or on; False for 0, false, no or off.

    Raises: ValueError for anything else, so that a typing error never switches something silently.
    """
    value = text(name).lower()
    if not value:
        return default
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"0", "false", "no", "off"}:
        return False
    raise ValueError(f"{name} must be 1 or 0, not {value!r}")


def number(name, default):
    """The variable as a whole number."""
    return int(text(name) or default)


def words(name, default=()):
    """The comma-separated parts of the variable."""
    return [part.strip() for part in text(name).split(",") if part.strip()] or list(default)


def local_secret(name):
    """A random secret of this clone, made once and kept in var/secrets. Never used in production."""
    path = VAR_DIR / "secrets" / name
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii")
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(50))
    return path.read_text(encoding="ascii")


def demo_note():
    """What is known of the demo town in the embedded database: its stage and its clock. Empty when there is none."""
    try:
        return json.loads(DEMO_NOTE.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}


def database_from_url(url):
    """Django's settings for a ``postgresql://`` address; what follows ``?`` becomes connection options."""
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ValueError("DATABASE_URL must start with postgresql://")
    options = dict(parse_qsl(parts.query))
    # A socket folder cannot stand where the host stands in an address, so it comes as ?host=/folder.
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "OPTIONS": options,
    }
