"""How fast search answers beside stock full text, Django's icontains, tantivy and a bare count of the same words."""

import contextlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from typing import Any

from config.bench import line, relevance, scratch_database

SIZES = ((12_439, 10, 236), (400_000, 150, 5_000))  # rows, areas, providers
ROUNDS = 3
# A table of courses as one would have it, with its texts and a stored vector of them.
STOCK = """
CREATE TABLE stock AS SELECT s.course_id, s.title, s.area_id, s.sector_code, s.study_mode, s.levels[1] AS level,
    j.name AS subject, o.name AS provider, c.what_you_do,
    setweight(to_tsvector('english', c.title), 'A') || setweight(to_tsvector('english', j.name), 'B')
    || setweight(to_tsvector('english', o.name), 'C') || setweight(to_tsvector('english', c.what_you_do), 'D') AS words
FROM prospectus_coursesearch s JOIN prospectus_course c ON c.id = s.course_id
JOIN prospectus_subject j ON j.code = c.subject_id JOIN providers_organisation o ON o.id = s.provider_id;
CREATE INDEX ON stock USING gin (words);
"""


def run() -> Iterator[dict[str, Any]]:
    """Each size in a database of its own, made and dropped here, and then relevance. BENCH_ROWS names one size only."""
    for size in SIZES:
        if os.environ.get("BENCH_ROWS") not in (None, "", str(size[0])):
            continue
        with scratch_database("bench_search") as url:
            # A process of its own, so that it is the only one with this database.
            process = subprocess.Popen(
                [sys.executable, "-m", "config.bench.search", *map(str, size)],
                env=os.environ | {"DATABASE_URL": url},
                stdout=subprocess.PIPE,
                text=True,
            )
            with process:
                for text in process.stdout or ():
                    yield json.loads(text)
            if process.returncode:
                raise SystemExit(f"The search bench of {size[0]} rows failed.")
    if not os.environ.get("BENCH_ROWS"):
        yield from relevance.run()


def measure(rows: int, areas: int, providers: int) -> Iterator[dict[str, Any]]:
    from django.core.management import call_command

    from config.bench import corpus

    call_command("migrate", verbosity=0)
    started = time.perf_counter()
    corpus.build(rows, areas=areas, providers=providers)
    taken = time.perf_counter() - started
    workload = f"{rows:,} courses, each with a run"
    yield line(metric="search.build.seconds", workload=workload, ours=taken, goal="stated", met=None)
    with tempfile.TemporaryDirectory(prefix="bench-search-") as folder:
        peers = {name: _anew(way) for name, way in _peers(rows, folder).items()}
        for shape, texts in (
            ("keywords", corpus.keywords()), ("misspelt", corpus.misspelt()[:30]), ("broad words", list(corpus.BROAD)),
        ):  # fmt: skip
            yield from _shape(rows, shape, texts, peers)
        yield from _shape(rows, "keywords, own area first", corpus.keywords(), peers, own_area=3)
        yield from _shape(rows, "keywords near a place", corpus.keywords(), {}, is_near=True)


def _shape(
    rows: int, shape: str, texts: list[str], peers: dict[str, Callable[[str], Any]], *, own_area: int | None = None,
    is_near: bool = False,
) -> Iterator[dict[str, Any]]:  # fmt: skip
    from prospectus.queries import CourseQuery
    from prospectus.queries.search import find

    place = _place() if is_near else None

    def ours(text: str) -> Any:
        return find(CourseQuery(text=text, own_area=own_area, place=place))

    # "ours" is asked what nobody has asked before: what is remembered is forgotten first, outside the time taken.
    # "again" is the same text at once afterwards.
    if shape != "keywords":
        peers = {name: way for name, way in peers.items() if name != "icontains"}
    ways = {
        "ours": ours,
        "again": ours,
        "plain": lambda text: find(CourseQuery(text=text)),
        "limit": _anew(_count),
        **peers,
    }
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for number in range(ROUNDS + 1):
        for text in texts:
            for name, way in ways.items():
                if name in ("ours", "plain"):
                    _forget()
                started = time.perf_counter()
                way(text)
                if number:  # the first round warms every one of them
                    taken[name].append(1000 * (time.perf_counter() - started))
    workload = f"{rows:,} courses, {len(texts)} texts ({shape}): keys of a page, the total, every filter's counts"
    yield from _lines(shape, workload, taken, _goals(rows, shape), against=("plain",) if is_near else tuple(peers))


