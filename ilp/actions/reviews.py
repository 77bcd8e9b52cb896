"""Reviews: planned, written by each in their own words, finished, and answered by the learner."""

import datetime as dt
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import Learner
from activity.actions import post, post_all, record, record_all
from core import clock
from core.errors import NotAllowed, RuleBroken
from core.references import LENGTH, new_reference
from ilp.actions.flags import flag_written
from ilp.actions.locking import lock_learner, lock_learners
from ilp.actions.plans import ELSEWHERE
from ilp.actions.roles import role_towards, roles_towards
from ilp.models import FlagPlace, Review, ReviewDraft, ReviewKind, ReviewWords, ReviewWordsKind
from ilp.policies import LEARNER_REVIEW_POLICY, REVIEW_POLICY, remember_looked_after
from ilp.workflow import REVIEW_FLOW
from providers.models import StaffRole

PLANNED = "review-planned"
CALLED_OFF = "review-called-off"
FINISHED = "review-finished"
LONGEST = 8000
MOST_DRAFTS = 20  # forms one person has begun and not sent, in one review
MOST_AT_ONCE = 120  # a year group of one tutor's is fewer, and all of them are locked meanwhile
PAST = dt.timedelta(days=366)  # a talk can be written down later
AHEAD = dt.timedelta(days=2 * 366)


@contextmanager
def moving(review: Review, verb: str, *, by: Any, **facts: Any) -> Iterator[Review]:
    """Lock the learner, read the review again, ask who and whether, run the body, write state and history. The only
    writer of ``Review.state``.

    Raises: NotAllowed, StaleState.
    """
    with transaction.atomic():
        review = locked_review(review)
        REVIEW_POLICY.require(by, verb, review)
        target = REVIEW_FLOW.target(review.state, verb)
        yield review
        review.state = target
        review.save()
        record(f"review.{verb}", subject=review, by=by, kind=review.kind, **facts)


def locked_review(review: Review) -> Review:
    """The review as it stands, its learner locked. Two records that become one meanwhile take the review along."""
    learner = Review.objects.values_list("learner", flat=True).get(pk=review.pk)
    lock_learner(learner)
    return Review.objects.for_list().get(pk=review.pk)


class PlannedReviews(NamedTuple):
    """What came of planning several: those that are planned now, and the learners who had one or are out of reach."""

    done: list[Review]
    passed_over: list[Learner]


def plan_review(
    *,
    learner: Learner,
    kind: str,
    on: dt.date,
    by: Any,
    at_time: dt.time | None = None,
    place: str = "",
) -> Review:
    """A talk with this learner is planned; whoever plans it leads it. A day that is past: it is written down later.
    A transition review is planned by a coordinator.

    Raises: NotAllowed, StaleState, RuleBroken ``day_out_of_range``, ``planned_already``.
    Tells: the learner, where it is still to come.
    """
    with transaction.atomic():
        learner = lock_learner(learner.pk)
        kind = ReviewKind(kind)
        LEARNER_REVIEW_POLICY.require(by, "plan_transition" if kind == ReviewKind.TRANSITION else "plan", learner)
        _require_day(on)
        if Review.objects.planned().filter(learner=learner, kind=kind, on=on).exists():
            raise RuleBroken(_("A review of this kind is planned for that day already."), code="planned_already")
        review = Review.objects.create(
            learner=learner,
            kind=kind,
            on=on,
            at_time=at_time,
            place=place.strip(),
            lead=_role(learner, by),
            planned_by=by,
        )
        record("review.plan", subject=review, by=by, kind=kind.value)
        _tell_planned(review)
    return review


