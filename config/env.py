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


def choose_address(address: str) -> None:
    """Links in e-mails lead to ``address`` unless PORTAL_ADDRESS says otherwise."""
    os.environ.setdefault("PORTAL_ADDRESS", address)


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


def rising(name, default):
    """The comma-separated whole numbers of the variable, as many as ``default`` has, each more than the one before.

    Raises: ValueError for anything else.
    """
    parts = words(name)
    numbers = tuple(int(part) for part in parts) if all(part.isdecimal() for part in parts) else ()
    numbers = numbers if parts else default
    if len(numbers) != len(default) or numbers[0] < 1 or list(numbers) != sorted(set(numbers)):
        raise ValueError(f"{name} must be {len(default)} rising numbers, such as {','.join(map(str, default))}")
    return numbers


def words(name, default=()):
    """The comma-separated parts of the variable."""
    return [part.strip() for part in text(name).split(",") if part.strip()] or list(default)


def pairs(name: str) -> dict[str, str]:
    """The comma-separated parts of the variable, each ``one=other``, as a dictionary with its keys in small letters.

    Raises: ValueError for a part that is not.
    """
    found = [part.split("=") for part in words(name)]
    if not all(len(part) == 2 and all(part) for part in found):
        raise ValueError(f"{name} must be pairs, such as northmoor.next-step.example=northmoor")
    return {one.strip().lower(): other.strip() for one, other in found}


def address_pattern(name: str, *blanks: str) -> str:
    """The variable as a web address with these blanks in braces: ``{z}``. Empty when it is unset.

    Raises: ValueError for another kind of address, or one that leaves a blank out.
    """
    pattern = text(name)
    if not pattern:
        return ""
    parts = urlsplit(pattern)
    if parts.scheme not in {"http", "https"} or not parts.netloc or any(mark in pattern for mark in " ;,'\"<>"):
        raise ValueError(f"{name} must be a whole web address, such as https://example.org/, not {pattern!r}")
    missing = [blank for blank in blanks if f"{{{blank}}}" not in pattern]
    if missing:
        raise ValueError(f"{name} needs {' and '.join(f'{{{blank}}}' for blank in missing)} in it")
    return pattern


def origin_of(pattern: str) -> str:
    """Where an address pattern leads, as a content security policy names it: ``{s}`` may be any name."""
    parts = urlsplit(pattern)
    return f"{parts.scheme}://{parts.netloc.replace('{s}', '*')}"


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
        "ENGINE": "config.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "OPTIONS": options,
    }
