"""Reviews as people read them, and whose review is due."""

import datetime as dt
from collections.abc import Iterable
from typing import Any, NamedTuple

from django.db.models import Case, CharField, Count, Max, Min, OuterRef, Prefetch, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from accounts.models import Learner, RollEntry, User
from accounts.queries import advisers_of
from core import clock
from ilp.models import AgreedAction, HelpRequest, Review, ReviewWords, ReviewWordsKind, Target, TargetChange
from ilp.querysets.review import NEEDS, advised_without_a_school
from ilp.workflow import AgreedActionState, ReviewState
from providers.models import RoleKind, StaffRole

EVERY = dt.timedelta(days=120)  # a review each term: who had none for so long is due one
SHOWN_BESIDE = 5  # earlier reviews beside the one that is being written; the others are a page away


class Standing(NamedTuple):
    """How a learner stands with reviews: the value a filter takes, and words."""

    value: str
    label: Any
    colour: str
    tone: str = ""


OVERDUE, DUE, COMING, HELD = (
    Standing("overdue", _("Planned, and the day is past"), "red", "bad"),
    Standing("due", _("Due: none planned"), "orange", "warn"),
    Standing("coming", _("Planned"), "blue"),
    Standing("held", _("Held lately"), "green", "good"),
)
STANDINGS = {one.value: one for one in (OVERDUE, DUE, COMING, HELD)}


def owners_for(learner: Learner, *, needs: bool = False) -> QuerySet:
    """The roles in which adults look after a learner today: who can be given something to do. One row a role. With
    ``needs`` those who read what is about special needs: nobody is given what they cannot read."""
    entries = RollEntry.objects.filter(learner=learner)
    here = entries.current().values("school")
    shares = Learner.objects.sharing_with_advisers().filter(pk=learner.pk)
    kinds = (RoleKind.COORDINATOR,) if needs else (RoleKind.COORDINATOR, RoleKind.TUTOR)
    roles = Q(kind__in=kinds, organisation__in=here)
    if not needs and shares.exists():
        roles |= Q(pk__in=advisers_of(learner.pk).values("pk"))
    found = StaffRole.objects.current().filter(roles, user__is_active=True)
    return found.select_related("user", "organisation").order_by("user__name", "pk")


def with_what_was_said(reviews: QuerySet) -> QuerySet:
    """Each review with its words, targets, carried targets and actions, in four queries more however many there are."""
    words = ReviewWords.objects.select_related("by", "role__organisation")
    actions = AgreedAction.objects.select_related("owner_role__user", "learner__user")
    carried = TargetChange.objects.select_related("target__review")
    return reviews.for_list().prefetch_related(
        Prefetch("words", queryset=words),
        Prefetch("targets", queryset=Target.objects.select_related("by")),
        Prefetch("agreed_actions", queryset=actions),
        Prefetch("carried", queryset=carried),
    )


class Sides(NamedTuple):
    """What was said in a review: the learner's words and the adults' side by side, and what came after."""

    learner: ReviewWords | None
    adults: list[ReviewWords]
    later: list[ReviewWords]


def sides_of(review: Review) -> Sides:
    """Of a review that was read with ``with_what_was_said``."""
    words = list(review.words.all())
    said = [one for one in words if one.kind == ReviewWordsKind.SAID]
    return Sides(
        learner=next((one for one in said if one.is_from_learner), None),
        adults=[one for one in said if not one.is_from_learner],
        later=[one for one in words if one.kind != ReviewWordsKind.SAID],
    )


def with_those_before(review: Review, *, user: Any) -> tuple[Review, list[Review]]:
    """This review and the finished ones of the same learner before it that this person may see, the newest first and
    one more than a page shows; each with what was said in it."""
    before = Q(on__lt=review.on) | Q(on=review.on, pk__lt=review.pk)
    mine = Review.objects.visible_to(user).filter(learner=review.learner_id).order_by("-on", "-pk")
    found = with_what_was_said(mine.filter(Q(pk=review.pk) | Q(before, state=ReviewState.FINISHED)))
    this, *earlier = found[: SHOWN_BESIDE + 2]
    return this, earlier


def targets_to_carry(review: Review) -> QuerySet:
    """Open targets of this learner that do not stand in this review yet. What was agreed in a transition review is not
    carried to where more people read it."""
    opened = Target.objects.open().filter(learner=review.learner_id)
    if not review.is_about_needs:
        opened = opened.open_to_all()
    return opened.exclude(review=review).exclude(changes__review=review).select_related("review")


