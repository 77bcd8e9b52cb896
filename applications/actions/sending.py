"""From the learner to the provider, by way of the home school where the area asks for it."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from applications.actions.assisting import assistance_of
from applications.actions.invitations import settle_invitations
from applications.actions.moving import Move, moving
from applications.models import Choice, Snapshot
from applications.queries.sending import goes_through_school, problems_before_sending
from applications.queries.snapshots import sha256_of, snapshot_content
from applications.workflow import ChoiceState
from core import clock
from core.errors import NotAllowed, RuleBroken, StaleState
from prospectus.models import InterestKind
from providers.queries import add_working_days


def send_choice(*, choice: Choice, by: Any) -> Choice:
    """The choice is with the provider, or with the home school, if any, where the area asks for its endorsement.

    What the learner says of themselves is frozen in a snapshot. Who was asked from clearing is asked no more.

    Raises: NotAllowed, StaleState, RuleBroken with the first of ``problems_before_sending``, ``how_not_said``.
    Tells: the provider, ``choice-received``; or the school, ``choice-with-school``. The learner, where an adult
    sent it, ``choice-entered-for-you``.
    """
    with moving(choice, "send", by=by) as move:
        choice = move.choice
        if problems := problems_before_sending(choice):
            raise problems[0]
        _say_who_entered(choice, by)
        content = snapshot_content(choice)
        Snapshot.objects.create(choice=choice, content=content, sha256=sha256_of(content))
        cycle = choice.application.cycle
        if goes_through_school(choice):
            move.to = ChoiceState.WITH_SCHOOL
            choice.with_school_at = clock.now()
            choice.endorse_due_on = add_working_days(move.today, cycle.endorsement_days, area=cycle.area)
            move.tell("choice-with-school")
        else:
            move.to = ChoiceState.SENT
            _arrive(move)
        settle_invitations(choice, by=by)
        if choice.entered_by is not None:
            move.tell("choice-entered-for-you")
            move.facts["how"] = choice.entered_how
    return choice


def endorse_choice(*, choice: Choice, by: Any, note: str = "") -> Choice:
    """The home school supports the choice and the provider has it.

    Raises: NotAllowed, StaleState. Tells: the provider, ``choice-received``; the learner, ``choice-sent``.
    """
    with moving(choice, "endorse", by=by) as move:
        move.choice.is_endorsed, move.choice.endorsement_note = True, note
        _arrive(move)
        move.tell("choice-sent")
    return move.choice


class Endorsed(NamedTuple):
    """What became of many choices that were to be endorsed together."""

    done: list[Choice]
    left: list[tuple[Choice, str]]  # and why
    already: list[Choice]  # endorsed before: by the first of two presses, or by a colleague


def endorse_choices(*, choices: Iterable[Choice], by: Any, note: str = "") -> Endorsed:
    """Each that can be is endorsed, in a transaction of its own; the others are left as they are, each with why."""
    outcome = Endorsed([], [], [])
    for choice in choices:
        try:
            outcome.done.append(endorse_choice(choice=choice, by=by, note=note))
        except StaleState:
            if Choice.objects.filter(pk=choice.pk, is_endorsed=True).exists():
                outcome.already.append(choice)
            else:
                outcome.left.append((choice, _("It is no longer with your school.")))
        except NotAllowed:
            outcome.left.append((choice, _("The learner is no longer on your roll.")))
        except RuleBroken as rule:
            outcome.left.append((choice, str(rule.message)))
    return outcome


def give_back_choice(*, choice: Choice, by: Any, note: str) -> Choice:
    """The learner has the choice back, with the school's words, to change and send again.

    Raises: NotAllowed, StaleState, RuleBroken ``note_missing``. Tells: the learner, ``choice-given-back``.
    """
    if not note.strip():
        raise RuleBroken(_("Say what the learner should change."), code="note_missing")
    with moving(choice, "give_back", by=by) as move:
        choice = move.choice
        # The provider never saw it, so what was frozen is nobody's evidence; the next sending freezes anew.
        Snapshot.objects.filter(choice=choice).delete()
        choice.endorsement_note, choice.endorse_due_on = note, None
        move.tell("choice-given-back")
    return choice


def send_unendorsed(*, choice: Choice, by: None = None) -> Choice:
    """The school's time is up: the provider has the choice, marked as not endorsed.

    Raises: NotAllowed (a person), StaleState, RuleBroken ``school_has_time``.
    Tells: the provider, ``choice-received``; the learner, ``choice-sent``; the adviser, ``choice-unendorsed``.
    Source: SPEC C4, endorsement is never a veto.
    """
    with moving(choice, "send_unendorsed", by=by) as move:
        if move.choice.endorse_due_on is None or move.choice.endorse_due_on >= move.today:
            raise RuleBroken(_("The school still has time."), code="school_has_time")
        move.choice.is_endorsed = False
        _arrive(move)
        move.tell("choice-sent")
        move.tell("choice-unendorsed")
    return move.choice


def _say_who_entered(choice: Choice, by: Any) -> None:
    """It stays with the choice who sent it for the learner, and how they had the learner's word.

    Raises: RuleBroken ``how_not_said``.
    """
    choice.entered_by, choice.entered_how, choice.paper_signed_on = None, "", None
    if by.pk != choice.application.learner.user_id:
        assistance = assistance_of(choice.application, by)
        if assistance is None:
            raise RuleBroken(
                _("Say first how you have the learner’s word: they are with you, or they signed the paper form."),
                code="how_not_said",
            )
        choice.entered_by, choice.entered_how = by, assistance.how
        choice.paper_signed_on = assistance.signed_on


def _arrive(move: Move) -> None:
    """The provider sees the choice from now on, and its time to answer runs."""
    choice, cycle = move.choice, move.choice.application.cycle
    choice.sent_at = clock.now()
    choice.answer_due_on = add_working_days(move.today, cycle.answer_days, area=cycle.area)
    move.facts["endorsed"] = choice.is_endorsed
    move.tell("choice-received")
    move.count(InterestKind.APPLICATION)  # here, not when it was sent to the school: a choice arrives once
