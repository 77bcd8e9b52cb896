"""What an answer to an offer would mean for the learner's other choices."""

import datetime as dt
from collections.abc import Collection

from django.db.models import Q

from applications.models import Application, Choice, ChoiceRun
from applications.querysets import ChoiceQuerySet
from applications.workflow import ChoiceState


def competing_choices(choice: Choice) -> ChoiceQuerySet:
    """The learner's other choices that do not belong with this one. A back-up competes with nothing, and neither does
    a course that was started and left."""
    companions = Q() if choice.companion_group is None else Q(companion_group=choice.companion_group)
    others = choice.application.choices.exclude(pk=choice.pk).exclude(status=ChoiceState.HELD)
    others = others.filter(left_on=None)
    return others.exclude(companions) if companions else others


def can_hold_another(application: Application) -> bool:
    """The area lets learners keep a back-up, and this one keeps none yet."""
    return application.cycle.can_hold and not application.choices.filter(status=ChoiceState.HELD).exists()


def choices_released_by(choice: Choice) -> list[Choice]:
    """The choices that accepting this one would turn down or withdraw."""
    return list(competing_choices(choice).that("is_live").for_list())


def live_choices_on(run_ids: Collection[int]) -> int:
    """How many live choices, whoever made them, are about one of these runs."""
    about_them = ChoiceRun.objects.filter(run__in=run_ids).values("choice")
    return Choice.objects.that("is_live").filter(pk__in=about_them).count()


def runs_applied_for(run_ids: Collection[int], since: dt.datetime) -> set[int]:
    """Those of these runs that live choices sent since then, to the provider or first to the school, are about."""
    sent = Choice.objects.that("is_live").filter(Q(sent_at__gte=since) | Q(with_school_at__gte=since))
    found = ChoiceRun.objects.filter(run__in=run_ids, choice__in=sent.values("pk"))
    return set(found.values_list("run_id", flat=True))
