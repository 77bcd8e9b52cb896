"""Choices at different providers that belong together: a BTEC at a college with an A level at a school."""

from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from activity.actions import record
from applications.actions.moving import lock_application
from applications.models import Choice
from applications.policies import APPLICATION_POLICY
from applications.queries.clashes import clashes
from applications.queries.companions import companions_of, counted_choices
from applications.workflow import OVER
from core.errors import RuleBroken, StaleState

MOST = 3  # choices that belong together: as many as there are days in a week to travel for


@transaction.atomic
def join_companions(*, choice: Choice, other: Choice, by: Any) -> Choice:
    """The two belong together, with whatever belonged with either: saying yes to one does not end the others, and
    they count as one choice. Before sending and after. Twice is once.

    Raises: NotAllowed, StaleState (one is over), RuleBroken ``companion_elsewhere``, ``companion_same_provider``,
    ``companions_too_many``, or the first of ``clashes``.
    """
    application = lock_application(choice.application_id)
    APPLICATION_POLICY.require(by, "choose", application)
    if other.application_id != application.pk:
        raise RuleBroken(_("Both choices must be yours, for the same year."), code="companion_elsewhere")
    choice, other = _read(choice), _read(other)
    if choice.companion_group is not None and choice.companion_group == other.companion_group:
        return choice
    together = {each.pk: each for each in (choice, other, *companions_of(choice), *companions_of(other))}
    providers = [each.provider_id for each in together.values() if each.status not in OVER]
    if len(providers) != len(set(providers)):
        raise RuleBroken(
            _("These are at the same provider. Put the courses into one choice instead."),
            code="companion_same_provider",
        )
    if len(providers) > MOST:
        raise RuleBroken(_("Up to three choices can belong together."), code="companions_too_many")
    runs = [choice_run.run for each in together.values() for choice_run in each.choice_runs.all()]
    if found := clashes(runs):
        raise found[0]
    group = choice.companion_group or other.companion_group
    if group is None:
        group = (application.choices.aggregate(last=Max("companion_group"))["last"] or 0) + 1
    Choice.objects.filter(pk__in=together).update(companion_group=group)
    record("choice.join", subject=choice, by=by, other=other.pk)
    return _read(choice)


@transaction.atomic
def part_companions(*, choice: Choice, by: Any) -> Choice:
    """The choice stands by itself again. Nobody at a provider hears of it: they never knew.

    Raises: NotAllowed, StaleState (it is over, or belongs with none), RuleBroken ``companions_both_firm``,
    ``limit_reached``.
    """
    application = lock_application(choice.application_id)
    APPLICATION_POLICY.require(by, "choose", application)
    choice = _read(choice)
    companions = companions_of(choice)
    if not companions:
        raise StaleState("It belongs with no other choice.")
    if choice.has("is_firm") and any(each.has("is_firm") for each in companions):
        raise RuleBroken(_("You said yes to both of these. Turn one of them down first."), code="companions_both_firm")
    Choice.objects.filter(pk=choice.pk).update(companion_group=None)
    if len(companions) == 1:
        Choice.objects.filter(pk=companions[0].pk).update(companion_group=None)
    limit = application.cycle.choice_limit
    if choice.has("is_live") and counted_choices(application) > limit:
        raise RuleBroken(
            _("Apart they count as more than the %(limit)s choices you may have under way. Withdraw one first.")
            % {"limit": limit},
            code="limit_reached",
        )
    record("choice.part", subject=choice, by=by, others=[each.pk for each in companions])
    return _read(choice)


def _read(choice: Choice) -> Choice:
    choice = Choice.objects.for_list().get(pk=choice.pk)
    if choice.status in OVER:
        raise StaleState("This choice is over.")
    return choice
