"""Whether the right courses are among the first five: judged questions, ours beside three simple searches.

The judged questions were written before search was tuned, by a reader of the full town's list of courses who had not
seen the code. Those of ``held_out.csv`` are never looked at: only these figures come from them.
"""

import contextlib
import csv
import json
import os
import re
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from config.bench import line, scratch_database
from config.env import BASE_DIR

FOLDER = BASE_DIR / "tests" / "prospectus" / "judged"
PARTS = {"seen": "seen while tuning", "open": "further ones, seen", "held_out": "held out"}
FIRST = 5  # a question is answered when what it must have is among so many
DEEPEST = 15  # a page; what comes later has no reciprocal rank

Answer = tuple[str, str]  # title, provider
Search = Callable[[str], list[Answer]]


@dataclass(frozen=True, kw_only=True)
class Judged:
    """One question. ``must``: of each group one course; ``also``: further ones that are right."""

    query: str
    must: tuple[tuple[str, ...], ...]
    also: tuple[str, ...] = ()

    def is_answered(self, answers: Sequence[Answer]) -> bool:
        return all(any(is_it(wanted, answer) for wanted in group for answer in answers[:FIRST]) for group in self.must)

    def reciprocal_rank(self, answers: Sequence[Answer]) -> float:
        """1 over the place of the first right course; 0 where there is none."""
        right = [wanted for group in self.must for wanted in group] + list(self.also)
        for place, answer in enumerate(answers[:DEEPEST], 1):
            if any(is_it(wanted, answer) for wanted in right):
                return 1 / place
        return 0.0


def is_it(wanted: str, answer: Answer) -> bool:
    """Whether the answer is the course "Title" or "Title @ Provider"."""
    title, _, provider = wanted.partition(" @ ")
    return _same(title, answer[0]) and (not provider or _same(provider, answer[1]))


def _same(one: str, other: str) -> bool:
    return " ".join(one.casefold().split()) == " ".join(other.casefold().split())


def read_judged(part: str, folder: Path = FOLDER) -> list[Judged]:
    """The questions of one part, in the file's order."""
    with (folder / f"{part}.csv").open(newline="", encoding="utf-8") as file:
        return [
            Judged(
                query=row["query"],
                must=tuple(tuple(_listed(group, "|")) for group in _listed(row["must"], ";")),
                also=tuple(one for group in _listed(row["also"] or "", ";") for one in _listed(group, "|")),
            )
            for row in csv.DictReader(file)
        ]


def _listed(text: str, sign: str) -> list[str]:
    return [part.strip() for part in text.split(sign) if part.strip()]


def figures(judged: Sequence[Judged], search: Search) -> tuple[float, float]:
    """Success@5, of 100, and the mean reciprocal rank."""
    answers = [(one, search(one.query)) for one in judged]
    return (
        100 * sum(one.is_answered(found) for one, found in answers) / len(answers),
        sum(one.reciprocal_rank(found) for one, found in answers) / len(answers),
    )


def run() -> Iterator[dict[str, Any]]:
    """The full town's courses in a database of their own, made and dropped here."""
    with scratch_database("bench_relevance") as url:
        process = subprocess.Popen(
            [sys.executable, "-m", "config.bench.relevance"],
            env=os.environ | {"DATABASE_URL": url},
            stdout=subprocess.PIPE,
            text=True,
        )
        with process:
            for text in process.stdout or ():
                yield json.loads(text)
        if process.returncode:
            raise SystemExit("The relevance bench failed.")


def measure() -> Iterator[dict[str, Any]]:
    from django.core.management import call_command

    from config.demo.town import load_catalogue

    call_command("migrate", verbosity=0)
    load_catalogue(size="full")
    yield from compare()


def compare() -> Iterator[dict[str, Any]]:
    """The figures of ours and of each peer over the courses that stand in the database."""
    with tempfile.TemporaryDirectory(prefix="bench-relevance-") as folder:
        peers = _peers(folder)
        for part, words in PARTS.items():
            judged = read_judged(part)
            mine = figures(judged, ours)
            theirs = {name: figures(judged, search) for name, search in peers.items()}
            best = max((success for success, _ in theirs.values()), default=0)
            workload = f"{len(judged)} judged questions, {words}, over the full town"
            is_met = mine[0] >= best + 3 or mine[0] >= 97
            if part == "held_out":
                is_met = is_met and mine[0] >= 95
            for name, (success, rank) in theirs.items():
                yield line(
                    metric=f"relevance.{part}.success_at_5",
                    workload=workload,
                    ours=mine[0],
                    peer=success,
                    peer_name=name,
                    limit=100,
                    goal=">= best peer + 3 of 100, or >= 97" + ("; >= 95" if part == "held_out" else ""),
                    met=is_met,
                )
                yield line(
                    metric=f"relevance.{part}.mrr", workload=workload, ours=mine[1], peer=rank, peer_name=name,
                    limit=1, goal="stated", met=None,
                )  # fmt: skip


