"""When feeds are fetched, whom their file is for, and who is told about them."""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from django.db.models import Case, Count, Exists, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.models import User
from core import clock
from prospectus.models import CourseRun, Feed, FeedFetch, FeedPart, FeedRhythm, FeedState, FetchOutcome, PartOutcome
from prospectus.queries.notices import who_is_told
from providers.models import Area, Organisation, RoleKind, StaffRole
from providers.queries import role_kinds_but_advice

AGAIN_AFTER = dt.timedelta(days=28)  # a file that never changes is used anew, so that its courses do not grow old
GOOD = {PartOutcome.PUBLISHED, PartOutcome.HELD, PartOutcome.UNCHANGED}


def next_due(feed: Feed, *, after: dt.datetime) -> dt.datetime:
    """The next time by the timetable. Feeds of one hour are spread over it, each always at its own minute."""
    zone = timezone.get_default_timezone()
    today = after.astimezone(zone).date()
    for ahead in range(9):
        day = today + dt.timedelta(days=ahead)
        if feed.rhythm == FeedRhythm.WEEKLY and day.weekday() != feed.weekday:
            continue
        at = dt.datetime.combine(day, dt.time(feed.hour, (feed.pk or 0) * 7 % 60), tzinfo=zone)
        if at > after:
            return at
    raise AssertionError("a week has every weekday")


def may_skip(feed: Feed) -> bool:
    """Whether a file that has not changed may be left alone: one was used whole within four weeks."""
    return feed.used_at is not None and clock.now() - feed.used_at < AGAIN_AFTER


class Place(NamedTuple):
    """For whom a provider's part of a file is; without a provider, why it is for nobody here."""

    provider: Organisation | None
    outcome: str = ""
    sentence: str = ""


def places_in(area: Area, named: Sequence[tuple[str, str]]) -> list[Place]:
    """For each UKPRN and name in a file of this area: whose it is here, or why nobody's."""
    held = Organisation.objects.filter(ukprn__in={ukprn for ukprn, _name in named}, ended_on=None).annotate(
        has_feed=Exists(Feed.objects.exclude(state="ended").filter(provider=OuterRef("pk"))),
        has_keepers=Exists(
            StaffRole.objects.current().filter(
                organisation=OuterRef("pk"), kind__in=(RoleKind.EDITOR, RoleKind.MANAGER)
            )
        ),
    )
    known = {str(provider.ukprn): provider for provider in held.select_related("area")}
    return [_place(area, ukprn, name, known.get(ukprn)) for ukprn, name in named]


def _place(area: Area, ukprn: str, name: str, provider: Any) -> Place:
    called = name[:80] or "A provider without a name"
    if not ukprn:
        return Place(None, PartOutcome.UNKNOWN, f"{called} has no UKPRN in the file, so nobody can say who it is.")
    if provider is None:
        return Place(None, PartOutcome.UNKNOWN, f"No provider here has the UKPRN {ukprn}. Nothing was made of it.")
    if provider.area_id != area.pk:
        return Place(None, PartOutcome.LEFT_OUT, f"{provider} is a provider of {provider.area} here, not of {area}.")
    if provider.has_feed:
        return Place(None, PartOutcome.LEFT_OUT, f"{provider} has a feed of its own here, which comes first.")
    if provider.has_keepers:
        return Place(None, PartOutcome.LEFT_OUT, f"{provider} has people of its own here who keep its courses.")
    return Place(provider)


def used_before(feed: Feed, provider: Organisation, sha256: str) -> FeedPart | None:
    """The last thing that came of this provider's part, where it was the same and lately used."""
    last = FeedPart.objects.filter(fetch__feed=feed, fetch__is_trial=False, provider=provider)
    last = (
        last.filter(outcome__in=[PartOutcome.PUBLISHED, PartOutcome.HELD, PartOutcome.REFUSED]).order_by("-pk").first()
    )
    if last is None or last.sha256 != sha256 or last.outcome == PartOutcome.REFUSED:
        return None
    return last if last.ended_at is not None and clock.now() - last.ended_at < AGAIN_AFTER else None


