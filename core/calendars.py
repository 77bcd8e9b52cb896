"""One event as a calendar file (RFC 5545), which telephones and calendars of schools can open."""

import datetime as dt

from django.conf import settings
from django.http import HttpResponse
from icalendar import Calendar, Event

from core import clock


def calendar_response(
    *, name: str, summary: str, starts: dt.datetime | dt.date, ends: dt.datetime | dt.date | None = None,
    place: str = "", words: str = "", url: str = "", is_cancelled: bool = False,
) -> HttpResponse:  # fmt: skip
    """The file to open or keep, called ``name``, by which calendars know the event again.

    A moment lasts until ``ends``, without it for half an hour; a day is the whole day. Times are in UTC, so no calendar
    needs to know London's. What stands in it is read by whoever can read the calendar it is put into, so it should say
    as little as will do.
    """
    host = settings.PORTAL_ADDRESS.split("//")[-1].split("/")[0]
    is_day = not isinstance(starts, dt.datetime)
    event = Event()
    event.add("uid", f"{name}@{host}")
    event.add("dtstamp", clock.now())
    event.add("dtstart", _in_utc(starts))
    event.add("dtend", _in_utc(ends or starts + (dt.timedelta(days=1) if is_day else dt.timedelta(minutes=30))))
    event.add("status", "CANCELLED" if is_cancelled else "CONFIRMED")
    for part, said in (("summary", summary), ("location", place), ("description", words), ("url", url)):
        if said:
            event.add(part, said)
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", f"-//{settings.PORTAL_NAME}//EN")
    calendar.add("method", "PUBLISH")
    calendar.add_component(event)
    return HttpResponse(
        calendar.to_ical(),
        content_type="text/calendar; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}.ics"', "Cache-Control": "private, no-store"},
    )


def _in_utc(moment: dt.datetime | dt.date) -> dt.datetime | dt.date:
    return moment.astimezone(dt.UTC) if isinstance(moment, dt.datetime) else moment
