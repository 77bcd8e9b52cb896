"""The job that fetches a feed: asks the address or looks into the folder, and divides what it gets."""

import datetime as dt
import hashlib
import os
import re
import stat
import time
from contextlib import ExitStack, suppress
from email.utils import parsedate_to_datetime
from pathlib import Path, PurePosixPath
from tempfile import TemporaryFile
from typing import IO, NamedTuple
from urllib.parse import unquote, urlsplit

from django.conf import settings

from activity.registry import JobRun
from core import clock
from core.outgoing import Answer, AskFailed, AskRefused, Limits, ask
from prospectus.actions.fetches import (
    Piece,
    end_failed,
    end_stopped,
    end_unchanged,
    is_stopped,
    keep_pieces,
    try_pieces,
)
from prospectus.imports.dataset import digest_of, is_open_data, look_through_dataset
from prospectus.models import Feed, FeedFetch, FeedSource
from prospectus.queries.feeds import may_skip, places_in
from providers.uploads import FileRefused

LIMITS = Limits(seconds=300, quiet_seconds=30, bytes=64 * 2**20)
NOT_MODIFIED = 304
STILL_WRITTEN_SECONDS = 30
UNFINISHED = (".part", ".tmp", ".filepart", ".crdownload")
CHUNK = 2**18
LONGEST_REST = dt.timedelta(days=7)
SAYS = {
    401: "The other side wants a password (401), which a feed does not have. Ask for an address without one.",
    403: "The other side does not let the portal have the file (403).",
    404: "The other side says that there is no such file (404). Check the address.",
    410: "The other side says that the file is gone (410). Ask where it is now.",
    429: "The other side says that it is asked too often (429).",
}


class Unusable(Exception):
    """There is no file to be had this time; the sentence says why, ``not_before`` when the other side wants to be asked
    again, where it says so."""

    def __init__(self, sentence: str, *, not_before: dt.datetime | None = None) -> None:
        super().__init__(sentence)
        self.not_before = not_before


class Got(NamedTuple):
    """A file that was fetched: as it names itself, and whether it is the one that was used last."""

    file_name: str
    is_unchanged: bool


def folder_of(feed: Feed) -> Path:
    """Where a file for this feed is put by whoever runs the server. No word of it is anybody's but ours."""
    return Path(settings.FEED_FOLDERS) / feed.reference


def run_fetch(run: JobRun) -> None:
    """The feed's file is fetched, divided and handed on; or the fetch has ended with a sentence."""
    fetch = FeedFetch.objects.select_related("feed__provider", "feed__area").get(pk=run.payload["fetch_id"])
    if fetch.ended_at is not None:
        return
    if is_stopped(fetch):
        end_stopped(fetch)
        return
    with ExitStack() as stack:
        file = stack.enter_context(TemporaryFile())
        run.progress(done=0, doing="Fetching the file")
        try:
            got = (
                _from_folder(fetch, file) if fetch.feed.source == FeedSource.FOLDER else _from_address(fetch, file, run)
            )
        except (AskRefused, AskFailed, Unusable) as problem:
            end_failed(fetch, sentence=str(problem), not_before=getattr(problem, "not_before", None))
            return
        fetch.save()
        if got.is_unchanged and not fetch.is_trial:
            end_unchanged(fetch, sentence="The file is the same as the last time, so there was nothing to do.")
            return
        run.progress(done=0, doing="Looking through the file")
        try:
            pieces = _pieces(fetch.feed, file, got.file_name, stack)
        except FileRefused as refusal:
            end_failed(fetch, sentence=str(refusal))
            return
        if fetch.is_trial:
            try_pieces(fetch, pieces, progress=run.progress)
        else:
            keep_pieces(fetch, pieces)


# Getting it


def _from_address(fetch: FeedFetch, file: IO[bytes], run: JobRun) -> Got:
    """Raises: AskRefused, AskFailed, Unusable."""
    feed, asked = fetch.feed, {}
    if may_skip(feed) and not fetch.is_trial:
        asked = {"If-None-Match": feed.etag, "If-Modified-Since": feed.last_modified}
    with ask(
        "GET", feed.address, headers={name: value for name, value in asked.items() if value}, limits=LIMITS
    ) as answer:
        fetch.status = answer.status
        if answer.status == NOT_MODIFIED and asked:
            return Got("", is_unchanged=True)
        if answer.status != 200:
            raise Unusable(SAYS.get(answer.status) or _in_trouble(answer.status), not_before=_asked_to_wait(answer))
        fetch.etag = _short(answer, "etag", 300)
        fetch.last_modified = _short(answer, "last-modified", 100)
        _take(fetch, answer, file, run)
        name = _name_of(answer.address)
    return Got(name, is_unchanged=may_skip(feed) and fetch.sha256 == feed.sha256)


