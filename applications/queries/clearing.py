"""Clearing, from both sides: who may be asked for which course, and what is still free for somebody without a place."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Count, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from applications.models import Application, Choice, ChoiceRun, ClearingInvitation, ClearingListing
from applications.queries.sending import with_cycles
from applications.workflow import ENDED_WITHOUT_A_PLACE
from prospectus.models import CourseRun
from providers.models import Organisation


def with_places_to_ask_for() -> Any:
    """Runs that take applications today, each with ``to_ask_for``: places that nobody has and nobody is asked about."""
    kept = ClearingInvitation.objects.keeping_a_place().filter(run=OuterRef("pk")).order_by().values("run")
    number = Subquery(kept.annotate(number=Count("pk")).values("number"), output_field=IntegerField())
    left = F("places") - F("places_taken") - Coalesce(number, Value(0))
    return CourseRun.objects.open_for_applications().filter(places__isnull=False).annotate(to_ask_for=left)


def runs_to_ask_for(listing: ClearingListing, providers: Iterable[Organisation]) -> list[CourseRun]:
    """Courses of these providers with a place that fit what this learner wanted: the subject, the level, the area; and
    that are applied for in the same year. Any of them, where the learner has sent nothing: drafts are nobody else's."""
    sent = ChoiceRun.objects.filter(choice__application=listing.application_id, choice__sent_at__isnull=False)
    wanted = list(sent.select_related("run__course"))
    fits = Q(pk__in=[]) if wanted else Q()
    for each in wanted:
        course = each.run.course
        fits |= Q(course__subject=course.subject_id, course__levels__overlap=course.levels)
    learner, cycle = listing.application.learner, listing.application.cycle_id
    runs = with_places_to_ask_for().filter(
        fits, to_ask_for__gt=0, course__provider__in=list(providers), course__provider__area=learner.area_id
    )
    asked = ClearingInvitation.objects.filter(listing=listing).values("run")
    found = runs.exclude(pk__in=asked).for_list().order_by("course__title", "starts_on", "pk")[:50]
    return [run for run, of in with_cycles(found, learner=learner) if of.pk == cycle]


def asked_by(providers: Iterable[Organisation]) -> QuerySet[ClearingInvitation]:
    """The invitations of these providers whose learners may still be named, the newest first."""
    asked = ClearingInvitation.objects.filter(run__course__provider__in=list(providers))
    return asked.still_named().for_list()


def wanted_by(listings: Iterable[ClearingListing]) -> dict[int, list[str]]:
    """The titles of what each wanted to learn, without where: by the key of the application."""
    keys = [listing.application_id for listing in listings]
    rows = ChoiceRun.objects.filter(choice__application__in=keys, choice__sent_at__isnull=False)
    found: dict[int, list[str]] = {key: [] for key in keys}
    for key, title in rows.order_by("choice__rank", "position").values_list(
        "choice__application", "run__course__title"
    ):
        if title not in found[key]:
            found[key].append(title)
    return found


def is_placeless(application: Application) -> bool:
    """Nothing is under way for the learner in this year, they have no place, and the year goes on."""
    return ClearingListing.objects.placeless(Application.objects.filter(pk=application.pk)).exists()


def ended_last(application: Application) -> Choice | None:
    """What ended last without a place: courses like it are shown."""
    ended = Choice.objects.filter(application=application, status__in=sorted(ENDED_WITHOUT_A_PLACE))
    return ended.for_list().order_by("-status_at").first()
