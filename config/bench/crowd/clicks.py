"""Every click that was answered, and whether the database has exactly that: nothing lost, nothing double, nothing else.

A click's meaning is what must be true once it has been answered with success. There are two sorts. What **happened** is
counted: an offer on a choice was made once. What **stands** is compared: the words that were kept last are there.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import psycopg

Meaning = tuple[str, ...]  # the verb, who did it, to what
Place = tuple[str, ...]  # what stands there can change

# Clicks of which the database keeps only what stands now.
ONLY_STANDING = {"draft.keep", "shortlist.keep", "choice.assign"}
# What an action brings about in the same person's other choices of the same application: answers nobody clicked on.
FOLLOWS = {"choice.turn_down": "choice.accept", "choice.withdraw": "choice.accept"}
HAPPENED = """
SELECT event.verb, person.username, coalesce(choice.reference, application.reference)
FROM activity_event event
JOIN accounts_user person ON person.id = event.by_id
LEFT JOIN applications_choice choice ON event.subject = 'applications.choice:' || choice.id
LEFT JOIN applications_application application ON event.subject = 'applications.application:' || application.id
WHERE event.id > %(since)s AND coalesce(choice.id, application.id) IS NOT NULL
  AND (event.verb LIKE 'choice.%%' OR event.verb = 'application.write') AND event.verb <> 'choice.note'
  AND event.verb NOT IN ('choice.add_run', 'choice.assign')
UNION ALL
SELECT 'choice.note', person.username, note.words
FROM applications_desknote note JOIN accounts_user person ON person.id = note.by_id WHERE note.id > %(notes)s
UNION ALL
SELECT 'choice.add_run', person.username, run.reference
FROM applications_choicerun part JOIN prospectus_courserun run ON run.id = part.run_id
JOIN applications_choice choice ON choice.id = part.choice_id
JOIN applications_application application ON application.id = choice.application_id
JOIN accounts_learner learner ON learner.id = application.learner_id
JOIN accounts_user person ON person.id = learner.user_id WHERE part.id > %(parts)s
UNION ALL
SELECT 'bulk.confirm', person.username, run.reference
FROM applications_bulkrun run JOIN accounts_user person ON person.id = run.by_id
WHERE run.id > %(runs)s AND run.confirmed_at IS NOT NULL
"""
LAST = """
SELECT (SELECT coalesce(max(id), 0) FROM activity_event) AS since,
       (SELECT coalesce(max(id), 0) FROM applications_desknote) AS notes,
       (SELECT coalesce(max(id), 0) FROM applications_choicerun) AS parts,
       (SELECT coalesce(max(id), 0) FROM applications_bulkrun) AS runs