def _take(fetch: FeedFetch, answer: Answer, file: IO[bytes], run: JobRun) -> None:
    digest, size = hashlib.sha256(), 0
    for chunk in answer.chunks():
        file.write(chunk)
        digest.update(chunk)
        size += len(chunk)
        run.progress(done=size, doing="Fetching the file")
    fetch.sha256, fetch.size = digest.hexdigest(), size


def _in_trouble(status: int) -> str:
    if status >= 500:
        return f"The other side is in trouble ({status}). It is asked again."
    return f"The other side did not give the file, but answered {status}."


def _asked_to_wait(answer: Answer) -> dt.datetime | None:
    """Until when the other side wants to be left alone (Retry-After: seconds, or a date), a week at most."""
    said, now = answer.headers.get("retry-after", "").strip(), clock.now()
    if said.isascii() and said.isdecimal():
        wait = dt.timedelta(seconds=min(int(said[:9]), LONGEST_REST.total_seconds()))
    else:
        with suppress(ValueError, OverflowError):
            until = parsedate_to_datetime(said)
            return min(until if until.tzinfo else until.replace(tzinfo=dt.UTC), now + LONGEST_REST)
        return None
    return now + wait


def _short(answer: Answer, name: str, length: int) -> str:
    """What is sent back later, as it came; nothing where it is too long to be kept whole."""
    value = answer.headers.get(name, "")
    return value if len(value) <= length and value.isascii() and value.isprintable() else ""


def _name_of(address: str) -> str:
    """The last part of the address as the name of a file."""
    return _plain(PurePosixPath(unquote(urlsplit(address).path)).name)


def _plain(name: str) -> str:
    """The name with nothing in it that is no letter: a disk may hold names that no database does."""
    return re.sub(r"[^\w. -]+", "_", name)[-100:] or "feed"


def _from_folder(fetch: FeedFetch, file: IO[bytes]) -> Got:
    """The latest whole file in the feed's folder. Raises: Unusable."""
    folder = folder_of(fetch.feed)
    folder.mkdir(parents=True, exist_ok=True, mode=0o770)
    found = _latest(folder)
    # Not through a link: whoever may put a file here must not thereby read the server's others.
    handle = os.open(found, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    digest, size = hashlib.sha256(), 0
    with os.fdopen(handle, "rb") as source:
        if not stat.S_ISREG(os.fstat(source.fileno()).st_mode):
            raise Unusable("What is in the folder is not a file.")
        while chunk := source.read(CHUNK):
            size += len(chunk)
            if size > LIMITS.bytes:
                raise Unusable(f"The file in the folder is larger than {LIMITS.bytes // 2**20} MB.")
            digest.update(chunk)
            file.write(chunk)
    fetch.sha256, fetch.size = digest.hexdigest(), size
    return Got(_plain(found.name), is_unchanged=fetch.sha256 == fetch.feed.sha256)


def _latest(folder: Path) -> Path:
    whole_before = time.time() - STILL_WRITTEN_SECONDS
    files, is_written = [], False
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith(".") or entry.name.lower().endswith(UNFINISHED):
                continue
            if entry.is_file(follow_symlinks=False):
                changed = entry.stat(follow_symlinks=False).st_mtime
                if changed > whole_before:
                    is_written = True
                else:
                    files.append((changed, entry.name))
    if files:
        return folder / max(files)[1]
    raise Unusable(
        "The file in the folder was changed only a moment ago and may still be on its way."
        if is_written
        else "There is no file in the folder yet."
    )


# Dividing it


def _pieces(feed: Feed, file: IO[bytes], file_name: str, stack: ExitStack) -> list[Piece]:
    """The file as it is for one provider; divided for an area. Raises: FileRefused."""
    if feed.provider is not None and not is_open_data(file):
        file.seek(0)
        return [Piece(feed.provider.name, feed.provider.ukprn or "", file, file_name, _digest(file))]
    dataset = look_through_dataset(file)
    if feed.provider is not None:
        wanted = {feed.provider.ukprn or ""}
        if not any(named.ukprn in wanted for named in dataset.providers):
            raise FileRefused(f"No line of this table has the UKPRN of {feed.provider}.")
        named_here = [named for named in dataset.providers if named.ukprn in wanted]
    else:
        assert feed.area is not None  # noqa: S101 - a feed is of one or the other (constraint)
        places = places_in(feed.area, [(named.ukprn, named.name) for named in dataset.providers])
        wanted = {place.provider.ukprn or "" for place in places if place.provider is not None}
        named_here = dataset.providers
    parts = dataset.divided(wanted, within=stack)
    return [
        Piece(named.name, named.ukprn, part, f"{named.ukprn}.xml", digest_of(part))
        if (part := parts.get(named.ukprn)) is not None
        else Piece(named.name, named.ukprn, None, "", "")
        for named in named_here
    ]


def _digest(file: IO[bytes]) -> str:
    file.seek(0)
    return hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]
