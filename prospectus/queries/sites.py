"""The sites of the providers somebody keeps, and what is at them."""

from typing import Any

from django.db.models import Count, F, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from prospectus.models import Consortium, ConsortiumPartner, CourseRun, CourseState
from providers.models import Organisation, Site


def kept_sites(user: Any, *, provider: str = "") -> QuerySet:
    """Those of the providers this person keeps, open ones first, each with ``dates_to_come`` and ``dates_ever``."""
    runs = CourseRun.objects.filter(site=OuterRef("pk"))
    to_come = runs.filter(ended_on=None).to_come().exclude(course__state=CourseState.WITHDRAWN)
    sites = Site.objects.kept_by(user).filter(organisation__ended_on=None)
    if provider:
        sites = sites.filter(organisation__reference=provider)
    return (
        sites.select_related("organisation", "merged_into")
        .annotate(dates_to_come=_number(to_come), dates_ever=_number(runs))
        .order_by("organisation__name", F("ended_on").desc(nulls_first=True), "name", "pk")
    )


def partner_sites(provider: Organisation, *, closed_too: bool = False) -> QuerySet[Site]:
    """The open sites of those who teach with the provider today, in groups that it leads; ``closed_too``: also of who
    has closed since, where a date is refused and not moved to a site of the provider's own."""
    led = Consortium.objects.current().filter(lead=provider)
    partners = ConsortiumPartner.objects.joined() if closed_too else ConsortiumPartner.objects.current()
    theirs = partners.filter(consortium__in=led).values("provider")
    return Site.objects.filter(organisation__in=theirs, ended_on=None)


def postcode_key(postcode: str) -> str:
    """By what two postcodes are one, however they are spaced."""
    return postcode.replace(" ", "").upper()


def other_sites(site: Site) -> list[Site]:
    """The other open sites of its provider."""
    return list(Site.objects.filter(organisation=site.organisation_id, ended_on=None).exclude(pk=site.pk))


def _number(runs: QuerySet) -> Coalesce:
    counted = runs.order_by().values("site").annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)
