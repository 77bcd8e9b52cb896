"""The provider's offer, from the first words to its end."""

import datetime as dt
from collections.abc import Collection
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from activity.actions import post, record
from applications.actions.moving import Move, lock_application, moving, offer_of, require_reason
from applications.models import AnswerReminder, Choice, Offer, OfferCondition, RefusalReason
from applications.queries.conditions import Condition, condition_words
from applications.queries.nights import REMINDERS
from applications.words import date_words
from core import clock
from core.errors import RuleBroken
from prospectus.models import CourseRun, InterestKind
from providers.queries import add_working_days


def make_offer(
    *,
    choice: Choice,
    by: Any,
    conditions: Collection[Condition] = (),
    answer_by_on: dt.date | None = None,
    message: str = "",
) -> Choice:
    """The learner has an offer to answer, and a place of each run is kept for them.

    ``answer_by_on`` is the area's reply time from today when it is not given. Never refused for fullness.

    Raises: NotAllowed, StaleState, RuleBroken ``run_ended``, ``answer_by_too_soon``, ``answer_by_after_cycle``,
    ``condition_incomplete``.
    Tells: the learner, ``offer-made``.
    """
    with moving(choice, "offer", by=by) as move:
        move.choice.refusal_reason, move.choice.reason_words, move.choice.is_closed_by_service = "", "", False
        _write_offer(move, conditions=conditions, answer_by_on=answer_by_on, message=message)
        move.tell("offer-made")
        move.count(InterestKind.OFFER)
    return Choice.objects.for_list().get(pk=move.choice.pk)


def change_offer(
    *,
    choice: Choice,
    by: Any,
    conditions: Collection[Condition] = (),
    answer_by_on: dt.date | None = None,
    message: str = "",
) -> Choice:
    """A new offer stands in the place of the old one, which is kept as ended. The same offer again changes nothing, and
    a condition that is asked as before stands as it stood: met, waived or not met, by whom and when.

    Raises: NotAllowed, StaleState, RuleBroken as ``make_offer``. Tells: the learner, ``offer-changed``.
    """
    with moving(choice, "change_offer", by=by) as move:
        standing = offer_of(move.choice)
        now = (standing.answer_by_on, standing.message, [Condition.of(each) for each in standing.conditions.all()])
        if now == (answer_by_on, message, in_words(conditions)):
            move.is_repeat = True
        else:
            standing.ended_at = clock.now()
            standing.save(update_fields=["ended_at"])
            _write_offer(move, conditions=conditions, answer_by_on=answer_by_on, message=message, before=standing)
            move.tell("offer-changed")
    return Choice.objects.for_list().get(pk=move.choice.pk)


def _write_offer(
    move: Move,
    *,
    conditions: Collection[Condition],
    answer_by_on: dt.date | None,
    message: str,
    before: Offer | None = None,
) -> None:
    choice, cycle = move.choice, move.choice.application.cycle
    run_ids = [choice_run.run_id for choice_run in choice.choice_runs.all()]
    if CourseRun.objects.still_there().filter(pk__in=run_ids).count() < len(run_ids):
        raise RuleBroken(
            _(
                "A course of this choice is no longer in the prospectus, so it cannot be offered. Suggest another "
                "course."
            ),
            code="run_ended",
        )
    earliest = add_working_days(move.today, cycle.reply_days, area=cycle.area)
    answer_by_on = answer_by_on or earliest
    if answer_by_on < earliest:
        raise RuleBroken(
            _("Learners have %(reply_days)s working days to answer: choose %(date_words)s or later.")
            % {"reply_days": cycle.reply_days, "date_words": date_words(earliest)},
            code="answer_by_too_soon",
        )
    if answer_by_on > max(cycle.ends_on, earliest):
        raise RuleBroken(
            _("This year's applications end on %(date_words)s: choose an earlier date.")
            % {"date_words": date_words(cycle.ends_on)},
            code="answer_by_after_cycle",
        )
    offer = Offer.objects.create(choice=choice, by=move.by, answer_by_on=answer_by_on, message=message)
    said = in_words(conditions)
    rows = [OfferCondition(offer=offer, **each._asdict()) for each in said]
    OfferCondition.objects.bulk_create(_as_they_stood(rows, before=before))
    move.facts |= {"conditions": [each.text for each in said], "answer_by_on": answer_by_on.isoformat()}


