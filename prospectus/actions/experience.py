"""What a course asks its applicants to have tried."""

import datetime as dt
from typing import Any

from django.utils.translation import gettext as _

from core.errors import RuleBroken
from prospectus.actions.changing import changing_course
from prospectus.models import Course, ExperienceRequirement, ExperienceScope


def set_experience_requirement(
    *,
    course: Course,
    is_required: bool,
    by: Any,
    kind: str = "",
    scope: str = ExperienceScope.COURSE,
    must_be_validated: bool = False,
    as_of: dt.datetime | None = None,
) -> Course:
    """Whoever applies has to have tried this first; or nothing. The same again changes nothing.

    Raises: NotAllowed, StaleState (withdrawn), ChangedMeanwhile, RuleBroken ``course_without_subject``.
    """
    with changing_course(course, "edit", by=by, as_of=as_of) as change:
        course = change.thing
        if is_required and scope == ExperienceScope.SUBJECT and course.subject_id is None:
            raise RuleBroken(
                _("This course has no subject yet. Give it one first, or ask for one of this course."),
                code="course_without_subject",
            )
        known = ExperienceRequirement.objects.filter(course=course).first()
        said = (kind, scope, must_be_validated) if is_required else None
        if said == (known and (known.kind, known.scope, known.must_be_validated)):
            change.is_repeat = True
        elif said is None:
            ExperienceRequirement.objects.filter(course=course).delete()
        else:
            ExperienceRequirement.objects.update_or_create(
                course=course, defaults={"kind": kind, "scope": scope, "must_be_validated": must_be_validated}
            )
        change.facts["experience"] = is_required
    return course
