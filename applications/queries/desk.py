"""The admissions desk: what must be done, in what order, and what somebody asked to see of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.db.models import (
    Case,
    Count,
    DateField,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Prefetch,
    Q,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import TruncDate
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from applications.models import Choice, ChoiceRun, DeskNote, Interview, Offer, Referral, StagedDecision
from applications.querysets import ChoiceQuerySet
from applications.words import STATE_WORDS, state_tag
from applications.workflow import PROPERTIES, ChoiceState
from core import clock
from providers.models import Organisation, RoleKind, StaffRole

S = ChoiceState
DESK_KINDS = (RoleKind.ADMISSIONS, RoleKind.MANAGER)
# What a provider can be shown at all.
SHOWN = [state for state in ChoiceState if state not in {S.DRAFT, S.WITH_SCHOOL, S.NOT_SENT}]
MOST_OPTIONS = 200  # of a filter: whoever has more courses than that searches by name


class Group(NamedTuple):
    """One headed part of the worklist, and what is in it."""

    slug: str
    heading: str
    what_to_do: str
    where: Q
    tone: str = ""
    is_folded: bool = False  # nothing is to be done there


def groups() -> list[Group]:
    """In the order of the desk: the most urgent first. A choice is in the first group whose condition holds, and
    in the last where none does, so that each is in exactly one."""
    today, now = clock.today(), clock.now()
    is_theirs = Q(status__in=PROPERTIES["is_with_provider"])
    is_asked = Q(Exists(Referral.objects.filter(choice=OuterRef("pk"), state="open")))
    is_past = Q(Exists(Interview.objects.filter(choice=OuterRef("pk"), state="planned", starts_at__lte=now)))
    return [
        Group(
            "late",
            _("Waiting too long"),
            _("Answer these first: your time to answer is over."),
            is_theirs & Q(answer_due_on__lt=today),
            "bad",
        ),
        Group(
            "new",
            _("To look at"),
            _("Nobody has looked at these yet. Read them, then offer, invite or refuse."),
            Q(status=S.SENT, handling__looked_at=None) & ~is_asked,
            "warn",
        ),
        Group(
            "decide",
            _("To decide"),
            _("Somebody has read these. Offer, invite or refuse."),
            Q(status=S.SENT) & ~is_asked,
        ),
        Group(
            "held",
            _("Interviews to write up"),
            _("The hour of these interviews has passed. Say what comes of them."),
            Q(status=S.INTERVIEWING) & is_past & ~is_asked,
            "warn",
        ),
        Group(
            "interview",
            _("Interviews planned"),
            _("Decide after you have talked."),
            Q(status=S.INTERVIEWING) & ~is_asked,
        ),
        Group("reserve", _("Reserve list"), _("Offer when a place comes free."), Q(status=S.RESERVE_LIST) & ~is_asked),
        Group(
            "conditions",
            _("Conditions to check"),
            _("Confirm the place when the conditions are met."),
            Q(status__in=[S.ACCEPTED, S.HELD]),
        ),
        Group("starting", _("Places confirmed"), _("Record who has started."), Q(status=S.CONFIRMED), "good"),
        Group(
            "learner",
            _("Waiting for the learner"),
            _("Nothing to do until they answer."),
            Q(status=S.OFFERED) | is_theirs,  # whom another course was suggested
        ),
        Group("left", _("Left early"), _("They had started. The place is free again."), Q(left_on__isnull=False)),
        Group("over", _("Done"), _("Nothing more to do."), Q(status__in=PROPERTIES["is_over"]), is_folded=True),
    ]  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """What of the worklist somebody asked for. Everything but ``words`` may stand in an address."""

    group: str = ""
    provider: str = ""
    course: str = ""
    run: str = ""
    site: str = ""
    cycle: str = ""
    state: str = ""
    school: str = ""
    whose: str = ""  # "me", "nobody" or the reference of a colleague's role
    unread: str = ""  # "1": nobody has looked
    placed: str = ""  # with this partner (its reference), or "none" yet
    several: str = ""  # "1": a programme of several courses
    words: str = ""  # of a name, or a reference

    @classmethod
    def of(cls, said: Mapping[str, str], *, words: str = "") -> "Asked":
        """From a query string; what is too long or not a word of ours is not asked."""
        known = {field.name for field in fields(cls)} - {"words"}
        clean = {name: str(said.get(name, "")).replace("\0", "").strip()[:120] for name in known}
        return cls(**clean, words=words.replace("\0", "").strip()[:80])

    @property
    def address(self) -> str:
        """The query string in one order, without the words: a name never stands in an address."""
        said = {field.name: getattr(self, field.name) for field in fields(self) if field.name != "words"}
        return urlencode({name: value for name, value in said.items() if value})

    def without(self, name: str) -> "Asked":
        return replace(self, **{name: ""})

    @property
    def names(self) -> list[str]:
        """What is asked for, but for the words."""
        return [one.name for one in fields(self) if one.name != "words" and getattr(self, one.name)]


class Colleague(NamedTuple):
    """Somebody who answers applications of the same provider today."""

    user_id: int
    name: str
    role: str  # its reference
    organisation_id: int


def colleagues_of(providers: Iterable[Organisation]) -> list[Colleague]:
    """Who answers the applications of these providers today, by name."""
    roles = StaffRole.objects.current().filter(organisation__in=list(providers), kind__in=DESK_KINDS)
    rows = roles.order_by("user__name", "pk").values_list("user", "user__name", "reference", "organisation")
    return [Colleague(*row) for row in rows]


def worklist(
    user: Any,
    asked: Asked | None = None,
    *,
    colleagues: list[Colleague] | None = None,
    group: str = "",
    search: str = "",
) -> ChoiceQuerySet:
    """What this person's providers received and was asked for, the most urgent first, each with ``group``: its place in
    ``groups()``. Counts are counted from this, too (``group_counts``)."""
    asked = asked or Asked(group=group, words=search)
    parts = groups()
    whens = [When(each.where, then=Value(place)) for place, each in enumerate(parts)]
    choices = Choice.objects.received_by(user).annotate(
        group=Case(*whens, default=Value(len(parts) - 1), output_field=IntegerField())
    )
    choices = _narrowed(choices, asked, user=user, colleagues=colleagues)
    places = {each.slug: place for place, each in enumerate(parts)}
    return choices.filter(group=places[asked.group]) if asked.group in places else choices


def _narrowed(
    choices: ChoiceQuerySet, asked: Asked, *, user: Any, colleagues: list[Colleague] | None
) -> ChoiceQuerySet:
    of_runs = {
        lookup: value
        for lookup, value in {
            "run__course__reference": asked.course,
            "run__reference": asked.run,
            "run__site__reference": asked.site,
        }.items()
        if value
    }
    if of_runs:
        choices = choices.filter(pk__in=ChoiceRun.objects.filter(**of_runs).values("choice"))
    choices = _of_provider(choices, asked)
    if asked.cycle:
        year = int(asked.cycle) if asked.cycle.isdecimal() and len(asked.cycle) == 4 else 0
        choices = choices.filter(application__cycle__entry_year=year)
    if asked.state:
        choices = choices.filter(status=asked.state)
    if asked.school:
        choices = choices.filter(snapshot__school_name=asked.school)
    if asked.unread:
        choices = choices.filter(handling__looked_at=None)
    if asked.several:
        choices = choices.filter(Exists(ChoiceRun.objects.filter(choice=OuterRef("pk"), position__gt=1)))
    if asked.whose:
        choices = _of_whom(choices, asked.whose, user=user, colleagues=colleagues)
    for word in asked.words.lower().split():
        # The name as it was sent: a provider knows nothing newer of a learner.
        choices = choices.filter(Q(snapshot__search_name__contains=word) | Q(reference__iexact=word))
    return choices


def _of_provider(choices: ChoiceQuerySet, asked: Asked) -> ChoiceQuerySet:
    if asked.provider:
        choices = choices.filter(Q(provider__reference=asked.provider) | Q(placed_with__reference=asked.provider))
    if asked.placed == "none":
        return choices.filter(placed_with=None)
    return choices.filter(placed_with__reference=asked.placed) if asked.placed else choices


def _of_whom(choices: ChoiceQuerySet, whose: str, *, user: Any, colleagues: list[Colleague] | None) -> ChoiceQuerySet:
    if whose == "me":
        return choices.filter(handling__assigned_to=user.pk)
    if colleagues is None:
        colleagues = colleagues_of(Organisation.objects.admitting_through(user))
    if whose == "nobody":
        # What belonged to somebody who has left the desk is nobody's again.
        held = Q(handling__assigned_to__in={one.user_id for one in colleagues})
        return choices.filter(Q(handling__assigned_to=None) | ~held)
    return choices.filter(handling__assigned_to__in={one.user_id for one in colleagues if one.role == whose})


def in_order(choices: ChoiceQuerySet) -> ChoiceQuerySet:
    """As people work it off: group by group, the next date first; of what is over the newest first."""
    standing = Offer.objects.filter(choice=OuterRef("pk"), ended_at=None)
    planned = Interview.objects.filter(choice=OuterRef("pk"), state="planned")
    return choices.annotate(
        turn_on=Case(
            When(status=S.INTERVIEWING, then=TruncDate(Subquery(planned.values("starts_at")[:1]))),
            When(status__in=PROPERTIES["is_with_provider"], then=F("answer_due_on")),
            When(status=S.OFFERED, then=Subquery(standing.values("answer_by_on")[:1])),
            output_field=DateField(),
        )
    ).order_by("group", F("turn_on").asc(nulls_last=True), "-status_at", "pk")


def with_what_a_row_shows(choices: ChoiceQuerySet, user: Any) -> ChoiceQuerySet:
    """Two queries however many rows: the choices, and their runs. ``has_notes``: ones this person may read.
    ``is_decided``: an answer waits for its release."""
    standing = Offer.objects.filter(choice=OuterRef("pk"), ended_at=None)
    planned = Interview.objects.filter(choice=OuterRef("pk"), state="planned")
    runs = ChoiceRun.objects.select_related("run__course")
    return (
        choices.select_related("provider", "placed_with", "snapshot", "handling__assigned_to")
        .annotate(
            offer_until_on=Subquery(standing.values("answer_by_on")[:1]),
            talks_at=Subquery(planned.values("starts_at")[:1]),
            has_notes=Exists(_notes_read_by(user).filter(choice=OuterRef("pk"))),
            is_decided=Exists(StagedDecision.objects.visible_to(user).waiting().filter(choice=OuterRef("pk"))),
        )
        .prefetch_related(Prefetch("choice_runs", runs))
    )


def _notes_read_by(user: Any) -> Any:
    """As ``DeskNote.visible_to``, of choices that are received by this person anyhow."""
    return DeskNote.objects.filter(provider__in=Organisation.objects.admitting_through(user))


def group_counts(choices: ChoiceQuerySet) -> list[tuple[Group, int]]:
    """How many of these are in each group, for every group of the desk."""
    counted = dict(choices.order_by().values_list("group").annotate(number=Count("pk")))
    return [(group, counted.get(place, 0)) for place, group in enumerate(groups())]


class Option(NamedTuple):
    """One value of a filter, in words, and how many choices have it."""

    value: str
    words: str
    number: int


class Facets(NamedTuple):
    """What the worklist can be narrowed by. Numbers are of everything received."""

    options: dict[str, list[Option]]

    def words_of(self, name: str, value: str) -> str:
        """As a chip says it; the value itself where it is none of ours any more."""
        return next((one.words for one in self.options.get(name, []) if one.value == value), value)


def facets(user: Any, *, providers: list[Organisation], colleagues: list[Colleague]) -> Facets:
    """In two queries, however much was received."""
    received = Choice.objects.received_by(user)
    of_runs = (
        ChoiceRun.objects.filter(choice__in=received)
        .order_by()
        .values_list("run__course__reference", "run__course__title", "run__site__reference", "run__site__name")
        .annotate(number=Count("choice"))
    )
    of_choices = (
        received.order_by()
        .values_list(
            "snapshot__school_name",
            "application__cycle__entry_year",
            "status",
            "placed_with__reference",
            "placed_with__name",
        )
        .annotate(number=Count("pk"))
    )
    courses, sites = _Tally(), _Tally()
    for course, title, site, site_name, number in of_runs:
        courses.add(course, title, number)
        sites.add(site, site_name, number)
    schools, cycles, states, placed = _Tally(), _Tally(), _Tally(), _Tally()
    for school, year, state, partner, partner_name, number in of_choices:
        schools.add(school, school, number)
        cycles.add(str(year), _t("September %(year)s") % {"year": year}, number)
        states.add(state, str(state_tag(state, audience="provider")[0]), number)
        placed.add(partner, partner_name, number)
    people = {one.user_id: one for one in reversed(colleagues) if one.user_id != user.pk}
    whose = [Option("me", _t("Mine"), 0), Option("nobody", _t("Nobody’s"), 0)]
    whose += sorted((Option(one.role, one.name, 0) for one in people.values()), key=lambda one: one.words.casefold())
    order = {str(state): place for place, state in enumerate(STATE_WORDS)}
    return Facets(
        {
            "provider": [Option(one.reference, one.name, 0) for one in providers] if len(providers) > 1 else [],
            "course": courses.options(),
            "site": sites.options(),
            "cycle": cycles.options(),
            "state": sorted(states.options(), key=lambda one: order[one.value]),
            "school": schools.options(),
            "placed": [*partners, Option("none", _t("Not placed yet"), 0)] if (partners := placed.options()) else [],
            "whose": whose,
            "unread": [Option("1", _t("Nobody has looked"), 0)],
            "several": [Option("1", _t("Several courses"), 0)],
        }
    )


class _Tally:
    """Numbers added up by value."""

    def __init__(self) -> None:
        self.found: dict[str, Option] = {}

    def add(self, value: str | None, words: str | None, number: int) -> None:
        if value and words:
            before = self.found.get(value)
            self.found[value] = Option(value, words, number + (before.number if before else 0))

    def options(self) -> list[Option]:
        most = sorted(self.found.values(), key=lambda one: -one.number)[:MOST_OPTIONS]
        return sorted(most, key=lambda one: one.words.casefold())


def may_answer(provider_ids: Iterable[int]) -> Any:
    """Who answers the applications of one of these providers today."""
    roles = StaffRole.objects.current().filter(organisation__in=list(provider_ids), kind__in=DESK_KINDS)
    return User.objects.filter(pk__in=roles.values("user"))


def owner_of(choice: Choice) -> Any:
    """Whose it is to answer today; None where nobody's, or where that person no longer answers applications here."""
    handling = getattr(choice, "handling", None)
    if handling is None or handling.assigned_to_id is None:
        return None
    return handling.assigned_to if may_answer(choice.desk_ids).filter(pk=handling.assigned_to_id).exists() else None
