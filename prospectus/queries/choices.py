"""The words a cell may be chosen from, for each table that a heading names: by code, in the order people see them."""

from collections import Counter

from django.db.models import Q

from core.languages import ENGLISH, speaking
from prospectus.models import (
    Consortium,
    Delivery,
    Level,
    Pattern,
    ProvisionKind,
    QualificationType,
    Stage,
    StudyMode,
    Subject,
)
from prospectus.queries.sites import partner_sites
from providers.models import Organisation, Site

ENUMERATIONS = {
    "kinds": ProvisionKind,
    "stages": Stage,
    "study_modes": StudyMode,
    "deliveries": Delivery,
    "patterns": Pattern,
}


def choices() -> dict[str, dict[str, str]]:
    """The tables that are the same for everybody. What is not known is an empty cell and no choice."""
    with speaking(ENGLISH):  # what stands in a spreadsheet is read again, in whatever language the pages were
        found = {
            name: {value: str(label) for value, label in table.choices if value != "unknown"}
            for name, table in ENUMERATIONS.items()
        }
    found["levels"] = dict(Level.objects.values_list("code", "name"))
    # Two subjects may have one name, the broad one and the one in it: the code tells them apart.
    found["subjects"] = {code: f"{code} {name}" for code, name in Subject.objects.values_list("code", "name")}
    found["qualification_types"] = dict(
        QualificationType.objects.order_by("-is_current", "name").values_list("code", "name")
    )
    return found


def sites_by_name(provider: Organisation) -> dict[str, Site]:
    """The open sites of the provider, and of those who teach with it, that their name alone tells apart, by what is
    common to two spellings of it."""
    theirs = Site.objects.filter(Q(organisation=provider) | Q(pk__in=partner_sites(provider).values("pk")))
    held = sorted(theirs.order_by("name", "pk"), key=lambda site: site.organisation_id != provider.pk)
    counted = Counter(site_name(site.name) for site in held)
    return {
        site_name(site.name): site
        for site in held
        if site.ended_on is None and site.name and counted[site_name(site.name)] == 1
    }


def site_name(name: str) -> str:
    """The name as two spellings of it have it in common."""
    return " ".join(name.split()).casefold()


def consortium_names(provider: Organisation) -> list[str]:
    """The partners that the provider leads now."""
    led = Consortium.objects.current().filter(lead=provider)
    return list(led.order_by("name").values_list("name", flat=True))
