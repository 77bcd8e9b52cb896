"""People at work are told that a day is near, before it is too late to do something about it."""

from activity.actions import post
from applications.queries.deadlines import COUNTED, near_deadlines
from core import clock
from providers.models import Organisation
from providers.queries import is_working_day


def tell_of_deadlines() -> int:
    """Each desk with choices to answer, and each school with choices to read, has been told once of each last day that
    is two working days ahead or nearer. Returns how many messages were due: a morning that did not happen is made up
    for by the next, nothing is told twice, and nothing on days on which nobody in the area works.

    Tells: the provider's admissions, ``answers-due``; the school's coordinators, ``endorsements-due``.
    """
    number, works = 0, {}
    for kind in COUNTED:
        near = list(near_deadlines(kind))
        areas = Organisation.objects.select_related("area").in_bulk({one.organisation_id for one in near})
        for one in near:
            area = areas[one.organisation_id].area
            if area.pk not in works:
                works[area.pk] = is_working_day(clock.today(), area=area)
            if works[area.pk]:
                day = one.on.isoformat()
                post(kind, key=f"{kind}:{one.organisation_id}:{day}", organisation_id=one.organisation_id, day=day)
                number += 1
    return number
