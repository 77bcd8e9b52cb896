"""What people decide about feeds, and the sweep that begins those whose time has come."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from activity.actions import enqueue, record
from core import clock
from core.errors import RuleBroken
from core.outgoing import AskRefused, look_at_address
from prospectus.models import Feed, FeedFetch, FeedRhythm, FeedSource
from prospectus.policies import FEED_POLICY
from prospectus.queries.feeds import next_due
from prospectus.workflow import FEED_FLOW
from providers.models import Area, AreaHolding, Organisation

FETCH_JOB = "feed-fetch"


@contextmanager
def moving(feed: Feed, verb: str, *, by: Any, **facts: Any) -> Iterator[Feed]:
    """Lock, ask who and whether, run the body, write state and history. The only writer of a feed's state."""
    with transaction.atomic():
        feed = Feed.objects.select_for_update(of=("self",)).for_list().get(pk=feed.pk)
        FEED_POLICY.require(by, verb, feed)
        target = FEED_FLOW.target(feed.state, verb)
        yield feed
        feed.state = target
        feed.save()
        record(f"feed.{verb}", subject=feed, by=by, **facts)


def add_feed(
    *,
    source: str,
    by: Any,
    provider: Organisation | None = None,
    area: Area | None = None,
    address: str = "",
    rhythm: str = FeedRhythm.DAILY,
    weekday: int = 0,
    hour: int = 3,
) -> Feed:
    """The feed of a provider or of an area is there, switched off, and is being tried: nothing is published yet.

    Raises: NotAllowed; RuleBroken ``feed_exists``, or what is wrong with the address (``core.outgoing``).
    """
    feed = Feed(
        provider=provider, area=area, source=source, rhythm=rhythm, weekday=weekday, hour=hour, by=by, address=address
    )
    FEED_POLICY.require(by, "add", feed)
    feed.address = _address(source, address)
    try:
        with transaction.atomic():
            feed.save()
            record("feed.add", subject=feed, by=by, provider=feed.provider_id, area=feed.area_id)
            begin_fetch(feed, is_trial=True, by=by)
    except IntegrityError:
        raise RuleBroken(
            _("There is a feed of %(whose)s already. End that one first, or change nothing.") % {"whose": feed.whose},
            code="feed_exists",
        ) from None
    return feed


def try_feed(*, feed: Feed, by: Any) -> FeedFetch:
    """The feed is being fetched, looked at and put away again. Asked twice, it is one trial.

    Raises: NotAllowed, StaleState (ended).
    """
    with moving(feed, "try", by=by) as held:
        return held.fetches.filter(is_trial=True, ended_at=None).first() or begin_fetch(held, is_trial=True, by=by)


def edit_feed(
    *,
    feed: Feed,
    source: str,
    by: Any,
    address: str = "",
    rhythm: str = FeedRhythm.DAILY,
    weekday: int = 0,
    hour: int = 3,
) -> Feed:
    """The feed is fetched from here, by this timetable. From somewhere else it is switched off and tried first, as a
    new one is, and nothing is known of the file that was used last.

    Raises: NotAllowed, StaleState (ended), RuleBroken ``feed_being_fetched``, or what is wrong with the address.
    """
    with transaction.atomic():
        with moving(feed, "edit", by=by) as held:
            new = (source, _address(source, address))
            is_elsewhere = new != (held.source, held.address)
            if is_elsewhere and held.fetches.filter(ended_at=None).exists():
                raise RuleBroken(
                    _("It is being fetched just now. Wait a minute, then save this again."), code="feed_being_fetched"
                )
            held.rhythm, held.weekday, held.hour = rhythm, weekday, hour
            if held.next_at is not None:
                held.next_at = next_due(held, after=clock.now())
            if is_elsewhere:
                held.source, held.address = new
                held.etag = held.last_modified = held.sha256 = ""
                held.used_at, held.failures = None, 0
        if is_elsewhere:
            if FEED_FLOW.targets(held.state, "pause"):
                held = pause_feed(feed=held, by=by)
            begin_fetch(held, is_trial=True, by=by)
    return held


def _address(source: str, address: str) -> str:
    """Raises: RuleBroken, with what is wrong with it."""
    if source != FeedSource.ADDRESS:
        return ""
    try:
        return look_at_address(address).address
    except AskRefused as refusal:
        raise RuleBroken(str(refusal), code=refusal.code) from refusal


def resume_feed(*, feed: Feed, by: Any) -> Feed:
    """The feed is switched on and fetched within a minute, then by its timetable. Its area says so to everybody.

    Raises: NotAllowed, StaleState.
    """
    with moving(feed, "resume", by=by) as held:
        _say_how_they_come(held, AreaHolding.FEED)
        held.next_at, held.failures = clock.now(), 0
    return held


def pause_feed(*, feed: Feed, by: Any) -> Feed:
    """Nothing is fetched any more; what is being fetched now is not used. Raises: NotAllowed, StaleState."""
    with moving(feed, "pause", by=by) as held:
        held.next_at = None
    return held


def end_feed(*, feed: Feed, by: Any) -> Feed:
    """The feed is over for good. The courses it brought stay. Raises: NotAllowed, StaleState."""
    with moving(feed, "end", by=by) as held:
        _say_how_they_come(held, AreaHolding.HERE)
        held.next_at, held.ended_at = None, clock.now()
    return held


def _say_how_they_come(feed: Feed, holding: AreaHolding) -> None:
    if feed.area_id is not None:
        Area.objects.filter(pk=feed.area_id).update(holding=holding)


def fetch_due_feeds(*, limit: int = 200) -> int:
    """Every feed whose time has come is being fetched, by a job of its own. Returns how many begin now."""
    due = Feed.objects.due().order_by("next_at", "pk").values_list("pk", flat=True)[:limit]
    return sum(_begin_due(pk) for pk in list(due))


@transaction.atomic
def _begin_due(feed_id: int) -> bool:
    """False: somebody else has begun it, or it is not due any more."""
    feed = Feed.objects.select_for_update(of=("self",), skip_locked=True).filter(pk=feed_id).first()
    # Asked again with the row in our hands: who held it before may have begun the fetch.
    if feed is None or not Feed.objects.due().filter(pk=feed_id).exists():
        return False
    FEED_POLICY.require(None, "fetch", feed)
    FEED_FLOW.target(feed.state, "fetch")
    feed.next_at = next_due(feed, after=clock.now())
    feed.save(update_fields=["next_at"])
    begin_fetch(feed, is_trial=False, by=None)
    return True


def begin_fetch(feed: Feed, *, is_trial: bool, by: Any) -> FeedFetch:
    """One more fetch, and its job. The database allows one at a time, and one trial beside it."""
    fetch = FeedFetch.objects.create(feed=feed, is_trial=is_trial)
    fetch.job = enqueue(FETCH_JOB, key=f"{FETCH_JOB}:{fetch.pk}", by=by, fetch_id=fetch.pk)
    fetch.save(update_fields=["job"])
    return fetch
