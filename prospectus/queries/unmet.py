"""What people looked for or wished for and did not find. Words are shown only where enough people used them."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import CharField, Count, F, Max, QuerySet, Sum, Value
from django.db.models.functions import Coalesce, Lower

from prospectus.models import SearchMiss, Wish
from providers.models import Area

# What wishes can be grouped by -> the field that names the group.
GROUPS = {
    "words": "words",
    "subject": "subject__name",
    "level": "level__name",
    "area": "area__name",
    "outcode": "outcode",
}
# One person's own words, or where they live, could say who it was.
HIDDEN_WHEN_FEW = ("words", "outcode")


@dataclass(frozen=True, kw_only=True)
class Few:
    """What is not shown by itself: how many different ones, and how often all of them together."""

    different: int
    times: int


def searches_without_result(*, since: dt.date, area: Area | None = None) -> tuple[QuerySet, Few]:
    """The words that found nothing, the most frequent first, each with ``times``, ``last_on`` and ``areas``."""
    misses = SearchMiss.objects.filter(day__gte=since)
    if area:
        misses = misses.filter(area=area)
    grouped = misses.values("words").annotate(
        times=Sum("times"), last_on=Max("day"), areas=Count("area", distinct=True)
    )
    return _shown(grouped.order_by("-times", "words"))


def wishes(*, by: str, since: dt.date, area: Area | None = None) -> tuple[QuerySet, Few]:
    """Wishes grouped by one of ``GROUPS``: ``name`` (empty where nothing was said), ``times`` and ``last_on``."""
    made = Wish.objects.filter(made_on__gte=since)
    if area:
        made = made.filter(area=area)
    name = Lower(GROUPS[by]) if by == "words" else Coalesce(F(GROUPS[by]), Value(""), output_field=CharField())
    grouped = made.values(name=name).annotate(times=Count("pk"), last_on=Max("made_on")).order_by("-times", "name")
    if by not in HIDDEN_WHEN_FEW:
        return grouped, Few(different=0, times=0)
    return _shown(grouped)


def _shown(grouped: QuerySet) -> tuple[QuerySet, Few]:
    least = settings.SEARCH_WORDS_SHOWN_FROM
    few: dict[str, Any] = (
        grouped.filter(times__lt=least).order_by().aggregate(different=Count("times"), together=Sum("times"))
    )
    return grouped.filter(times__gte=least), Few(different=few["different"], times=few["together"] or 0)


def frequent_misses_with(phrase: str, *, since: dt.date, most: int) -> list[str]:
    """Searches without a result that had this phrase in them, the most frequent first."""
    found, _few = searches_without_result(since=since)
    texts = found.filter(words__contains=phrase).values_list("words", flat=True)[: most * 5]
    return [text for text in texts if f" {phrase} " in f" {text} "][:most]
