"""Use of the site: pages are added up without a cookie and without a question to the database, and each night what is
left of a day is numbers (decision 0086)."""

import datetime as dt
import hashlib
import secrets
from collections.abc import Hashable, Iterable
from typing import NamedTuple

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import Learner, Supporter
from core import clock
from prospectus.actions import counting
from providers.models import Area, StaffRole
from reporting.models import DaySalt, PageKind, PageShown, ReaderKind

VISIT_ENDS_AFTER = "30 minutes"
# A visit is what one visitor is shown until nothing follows for half an hour. Late news of a day is added.
FOLD = """
WITH shown AS (
    DELETE FROM reporting_pageshown WHERE day < %(today)s
    RETURNING day, area_id, reader, page, visitor, minute, times),
begun AS (
    SELECT *, (minute - lag(minute) OVER one > %(gap)s::interval) IS NOT FALSE AS is_first
    FROM shown WINDOW one AS (PARTITION BY day, area_id, reader, visitor ORDER BY minute)),
numbered AS (
    SELECT *, count(*) FILTER (WHERE is_first) OVER one AS visit
    FROM begun WINDOW one AS (PARTITION BY day, area_id, reader, visitor ORDER BY minute ROWS UNBOUNDED PRECEDING)),
visits AS (
    SELECT day, area_id, reader, visitor, visit, sum(times) AS pages,
           extract(epoch FROM max(minute) - min(minute)) / 60 AS minutes
    FROM numbered GROUP BY 1, 2, 3, 4, 5)
INSERT INTO reporting_siteuse (day, area_id, reader, page, visitors, visits, pages, minutes)
SELECT day, area_id, reader, '', count(DISTINCT visitor), count(*), sum(pages), sum(minutes)
FROM visits GROUP BY 1, 2, 3
UNION ALL
SELECT day, area_id, reader, page, count(DISTINCT visitor), count(DISTINCT (visitor, visit)), sum(times), 0
FROM numbered GROUP BY 1, 2, 3, 4
ON CONFLICT (day, area_id, reader, page) DO UPDATE SET
    visitors = reporting_siteuse.visitors + excluded.visitors, visits = reporting_siteuse.visits + excluded.visits,
    pages = reporting_siteuse.pages + excluded.pages, minutes = reporting_siteuse.minutes + excluded.minutes
"""


class _Shown(NamedTuple):
    """A page as this process remembers it until it writes it down, some seconds later."""

    minute: dt.datetime
    host: str  # of those that are an area's own; empty: any other
    account: int | None
    device: str  # of who is not signed in, one of a few at an address; mixed with the day's salt before it is kept
    reader: str
    page: str


def count_page(*, host: str, page: PageKind, reader: ReaderKind, account: int | None = None, device: str = "") -> None:
    """One more page was shown today: to this account or, without one, to this device. Asks the database nothing."""
    minute = clock.now().replace(second=0, microsecond=0)
    _pages.add_now(_Shown(minute, host, account, "" if account else device, reader, page))


def _write(counts: dict[Hashable, int]) -> None:
    pages: list[tuple[_Shown, int]] = list(counts.items())  # type: ignore[arg-type]
    days = {one.minute: timezone.localdate(one.minute) for one, _times in pages}
    salts = _salts(set(days.values()))
    areas = _Areas(one for one, _times in pages)
    PageShown.objects.bulk_create(
        PageShown(
            minute=one.minute, day=days[one.minute], visitor=_code_word(one, salts[days[one.minute]]),
            area_id=areas.of(one), reader=one.reader, page=one.page, times=times,
        )
        for one, times in pages
        if days[one.minute] in salts  # of yesterday's last seconds the salt may be gone, and they with it
    )  # fmt: skip


_pages = counting.tally(_write)


def _code_word(one: _Shown, salt: bytes) -> bytes:
    who = f"account {one.account}" if one.account else one.device
    return hashlib.blake2b(who.encode(), key=salt, digest_size=16).digest()


def _salts(days: set[dt.date]) -> dict[dt.date, bytes]:
    """The salts of these days that there are. Of today there is one from now on, for all processes the same; those of
    other days go with its coming."""
    today = clock.today()
    held = dict(DaySalt.objects.filter(day__in={*days, today}).values_list("day", "salt"))
    if today not in held:
        forget_salts()
        new = DaySalt(day=today, salt=secrets.token_bytes(32))
        DaySalt.objects.bulk_create([new], ignore_conflicts=True)  # another process may have been first
        held = dict(DaySalt.objects.values_list("day", "salt"))
    return {day: bytes(salt) for day, salt in held.items()}


class _Areas:
    """Where pages count: for who is signed in their own area or that of who let them in, for others that of the host;
    four questions at most."""

    def __init__(self, pages: Iterable[_Shown]) -> None:
        accounts = {one.account for one in pages if one.account}
        roles = StaffRole.objects.current().filter(user__in=accounts).order_by("-pk")
        learners = Learner.objects.filter(user__in=accounts)
        let_in = Supporter.objects.filter(user__in=accounts, accepted_at__isnull=False).order_by("pk")
        self.of_account: dict[int, int] = dict(let_in.values_list("user", "learner__area"))  # of several the newest
        self.of_account |= dict(roles.values_list("user", "organisation__area"))
        self.of_account |= dict(learners.values_list("user", "area"))
        areas = dict(Area.objects.filter(is_practice=False).values_list("slug", "pk"))
        only = next(iter(areas.values())) if len(areas) == 1 else None
        self.of_host = {host: areas.get(slug) for host, slug in settings.AREA_HOSTS.items()}
        self.otherwise = only

    def of(self, one: _Shown) -> int | None:
        """The key of the area; None: of no one area."""
        found = self.of_account.get(one.account) if one.account else None
        return found or self.of_host.get(one.host) or self.otherwise


def forget_salts() -> None:
    """Nobody can say any more from which address or account the code words of earlier days came."""
    DaySalt.objects.filter(day__lt=clock.today()).delete()


@transaction.atomic
def fold_use() -> int:
    """Of every day before today numbers are left and nothing else. The answer is how many were written or added to;
    doing it again writes none."""
    forget_salts()
    with connection.cursor() as cursor:
        cursor.execute(FOLD, {"today": clock.today(), "gap": VISIT_ENDS_AFTER})
        return cursor.rowcount
