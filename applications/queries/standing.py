"""Where a choice stands: what comes next and when, what this person may do, and what has happened."""

import datetime as dt
from collections.abc import Iterator
from typing import Any, NamedTuple

from django.utils import timezone
from django.utils.translation import gettext as _

from activity.queries import history_of
from applications.models import Choice
from applications.policies import CHOICE_POLICY
from applications.words import date_words
from applications.workflow import CHOICE_FLOW, PROPERTIES
from core import clock

DOUBLE_PRESS = dt.timedelta(minutes=2)
WITHOUT_A_DATE = dt.timedelta(days=7)  # a question without a date is as pressing as one that ends in a week


def verbs_for(user: Any, choice: Choice) -> list[str]:
    """What this person may do to this choice now, in the order of the table."""
    # Several verbs share a rule, and a rule may ask the database: each is asked once.
    answers: dict[Any, bool] = {}
    allowed = []
    for verb in CHOICE_FLOW.verbs_from(choice.status):
        if verb == "leave" and choice.left_on is not None:
            continue  # once
        rule = CHOICE_POLICY.rules[verb]
        if rule not in answers:
            answers[rule] = CHOICE_POLICY.can(user, verb, choice)
        if answers[rule]:
            allowed.append(verb)
    return allowed


class NextStep(NamedTuple):
    """What comes next for one choice, as its learner reads it."""

    text: str
    on: dt.date | None
    is_for_learner: bool
    url_name: str = ""
    is_deadline: bool = True  # otherwise it happens on the day

    @property
    def pressing_on(self) -> dt.date:
        """For the order of what to do: its day, or a week from now."""
        return self.on or clock.today() + WITHOUT_A_DATE

    @property
    def when(self) -> str:
        """ "by Friday 4 December 2026", or "on" that day; empty without a date."""
        if not self.on:
            return ""
        words = _("by %(day)s") if self.is_deadline else _("on %(day)s")
        return words % {"day": date_words(self.on)}


def next_step(choice: Choice) -> NextStep | None:
    """What comes next, from a choice fetched ``for_list()``; None when nothing does."""
    return next(_steps(choice), None)


def _steps(choice: Choice) -> Iterator[NextStep]:
    """What is expected, the most pressing first. Asked of verbs and properties, so that the table decides."""
    verbs, provider = CHOICE_FLOW.verbs_from(choice.status), choice.provider.name
    if choice.open_referrals:
        yield NextStep(
            _("Say yes or no to the course that %(provider)s suggests") % {"provider": provider},
            None,
            True,
            "applications:choice-referral",
        )
    yield from _interview_steps(choice)
    if "send" in verbs:
        closes_on = choice.application.cycle.closes_on
        yield NextStep(
            _("Check your choice for %(provider)s and send it") % {"provider": provider},
            closes_on,
            True,
            "applications:choice-send",
        )
    if "lapse" in verbs and choice.standing_offer:
        answer_by_on = choice.standing_offer.answer_by_on
        yield NextStep(
            _("Answer the offer from %(provider)s") % {"provider": provider}, answer_by_on, True, "applications:choice"
        )
    if "endorse" in verbs:
        yield NextStep(
            _("Your school sends it on to %(provider)s") % {"provider": provider}, choice.endorse_due_on, False
        )
    if choice.is_waiting_too_long:
        yield NextStep(
            _("%(provider)s is late. You may send another choice meanwhile") % {"provider": provider}, None, False
        )
    if choice.status in PROPERTIES["is_with_provider"]:
        yield NextStep(_("%(provider)s answers you") % {"provider": provider}, choice.answer_due_on, False)
    if "confirm" in verbs:
        yield NextStep(_("%(provider)s checks the conditions") % {"provider": provider}, None, False)
    if "enrol" in verbs:
        starts_on = [each.run.starts_on for each in choice.choice_runs.all() if each.run.starts_on]
        yield NextStep(
            _("Start at %(provider)s") % {"provider": provider}, min(starts_on, default=None), True, is_deadline=False
        )


def _interview_steps(choice: Choice) -> Iterator[NextStep]:
    provider = choice.provider.name
    for interview in choice.planned_interviews:
        if interview.starts_at is None:
            words = _("Choose a time for your interview with %(provider)s")
            yield NextStep(words % {"provider": provider}, None, True, "applications:interview-book")
            continue
        starts = timezone.localtime(interview.starts_at)
        text = _("Go to your interview with %(provider)s at %(starts)s, %(place)s") % {
            "provider": provider,
            "starts": f"{starts:%H:%M}",
            "place": interview.place,
        }
        yield NextStep(text, starts.date(), True, "applications:choice", is_deadline=False)


def was_just_done(choice: Choice, verb: str, *, by: Any) -> bool:
    """The last thing that happened here is this verb by this person, moments ago: one button pressed twice."""
    last = history_of(choice).last()
    return (
        last is not None
        and last.verb == f"choice.{verb}"
        and last.by_id == by.pk
        and clock.now() - last.at < DOUBLE_PRESS
    )