def _lines(
    shape: str,
    workload: str,
    taken: dict[str, list[float]],
    goals: dict[tuple[str, str], float],
    *,
    against: tuple[str, ...],
) -> Iterator[dict[str, Any]]:
    metric = f"search.{shape.replace(', ', '.').replace(' ', '_')}"
    for part, figure in (("p50", statistics.median), ("p95", _p95)):
        mine, limit = figure(taken["ours"]), figure(taken["limit"])
        for name in against:
            theirs, most = figure(taken[name]), goals.get((name, part))
            yield line(
                metric=f"{metric}.{part}_ms",
                workload=workload,
                ours=mine,
                peer=theirs,
                peer_name="the same without a place" if name == "plain" else name,
                limit=limit,
                goal=f"<= {most} x {name}" if most else "stated",
                met=mine <= most * theirs if most else None,
            )
        if "tantivy" in against:
            theirs = figure(taken["tantivy"])
            yield line(
                metric=f"{metric}.{part}_asked_again_ms",
                workload=workload,
                ours=figure(taken["again"]),
                peer=theirs,
                peer_name="tantivy",
                limit=limit,
                goal="<= 1 x tantivy" if shape == "broad words" else "stated",
                met=figure(taken["again"]) <= theirs if shape == "broad words" else None,
            )
        if most := goals.get(("limit", part)):
            yield line(
                metric=f"{metric}.{part}_against_limit",
                workload=workload,
                ours=mine,
                limit=limit,
                goal=f"<= {most} x count(*) of the same words",
                met=mine <= most * limit,
            )


def _goals(rows: int, shape: str) -> dict[tuple[str, str], float]:
    """The most that ours may be of the other's, by (other, part)."""
    if rows < 100_000:
        return {("icontains", "p50"): 1 / 50, ("limit", "p50"): 12} if shape == "keywords" else {}
    return {
        "keywords": {("tantivy", "p50"): 1, ("tantivy", "p95"): 1.5, ("stock", "p95"): 0.1, ("limit", "p50"): 6,
                     ("limit", "p95"): 8},
        "broad words": {("stock", "p50"): 0.1, ("limit", "p50"): 4},
        "keywords, own area first": {("tantivy", "p95"): 1.5},
        "keywords near a place": {("plain", "p95"): 2},
    }.get(shape, {})  # fmt: skip


def _anew(way: Callable[[str], Any]) -> Callable[[str], Any]:
    """The same, planned for its words, as Django does unless it is told otherwise: one plan for any words would be
    quicker to have and slower to follow, by one processor only. Ours is as the portal asks."""
    from core.planning import planned_anew

    def ask(text: str) -> Any:
        with planned_anew():
            return way(text)

    return ask


def _forget() -> None:
    from prospectus.models import CountCache

    CountCache.objects.all().delete()


def _p95(figures: list[float]) -> float:
    return sorted(figures)[int(len(figures) * 0.95)]


def _place() -> Any:
    from prospectus.queries import place_of
    from providers.models import Outcode

    Outcode.objects.get_or_create(code="ZB1", defaults={"latitude": 52.5, "longitude": -1.5, "country": "ENG"})
    return place_of("ZB1", miles=20)


def _count(text: str) -> int:
    """What no search can be faster than: counting the rows that have the words, and nothing else."""
    from django.db import connection

    from prospectus.queries.search import CONDITIONS, WORDS
    from prospectus.queries.words import read

    if text not in _READ:
        _READ[text] = read(text)
    reading = _READ[text]
    where = [WORDS] * bool(reading.tries) + [CONDITIONS[name] for name in reading.filters]
    values = {"words": (reading.tries or ("",))[0], **{name: list(found) for name, found in reading.filters.items()}}
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM prospectus_coursesearch WHERE {' AND '.join(where) or 'true'}", values)
        return int(cursor.fetchone()[0])


_READ: dict[str, Any] = {}


