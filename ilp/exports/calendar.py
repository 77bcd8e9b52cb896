"""Something to try, as a file that calendars take in (RFC 5545)."""

import datetime as dt

from django.conf import settings

from ilp.models import Experience

LONGEST_LINE = 75  # octets


def calendar_file(experience: Experience, *, address: str) -> str:
    """One event. ``address`` is the page of it. Times are in UTC, so no calendar needs to know London's."""
    host = settings.PORTAL_ADDRESS.split("//")[-1].split("/")[0]
    is_cancelled = experience.state == "cancelled"
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:-//{_escaped(settings.PORTAL_NAME)}//EN",
        "METHOD:PUBLISH",
        "BEGIN:VEVENT",
        f"UID:{experience.reference}@{host}",
        f"DTSTAMP:{_moment(experience.changed_at)}",
        f"DTSTART:{_moment(experience.starts_at)}",
        f"DTEND:{_moment(experience.ends_at)}",
        f"SUMMARY:{_escaped(experience.title)}",
        f"LOCATION:{_escaped(experience.where)}",
        f"DESCRIPTION:{_escaped(f'{experience.organisation}. {experience.bring}'.strip())}",
        f"URL:{address}",
        f"STATUS:{'CANCELLED' if is_cancelled else 'CONFIRMED'}",
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return "".join(f"{_folded(line)}\r\n" for line in lines)


def _moment(at: dt.datetime) -> str:
    return at.astimezone(dt.UTC).strftime("%Y%m%dT%H%M%SZ")


def _escaped(text: str) -> str:
    for sign in ("\\", ";", ","):
        text = text.replace(sign, f"\\{sign}")
    return "\\n".join(text.splitlines())


def _folded(line: str) -> str:
    """Lines of at most 75 octets; what goes on begins with a space. No letter is cut in two."""
    parts, part = [], ""
    for sign in line:
        if len((part + sign).encode()) > LONGEST_LINE - (1 if parts else 0):
            parts.append(part)
            part = ""
        part += sign
    return "\r\n ".join([*parts, part])
