"""What comes of a fetch: its parts, each used by a job of its own, and the feed's run of luck."""

import datetime as dt
import secrets
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import IO, Any, NamedTuple

from django.core.files import File
from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format

from activity.actions import enqueue, post, record
from activity.models import Job
from activity.registry import JobRun
from core import clock
from core.errors import RuleBroken
from core.references import new_reference
from prospectus.models import Feed, FeedFetch, FeedPart, FeedSource, FeedState, FetchOutcome, PartOutcome
from prospectus.policies import FEED_POLICY
from prospectus.queries.feeds import Place, next_due, outcome_of, places_in, told_of_feed, told_of_part, used_before
from prospectus.workflow import FEED_FLOW, FETCHED
from providers.actions.fetched import try_fetched, use_fetched
from providers.uploads import Progress

PART_JOB = "feed-part"
KIND = "courses"
FAILING, HELD = "feed-failing", "feed-held"  # messages
TELL_AFTER = 3  # failures in a row
FIRST_WAIT = dt.timedelta(hours=1)
LONGEST_WAIT = dt.timedelta(hours=12)
STOPPED = "It was switched off while it was being fetched, so nothing was used."


class Piece(NamedTuple):
    """One provider's part of a fetched file. ``file`` is empty where nobody here wants it."""

    name: str
    ukprn: str
    file: IO[bytes] | None
    file_name: str
    sha256: str


def end_failed(fetch: FeedFetch, *, sentence: str, not_before: dt.datetime | None = None) -> None:
    """The fetch has failed, in a sentence; a feed that fails three times in a row is failing, and people are told.

    A trial counts for nothing. ``not_before`` is when the other side wants to be asked again, where it says so: neither
    a second try nor the timetable comes sooner.
    """
    with transaction.atomic():
        feed = _locked(fetch)
        _end(fetch, FetchOutcome.FAILED, sentence)
        if fetch.is_trial or feed.state not in FETCHED:
            return
        feed.failures += 1
        # Sooner than the timetable says where the next time is far, and never all feeds of one server at once.
        spread = secrets.SystemRandom().uniform(0.8, 1.2)
        again_at = clock.now() + min(FIRST_WAIT * 2 ** (feed.failures - 1), LONGEST_WAIT) * spread
        feed.next_at = min(again_at, feed.next_at or next_due(feed, after=clock.now()))
        if not_before is not None:
            feed.next_at = max(feed.next_at, not_before)
        if feed.failures >= TELL_AFTER and feed.state == FeedState.ON:
            feed.spells += 1
            _move(feed, "fail", failures=feed.failures)
            for person in told_of_feed(feed):
                post(
                    FAILING, key=f"{FAILING}:{feed.pk}:{feed.spells}:{person.pk}", feed_id=feed.pk, spell=feed.spells,
                    user_id=person.pk,
                )  # fmt: skip
        feed.save()


def end_unchanged(fetch: FeedFetch, *, sentence: str) -> None:
    """The other side has nothing new, and everything stays."""
    with transaction.atomic():
        feed = _locked(fetch)
        _end(fetch, FetchOutcome.UNCHANGED, sentence)
        if not fetch.is_trial and feed.state in FETCHED:
            _succeed(feed, fetch, has_news=False)


def end_stopped(fetch: FeedFetch) -> None:
    """Somebody switched the feed off meanwhile."""
    _end(fetch, FetchOutcome.STOPPED, STOPPED)


def is_stopped(fetch: FeedFetch) -> bool:
    """Whether somebody has switched the feed off, or ended it, as it is in our hands."""
    return not FEED_FLOW.targets(fetch.feed.state, "try" if fetch.is_trial else "fetch")


def keep_pieces(fetch: FeedFetch, pieces: Iterable[Piece]) -> None:
    """Each piece of the file is a part of the fetch, with a job where there is something to do."""
    with transaction.atomic():
        _locked(fetch)  # so that it stays as we find it
        if is_stopped(fetch):
            end_stopped(fetch)
            return
        pieces = list(pieces)
        whose = _whose(fetch.feed, pieces)
        for position, piece in enumerate(pieces, start=1):
            _keep_piece(fetch, position, piece, whose[position - 1])
        _settle(fetch)


def try_pieces(fetch: FeedFetch, pieces: Iterable[Piece], *, progress: Progress) -> None:
    """Each piece has been carried out and taken back; the fetch says what would have come of it."""
    pieces = list(pieces)
    whose = _whose(fetch.feed, pieces)
    for position, (piece, place) in enumerate(zip(pieces, whose, strict=True), start=1):
        part = _part(fetch, position, piece, place)
        if part.provider is not None and piece.file is not None:
            _try(part, piece, progress)
        part.ended_at = clock.now()
        part.save()
    parts = list(fetch.parts.all())
    if not any(part.outcome in (PartOutcome.SOUND, PartOutcome.HELD) for part in parts):
        _end(fetch, FetchOutcome.FAILED, _summed_up(parts))
    else:
        _end(fetch, FetchOutcome.TRIED, f"{_summed_up(parts)} Nothing was published.")


