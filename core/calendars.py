"""One moment or day as a calendar file (RFC 5545), which telephones and calendars of schools can open."""

import datetime as dt

from django.http import HttpResponse
from django.utils import timezone

from core import clock

FOLD_AT = 75  # octets a line, RFC 5545 section 3.1


def calendar_of(
    *, uid: str, summary: str, starts: dt.datetime | dt.date, minutes: int = 30, place: str = "", url: str = ""
) -> str:
    """The file. A date is the whole day; a moment lasts ``minutes``. What stands in it is read by whoever can read the
    calendar it is put into, so it should say as little as will do."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//portal//calendar//EN", "BEGIN:VEVENT"]
    lines += [f"UID:{_said(uid)}", f"DTSTAMP:{_moment(clock.now())}"]
    if isinstance(starts, dt.datetime):
        lines += [f"DTSTART:{_moment(starts)}", f"DTEND:{_moment(starts + dt.timedelta(minutes=minutes))}"]
    else:
        lines += [f"DTSTART;VALUE=DATE:{starts:%Y%m%d}", f"DTEND;VALUE=DATE:{starts + dt.timedelta(days=1):%Y%m%d}"]
    lines.append(f"SUMMARY:{_said(summary)}")
    lines += [f"LOCATION:{_said(place)}"] * bool(place) + [f"URL:{url}"] * bool(url)
    lines += ["END:VEVENT", "END:VCALENDAR"]
    return "".join(f"{_folded(line)}\r\n" for line in lines)


def calendar_response(text: str, *, name: str) -> HttpResponse:
    """The file as something to open or keep."""
    return HttpResponse(
        text,
        content_type="text/calendar; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}.ics"', "Cache-Control": "private, no-store"},
    )


def _moment(at: dt.datetime) -> str:
    return f"{at.astimezone(dt.UTC):%Y%m%dT%H%M%SZ}"


def _said(words: str) -> str:
    """Text as the file's rules want it: a line break typed by somebody must not begin a line of the file."""
    for sign, instead in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\r\n", "\\n"), ("\n", "\\n"), ("\r", "\\n")):
        words = words.replace(sign, instead)
    return words


def _folded(line: str) -> str:
    """No line longer than the rules allow, and no letter cut in two."""
    parts: list[str] = []
    current = ""
    for letter in line:
        if len((current + letter).encode()) > FOLD_AT - bool(parts):
            parts.append(current)
            current = ""
        current += letter
    return "\r\n ".join([*parts, current])


def in_london(on: dt.date, at: dt.time) -> dt.datetime:
    """That time of that day in London."""
    return timezone.make_aware(dt.datetime.combine(on, at))
