"""What the codes of filters are called."""

import re
from dataclasses import dataclass
from operator import itemgetter

from django.db.models import CharField, Value
from django.db.models.functions import Cast
from django.utils.dates import MONTHS
from django.utils.translation import gettext

from prospectus.models import (
    Delivery,
    Level,
    Pattern,
    PlacesLeft,
    ProvisionKind,
    QualificationType,
    Stage,
    StartTime,
    StudyMode,
    Subject,
)
from providers.models import Area

UNKNOWN = ("unknown", "")
MONTH = re.compile(r"20\d\d-(0[1-9]|1[0-2])", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class Names:
    """Code -> name for each filter, in the order to show them; areas also by key."""

    by_filter: dict[str, dict[str, str]]
    plain_levels: dict[str, str]
    area_keys: dict[str, int]

    def of(self, name: str) -> dict[str, str]:
        return self.by_filter.get(name, {})


def filter_names() -> Names:
    """The names of areas, subjects, levels and types, in one question to the database, and the fixed ones.
    Of areas, those in the prospectus."""
    kind, text = CharField(), CharField()

    def named(model: type, label: str, code: str, more: str) -> object:
        rows = model.objects.order_by().annotate(  # type: ignore[attr-defined]
            kind=Value(label, kind), code_text=Cast(code, text), more_text=Cast(more, text)
        )
        return rows.values_list("kind", "code_text", "name", "more_text")

    areas = named(Area, "area", "slug", "pk").filter(is_practice=False)  # type: ignore[attr-defined]
    rows = areas.union(
        named(Subject, "subject", "code", "plain_name"),
        named(Level, "level", "code", "plain_words"),
        named(QualificationType, "type", "code", "plain_name"),
        all=True,
    )
    found: dict[str, dict[str, tuple[str, str]]] = {"area": {}, "subject": {}, "level": {}, "type": {}}
    for label, code, name, more in rows:
        found[label][code] = (name, more)
    types = [(code, plain or name) for code, (name, plain) in found["type"].items()]
    # Entry level is before level 1; the other kinds are in the order of their codes or names.
    levels = sorted(found["level"].items(), key=lambda level: (level[0] != "E", level[0]))
    return Names(
        by_filter={
            "level": {code: name for code, (name, _) in levels},
            "subject": {code: plain or name for code, (name, plain) in sorted(found["subject"].items())},
            "type": dict(sorted(types, key=itemgetter(1))),
            "area": {slug: name for slug, (name, _) in sorted(found["area"].items(), key=lambda item: item[1])},
            "mode": _known(StudyMode),
            "delivery": _known(Delivery),
            "pattern": _known(Pattern),
            "start": _known(StartTime),
            "kind": _known(ProvisionKind),
            "stage": _known(Stage),
            "places": {PlacesLeft.LEFT.value: str(PlacesLeft.LEFT.label)},
            "apply": {"here": gettext("You can apply here")},
        },
        plain_levels={code: plain for code, (_, plain) in levels},
        area_keys={slug: int(key) for slug, (_, key) in found["area"].items()},
    )


def month_name(month: str) -> str:
    """2027-09 is September 2027; "" for what is no month."""
    if not MONTH.fullmatch(month):
        return ""
    year, number = month.split("-")
    return f"{MONTHS[int(number)]} {year}"


def _known(choices: type) -> dict[str, str]:
    return {value: str(label) for value, label in choices.choices if value not in UNKNOWN}  # type: ignore[attr-defined]
