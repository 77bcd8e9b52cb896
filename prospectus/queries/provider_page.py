"""What the page of a provider says: who they are, where they teach, and what, by subject."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Max, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from core import clock
from prospectus.models import Consortium, ConsortiumPartner, Course, Subject
from prospectus.queries.course_page import how_long_ago
from providers.models import Organisation, Site

SECTOR = Coalesce("subject__parent", "subject")


@dataclass(frozen=True, kw_only=True)
class SubjectCount:
    """A broad subject and how many courses the provider has in it. Without a code: those of no subject."""

    code: str
    name: str
    courses: int

    @property
    def icon(self) -> str:
        return f"subject-{self.code or 'general'}"


@dataclass(frozen=True, kw_only=True)
class ProviderPage:
    """One provider as its page tells it."""

    provider: Organisation
    sites: Sequence[Site]
    subjects: Sequence[SubjectCount]
    consortia: Sequence[Consortium]
    checked_on: dt.date | None  # when it last said of any course that it is right

    @property
    def courses(self) -> int:
        return sum(subject.courses for subject in self.subjects)

    @property
    def checked(self) -> str:
        return how_long_ago(self.checked_on) if self.checked_on else ""


def courses_of(provider: Organisation, user: Any) -> Any:
    """The provider's courses that this person may see, by broad subject, with how many runs each has."""
    counted = (
        _courses(provider, user)
        .select_related("qualification_type")
        .annotate(run_count=Count("runs", filter=Q(runs__ended_on=None, runs__state="published")))
    )
    return counted.order_by(F("sector").asc(nulls_last=True), "title", "pk")


def _courses(provider: Organisation, user: Any) -> Any:
    courses = Course.objects.visible_to(user).filter(provider=provider).exclude(state="withdrawn")
    return courses.annotate(sector=SECTOR)


def provider_page(provider: Organisation, user: Any) -> ProviderPage:
    rows = _courses(provider, user).values("sector").annotate(courses=Count("pk"), checked_on=Max("checked_on"))
    found = list(rows.order_by(F("sector").asc(nulls_last=True)))
    names = {subject.code: str(subject) for subject in Subject.objects.filter(parent=None)}
    return ProviderPage(
        provider=provider,
        sites=list(provider.sites.visible_to(user)),
        subjects=[
            SubjectCount(
                code=row["sector"] or "", name=names.get(row["sector"], _("Other courses")), courses=row["courses"]
            )
            for row in found
        ],
        consortia=consortia_of(provider),
        checked_on=max((row["checked_on"] for row in found if row["checked_on"]), default=None),
    )


def consortia_of(provider: Organisation) -> list[Consortium]:
    """Those it leads or belongs to today, with who leads them."""
    open_now = Q(ended_on=None) | Q(ended_on__gte=clock.today())
    belongs = ConsortiumPartner.objects.current().filter(provider=provider)
    theirs = Consortium.objects.filter(open_now, Q(lead=provider) | Q(pk__in=belongs.values("consortium")))
    return list(theirs.select_related("lead"))