def plan_reviews(
    *,
    learners: Iterable[Learner],
    kind: str,
    on: dt.date,
    by: Any,
    at_time: dt.time | None = None,
    minutes: int = 0,
    place: str = "",
) -> PlannedReviews:
    """A review is planned with each of them, by itself: what cannot be does not hold up the others. With ``minutes``
    one begins so long after another, in the order given. Who has one of the kind planned, today or later, keeps it.

    Raises: RuleBroken ``day_out_of_range``, ``too_many``, ``too_late``, before anything is written.
    Tells: the learners, where it is still to come.
    """
    learners, kind = list(learners), ReviewKind(kind)
    _require_day(on)
    if len(learners) > MOST_AT_ONCE:
        raise RuleBroken(_("Choose at most %(most)s at once.") % {"most": MOST_AT_ONCE}, code="too_many")
    first = dt.datetime.combine(on, at_time or dt.time())
    if at_time and (first + dt.timedelta(minutes=minutes * max(len(learners) - 1, 0))).date() != on:
        raise RuleBroken(_("They do not all fit into one day. Give fewer minutes to each."), code="too_late")
    with transaction.atomic():
        held = lock_learners(one.pk for one in learners)
        free = _free_for(held, kind, on, by=by)
        roles = roles_towards(list(held.values()), by)
        new: list[Review] = []
        passed_over = []
        for learner in learners:
            role = roles.get(learner.pk)
            if learner.pk not in free or role is None:
                passed_over.append(learner)
                continue
            free.remove(learner.pk)
            begins = (first + dt.timedelta(minutes=minutes * len(new))).time() if at_time else None
            new.append(
                Review(
                    learner=held[learner.pk], kind=kind, on=on, at_time=begins, place=place.strip(), lead=role,
                    planned_by=by,
                )
            )  # fmt: skip
        done = Review.objects.bulk_create(new)
        record_all("review.plan", subjects=done, by=by, kind=kind.value)
        if on >= clock.today():
            post_all(PLANNED, {_planned_key(review): {"review_id": review.pk} for review in done})
    return PlannedReviews(done, passed_over)


def _free_for(held: dict[int, Learner], kind: ReviewKind, on: dt.date, *, by: Any) -> set[int]:
    """The keys of those with whom this person may plan one, and who have none of the kind that is to come."""
    is_about_needs = kind == ReviewKind.TRANSITION
    remember_looked_after(by, list(held.values()), needs=is_about_needs)
    verb = "plan_transition" if is_about_needs else "plan"
    coming = Review.objects.planned().filter(Q(on=on) | Q(on__gte=clock.today()), learner__in=list(held), kind=kind)
    has_one = set(coming.values_list("learner", flat=True))
    return {key for key, one in held.items() if key not in has_one and LEARNER_REVIEW_POLICY.can(by, verb, one)}


def move_review(
    *,
    review: Review,
    on: dt.date,
    by: Any,
    at_time: dt.time | None = None,
    place: str = "",
    seen: dt.date | None = None,
) -> Review:
    """It is on another day, or elsewhere. ``seen`` is the day somebody looked at.

    Raises: NotAllowed, StaleState, RuleBroken ``day_out_of_range``, ``planned_already``, ``changed_meanwhile``.
    Tells: the learner.
    """
    with moving(review, "move", by=by, to_on=on.isoformat()) as held:
        _require_day(on)
        if seen is not None and seen != held.on:
            raise RuleBroken(_("Somebody has moved it since you looked. Look again."), code="changed_meanwhile")
        others = Review.objects.planned().filter(learner=held.learner_id, kind=held.kind, on=on).exclude(pk=held.pk)
        if others.exists():
            raise RuleBroken(_("A review of this kind is planned for that day already."), code="planned_already")
        is_other_day = held.on != on
        held.on, held.at_time, held.place = on, at_time, place.strip()
        if is_other_day:
            _tell_planned(held)
    return held


