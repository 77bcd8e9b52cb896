"""Unlock letters: asked for by a coordinator, printed by a job, fetched once."""

import re
from collections.abc import Callable, Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.actions.codes import in_groups, issue_codes, new_code
from accounts.actions.sheets import letters_pdf
from accounts.models import Learner, LetterForm, LetterRun, RollEntry, UnlockCode
from accounts.policies import LETTER_POLICY, SCHOOL_POLICY
from accounts.queries import entries_for_letters, opening_of
from activity.actions import enqueue, record
from activity.workflow import JobState
from core import clock
from core.errors import RuleBroken
from providers.models import Organisation

__all__ = ["fetch_letters", "letters_pdf", "print_letters", "remove_expired_letters", "request_letters"]

NOBODY_LEFT = gettext_noop("Everybody in this group has unlocked their record already, so there is no letter to print.")
NOBODY_MISSING = gettext_noop("Everybody in this group has unlocked their record or has a letter that works.")
WINDOW_OVER = gettext_noop(
    "The days on which your learners can unlock are over. Set new ones first, then print letters."
)
NO_ADDRESS = gettext_noop("The roll has no address for anybody in this group. Print letters to hand out.")


@transaction.atomic
def request_letters(
    *,
    school: Organisation,
    year_group: int | None,
    tutor_group: str,
    address: str,
    by: Any,
    learner: Learner | None = None,
    form: str = LetterForm.HAND_OUT,
    only_missing: bool = False,
    has_covers: bool = False,
    parents_address: str = "",
    parents_languages: Sequence[str] = (),
) -> LetterRun:
    """Letters for everyone in the group who has not unlocked are being printed. ``address`` is the unlock page's.

    Raises: NotAllowed (not the coordinator), RuleBroken ``letters_running``, ``letters_nobody`` and
    ``letters_no_address``.
    """
    SCHOOL_POLICY.require(by, "request_letters", school)
    # The school is the lock: two clicks must not print two sets, of which one is dead on arrival.
    Organisation.objects.select_for_update(no_key=True).get(pk=school.pk)
    running = LetterRun.objects.filter(school=school, job__state__in=[JobState.QUEUED, JobState.RUNNING])
    if running.exists():
        raise RuleBroken(
            _("Letters for your school are being printed now. Wait until they are ready."), code="letters_running"
        )
    letter_run = LetterRun(
        school=school,
        year_group=year_group,
        tutor_group=tutor_group,
        learner=learner,
        form=form,
        only_missing=only_missing,
        has_covers=has_covers,
        parents_languages=list(parents_languages),
        by=by,
    )
    _entries(letter_run)
    letter_run.save()
    letter_run.job = enqueue(
        "unlock-letters",
        key=f"unlock-letters:{letter_run.pk}",
        by=by,
        letter_run_id=letter_run.pk,
        address=address,
        parents_address=parents_address,
    )
    letter_run.save(update_fields=["job"])
    record("letters.request", subject=letter_run, by=by)
    return letter_run


