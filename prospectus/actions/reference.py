"""Reference tables from the facts in ``prospectus/data``. Every loader can run twice."""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.db import transaction

from prospectus.actions.search import refresh_vocabulary
from prospectus.actions.words import lock_search_words
from prospectus.models import CareerWord, Level, PhraseRule, QualificationType, Subject, Synonym

FOLDER = Path(__file__).resolve().parent.parent / "data"


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (FOLDER / name).open(newline="", encoding="utf-8") as file:
        yield from csv.DictReader(file)


def load_subjects() -> int:
    """The 15 sector subject areas and the 50 inside them are as in the file. Returns how many the file has."""
    subjects = [
        Subject(code=row["code"], parent_id=row["parent_code"] or None, name=row["name"], plain_name=row["plain_name"])
        for row in _rows("subjects.csv")
    ]
    Subject.objects.bulk_create(
        subjects, update_conflicts=True, unique_fields=["code"], update_fields=["parent", "name", "plain_name"]
    )
    return len(subjects)


def load_levels() -> int:
    """The levels, Entry to 8, are as in the file, with what each is like in plain words."""
    levels = [Level(**row) for row in _rows("levels.csv")]
    Level.objects.bulk_create(
        levels, update_conflicts=True, unique_fields=["code"], update_fields=["name", "plain_words", "position"]
    )
    return len(levels)


def load_qualification_types() -> int:
    """The qualification types, of today and of the past, are as in the file."""
    types = [
        QualificationType(
            code=row["code"],
            name=row["name"],
            family=row["family"],
            is_current=row["is_current"] == "yes",
            plain_name=row["plain_name"],
            plain_words=row["plain_words"],
            levels=list(row["levels"]),
        )
        for row in _rows("qualification_types.csv")
    ]
    QualificationType.objects.bulk_create(
        types,
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=["name", "family", "is_current", "plain_name", "plain_words", "levels"],
    )
    return len(types)


def load_search_words() -> int:
    """Synonyms, phrase rules and career words are ours, but where staff have decided: that stays. Returns the new ones.

    A row of ours that the files no longer have goes; one that staff took out stays out.
    """
    lock_search_words()
    added = _load_rules(Synonym, "synonyms.csv", key=("said", "meant"))
    added += _load_rules(PhraseRule, "phrase_rules.csv", key=("phrase",))
    known = set(CareerWord.objects.values_list("subject_id", "words"))
    words = [
        CareerWord(subject_id=row["subject"], words=row["words"])
        for row in _rows("career_words.csv")
        if (row["subject"], row["words"]) not in known
    ]
    return added + len(CareerWord.objects.bulk_create(words))


def _load_rules(model: Any, name: str, *, key: tuple[str, ...]) -> int:
    ours = {tuple(row[part] for part in key): row for row in _rows(name)}
    kept = {tuple(getattr(rule, part) for part in key): rule for rule in model.objects.all()}
    gone = [rule.pk for rule_key, rule in kept.items() if rule.is_ours and rule_key not in ours]
    model.objects.filter(pk__in=gone).delete()
    for rule_key, row in ours.items():
        rule = kept.get(rule_key)
        if rule and rule.is_ours and any(getattr(rule, field) != value for field, value in row.items()):
            model.objects.filter(pk=rule.pk).update(**row)
    new = [model(**row, is_ours=True) for rule_key, row in ours.items() if rule_key not in kept]
    return len(model.objects.bulk_create(new))


@transaction.atomic
def load_prospectus_reference() -> dict[str, int]:
    """All of the above are loaded, and words that only synonyms use can be spelt wrongly too."""
    loaded = {
        "subjects": load_subjects(),
        "levels": load_levels(),
        "qualification_types": load_qualification_types(),
        "search_words": load_search_words(),
    }
    refresh_vocabulary()
    return loaded
