"""The rules of freshness as they hold, in words, and what another rule would do to the lights."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from django.db.models import Count
from django.utils.dates import MONTHS
from django.utils.translation import gettext, ngettext

from activity.models import Event
from core import clock
from prospectus.models import FreshnessRule, Rhythm
from prospectus.queries.health import LIGHT_COLOURS, ProviderHealth, health_of
from prospectus.queries.lights import EVERYWHERE, Colour, Light, Terms, light, terms_of
from providers.models import Area, Organisation, OrganisationKind


class RuleInForce(NamedTuple):
    """What holds for one kind of provider in one area."""

    area: Area
    kind: OrganisationKind
    terms: Terms
    providers: int

    @property
    def words(self) -> str:
        return terms_words(self.terms)

    @property
    def is_own(self) -> bool:
        """Another rule than everywhere."""
        return self.terms != EVERYWHERE[self.kind]


def terms_words(terms: Terms) -> str:
    """One rule in two or three sentences."""
    amber = gettext("Amber for %(months)s, then red. A new provider has %(days)s days.")
    amber %= {"months": _months(terms.amber_months), "days": terms.grace_days}
    if terms.rhythm == Rhythm.ANNUAL:
        green = gettext(
            "Once a year: green to the end of %(last)s; an update from %(turn)s on lasts into the next year."
        )
        return f"{green % {'last': MONTHS[terms.last_month], 'turn': MONTHS[terms.turn_month]}} {amber}"
    green = gettext("An update lasts %(months)s; one from %(first)s on at least to the end of %(last)s.") % {
        "months": _months(terms.green_months),
        "first": MONTHS[terms.summer_from_month],
        "last": MONTHS[terms.summer_until_month],
    }
    return f"{green} {amber}"


def _months(number: int) -> str:
    return ngettext("%(number)s month", "%(number)s months", number) % {"number": number}


def rules_in_force(areas: Iterable[Area]) -> list[RuleInForce]:
    """The rules for kinds of provider that an area has; two questions, however many areas there are."""
    areas = {area.pk: area for area in areas}
    counted = Organisation.objects.providers().filter(ended_on=None, area__in=areas).order_by()
    terms = terms_of(areas)
    found = [
        RuleInForce(areas[row["area"]], OrganisationKind(row["kind"]), terms[row["area"], row["kind"]], row["number"])
        for row in counted.values("area", "kind").annotate(number=Count("pk"))
    ]
    order = list(OrganisationKind)
    return sorted(found, key=lambda rule: (rule.area.name, order.index(rule.kind)))


class Turn(NamedTuple):
    """A provider whose light would be another one."""

    health: ProviderHealth
    then: Light

    @property
    def colour(self) -> Colour:
        return self.then.colour(clock.today())

    @property
    def tag_colour(self) -> str:
        return LIGHT_COLOURS[self.colour]


def turns(area: Area, kind: str, terms: Terms) -> tuple[list[Turn], int]:
    """The providers whose light would change today under these terms, and how many there are in all."""
    providers = Organisation.objects.providers().filter(area=area, kind=kind, ended_on=None).select_related("area")
    healths = health_of(providers.order_by("name"))
    then = [Turn(health, light(terms, updated_on=health.checked_on, joined_on=health.joined_on)) for health in healths]
    return [turn for turn in then if turn.colour != turn.health.colour], len(healths)


class RuleChange(NamedTuple):
    """A line of a rule's history."""

    event: Event
    before: str
    after: str


def rule_history(area: Area, kind: str) -> list[RuleChange]:
    """What the rule has been, the latest first."""
    rule = FreshnessRule.objects.filter(area=area, kind=kind).first()
    if rule is None:
        return []
    events = Event.objects.filter(subject=f"{rule._meta.label_lower}:{rule.pk}", verb="freshness_rule.change")

    def said(facts: dict[str, Any]) -> str:
        return terms_words(Terms(**facts))

    return [
        RuleChange(event, said(event.facts["before"]), said(event.facts["after"]))
        for event in events.select_related("by")[:20]
    ]
