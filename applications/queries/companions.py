"""Which choices belong together, and how they count."""

from applications.models import Application, Choice
from applications.querysets import ChoiceQuerySet
from applications.workflow import OVER


def companions_of(choice: Choice) -> list[Choice]:
    """The others of its group, in the learner's order, the ones that are over too."""
    if choice.companion_group is None:
        return []
    others = choice.application.choices.filter(companion_group=choice.companion_group).exclude(pk=choice.pk)
    return list(others.for_list())


def possible_companions(choice: Choice) -> ChoiceQuerySet:
    """The learner's other choices that this one could belong with: at other providers, and not over."""
    others = choice.application.choices.exclude(pk=choice.pk).exclude(status__in=OVER)
    others = others.exclude(provider=choice.provider_id)
    if choice.companion_group is not None:
        others = others.exclude(companion_group=choice.companion_group)
    return others.for_list()


def counted_choices(application: Application, *, besides: Choice | None = None) -> int:
    """How many of the learner's choices count against the limit; those that belong together count once.

    ``besides``: without this one and what belongs with it.
    """
    choices = application.choices.counting()
    if besides is not None:
        choices = choices.exclude(pk=besides.pk)
        if besides.companion_group is not None:
            choices = choices.exclude(companion_group=besides.companion_group)
    return choices.with_limit_key().order_by().values("limit_key").distinct().count()