def help_desk() -> QuerySet[User]:
    """Area coordinators who have an address; officers of an authority where there is no coordinator."""
    roles = StaffRole.objects.current()
    for chosen in (
        roles.filter(kind=RoleKind.HELP_DESK),
        roles.filter(kind=RoleKind.OFFICER, organisation__kind="authority"),
    ):
        people = User.objects.filter(pk__in=chosen.values("user"), is_active=True).exclude(email="").order_by("pk")
        if people.exists():
            break
    return people


def told_of_feed(feed: Feed) -> QuerySet[User]:
    """Who hears that a feed fails: its provider's people, or else the help desk."""
    people = who_is_told(feed.provider) if feed.provider else help_desk()
    return people if people.exists() else help_desk()


def told_of_part(part: FeedPart) -> QuerySet[User]:
    """Who hears that a provider's part waits: its people, or else the help desk."""
    people = who_is_told(part.provider) if part.provider else help_desk()
    return people if people.exists() else help_desk()


def catalogues_of(user: Any) -> QuerySet[Organisation]:
    """The providers whose files this person decides about: their own, and for those who look after all providers,
    the ones whose catalogue a feed brings."""
    fed = Feed.objects.exclude(state="ended")
    is_fed = Q(pk__in=fed.filter(provider__isnull=False).values("provider")) | Q(
        area__in=fed.exclude(area=None).values("area")
    )
    looks_after = Q(Exists(StaffRole.objects.over_areas(user)))
    own = Q(pk__in=Organisation.objects.editing_through(user).values("pk"))
    return Organisation.objects.filter(own | (looks_after & is_fed & Q(is_provider=True)))


def with_fetched_at(providers: QuerySet[Organisation]) -> QuerySet[Organisation]:
    """Each with ``fetched_at``: when the system its courses come from last said how they stand. None: from none."""
    brought = FeedPart.objects.filter(
        fetch__feed=OuterRef("pk"), provider=OuterRef(OuterRef("pk")), outcome__in=sorted(GOOD)
    )
    theirs = Feed.objects.fetched().filter(
        Q(provider=OuterRef("pk")) | (Q(area=OuterRef("area")) & Exists(brought)), succeeded_at__isnull=False
    )
    return providers.annotate(fetched_at=Subquery(theirs.order_by("-succeeded_at").values("succeeded_at")[:1]))


def with_last_fetch(feeds: QuerySet[Feed]) -> QuerySet[Feed]:
    """Each with ``last_sentence``, those in trouble first and those that have ended last."""
    last = FeedFetch.objects.filter(feed=OuterRef("pk"), ended_at__isnull=False).order_by("-started_at", "-pk")
    order = Case(
        When(state=FeedState.FAILING, then=0),
        When(failures__gt=0, then=1),
        When(state=FeedState.ENDED, then=3),
        default=2,
    )
    return feeds.annotate(last_sentence=Subquery(last.values("sentence")[:1]), trouble=order).order_by("trouble", "-pk")


def needs_somebody(fetch: FeedFetch) -> bool:
    """Whether a provider in the file waits for somebody, or could not be used."""
    return fetch.parts.filter(outcome__in=[PartOutcome.HELD, PartOutcome.REFUSED]).exists()


def with_set_by_hand(feeds: QuerySet[Feed]) -> QuerySet[Feed]:
    """Each with ``set_by_hand``: for how many dates on offer it leaves how and when one applies as somebody set it."""
    theirs = Q(course__provider=OuterRef("provider")) | Q(course__provider__area=OuterRef("area"))
    runs = CourseRun.objects.on_offer().filter(theirs, opening_set_on__isnull=False, upload__isnull=False)
    counted = runs.order_by().annotate(all=Value(1)).values("all").annotate(number=Count("pk")).values("number")
    return feeds.annotate(set_by_hand=Coalesce(Subquery(counted), 0))


def may_have_feeds(user: Any) -> bool:
    """Whether the menu shows feeds. Which ones is asked of each."""
    return not role_kinds_but_advice(user).isdisjoint({"editor", "manager", "help_desk", "officer"})


def outcome_of(outcomes: Iterable[str]) -> str:
    """What a whole fetch came to, by what its parts did."""
    kinds = set(outcomes)
    if kinds & {PartOutcome.PUBLISHED, PartOutcome.HELD}:
        return FetchOutcome.USED
    return FetchOutcome.UNCHANGED if PartOutcome.UNCHANGED in kinds else FetchOutcome.FAILED