def call_off_review(*, review: Review, reason: str, by: Any) -> Review:
    """It does not take place. What was written for it stays with it.

    Raises: NotAllowed, StaleState, RuleBroken ``reason_missing``. Tells: the learner, where it was still to come.
    """
    with moving(review, "call_off", by=by) as held:
        if not reason.strip():
            raise RuleBroken(_("Say why it is called off."), code="reason_missing")
        held.reason = reason.strip()
        if held.on >= clock.today():
            post(CALLED_OFF, key=f"{CALLED_OFF}:{held.pk}", review_id=held.pk)
    return held


def write_words(*, review: Review, text: str, by: Any, seen: int = 0, made_from: str = "") -> ReviewWords:
    """What this person says in a review that is not finished: theirs alone, and theirs to change until then.

    ``seen`` is how often it had been saved when they opened it; ``made_from`` the draft, which goes. The same form
    sent twice is saved once.
    Raises: NotAllowed, StaleState, RuleBroken ``words_missing``, ``changed_meanwhile``.
    """
    with moving(review, "write", by=by) as held:
        words = own_words(held, by)
        if words is not None and words.number != seen:
            if words.text == text.strip():
                return words
            raise RuleBroken(str(ELSEWHERE), code="changed_meanwhile")
        if words is None:
            is_own = _is_own(held, by)
            words = ReviewWords(
                review=held,
                kind=ReviewWordsKind.SAID,
                number=0,
                is_from_learner=is_own,
                role=None if is_own else _role(held.learner, by),
            )
        before, words.text = words.text, _sound(text)
        words.by, words.at, words.number = by, clock.now(), words.number + 1
        words.save()
        flag_in_review(words, held, said=[words.text], before=[before], by=by)
        ReviewDraft.objects.visible_to(by).filter(review=held, reference=made_from).delete()
    return words


def finish_review(*, review: Review, on: dt.date, by: Any, who_else: str = "") -> Review:
    """It took place on that day, and is fixed from now on: whoever wants to say more adds it with the date.

    Raises: NotAllowed, StaleState, RuleBroken ``not_held_yet``, ``day_out_of_range``, ``nothing_said`` (no adult has
    written what was said). Tells: the learner.
    """
    with moving(review, "finish", by=by) as held:
        if on > clock.today():
            raise RuleBroken(_("It cannot have taken place in the future."), code="not_held_yet")
        _require_day(on)
        if not held.words.filter(kind=ReviewWordsKind.SAID, is_from_learner=False).exists():
            raise RuleBroken(_("Write what was talked about first."), code="nothing_said")
        held.on, held.who_else = on, who_else.strip()
        held.finished_by, held.finished_at = by, clock.now()
        post(FINISHED, key=f"{FINISHED}:{held.pk}", review_id=held.pk)
    return held


def answer_review(*, review: Review, agrees: bool, by: Any, text: str = "") -> ReviewWords:
    """The learner agrees with what was written, or sees it differently and says how. Both stay; the newest counts.

    Raises: NotAllowed, StaleState, RuleBroken ``words_missing``, ``said_already``.
    """
    kind = ReviewWordsKind.AGREED if agrees else ReviewWordsKind.DIFFERENT
    with moving(review, "answer", by=by, agrees=agrees) as held:
        if not agrees:
            text = _sound(text)
        newest = held.words.filter(kind__in=("agreed", "different")).order_by("-at", "-pk").first()
        if newest is not None and newest.kind == kind and newest.text == text.strip():
            raise RuleBroken(_("You have said this already."), code="said_already")
        return _add(held, kind, text.strip(), by)


def add_words(*, review: Review, text: str, by: Any, made_from: str = "") -> ReviewWords:
    """Something is put right, or said besides, with the day of today. What stood there before stays.

    Raises: NotAllowed, StaleState, RuleBroken ``words_missing``.
    """
    with moving(review, "add", by=by) as held:
        known = held.words.filter(kind=ReviewWordsKind.ADDED, by=by, text=_sound(text)).first()
        words = known or _add(held, ReviewWordsKind.ADDED, _sound(text), by)
        ReviewDraft.objects.visible_to(by).filter(review=held, reference=made_from).delete()
    return words


