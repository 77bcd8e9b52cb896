"""Where each part of a course that several providers teach together is taught."""

import datetime as dt
from collections.abc import Sequence
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from core.errors import RuleBroken
from prospectus.actions.changing import changing_course
from prospectus.models import Course, CoursePart
from providers.models import Organisation, Site

MOST_PARTS = 20


class Part(NamedTuple):
    """A part with its name, who teaches it, where (None: not said) and on which days, in words."""

    name: str
    provider: Organisation
    site: Site | None = None
    days: str = ""


def set_parts(*, course: Course, parts: Sequence[Part], by: Any, as_of: dt.datetime | None = None) -> Course:
    """These are the parts of the shared course, in this order, and no others. The same again changes nothing.

    ``by`` keeps the courses of the provider that leads. Raises: NotAllowed, StaleState (withdrawn), ChangedMeanwhile,
    RuleBroken ``parts_too_many``, ``taught_alone``, ``not_a_partner`` (who has not said yes, too) or ``not_its_site``.
    """
    if len(parts) > MOST_PARTS:
        raise RuleBroken(_("Give at most %(most_parts)s parts.") % {"most_parts": MOST_PARTS}, code="parts_too_many")
    with changing_course(course, "edit", by=by, as_of=as_of) as change:
        course = change.thing
        if parts and course.consortium is None:
            raise RuleBroken(_("You teach this course alone. Choose the partners first."), code="taught_alone")
        teaching = {provider.pk for provider in teachers_of(course)}
        for part in parts:
            _require_possible(part, teaching)
        held = [(row.name, row.provider_id, row.site_id, row.days) for row in course.parts.all()]
        wanted = [(part.name, part.provider.pk, part.site.pk if part.site else None, part.days) for part in parts]
        change.is_repeat = held == wanted
        if not change.is_repeat:
            course.parts.all().delete()
            CoursePart.objects.bulk_create(
                CoursePart(course=course, position=position, name=name, provider_id=provider, site_id=site, days=days)
                for position, (name, provider, site, days) in enumerate(wanted, start=1)
            )
            change.facts["parts"] = len(wanted)
    return course


def teachers_of(course: Course) -> list[Organisation]:
    """The provider of the course, and the partners of its consortium that have said yes."""
    if course.consortium is None:
        return [course.provider]
    partners = Organisation.objects.filter(pk__in=course.consortium.partners.current().values("provider"))
    return [course.provider, *partners.exclude(pk=course.provider_id).order_by("name", "pk")]


def _require_possible(part: Part, teaching: set[int]) -> None:
    if part.provider.pk not in teaching:
        raise RuleBroken(
            _("%(provider)s is not a partner, or has not said yes.") % {"provider": part.provider}, code="not_a_partner"
        )
    if part.site is not None and (part.site.organisation_id != part.provider.pk or part.site.ended_on is not None):
        raise RuleBroken(
            _("%(site)s is not an open site of %(provider)s.") % {"site": part.site, "provider": part.provider},
            code="not_its_site",
        )