"""
TOGETHER = """
SELECT run.reference, 'choice.' || run.verb, person.username, choice.reference, item.state
FROM applications_bulkitem item JOIN applications_bulkrun run ON run.id = item.run_id
JOIN accounts_user person ON person.id = run.by_id JOIN applications_choice choice ON choice.id = item.choice_id
WHERE run.id > %(runs)s AND run.confirmed_at IS NOT NULL
"""
STANDS = """
SELECT 'statement', application.reference, application.statement FROM applications_application application
WHERE application.statement <> ''
UNION ALL
SELECT 'draft', draft.reference, draft.answers ->> 'statement' FROM applications_sectiondraft draft
UNION ALL
SELECT 'shortlist', person.username || ' ' || course.reference, 'kept'
FROM prospectus_shortlistitem item JOIN accounts_user person ON person.id = item.user_id
JOIN prospectus_course course ON course.id = item.course_id
UNION ALL
SELECT 'assigned', choice.reference, person.username
FROM applications_handling handling JOIN applications_choice choice ON choice.id = handling.choice_id
JOIN accounts_user person ON person.id = handling.assigned_to_id
"""
SAME_APPLICATION = """
SELECT choice.reference, application.reference FROM applications_choice choice
JOIN applications_application application ON application.id = choice.application_id
"""


class Click(NamedTuple):
    """One press: what it means, how it was answered (success, refused, or nothing at all), and what it leaves."""

    meaning: Meaning
    answer: str  # "done", "refused" or "" when no answer came
    stands: Mapping[Place, str | None] = {}


class Found(NamedTuple):
    """What the database does not have though it was answered, and what it has though nobody clicked."""

    lost: list[Meaning]
    without_click: list[Meaning]


class State(NamedTuple):
    """What the database says."""

    happened: Counter[Meaning]
    stands: dict[Place, str]
    together: list[tuple[str, str, str, str, str]] = []  # bulk run, verb, who, choice, state of the item
    application_of: Mapping[str, str] = {}


def reconcile(clicks: Iterable[Click], *, before: State, after: State) -> Found:
    """Each done click is there exactly once and nothing is there without one. What was not answered may be there."""
    clicks = list(clicks)
    counted = [click for click in clicks if click.meaning[0] not in ONLY_STANDING]
    done = Counter(click.meaning for click in counted if click.answer == "done")
    perhaps = Counter(click.meaning for click in counted if not click.answer)
    waiting = [(run,) for run, _verb, _who, _choice, state in after.together if state == "waiting"]
    done += Counter((verb, who, choice) for _run, verb, who, choice, state in after.together if state == "done")
    lost = done - after.happened
    without = after.happened - done - perhaps
    without -= Counter(one for one in without.elements() if _follows(one, done, after.application_of))
    words, words_without = _compare_standing(clicks, before.stands, after.stands)
    return Found(
        lost=[*lost.elements(), *words, *(("bulk item", *one) for one in waiting)],
        without_click=[*without.elements(), *words_without],
    )


def _follows(meaning: Meaning, done: Counter[Meaning], application_of: Mapping[str, str]) -> bool:
    verb, who, choice = meaning
    cause, mine = FOLLOWS.get(verb), application_of.get(choice)
    return mine is not None and any(
        (cause, who) == one[:2] and application_of.get(one[2]) == mine for one in done if one[0] == cause
    )


def _compare_standing(
    clicks: list[Click], before: dict[Place, str], after: dict[Place, str]
) -> tuple[list[Meaning], list[Meaning]]:
    """What the clicks should have left, in the order they were answered. Each place has one writer."""
    expected: dict[Place, str | None] = dict(before)
    touched, unsure = set(), set()
    for click in clicks:
        (touched if click.answer == "done" else unsure if not click.answer else set()).update(click.stands)
        if click.answer == "done":
            expected |= click.stands
    wrong = [place for place in {*expected, *after} if expected.get(place) != after.get(place) and place not in unsure]
    return sorted(place for place in wrong if place in touched), sorted(
        place for place in wrong if place not in touched
    )


def last_rows(database: psycopg.Connection[Any]) -> dict[str, int]:
    """Where the tables end now: what comes later happened later."""
    with database.cursor(row_factory=psycopg.rows.dict_row) as cursor:
        found = cursor.execute(LAST).fetchone()
    return dict(found or {})


def read_state(database: psycopg.Connection[Any], since: dict[str, int]) -> State:
    """What has happened since then, and what stands now."""
    return State(
        happened=Counter(tuple(row) for row in database.execute(HAPPENED, since)),
        stands={(what, where): words or "" for what, where, words in database.execute(STANDS)},
        together=[tuple(row) for row in database.execute(TOGETHER, since)],
        application_of=dict(tuple(row) for row in database.execute(SAME_APPLICATION)),
    )


def read_clicks(log: Path) -> Iterator[Click]:
    """The clicks of a log, in the order of their answers; those that were never answered last."""
    asked: dict[int, dict[str, Any]] = {}
    for each in read_log(log, "asked", "answered"):
        if each["what"] == "asked":
            asked[each["number"]] = each
        else:
            yield _click(asked.pop(each["number"]), each["answer"])
    for each in asked.values():
        yield _click(each, "")


def _click(asked: dict[str, Any], answer: str) -> Click:
    return Click(tuple(asked["meaning"]), answer, {(what, where): words for what, where, words in asked["stands"]})


def read_log(log: Path, *whats: str) -> Iterator[dict[str, Any]]:
    """The lines of these sorts."""
    with log.open(encoding="utf-8") as lines:
        for line in lines:
            said = json.loads(line)
            if said["what"] in whats:
                yield said
