"""Asking the addresses that courses lead to whether somebody is still there: a few of each site, every night."""

import datetime as dt
import time
from typing import Any, NamedTuple

from django.db import connection, transaction

from core import clock
from core.outgoing import AskFailed, AskRefused, Limits, ask
from prospectus.models import LinkAnswer, WebLink
from prospectus.models.link import DEAD_AFTER, DEAD_FAILURES
from providers.models import Organisation

MOST_A_NIGHT = 2000  # addresses
MOST_OF_A_HOST = 20  # addresses of one site in a night
MOST_SECONDS = 20 * 60  # for a whole night
EVERY_DAYS = 30  # an address that is there is asked again
LIMITS = Limits(seconds=8, quiet_seconds=5, bytes=10 * 2**20, redirects=3)
MISSING = {404, 410}
# These sites do not like to be asked this way, but they are there.
ASK_PROPERLY = {400, 403, 404, 405, 410, 501, 503}

TEXTS = """concat_ws(' ', c.summary, c.what_you_do, c.who_it_is_for, c.entry_requirements, c.how_assessed, c.leads_to,
    c.costs_and_help, c.other_texts::text)"""
# Texts are cleaned before they are kept, so an address in them stands in double quotes. Longer ones are not asked.
IN_TEXTS = r"""
    SELECT c.id AS course_id, replace(found[1], '&amp;', '&') AS address
    FROM prospectus_course c
    CROSS JOIN LATERAL regexp_matches({texts}, 'href=\\?"(https?://[^"\\]+)\\?"', 'g') AS found
    WHERE c.state = 'published' AND {texts} LIKE '%%href=%%' AND length(found[1]) <= 500
""".replace("{texts}", TEXTS)
# What no course uses any more is forgotten; what one uses is known.
KNOWN = f"""
WITH used AS MATERIALIZED (
    SELECT c.website AS address FROM prospectus_course c WHERE c.state = 'published' AND c.website LIKE 'http%%'
    UNION
    SELECT r.apply_url FROM prospectus_courserun r JOIN prospectus_course c ON c.id = r.course_id
    WHERE c.state = 'published' AND r.state = 'published' AND r.ended_on IS NULL AND r.apply_url LIKE 'http%%'
    UNION
    SELECT address FROM ({IN_TEXTS}) AS said
), gone AS (
    DELETE FROM prospectus_weblink w WHERE NOT EXISTS (SELECT FROM used WHERE used.address = w.address)
)
INSERT INTO prospectus_weblink (address, host, answer, failures, is_dead)
SELECT DISTINCT address, left(lower(substring(address FROM '^[a-zA-Z]+://([^/:?#]+)')), 255), '', 0, false
FROM used
WHERE substring(address FROM '^[a-zA-Z]+://([^/:?#]+)') IS NOT NULL
ORDER BY 1 ON CONFLICT (address) DO NOTHING
"""
# Sites take turns, so that no two questions to one site follow each other while there is another to ask.
DUE = """
SELECT id, asked_at FROM (
    SELECT id, asked_at, row_number() OVER (PARTITION BY host ORDER BY failures DESC, asked_at NULLS FIRST, id) AS turn
    FROM prospectus_weblink
    WHERE asked_at IS NULL OR asked_at < %(today)s::date AND (failures > 0 OR asked_at < %(again)s::date)
) AS due WHERE turn <= %(of_a_host)s ORDER BY turn, asked_at NULLS FIRST, id LIMIT %(most)s
"""
MARK = f"""
WITH dead AS (
    SELECT c.id FROM prospectus_weblink w JOIN prospectus_course c ON c.website = w.address WHERE w.is_dead
    UNION
    SELECT r.course_id FROM prospectus_weblink w JOIN prospectus_courserun r ON r.apply_url = w.address
    WHERE w.is_dead AND r.state = 'published' AND r.ended_on IS NULL
    UNION
    SELECT said.course_id FROM ({IN_TEXTS} AND (%(provider)s::bigint IS NULL OR c.provider_id = %(provider)s)
        AND EXISTS (SELECT FROM prospectus_weblink WHERE is_dead)) AS said
    JOIN prospectus_weblink w ON w.address = said.address WHERE w.is_dead
)
UPDATE prospectus_coursehealth h SET has_dead_link = NOT h.has_dead_link
WHERE (%(provider)s::bigint IS NULL OR h.provider_id = %(provider)s)
  AND h.has_dead_link <> (h.course_id IN (SELECT id FROM dead))
"""


class Asked(NamedTuple):
    """What one question came to."""

    answer: LinkAnswer
    status: int | None


def sweep_links() -> int:
    """Every address due has been asked, within what a night allows, and courses say whether theirs is dead.

    Nothing is locked while a site is asked, and a second sweep at the same time takes other addresses. A sweep that is
    killed is made up for the next night. Returns how many were asked.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(KNOWN, {})
    today, began, asked = clock.today(), time.monotonic(), 0
    again = today - dt.timedelta(days=EVERY_DAYS)
    with connection.cursor() as cursor:
        values: dict[str, Any] = {"today": today, "again": again, "of_a_host": MOST_OF_A_HOST, "most": MOST_A_NIGHT}
        cursor.execute(DUE, values)
        due = cursor.fetchall()
    for key, asked_at in due:
        if time.monotonic() - began > MOST_SECONDS:
            break
        # Whoever writes the moment first asks: held against when it was found due, which the other has moved on.
        if WebLink.objects.filter(pk=key, asked_at=asked_at).update(asked_at=clock.now()):
            link = WebLink.objects.get(pk=key)
            keep_answer(link, ask_link(link.address))
            asked += 1
    mark_dead_links()
    return asked


def ask_link(address: str) -> Asked:
    """Whether something is there. A site that refuses to be asked by a program counts as there."""
    asked = _ask("HEAD", address)
    return _ask("GET", address) if asked.status in ASK_PROPERLY else asked


def _ask(method: str, address: str) -> Asked:
    try:
        with ask(method, address, limits=LIMITS) as answer:  # its content is not read
            status = answer.status
    except AskFailed:
        return Asked(LinkAnswer.SILENT, None)
    except AskRefused as refused:
        is_nowhere = refused.code in ("address_not_public", "address_not_web")
        return Asked(LinkAnswer.SILENT if is_nowhere else LinkAnswer.THERE, None)
    if status in MISSING:
        return Asked(LinkAnswer.MISSING, status)
    return Asked(LinkAnswer.BROKEN if status >= 500 and status != 503 else LinkAnswer.THERE, status)


def keep_answer(link: WebLink, asked: Asked) -> WebLink:
    """The row says what became of the question; three nights over three days without anything there make it dead."""
    link.asked_at, link.answer, link.status = clock.now(), asked.answer, asked.status
    if asked.answer == LinkAnswer.THERE:
        link.failures, link.failing_since = 0, None
    else:
        link.failures, link.failing_since = min(link.failures + 1, 1000), link.failing_since or clock.today()
    since = link.failing_since
    link.is_dead = since is not None and link.failures >= DEAD_FAILURES and clock.today() - since >= DEAD_AFTER
    link.save()
    return link


def mark_dead_links(*, provider: Organisation | None = None) -> None:
    """What is said of the health of this provider's courses (None: of all) knows which lead to a dead address."""
    with connection.cursor() as cursor:
        cursor.execute(MARK, {"provider": provider.pk if provider else None})
