"""The course list as a PDF, a thousand courses at a time."""

import json
from pathlib import Path

from django.conf import settings
from django.utils.formats import date_format

from core import clock
from core.typesetting import drawable, typeset
from prospectus.queries.course_list import by_subject, courses_of, lines_of, subjects_of, with_runs
from providers.models import Area, Organisation

COURSES_AT_ONCE = 1_000  # about 70 pages and a second or two
TEMPLATE = Path("templates/prospectus/course_list.typ")


def course_list_pdf(
    *, whose: Area | Organisation, address: str, subject: str = "", part: int = 1, parts: int = 1
) -> bytes:
    """One part of the list as PDF/UA-1. What providers wrote goes in as data, never as markup.

    ``address`` is where the same list stands as of now.
    """
    first = (part - 1) * COURSES_AT_ONCE
    courses = with_runs(courses_of(whose, subject))[first : first + COURSES_AT_ONCE]
    is_of_area = isinstance(whose, Area)
    today = clock.today()
    about = {
        "portal": settings.PORTAL_NAME,
        "title": drawable(f"Courses {'in' if is_of_area else 'at'} {whose.name}"),
        "part": f"Part {part} of {parts}. " if parts > 1 else "",
        "made_on": date_format(today, "j F Y"),
        "address": address.removeprefix("https://").removeprefix("http://"),
        "is_of_area": is_of_area,
        "subjects": [
            {
                "name": drawable(named.name),
                "courses": [
                    {
                        "title": drawable(line.course.title),
                        "provider": drawable(line.course.provider.name),
                        "level": drawable(line.level),
                        "starts": [drawable(start) for start in line.starts],
                        "apply": drawable(line.apply),
                    }
                    for line in lines
                ],
            }
            for named, lines in by_subject(lines_of(courses), subjects_of(whose))
        ],
    }
    return typeset({"main": (settings.BASE_DIR / TEMPLATE).read_bytes(), "about.json": json.dumps(about).encode()})
