"""The Department's published figures, loaded from its files."""

import csv
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _

from core.errors import RuleBroken
from reporting.models import Category, Level, PublishedFigure

OFFER, CHANGE = "September_guarantee_Offer_made_percent", "September_guarantee_annual_change_ppts"
NEEDED = ("time_period", "geographic_level", "region_code", "region_name", "old_la_code", "la_name", OFFER, CHANGE)
LEVELS = {"National": Level.NATIONAL, "Regional": Level.REGION, "Local authority": Level.AUTHORITY}
SOURCE = "Department for Education, local authority scorecard {year}, Open Government Licence"


class Loaded(NamedTuple):
    figures: int
    without: int  # rows that publish no share: not applicable, or too few learners


@transaction.atomic
def load_scorecard(*, lines: Iterable[str]) -> Loaded:
    """The figures of one scorecard file stand; those of the same September that stood before are replaced.

    A scorecard shows the September before its year. Source: nccis-september-guarantee.md, the table of years.
    Raises: RuleBroken ``not_a_scorecard``, naming what is missing or which line is wrong.
    """
    reader = csv.DictReader(lines)
    if missing := [name for name in NEEDED if name not in (reader.fieldnames or [])]:
        raise RuleBroken(
            _("This is no scorecard of the Department: it has no column %(name)s.") % {"name": missing[0]},
            code="not_a_scorecard",
        )
    figures, without = [], 0
    for number, row in enumerate(reader, start=2):
        try:
            figure = _figure(row)
        except (KeyError, ValueError) as fault:
            raise RuleBroken(
                _("Line %(number)s of the scorecard cannot be read.") % {"number": number}, code="not_a_scorecard"
            ) from fault
        if figure is None:
            without += 1
        else:
            figures.append(figure)
    PublishedFigure.objects.bulk_create(
        figures,
        update_conflicts=True,
        unique_fields=["september", "level", "code", "cohort", "category"],
        update_fields=["name", "percent", "change_points", "source"],
    )
    return Loaded(len(figures), without)


def _figure(row: dict[str, str]) -> PublishedFigure | None:
    percent = _number(row[OFFER])
    if percent is None:
        return None
    year, level = int(row["time_period"]), LEVELS[row["geographic_level"]]
    code, name = {
        Level.NATIONAL: ("ENG", "England"),
        Level.REGION: (row["region_code"], row["region_name"]),
        Level.AUTHORITY: (row["old_la_code"], row["la_name"]),
    }[level]
    return PublishedFigure(
        september=year - 1,
        level=level,
        code=code,
        name=name,
        category=Category.OFFER_MADE,
        percent=percent,
        change_points=_number(row[CHANGE]),
        source=SOURCE.format(year=year),
    )


def _number(text: str) -> Decimal | None:
    """None for what the Department writes instead of a number: z, x, c, or nothing."""
    try:
        return Decimal(text.strip())
    except InvalidOperation:
        return None
