"""How a learner's whole application stands, for what an e-mail about one choice of it says beside."""

import datetime as dt
from collections.abc import Iterable
from typing import NamedTuple

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import RollEntry
from applications.models import Application, Choice, Offer
from applications.workflow import CHOICE_FLOW
from core import clock


class Situation(models.TextChoices):
    """What of the whole application is left to do. The words are for staff who look at the messages."""

    ANSWER = "answer", _("Something to answer, nobody else to wait for")
    ANSWER_OTHERS = "answer_others", _("Something to answer, other answers to come")
    ANSWER_SEVERAL = "answer_several", _("Several things to answer")
    PLACE = "place", _("A place is taken")
    WAITING = "waiting", _("Waiting for answers")
    WAITING_UNDATED = "waiting_undated", _("Waiting for answers that are late")
    KEPT = "kept", _("Only a back-up")
    DRAFTS = "drafts", _("Only choices that are not sent")
    NOTHING = "nothing", _("Nothing left, and time to apply")
    NOTHING_LATE = "nothing_late", _("Nothing left, and the last day is over")


S = Situation


class Facing(NamedTuple):
    """A situation, and the day that belongs to it."""

    situation: Situation
    day: dt.date | None = None


def facing(application: Application) -> Facing:
    """How this application stands now. Two queries."""
    choices = Choice.objects.filter(application=application).prefetch_related(
        models.Prefetch("offers", Offer.objects.filter(ended_at=None), to_attr="standing_offers")
    )
    return facing_of(choices, closes_on=application.cycle.closes_on, today=clock.today())


def facing_of(choices: Iterable[Choice], *, closes_on: dt.date, today: dt.date) -> Facing:
    """The most pressing of what these choices, fetched with their standing offers, leave to do."""
    choices = list(choices)
    days = sorted(
        choice.standing_offer.answer_by_on
        for choice in choices
        if CHOICE_FLOW.targets(choice.status, "lapse") and choice.standing_offer
    )
    due = [
        choice.answer_due_on if choice.has("is_with_provider") else choice.endorse_due_on
        for choice in choices
        if choice.has("is_with_provider") or CHOICE_FLOW.targets(choice.status, "endorse")
    ]
    if len(days) > 1:
        return Facing(S.ANSWER_SEVERAL, days[0])
    if days:
        return Facing(S.ANSWER_OTHERS if due else S.ANSWER, days[0])
    if any(choice.has("is_firm") for choice in choices):
        return Facing(S.PLACE)
    if due:
        to_come = min((day for day in due if day and day >= today), default=None)
        return Facing(S.WAITING, to_come) if to_come else Facing(S.WAITING_UNDATED)
    if any(choice.has("has_offer_in_hand") for choice in choices):
        return Facing(S.KEPT)
    return _with_nothing_sent(choices, closes_on=closes_on, today=today)


def _with_nothing_sent(choices: list[Choice], *, closes_on: dt.date, today: dt.date) -> Facing:
    if closes_on < today:
        return Facing(S.NOTHING_LATE)
    is_written = any(choice.status in CHOICE_FLOW.sources("send") for choice in choices)
    return Facing(S.DRAFTS if is_written else S.NOTHING, closes_on)


class Load(NamedTuple):
    """What waits at a desk: how many choices, and the earliest day by which one is to be answered."""

    number: int
    first_on: dt.date | None


def load_of_provider(organisation_id: int) -> Load:
    """What the admissions of this provider have to answer. One query."""
    here = models.Q(provider=organisation_id) | models.Q(placed_with=organisation_id)
    return _load(Choice.objects.to_answer().filter(here), "answer_due_on")


def load_of_school(learner_id: int) -> Load:
    """What the coordinators of this learner's school have to read. One query."""
    school = RollEntry.objects.current().filter(learner=learner_id).values("school")
    learners = RollEntry.objects.current().filter(school__in=school).values("learner")
    waiting = Choice.objects.filter(
        application__learner__in=learners, status__in=CHOICE_FLOW.sources("send_unendorsed")
    )
    return _load(waiting, "endorse_due_on")


def _load(choices: models.QuerySet, due_on: str) -> Load:
    said = choices.order_by().aggregate(number=models.Count("pk"), first=models.Min(due_on))
    return Load(said["number"], said["first"])
