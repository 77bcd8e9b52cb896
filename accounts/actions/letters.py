"""Unlock letters: asked for by a coordinator, printed by a job, fetched once."""

import io
import json
from collections.abc import Callable
from typing import Any

import segno
from django.conf import settings
from django.db import transaction

from accounts.actions.codes import in_groups, issue_codes, new_code
from accounts.models import LetterRun, UnlockCode
from accounts.policies import LETTER_POLICY, SCHOOL_POLICY
from accounts.queries import entries_for_letters
from activity.actions import enqueue, record
from activity.workflow import JobState
from core import clock
from core.errors import RuleBroken
from core.typesetting import drawable, typeset
from providers.models import Organisation

NOBODY_LEFT = "Everybody in this group has unlocked their record already, so there is no letter to print."


@transaction.atomic
def request_letters(
    *, school: Organisation, year_group: int | None, tutor_group: str, address: str, by: Any
) -> LetterRun:
    """Letters for everyone in the group who has not unlocked are being printed. ``address`` is the unlock page's.

    Raises: NotAllowed (not the coordinator), RuleBroken ``letters_running`` and ``letters_nobody``.
    """
    SCHOOL_POLICY.require(by, "request_letters", school)
    # The school is the lock: two clicks must not print two sets, of which one is dead on arrival.
    Organisation.objects.select_for_update(no_key=True).get(pk=school.pk)
    running = LetterRun.objects.filter(school=school, job__state__in=[JobState.QUEUED, JobState.RUNNING])
    if running.exists():
        raise RuleBroken(
            "Letters for your school are being printed now. Wait until they are ready.", code="letters_running"
        )
    if not entries_for_letters(school, year_group=year_group, tutor_group=tutor_group).exists():
        raise RuleBroken(NOBODY_LEFT, code="letters_nobody")
    letter_run = LetterRun.objects.create(school=school, year_group=year_group, tutor_group=tutor_group, by=by)
    letter_run.job = enqueue(
        "unlock-letters",
        key=f"unlock-letters:{letter_run.pk}",
        by=by,
        letter_run_id=letter_run.pk,
        address=address,
    )
    letter_run.save(update_fields=["job"])
    record("letters.request", subject=letter_run, by=by)
    return letter_run


def print_letters(
    *, letter_run: LetterRun, address: str, progress: Callable[..., None] = lambda **_: None, by: None = None
) -> LetterRun:
    """The letters are a PDF in the database and their codes are the only ones that work.

    Codes and PDF are written in the caller's one transaction: a killed job leaves neither, and makes new ones.
    Doing it again for printed letters changes nothing. Raises: RuleBroken ``letters_nobody``.
    """
    LETTER_POLICY.require(by, "print", letter_run)
    letter_run = LetterRun.objects.select_for_update().select_related("school").get(pk=letter_run.pk)
    if letter_run.letter_count is not None:
        return letter_run
    entries = list(
        entries_for_letters(
            letter_run.school, year_group=letter_run.year_group, tutor_group=letter_run.tutor_group
        ).select_related("learner")
    )
    if not entries:
        raise RuleBroken(NOBODY_LEFT, code="letters_nobody")
    progress(done=0, of=len(entries), doing="Making codes")
    codes = {entry.learner_id: new_code() for entry in entries}
    progress(done=len(entries) // 3, of=len(entries), doing="Setting the letters")
    pdf = letters_pdf(
        school=letter_run.school.name,
        address=address,
        letters=[
            {
                "name": f"{entry.learner.given_name} {entry.learner.family_name}",
                "known_as": entry.learner.known_as,
                "group": entry.tutor_group or f"Year {entry.year_group}",
                "code": in_groups(codes[entry.learner_id]),
            }
            for entry in entries
        ],
    )
    progress(done=len(entries) * 2 // 3, of=len(entries), doing="Storing the codes")
    # Learners are locked only here, after the slow part, so that nobody who is unlocking meanwhile has to wait.
    issue_codes(codes=codes, letter_run=letter_run)
    letter_run.pdf = pdf
    letter_run.letter_count = len(entries)
    letter_run.expires_at = clock.now() + LetterRun.KEPT_FOR
    letter_run.save(update_fields=["pdf", "letter_count", "expires_at"])
    record("letters.print", subject=letter_run, by=by, letters=len(entries))
    return letter_run


def letters_pdf(*, school: str, address: str, letters: list[dict[str, str]]) -> bytes:
    """One accessible PDF (PDF/UA-1), a page for each letter.

    What people are called goes in as data, never as markup, and only fonts that come with the typesetter are used,
    so the result is the same on every machine.
    """
    picture = io.BytesIO()
    segno.make(address, error="m").save(picture, kind="svg", border=2, scale=4)
    about = {
        "portal": settings.PORTAL_NAME,
        "school": drawable(school),
        "address": address.removeprefix("https://").removeprefix("http://"),
        "good_until": _long_date(),
        "letters": [{name: drawable(text) for name, text in letter.items()} for letter in letters],
    }
    return typeset(
        {
            "main": (settings.BASE_DIR / "templates/accounts/unlock_letters.typ").read_bytes(),
            "about.json": json.dumps(about).encode(),
            "address.svg": picture.getvalue(),
        }
    )


def _long_date() -> str:
    last_day = clock.today() + UnlockCode.GOOD_FOR
    return f"{last_day.day} {last_day:%B %Y}"


@transaction.atomic
def fetch_letters(*, letter_run: LetterRun, by: Any) -> bytes:
    """The PDF is handed over, once, and is no longer kept here.

    Raises: NotAllowed, RuleBroken ``letters_not_ready``, ``letters_fetched``, ``letters_expired``.
    """
    letter_run = LetterRun.objects.select_for_update().get(pk=letter_run.pk)
    LETTER_POLICY.require(by, "fetch", letter_run)
    if letter_run.fetched_at is not None:
        raise RuleBroken(
            "These letters have been downloaded already. Print new ones if they are lost.", code="letters_fetched"
        )
    if letter_run.letter_count is None:
        raise RuleBroken("These letters are not ready yet.", code="letters_not_ready")
    if letter_run.pdf is None or letter_run.expires_at is None or letter_run.expires_at <= clock.now():
        raise RuleBroken(
            "These letters were not downloaded in time and are gone. Print new ones.", code="letters_expired"
        )
    pdf = bytes(letter_run.pdf)
    letter_run.pdf = None
    letter_run.fetched_at = clock.now()
    letter_run.save(update_fields=["pdf", "fetched_at"])
    record("letters.fetch", subject=letter_run, by=by)
    return pdf


def remove_expired_letters() -> int:
    """No PDF of letters is kept past its week. The answer is how many were removed."""
    return LetterRun.objects.past_expiry().update(pdf=None)