def run_part(run: JobRun) -> None:
    """The job of a part: its file is published, waits, or is refused; the last one ends the fetch."""
    part = FeedPart.objects.select_related("fetch__feed", "provider__area").get(pk=run.payload["part_id"])
    if part.ended_at is not None or part.provider is None:
        return
    if part.fetch.feed.state not in FETCHED:
        _end_part(part, PartOutcome.LEFT_OUT, STOPPED)
        return
    try:
        with part.file.open("rb") as file:
            part.upload = use_fetched(
                kind=KIND,
                organisation=part.provider,
                file=File(file, name=part.file_name),
                file_name=part.file_name,
                progress=run.progress,
            )
    except RuleBroken as rule:
        _end_part(part, PartOutcome.REFUSED, _words_of(rule))
        return
    upload = part.upload
    if upload.is_published:
        _end_part(part, PartOutcome.PUBLISHED, _counted(upload.counts))
    elif upload.refusal:
        _end_part(part, PartOutcome.REFUSED, upload.refusal)
    else:
        _end_part(part, PartOutcome.HELD, f"It waits for somebody to look at it. {upload.note}")
        for person in told_of_part(part):
            post(HELD, key=f"{HELD}:{upload.pk}:{person.pk}", part_id=part.pk, user_id=person.pk)


def fail_part(job: Job) -> None:
    """The part of a failed job is over too, with the job's sentence."""
    part = FeedPart.objects.select_related("fetch__feed").get(pk=job.payload["part_id"])
    if part.ended_at is None:
        _end_part(part, PartOutcome.REFUSED, job.error)


def fail_fetch(job: Job) -> None:
    """The fetch of a failed job has failed, with the job's sentence."""
    fetch = FeedFetch.objects.select_related("feed").get(pk=job.payload["fetch_id"])
    if fetch.ended_at is None:
        end_failed(fetch, sentence=job.error)


# Parts


def _whose(feed: Feed, pieces: list[Piece]) -> list[Place]:
    """For each piece its place: the feed's own provider, or who has the UKPRN in the area."""
    if feed.provider is not None:
        return [Place(feed.provider) for _ in pieces]
    assert feed.area is not None  # noqa: S101 - a feed is of one or the other (constraint)
    return places_in(feed.area, [(piece.ukprn, piece.name) for piece in pieces])


def _part(fetch: FeedFetch, position: int, piece: Piece, place: Place) -> FeedPart:
    return FeedPart(
        fetch=fetch,
        position=position,
        name=piece.name[:160],
        ukprn=piece.ukprn[:8],
        provider=place.provider,
        outcome=place.outcome,
        sentence=place.sentence[:400],
        file_name=piece.file_name[:255],
        sha256=piece.sha256,
    )


def _keep_piece(fetch: FeedFetch, position: int, piece: Piece, place: Place) -> None:
    part = _part(fetch, position, piece, place)
    if part.provider is None or piece.file is None:
        part.ended_at = clock.now()
        part.save()
        return
    if before := used_before(fetch.feed, part.provider, piece.sha256):
        waits = before.outcome == PartOutcome.HELD and before.upload is not None and before.upload.is_waiting
        part.outcome, part.ended_at = PartOutcome.UNCHANGED, clock.now()
        since = f"The same as on {date_format(timezone.localtime(before.ended_at), 'j F Y')}"
        part.sentence = f"{since}, and that still waits for somebody." if waits else f"{since}."
        part.save()
        return
    piece.file.seek(0)
    part.file.save(f"{new_reference()}.bin", File(piece.file), save=False)
    part.save()
    part.job = enqueue(PART_JOB, key=f"{PART_JOB}:{part.pk}", part_id=part.pk)
    part.save(update_fields=["job"])


def _try(part: FeedPart, piece: Piece, progress: Progress) -> None:
    assert piece.file is not None and part.provider is not None  # noqa: S101, PT018 - asked by the caller
    piece.file.seek(0)
    try:
        trial = try_fetched(
            kind=KIND,
            organisation=part.provider,
            file=File(piece.file, name=piece.file_name),
            file_name=piece.file_name,
            progress=progress,
        )
    except RuleBroken as rule:
        part.outcome, part.sentence = PartOutcome.REFUSED, _words_of(rule)
        return
    if trial.refusal:
        part.outcome, part.sentence = PartOutcome.REFUSED, trial.refusal
    elif trial.is_held:
        part.outcome = PartOutcome.HELD
        part.sentence = f"It would wait for somebody to look at it. {trial.note}"[:400]
    else:
        part.outcome, part.sentence = PartOutcome.SOUND, _counted(trial.counts, would=True)


