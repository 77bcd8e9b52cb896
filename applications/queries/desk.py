"""The admissions desk: what must be done, in what order."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from django.db.models import Case, Count, F, IntegerField, Q, Value, When
from django.utils.translation import gettext_lazy as _

from applications.models import Choice
from applications.querysets import ChoiceQuerySet
from applications.workflow import PROPERTIES, ChoiceState
from core import clock

S = ChoiceState


class Group(NamedTuple):
    """One headed part of the worklist."""

    slug: str
    heading: str
    what_to_do: str
    states: Iterable[str]
    is_late: bool = False
    tone: str = ""
    is_left: bool = False


# In the order of the desk: the most urgent first. Every state that a provider can see is in exactly one group
# that is not "late"; a choice whose time to answer is over is in "late" instead.
GROUPS = [
    Group(
        "late",
        _("Waiting too long"),
        _("Answer these first: your time to answer is over."),
        PROPERTIES["is_with_provider"],
        True,
        "bad",
    ),
    Group("new", _("To look at"), _("Read them, then offer, invite or refuse."), {S.SENT}, tone="warn"),
    Group("interview", _("Interviews planned"), _("Decide after you have talked."), {S.INTERVIEWING}),
    Group("reserve", _("Reserve list"), _("Offer when a place comes free."), {S.RESERVE_LIST}),
    Group(
        "conditions",
        _("Conditions to check"),
        _("Confirm the place when the conditions are met."),
        {S.ACCEPTED, S.HELD},
    ),
    Group("starting", _("Places confirmed"), _("Record who has started."), {S.CONFIRMED}, tone="good"),
    Group("learner", _("Waiting for the learner"), _("Nothing to do until they answer."), {S.OFFERED}),
    Group(
        "left",
        _("Left early"),
        _("They had started. The place is free again."),
        frozenset(),
        is_left=True,
    ),
    Group("over", _("Done"), _("Nothing more to do."), PROPERTIES["is_over"] - {S.NOT_SENT}),
]


def _is_in(group: Group) -> Q:
    if group.is_left:
        return Q(left_on__isnull=False)
    states = Q(status__in=group.states)
    return states & Q(answer_due_on__lt=clock.today()) if group.is_late else states


def worklist(user: Any, *, group: str = "", search: str = "") -> ChoiceQuerySet:
    """What this person's providers received, most urgent first, each with ``group`` (its place in GROUPS)."""
    whens = [When(_is_in(each), then=Value(place)) for place, each in enumerate(GROUPS)]
    choices = Choice.objects.received_by(user).annotate(
        group=Case(*whens, default=Value(len(GROUPS) - 1), output_field=IntegerField())
    )
    for word in search.split():
        # The name as it was sent: a provider knows nothing newer of a learner.
        choices = choices.filter(
            Q(snapshot__content__learner__given_name__icontains=word)
            | Q(snapshot__content__learner__family_name__icontains=word)
            | Q(snapshot__content__learner__preferred_name__icontains=word)
            | Q(reference__iexact=word)
        )
    places = {each.slug: place for place, each in enumerate(GROUPS)}
    if group in places:
        choices = choices.filter(group=places[group])
    return choices.order_by("group", F("answer_due_on").asc(nulls_last=True), "sent_at", "pk")


def group_counts(choices: ChoiceQuerySet) -> list[tuple[Group, int]]:
    """How many of these are in each group, for every group of the desk."""
    counted = dict(choices.order_by().values_list("group").annotate(number=Count("pk")))
    return [(group, counted.get(place, 0)) for place, group in enumerate(GROUPS)]