def _as_they_stood(rows: list[OfferCondition], *, before: Offer | None) -> list[OfferCondition]:
    """Each that was asked before, in the same words and columns, is in the state it was in."""
    stood = list(before.conditions.all()) if before else []
    for row in rows:
        same = next((old for old in stood if Condition.of(old) == Condition.of(row)), None)
        if same is not None:
            stood.remove(same)
            row.state, row.decided_by, row.decided_at = same.state, same.decided_by, same.decided_at
    return rows


def in_words(conditions: Collection[Condition]) -> list[Condition]:
    """Each with words for the learner.

    Raises: RuleBroken ``condition_incomplete``.
    """
    said = [Condition(*each) for each in conditions]
    said = [each._replace(text=condition_words(each)) for each in said]
    if any(not each.text for each in said):
        raise RuleBroken(
            _("A condition is not complete. Say the subject and the grade, the number, or write it in words."),
            code="condition_incomplete",
        )
    return said


def withdraw_offer(*, choice: Choice, by: Any, words: str, reason: str = RefusalReason.OTHER) -> Choice:
    """The offer is gone and its places are free again, with a reason the learner may read.

    Raises: NotAllowed, StaleState, RuleBroken ``reason_unknown``, ``reason_words_missing`` (with "something else").
    Tells: the learner, ``offer-withdrawn``.
    """
    require_reason("withdraw_offer", reason, words)
    with moving(choice, "withdraw_offer", by=by) as move:
        move.choice.refusal_reason, move.choice.reason_words = reason, words
        move.tell("offer-withdrawn")
    return move.choice


@transaction.atomic
def remind_to_answer(*, choice: Choice) -> AnswerReminder | None:
    """The learner has one more reminder of a standing offer; None when none is due to them.

    Two in all and one a day, so that a second run of the same night, or another worker, sends nothing.
    Somebody who was not reminded in time is given time: after the last reminder the offer stands for at least
    the area's last days (two working days). Tells: the learner, ``offer-reminder``.
    """
    application = lock_application(choice.application_id)
    answerable = Choice.objects.that_can("lapse").filter(pk=choice.pk)
    offer = Offer.objects.filter(choice__in=answerable, ended_at=None).first()
    if offer is None:
        return None
    given = list(offer.reminders.order_by("number"))
    if len(given) >= REMINDERS or (given and timezone.localdate(given[-1].made_at) == clock.today()):
        return None
    reminder = AnswerReminder.objects.create(offer=offer, number=len(given) + 1)
    if reminder.number == REMINDERS:
        latest = add_working_days(clock.today(), application.cycle.last_chance_days, area=application.cycle.area)
        if offer.answer_by_on < latest:
            offer.answer_by_on = latest
            offer.save(update_fields=["answer_by_on"])
    record("offer.remind", subject=choice, by=None, number=reminder.number, answer_by_on=offer.answer_by_on.isoformat())
    post("offer-reminder", key=f"offer-reminder:{offer.pk}:{reminder.number}", choice_id=choice.pk)
    return reminder


def lapse_offer(*, choice: Choice, by: None = None) -> Choice:
    """The offer has run out unanswered and its places are free again.

    Raises: NotAllowed (a person), StaleState, RuleBroken ``offer_still_open``, ``not_reminded``.
    Tells: the learner, ``offer-lapsed``; the provider, ``offer-lapsed-desk``.
    """
    with moving(choice, "lapse", by=by) as move:
        offer = offer_of(move.choice)
        if offer.answer_by_on >= move.today:
            raise RuleBroken(_("The learner still has time to answer."), code="offer_still_open")
        if offer.reminders.count() < REMINDERS:
            raise RuleBroken(_("The learner has not been reminded twice."), code="not_reminded")
        move.tell("offer-lapsed")
        move.tell("offer-lapsed-desk")
    return move.choice
