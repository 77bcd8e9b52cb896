"""A record of a caseload system in the words of the portal. What cannot be read is said, and left as it is here."""

import datetime as dt
from typing import Any

from core import clock
from core.errors import RuleBroken
from ilp.actions.record import require_whole
from ilp.models import CurrentActivity, RecordCode, RecordKind, RecordSource
from providers.models import IssueSeverity, LocalAuthority, Organisation
from providers.uploads import RowIssue
from reporting.returns.record import ACTIVITY, CHARACTERISTIC, DESTINATION, NEED, PERSONAL, YoungPerson
from reporting.returns.rules.base import day
from reporting.returns.tables import read_date

MOST_NAMED = 10  # codes, in one issue
ELEMENTS = PERSONAL | NEED | ACTIVITY | DESTINATION | {"characteristics": CHARACTERISTIC}


class Told:
    """Reads records, and keeps in ``issues`` what is wrong with any of them. ``handed_over_on``: nothing in the file is
    known of a later day, whenever it is read. ``sent_on``: of when the file is, where it says so."""

    def __init__(
        self, *, handed_over_on: dt.date, sent_on: dt.date | None, is_silent_on: frozenset[str] = frozenset()
    ) -> None:
        self.handed_over_on = min(handed_over_on, clock.today())
        self.sent_on = sent_on or self.handed_over_on
        self.is_silent_on = is_silent_on
        self.codes = {(code.kind, code.code): code for code in RecordCode.objects.all()}
        self.authorities = set(LocalAuthority.objects.values_list("code", flat=True))
        self.providers = {one.ukprn: one for one in Organisation.objects.exclude(ukprn=None).filter(practice_of=None)}
        self.issues: list[RowIssue] = []

    def on(self, it: YoungPerson) -> dt.date:
        """The day on which this was last known to be so."""
        said = _day(it.verified) or _day(it.ascertained) or self.sent_on
        return min(said, self.handed_over_on)

    def activity(self, row: int, it: YoungPerson, held: CurrentActivity | None) -> CurrentActivity | None:
        """What they do, as a spell that is not stored; None where the record does not say it or says what cannot be.
        Of the spell that is ``held`` here it has what the record leaves out."""
        code = self._code(row, it, "activity", RecordKind.ACTIVITY)
        started_on, verified_on = _day(it.started), _day(it.verified) or _day(it.ascertained)
        if code is None:
            return None
        if started_on is None or verified_on is None:
            self._issue(row, it, "started" if started_on is None else "verified", "This is no day. Nothing was used.")
            return None
        kept = held if held is not None and (held.code_id, held.started_on) == (code.pk, started_on) else None
        provider, establishment = self.providers.get(it.ukprn), it.establishment_name[:160]
        if kept is not None and provider is None and not establishment:
            provider, establishment = kept.provider, kept.establishment
        spell = CurrentActivity(
            code=code, started_on=started_on, verified_on=verified_on,
            ascertained_on=min(max(_day(it.ascertained) or verified_on, started_on), verified_on),
            review_on=_day(it.review) or (kept and kept.review_on),
            course_ends_on=_day(it.course_ends) or (kept and kept.course_ends_on),
            provider=provider, establishment="" if provider else establishment, source=RecordSource.OTHER,
        )  # fmt: skip
        try:
            require_whole(spell)
        except RuleBroken as rule:
            self._issue(row, it, "activity", f"{rule.message} The activity stays as it is here.")
            return None
        return spell

    def fact(self, row: int, it: YoungPerson, kind: str) -> RecordCode | None:
        """The level of need or the intended destination; None where the record does not say."""
        return self._code(row, it, "need" if kind == RecordKind.NEED else "destination", kind)

    def characteristics(self, row: int, it: YoungPerson) -> set[str] | None:
        """Their codes; None where the file has no place for them."""
        if "characteristics" in self.is_silent_on:
            return None
        known = {code for code in it.characteristics if (RecordKind.CHARACTERISTIC, code) in self.codes}
        if unknown := sorted({*it.characteristics} - known):
            words = "There is no such code. It was left out."
            if len(unknown) > 1:
                words = "There are no such codes. They were left out."
            self._issue(row, it, "characteristics", words, " ".join(unknown[:MOST_NAMED]))
        return known

    def residence(self, row: int, it: YoungPerson) -> str | None:
        """The code of the authority that leads for them, where they live; None where the record does not say."""
        if not it.lead_authority or it.lead_authority in self.authorities:
            return it.lead_authority or None
        self._issue(row, it, "lead_authority", "No authority has this number. Where they live stays as it is here.")
        return None

    def cannot(self, row: int, it: YoungPerson, column: str, why: Any) -> None:
        """What the record says there breaks a rule of what is recorded here already."""
        self._issue(row, it, column, f"{why} What is here stays.")

    def _code(self, row: int, it: YoungPerson, column: str, kind: str) -> RecordCode | None:
        text = getattr(it, column)
        code = self.codes.get((kind, text))
        if text and code is None:
            self._issue(row, it, column, "There is no such code. What is here stays.")
        return code

    def _issue(self, row: int, it: YoungPerson, column: str, words: Any, value: str = "") -> None:
        said = value or getattr(it, column)
        code = f"CASELOAD_{column.upper()}"
        self.issues.append(RowIssue(row, ELEMENTS[column], str(said), code, IssueSeverity.WARNING, str(words)))


def _day(text: str) -> dt.date | None:
    return day(read_date(text))