def _peers(rows: int, folder: str) -> dict[str, Callable[[str], Any]]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(STOCK)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE stock")
    peers: dict[str, Callable[[str], Any]] = {"stock": _stock}
    if rows < 100_000:
        peers["icontains"] = _icontains
    with contextlib.suppress(ImportError):
        peers["tantivy"] = _tantivy(folder)
    return peers


def _stock(text: str) -> None:
    """PostgreSQL's full text as its manual and Django's show it: a page by rank, the total, four counts."""
    from django.db import connection

    where = "words @@ websearch_to_tsquery('english', %(text)s)"
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT course_id, title FROM stock WHERE {where} "
            "ORDER BY ts_rank(words, websearch_to_tsquery('english', %(text)s)) DESC, course_id LIMIT 20",
            {"text": text},
        )
        cursor.fetchall()
        cursor.execute(f"SELECT count(*) FROM stock WHERE {where}", {"text": text})
        for column in ("level", "sector_code", "study_mode", "area_id"):
            cursor.execute(f"SELECT {column}, count(*) FROM stock WHERE {where} GROUP BY 1", {"text": text})
            cursor.fetchall()


def _icontains(text: str) -> None:
    """Every word somewhere in the title, the text, the subject or the provider."""
    from django.db.models import Count, Q

    from prospectus.models import Course

    found = Course.objects.published()
    for word in text.split():
        found = found.filter(
            Q(title__icontains=word) | Q(what_you_do__icontains=word) | Q(subject__name__icontains=word)
            | Q(provider__name__icontains=word)
        )  # fmt: skip
    list(found.values_list("pk", "title")[:20])
    found.count()
    for column in ("levels", "subject__parent", "qualification_type", "provider__area"):
        list(found.order_by().values_list(column).annotate(Count("pk")))


def _tantivy(folder: str) -> Callable[[str], Any]:
    import tantivy
    from django.db import connection

    schema = tantivy.SchemaBuilder()
    texts = ("title", "subject", "more", "text")
    for name in texts:
        schema.add_text_field(name, stored=name == "title", tokenizer_name="en_stem")
    facets = ("id", "level", "sector", "mode", "area")
    for name in facets:
        schema.add_unsigned_field(name, stored=name == "id", indexed=True, fast=True)
    index = tantivy.Index(schema.build(), path=folder)
    writer = index.writer(200_000_000, 2)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT s.course_id, s.title, j.name, o.name, strpos('E12345678', s.levels[1]), s.sector_code::int, "
            "length(s.study_mode), s.area_id, c.what_you_do FROM prospectus_coursesearch s "
            "JOIN prospectus_course c ON c.id = s.course_id "
            "JOIN prospectus_subject j ON j.code = s.subject_code JOIN providers_organisation o ON o.id = s.provider_id"
        )
        for key, title, subject, provider, level, sector, mode, area, description in cursor:
            document = tantivy.Document()
            for name, text in zip(texts, (title, subject, provider, description), strict=True):
                document.add_text(name, text)
            for name, number in zip(facets, (key, level, sector, mode, area), strict=True):
                document.add_unsigned(name, number)
            writer.add_document(document)
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    searcher = index.searcher()
    boosts = dict(zip(texts, (10.0, 5.0, 2.0, 1.0), strict=True))
    # Words that are nearly the same are looked for where names stand; descriptions are searched as they are.
    fuzzy = dict.fromkeys(texts[:3], (False, 1, True))

    def ask(text: str) -> None:
        query = index.parse_query(
            text, list(texts), field_boosts=boosts, fuzzy_fields=fuzzy, conjunction_by_default=True
        )  # fmt: skip
        for _, where in searcher.search(query, 20, count=True).hits:
            searcher.doc(where)
        searcher.aggregate(query, {name: {"terms": {"field": name, "size": 200}} for name in facets[1:]})

    return ask


if __name__ == "__main__":
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.local")
    django.setup()
    from django.conf import settings

    settings.DEBUG = False  # it would keep every statement in memory
    for one in measure(*map(int, sys.argv[1:4])):
        print(json.dumps(one), flush=True)  # noqa: T201 - the parent process reads these lines