def print_letters(
    *,
    letter_run: LetterRun,
    address: str,
    parents_address: str = "",
    progress: Callable[..., None] = lambda **_: None,
    by: None = None,
) -> LetterRun:
    """The letters are a PDF in the database and their codes are the only ones that work.

    Codes and PDF are written in the caller's one transaction: a killed job leaves neither, and makes new ones.
    Doing it again for printed letters changes nothing. Raises: RuleBroken ``letters_nobody``, ``letters_no_address``.
    """
    LETTER_POLICY.require(by, "print", letter_run)
    letter_run = LetterRun.objects.select_for_update(of=("self",)).select_related("school").get(pk=letter_run.pk)
    if letter_run.letter_count is not None:
        return letter_run
    entries, left_out = _entries(letter_run)
    progress(done=0, of=len(entries), doing="Making codes")
    codes = {entry.learner_id: new_code() for entry in entries}
    opening = opening_of(letter_run.school, area_id=letter_run.school.area_id)
    opens_on = opening.opens_on if not opening.is_open else None
    expires_on = max(clock.today(), opens_on or clock.today()) + UnlockCode.GOOD_FOR
    progress(done=len(entries) // 3, of=len(entries), doing="Setting the letters")
    pdf = letters_pdf(
        school=letter_run.school.name,
        address=address,
        form=letter_run.form,
        has_covers=letter_run.has_covers,
        parents_address=parents_address,
        parents_languages=letter_run.parents_languages,
        good_from=_long_date(opens_on) if opens_on else "",
        good_until=_long_date(min(expires_on, opening.closes_on or expires_on)),
        without_address=[f"{_name(entry.learner)}, {_group(entry)}" for entry in left_out],
        letters=[
            {
                "name": _name(entry.learner),
                "known_as": entry.learner.known_as,
                "group": _group(entry),
                "code": in_groups(codes[entry.learner_id]),
                "address": _address_lines(entry.learner) if letter_run.form == LetterForm.HOME else [],
            }
            for entry in entries
        ],
    )
    progress(done=len(entries) * 2 // 3, of=len(entries), doing="Storing the codes")
    # Learners are locked only here, after the slow part, so that nobody who is unlocking meanwhile has to wait.
    issue_codes(codes=codes, letter_run=letter_run, expires_on=expires_on)
    letter_run.pdf = pdf
    letter_run.letter_count = len(entries)
    letter_run.left_out_count = len(left_out)
    letter_run.expires_at = clock.now() + LetterRun.KEPT_FOR
    letter_run.save(update_fields=["pdf", "letter_count", "left_out_count", "expires_at"])
    record("letters.print", subject=letter_run, by=by, letters=len(entries))
    return letter_run


def _entries(letter_run: LetterRun) -> tuple[list[RollEntry], list[RollEntry]]:
    """Whose letters are printed, in order, and who is left out because the roll has no address.

    Letters to homes come as a sorting office wants them: by postcode, brothers and sisters together.
    Raises: RuleBroken ``letters_nobody``, ``letters_no_address``, ``letters_window_over``.
    """
    entries = list(
        entries_for_letters(
            letter_run.school,
            year_group=letter_run.year_group,
            tutor_group=letter_run.tutor_group,
            learner=letter_run.learner,
            only_missing=letter_run.only_missing,
        ).select_related("learner__contact")
    )
    opening = opening_of(letter_run.school, area_id=letter_run.school.area_id)
    if not opening.is_open and opening.opens_on is None:
        raise RuleBroken(_(WINDOW_OVER), code="letters_window_over")
    if not entries:
        raise RuleBroken(_(NOBODY_MISSING if letter_run.only_missing else NOBODY_LEFT), code="letters_nobody")
    if letter_run.form != LetterForm.HOME:
        return entries, []
    posted = [entry for entry in entries if _address_lines(entry.learner)]
    if not posted:
        raise RuleBroken(_(NO_ADDRESS), code="letters_no_address")
    posted.sort(key=lambda entry: (entry.learner.contact.postcode, entry.learner.contact.address.casefold(), entry.pk))
    with_address = {entry.pk for entry in posted}
    return posted, [entry for entry in entries if entry.pk not in with_address]


MOST_LINES = 5  # what the window of an envelope shows under the name


def _address_lines(learner: Learner) -> list[str]:
    """The address as it stands in the window, postcode last; nothing where the roll does not know it."""
    contact = getattr(learner, "contact", None)
    if contact is None or not contact.address.strip():
        return []
    lines = [line for part in re.split(r"[,\n]", contact.address) if (line := part.strip())]
    if contact.postcode and lines[-1].replace(" ", "").upper() == contact.postcode.replace(" ", "").upper():
        lines.pop()
    room = MOST_LINES - bool(contact.postcode)
    lines = [*lines[: room - 1], ", ".join(lines[room - 1 :])] if len(lines) > room else lines
    return [*lines, contact.postcode] if contact.postcode else lines


def _name(learner: Learner) -> str:
    return f"{learner.given_name} {learner.family_name}"


def _group(entry: RollEntry) -> str:
    return entry.tutor_group or f"Year {entry.year_group}"


def _long_date(day: Any) -> str:
    return f"{day.day} {day:%B %Y}"


@transaction.atomic
def fetch_letters(*, letter_run: LetterRun, by: Any) -> bytes:
    """The PDF is handed over, once, and is no longer kept here.

    Raises: NotAllowed, RuleBroken ``letters_not_ready``, ``letters_fetched``, ``letters_expired``.
    """
    letter_run = LetterRun.objects.select_for_update().get(pk=letter_run.pk)
    LETTER_POLICY.require(by, "fetch", letter_run)
    if letter_run.fetched_at is not None:
        raise RuleBroken(
            _("These letters have been downloaded already. Print new ones if they are lost."), code="letters_fetched"
        )
    if letter_run.letter_count is None:
        raise RuleBroken(_("These letters are not ready yet."), code="letters_not_ready")
    if letter_run.pdf is None or letter_run.expires_at is None or letter_run.expires_at <= clock.now():
        raise RuleBroken(
            _("These letters were not downloaded in time and are gone. Print new ones."), code="letters_expired"
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
