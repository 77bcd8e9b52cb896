"""What a course asks for, said as somebody would say it: "5 GCSEs at grade 4 or above, with English and maths"."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from prospectus.models import EntryRequirement

GRADE_CODE = re.compile(r"[A-G]\*?|[1-9](?:-[1-9])?|[A-G]{2}|[1-9]{2}")


@dataclass(kw_only=True)
class _Group:
    """Rows that ask for the same kind of qualification at the same grade."""

    type_name: str
    level_name: str
    grade: str
    total: int = 0
    several: list[tuple[int, str]] = field(default_factory=list)  # (how many, in what)
    subjects: list[str] = field(default_factory=list)


def requirement_words(rows: Iterable[EntryRequirement]) -> list[str]:
    """One line for each thing asked for. Rows of one kind and grade are told together."""
    groups: dict[tuple[str, str, str], _Group] = {}
    for row in rows:
        type_name = str(row.qualification_type).split(" (")[0] if row.qualification_type else ""
        level_name = row.level.name if row.level and not row.qualification_type else ""
        group = groups.setdefault(
            (type_name, level_name, row.grade), _Group(type_name=type_name, level_name=level_name, grade=row.grade)
        )
        if row.how_many > 1 and not row.subject_words:
            group.total = max(group.total, row.how_many)
        elif row.how_many > 1:
            group.several.append((row.how_many, row.subject_words))
        elif row.subject_words:
            group.subjects.append(row.subject_words)
        else:
            group.total = max(group.total, 1)
    return [line for group in groups.values() for line in _lines(group)]


def _lines(group: _Group) -> list[str]:
    lines = []
    if group.total:
        line = _some(group.total, group) + _at_grade(group.grade)
        if group.subjects and group.total > 1:
            line += f", with {in_words(group.subjects)}"
        lines.append(line)
    if group.subjects and group.total <= 1:
        lines.append(_named(group.subjects, group) + _at_grade(group.grade))
    lines += [f"{_some(how_many, group)} in {words}{_at_grade(group.grade)}" for how_many, words in group.several]
    return lines


def _some(how_many: int, group: _Group) -> str:
    if group.type_name:
        return f"{how_many} {_plural(group.type_name)}" if how_many > 1 else f"{_article(group.type_name)}"
    noun = "qualification" if how_many == 1 else "qualifications"
    if group.level_name:
        kind = f"{group.level_name} {noun}"
        return f"{how_many} {kind}" if how_many > 1 else _article(kind)
    return f"{how_many} {noun}" if how_many > 1 else "A qualification"


def _named(subjects: list[str], group: _Group) -> str:
    words = in_words(subjects)
    if group.type_name:
        return f"{group.type_name} {words}"
    return f"{group.level_name} {words}" if group.level_name else words[:1].upper() + words[1:]


def _at_grade(grade: str) -> str:
    """Empty is a pass, and a pass needs no words. A code is a grade; "Merit" is its own word."""
    if not grade:
        return ""
    return f" at grade {grade} or above" if GRADE_CODE.fullmatch(grade) else f" at {grade} or above"


def _plural(name: str) -> str:
    if name.isupper():
        return f"{name}s"  # GCSEs, NVQs
    return name if name.endswith("s") or name[-1:].isdigit() else f"{name}s"


def _article(name: str) -> str:
    """A T Level and a BTEC, but an A level and an NVQ: an initial is said by its letter's name."""
    first = name.split(" ", maxsplit=1)[0]
    is_spelt = first.isupper() and first not in {"BTEC", "CACHE"}
    return f"{'An' if first[:1] in ('AEFHILMNORSX' if is_spelt else 'AEIOaeio') else 'A'} {name}"


def in_words(things: Sequence[str]) -> str:
    """English, maths and science."""
    return (
        things[0]
        if len(things) == 1
        else _("%(others)s and %(last)s") % {"others": ", ".join(things[:-1]), "last": things[-1]}
    )
