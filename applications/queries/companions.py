"""Which choices belong together, and how they count."""

from collections.abc import Iterable

from applications.models import Application, Choice
from applications.querysets import ChoiceQuerySet
from applications.workflow import OVER

MOST_EXTRA = 2  # choices above the limit, where some belong together: one programme at three places, or two at two


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


def counted(choices: Iterable[Choice]) -> int:
    """How many these count against the limit: those that belong together count once, and all of them together are
    never more than two above it, so that programmes at several places are no way round it."""
    all_of_them = list(choices)
    return max(len({choice.companion_group or -choice.pk for choice in all_of_them}), len(all_of_them) - MOST_EXTRA)


def counted_choices(application: Application, *, sending: Choice | None = None) -> int:
    """How many of the learner's choices count against the limit, as ``counted``. ``sending``: with this one, too."""
    choices = application.choices.counting()
    if sending is None:
        return counted(choices)
    return counted([*choices.exclude(pk=sending.pk), sending])