def with_standing(learners: QuerySet) -> QuerySet:
    """Each learner with ``next_on`` (of the review planned first), ``last_on`` (of the newest that was held) and
    ``standing``: one of ``STANDINGS``. Counts and lists are both made of this. Transition reviews do not count: they
    would tell whoever may not read them that there is something."""
    mine = Review.objects.open_to_all().filter(learner=OuterRef("pk")).order_by()
    planned = mine.filter(state=ReviewState.PLANNED).values("learner")
    held = mine.filter(state=ReviewState.FINISHED).values("learner")
    today = clock.today()
    return learners.annotate(
        next_on=Subquery(planned.annotate(first=Min("on")).values("first")),
        last_on=Subquery(held.annotate(newest=Max("on")).values("newest")),
    ).annotate(
        standing=Case(
            When(next_on__lt=today, then=Value(OVERDUE.value)),
            When(next_on__isnull=False, then=Value(COMING.value)),
            When(last_on__gte=today - EVERY, then=Value(HELD.value)),
            default=Value(DUE.value),
            output_field=CharField(),
        )
    )


def number_by_standing(learners: QuerySet) -> dict[str, int]:
    """How many of these learners stand how; each standing is there, also with nobody."""
    rows = with_standing(learners.order_by()).values_list("standing").annotate(number=Count("pk"))
    return dict.fromkeys(STANDINGS, 0) | dict(rows)


def first_planned(learners: Iterable[int]) -> dict[int, Review]:
    """For each of these learners the review that is planned first, where there is one."""
    rows = Review.objects.open_to_all().planned().filter(learner__in=list(learners)).order_by("learner_id", "on", "pk")
    return {review.learner_id: review for review in rows.distinct("learner_id")}


def with_late_actions(learners: QuerySet) -> QuerySet:
    """Each learner with ``late``: how many agreed actions of theirs are late, whoever's they are."""
    late = AgreedAction.objects.open_to_all().late().filter(learner=OuterRef("pk")).order_by().values("learner")
    return learners.annotate(late=Coalesce(Subquery(late.annotate(number=Count("pk")).values("number")), 0))


class ToDo(NamedTuple):
    """What a page says comes next for somebody: planned reviews, and what they agreed to do, late things first."""

    reviews: list[Review]
    actions: list[AgreedAction]
    more: int

    @property
    def is_empty(self) -> bool:
        return not (self.reviews or self.actions)


def to_do_of_learner(user: Any, *, most: int = 5) -> ToDo:
    reviews = Review.objects.own_of(user).planned().order_by("on", "pk").for_list()
    actions = AgreedAction.objects.own_of(user).open().filter(owner_role=None)
    return _to_do(reviews, actions, most)


def to_do_of_adult(user: Any, *, most: int = 5) -> ToDo:
    reviews = Review.objects.of_staff(user).planned().filter(lead__user=user).order_by("on", "pk").for_list()
    return _to_do(reviews, AgreedAction.objects.to_be_done_by(user), most)


def _to_do(reviews: QuerySet, actions: QuerySet, most: int) -> ToDo:
    shown = list(actions.for_list().order_by("due_on", "pk")[: most + 1])
    coming = list(reviews[: most + 1])
    more = max(len(shown) - most, 0) + max(len(coming) - most, 0)
    return ToDo(coming[:most], shown[:most], more)


def open_counts(learner: Learner, *, user: Any) -> dict[str, int]:
    """How many targets and actions of a learner are open, of those this person sees: for the head of their page."""
    actions = AgreedAction.objects.visible_to(user).filter(learner=learner, state=AgreedActionState.OPEN)
    return {
        "targets": Target.objects.visible_to(user).open().filter(learner=learner).count(),
        "actions": actions.count(),
        "late": actions.filter(due_on__lt=clock.today()).count(),
    }


def who_helps_without_a_school(request: HelpRequest) -> QuerySet:
    """Who is told of a request of a learner on no school's roll: the advisers who answer for them and may read it, else
    the help desk of the area."""
    learner = Learner.objects.get(pk=request.learner_id)
    is_advised = advised_without_a_school().filter(pk=learner.pk).exists() and request.topic != NEEDS
    advisers = advisers_of(learner.pk).values("user")
    desk = StaffRole.objects.current().filter(organisation__area=learner.area_id, kind=RoleKind.HELP_DESK)
    people = User.objects.filter(is_active=True, pk__in=advisers if is_advised else desk.values("user"))
    return people.exclude(email="").order_by("pk")


def help_waiting(user: Any) -> QuerySet:
    """Requests for help this adult may take on, whoever has waited longest first; with where the learner is."""
    roll = RollEntry.objects.current().filter(learner=OuterRef("learner")).order_by("-started_on", "-pk")
    return (
        HelpRequest.objects.to_be_answered_by(user)
        .annotate(
            year_group=Subquery(roll.values("year_group")[:1]),
            tutor_group=Coalesce(Subquery(roll.values("tutor_group")[:1]), Value("")),
        )
        .order_by("asked_at", "pk")
    )