def ours(text: str) -> list[Answer]:
    """The first page of a search by somebody without an area of their own."""
    from prospectus.queries import CourseQuery, search_courses

    return [(one.course.title, one.course.provider.name) for one in search_courses(CourseQuery(text=text)).courses]


# The peers: each gets the same courses, in its plainest good arrangement

DOCUMENTS = """
SELECT c.title, o.name,
       concat_ws(' ', s.name, s.plain_name, t.name, c.qualification_title, c.level_text,
                 array_to_string(c.subject_words, ' ')),
       concat_ws(' ', o.name, c.search_words, c.awarding_organisation, (
           SELECT string_agg(DISTINCT concat_ws(' ', p.name, p.town), ' ') FROM prospectus_courserun r
           JOIN providers_site p ON p.id = r.site_id WHERE r.course_id = c.id)),
       regexp_replace(concat_ws(' ', c.summary, c.what_you_do, c.who_it_is_for, c.leads_to), '<[^>]*>', ' ', 'g')
FROM prospectus_course c JOIN providers_organisation o ON o.id = c.provider_id
LEFT JOIN prospectus_subject s ON s.code = c.subject_id
LEFT JOIN prospectus_qualificationtype t ON t.code = c.qualification_type_id
WHERE c.state = 'published' ORDER BY c.title, c.id
"""
WORD = re.compile(r"\w+")


def _peers(folder: str) -> dict[str, Search]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(DOCUMENTS)
        documents = cursor.fetchall()
    peers = {"icontains": _icontains, "sqlite fts5": _fts5(documents)}
    with contextlib.suppress(ImportError):
        peers["tantivy"] = _tantivy(documents, folder)
    return peers


def _icontains(text: str) -> list[Answer]:
    """Every word somewhere in the title, the texts, the subject or the provider."""
    from django.db.models import Q

    from prospectus.models import Course

    found = Course.objects.published()
    for word in WORD.findall(text):
        found = found.filter(
            Q(title__icontains=word) | Q(what_you_do__icontains=word) | Q(summary__icontains=word)
            | Q(subject__name__icontains=word) | Q(subject__plain_name__icontains=word)
            | Q(provider__name__icontains=word)
        )  # fmt: skip
    return list(found.order_by("title", "pk").values_list("title", "provider__name")[:DEEPEST])


def _fts5(documents: Sequence[tuple[str, ...]]) -> Search:
    """SQLite's full text with stems and weights: all the words, and where nothing has them any of them."""
    database = sqlite3.connect(":memory:")
    database.execute(
        "CREATE VIRTUAL TABLE course USING fts5(title, provider UNINDEXED, subject, more, text, "
        "tokenize = 'porter unicode61 remove_diacritics 2')"
    )
    database.executemany("INSERT INTO course VALUES (?, ?, ?, ?, ?)", documents)

    def ask(text: str) -> list[Answer]:
        words = [f'"{word}"' for word in WORD.findall(text)]
        for joined in (" AND ", " OR "):
            found = database.execute(
                "SELECT title, provider FROM course WHERE course MATCH ? "
                "ORDER BY bm25(course, 10, 0, 5, 2, 1), rowid LIMIT ?",
                (joined.join(words), DEEPEST),
            ).fetchall()
            if found:
                return found
        return []

    return ask


def _tantivy(documents: Sequence[tuple[str, ...]], folder: str) -> Search:
    """Stems, weights and one wrong letter forgiven: all the words, and where nothing has them any of them."""
    import tantivy

    fields = {"title": 10.0, "subject": 5.0, "more": 2.0, "text": 1.0}
    schema = tantivy.SchemaBuilder()
    for name in ("title", "provider", "subject", "more", "text"):
        schema.add_text_field(name, stored=name in {"title", "provider"}, tokenizer_name="en_stem")
    index = tantivy.Index(schema.build(), path=folder)
    writer = index.writer(50_000_000, 1)
    for title, provider, subject, more, text in documents:
        document = tantivy.Document()
        for name, words in (
            ("title", title), ("provider", provider), ("subject", subject), ("more", more), ("text", text)
        ):  # fmt: skip
            document.add_text(name, words)
        writer.add_document(document)
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    searcher = index.searcher()

    def ask(text: str) -> list[Answer]:
        for is_all in (True, False):
            query = index.parse_query(
                " ".join(WORD.findall(text)), list(fields), field_boosts=fields,
                fuzzy_fields=dict.fromkeys(fields, (False, 1, True)), conjunction_by_default=is_all,
            )  # fmt: skip
            found = [searcher.doc(where) for _, where in searcher.search(query, DEEPEST).hits]
            if found:
                return [(one["title"][0], one["provider"][0]) for one in found]
        return []

    return ask


if __name__ == "__main__":
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.local")
    django.setup()
    for one in measure():
        print(json.dumps(one), flush=True)  # noqa: T201 - the parent process reads these lines