@transaction.atomic
def keep_review_draft(*, review: Review, reference: str, text: str, by: Any, seen: int = 0) -> ReviewDraft | None:
    """What somebody is writing is kept as they typed it, for them alone, under the name of the open form.

    None where it has been saved meanwhile: a late draft must not bring back what was changed.
    Raises: NotAllowed, RuleBroken ``too_many_drafts``.
    """
    review = locked_review(review)
    REVIEW_POLICY.require(by, "write" if review.is_open else "add", review)
    if not (reference.isascii() and reference.isalnum() and len(reference) == LENGTH):
        return None  # no form of ours is called so
    words = own_words(review, by)
    known = ReviewDraft.objects.filter(reference=reference).first()
    is_mine = known is None or (known.review_id == review.pk and known.by_id == by.pk)
    is_late = review.is_open and known is None and words is not None and words.number > seen
    if not review.is_open and known is None:
        is_late = review.words.filter(kind=ReviewWordsKind.ADDED, by=by, text=text.strip()).exists()
    if not is_mine or is_late:
        return None
    if known is None and ReviewDraft.objects.filter(review=review, by=by).count() >= MOST_DRAFTS:
        raise RuleBroken(
            _("You have begun %(most)s things. Finish one or throw one away, then begin a new one.")
            % {"most": MOST_DRAFTS},
            code="too_many_drafts",
        )
    draft = known or ReviewDraft(
        reference=reference, review=review, by=by, is_from_learner=_is_own(review, by), seen=seen
    )
    draft.text, draft.saved_at = text[:LONGEST], clock.now()
    draft.save()
    return draft


def own_words(review: Review, by: Any) -> ReviewWords | None:
    """What this person has said in it so far. A learner's own are theirs whichever account they wrote them with."""
    said = review.words.filter(kind=ReviewWordsKind.SAID)
    if _is_own(review, by):
        return said.filter(is_from_learner=True).first()
    return said.filter(is_from_learner=False, by=by).first()


def _add(review: Review, kind: ReviewWordsKind, text: str, by: Any) -> ReviewWords:
    is_own = _is_own(review, by)
    words = ReviewWords.objects.create(
        review=review,
        kind=kind,
        text=text,
        is_from_learner=is_own,
        by=by,
        role=None if is_own else _role(review.learner, by),
    )
    flag_in_review(words, review, said=[text], by=by)
    return words


def flag_in_review(
    thing: models.Model, review: Review, *, said: Iterable[str], by: Any, before: Iterable[str] = ()
) -> None:
    """Words that worry call a person when it is the learner who writes them: adults write what was talked about."""
    if _is_own(review, by):
        flag_written(
            thing,
            learner=review.learner,
            place=FlagPlace.REVIEW,
            section=review.shown_as,
            said=said,
            before=before,
            by=by,
        )


def _is_own(review: Review, by: Any) -> bool:
    return review.learner.user_id == by.pk


def _role(learner: Learner, by: Any) -> StaffRole:
    role = role_towards(learner, by)
    if role is None:
        raise NotAllowed(f"nobody writes in reviews of learner:{learner.pk} but in a role")
    return role


def _sound(text: str) -> str:
    if not text.strip():
        raise RuleBroken(_("Write something first."), code="words_missing")
    return text.strip()[:LONGEST]


def _require_day(on: dt.date) -> None:
    today = clock.today()
    if not today - PAST <= on <= today + AHEAD:
        raise RuleBroken(
            _("Choose a day from a year ago to two years from now."),
            code="day_out_of_range",
        )


def _tell_planned(review: Review) -> None:
    if review.on >= clock.today():
        post(PLANNED, key=_planned_key(review), review_id=review.pk)


def _planned_key(review: Review) -> str:
    """One of its own each time: of a review that is moved and moved back, the learner knows the other day."""
    return f"{PLANNED}:{review.pk}:{new_reference()}"