def _end_part(part: FeedPart, outcome: str, sentence: str) -> None:
    """The part is over, its file is gone, and so is the fetch when it was the last."""
    part.outcome, part.sentence, part.ended_at = outcome, sentence[:400], clock.now()
    stored, part.file = part.file.name, ""
    part.save()
    if stored:
        storage = part.file.storage
        transaction.on_commit(lambda: storage.delete(stored))
    _settle(part.fetch)


def _settle(fetch: FeedFetch) -> None:
    """The fetch is over once its last part is, with all of them summed up."""
    with transaction.atomic():
        feed = _locked(fetch)  # first: of two last parts, the later one sees the other's end
        fetch.refresh_from_db()
        parts = list(fetch.parts.all())
        if fetch.ended_at is not None or any(part.ended_at is None for part in parts):
            return
        outcome = outcome_of(part.outcome for part in parts)
        if outcome == FetchOutcome.FAILED:
            end_failed(fetch, sentence=_summed_up(parts))
            return
        _end(fetch, outcome, _summed_up(parts))
        if feed.state not in FETCHED:
            return
        all_used = not any(part.outcome == PartOutcome.REFUSED for part in parts)
        _succeed(feed, fetch, has_news=outcome == FetchOutcome.USED, all_used=all_used)


# The feed


def _locked(fetch: FeedFetch) -> Feed:
    fetch.feed = Feed.objects.select_for_update(of=("self",)).for_list().get(pk=fetch.feed_id)
    return fetch.feed


def _end(fetch: FeedFetch, outcome: str, sentence: str) -> None:
    fetch.outcome, fetch.sentence, fetch.ended_at = outcome, sentence[:300], clock.now()
    fetch.save()


def _succeed(feed: Feed, fetch: FeedFetch, *, has_news: bool, all_used: bool = False) -> None:
    """The other side has been heard. A folder says something only when there is something new in it."""
    feed.failures = 0
    if has_news or feed.source == FeedSource.ADDRESS:
        feed.succeeded_at = fetch.started_at
    if all_used:
        feed.etag, feed.last_modified, feed.sha256 = fetch.etag, fetch.last_modified, fetch.sha256
        if has_news or feed.used_at is None:
            feed.used_at = fetch.started_at
    if feed.state == FeedState.FAILING:
        _move(feed, "recover")
    feed.save()


def _move(feed: Feed, verb: str, **facts: Any) -> None:
    FEED_POLICY.require(None, verb, feed)
    feed.state = FEED_FLOW.target(feed.state, verb)
    record(f"feed.{verb}", subject=feed, by=None, **facts)


# Words


def _counted(counts: Mapping[str, Any], *, would: bool = False) -> str:
    """What a file did, or would do: "12 courses and dates were added, 3 changed; 480 stayed as they were." """
    done = [f"{number:,} {verb}" for verb in ("added", "changed", "ended") if (number := counts.get(verb, 0))]
    if done:
        number, verb = done[0].split()
        done[0] = f"{number} courses and dates {'would be' if would else 'were'} {verb}"
    same = counts.get("unchanged", 0)
    stayed = f"{same:,} would stay as they are" if would else f"{same:,} stayed as they were"
    words = "; ".join(filter(None, [", ".join(done), stayed if same or not done else ""])) + "."
    if issues := counts.get("issues", 0):
        words += f" {'1 place in the file needs' if issues == 1 else f'{issues:,} places in the file need'} a look."
    return words


SUMS = {
    PartOutcome.PUBLISHED: "published",
    PartOutcome.SOUND: "would be published",
    PartOutcome.UNCHANGED: "as before",
    PartOutcome.HELD: "waiting for somebody",
    PartOutcome.REFUSED: "not used",
    PartOutcome.UNKNOWN: "not known here",
    PartOutcome.LEFT_OUT: "left out",
}


def _summed_up(parts: list[FeedPart]) -> str:
    """One provider's own sentence, or how many of several came to what."""
    if len(parts) == 1:
        return str(parts[0].sentence)
    numbers = Counter(part.outcome for part in parts)
    return f"{len(parts)} providers in the file: " + ", ".join(
        f"{numbers[outcome]} {words}" for outcome, words in SUMS.items() if numbers[outcome]
    ) + "."  # fmt: skip


def _words_of(rule: RuleBroken) -> str:
    return " ".join(rule.messages)
