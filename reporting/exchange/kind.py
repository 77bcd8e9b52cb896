"""The upload kind "caseload": the extract of a client caseload system becomes what is recorded here."""

import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from typing import IO, Any

from django.db.models import Q
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.actions import leave_receipts_of_many
from accounts.models import ReceiptSection
from accounts.policies import exchanging_through
from ilp.actions.locking import hold_learners
from ilp.models import RecordCode, RecordKind
from providers.models import IssueSeverity, LocalAuthority, StaffRole, Upload, UploadChange
from providers.querysets import ask_roles_once
from providers.tables.sheet import MOST_ROWS
from providers.uploads import (
    ASKS,
    LEFT,
    Change,
    FileRefused,
    FoundChanges,
    Note,
    Option,
    RowIssue,
    Said,
    UndoStep,
    UploadKind,
    UploadResult,
)
from reporting.actions.exchange import (
    NOBODY,
    NOT_NAMED,
    Taken,
    compare_records,
    give_back_records,
    take_over_records,
    undo_steps_of_records,
)
from reporting.exchange.differences import ACTIVITY, CHARACTERISTICS, KIND, PERSON, RESIDENCE, WORDS
from reporting.exchange.matching import exchanged, exchanged_through
from reporting.exchange.told import Told
from reporting.returns.codes import known_authorities
from reporting.returns.reading import BREAKS_OFF, Return, read_return, said_columns
from reporting.returns.record import Header, YoungPerson
from reporting.returns.tables import NotATable, TooMany

KEEP_DAYS = 30  # then the file, and what it said, is removed; what was taken over stays
MOST_BYTES = 100 * 2**20
LOOKED_AT = 2**20  # bytes, before a worker reads it all
FIRST_ROW = {True: 1, False: 2}  # of a record, in XML and in a table
NOT_ONE = (
    "This is no extract of a caseload system: neither XML with young people’s records, nor a table with headings such "
    "as YoungPersonsID and ActivityCode in its first row."
)
BROKEN = "A row of this table cannot be read. Export it again from the caseload system."
TOO_MANY = f"This file has more than {MOST_ROWS:,} records. Hand it over in parts."
NO_ONE = "There is nobody in this file. Export it again from the caseload system."
NAMES = {
    "code": "Code", "codes": "Codes", "started_on": "Since", "verified_on": "Confirmed on", "review_on": "Review on",
    "course_ends_on": "Course ends on", "where": "Where", "authority": "Lives in",
}  # fmt: skip
OLDER = "What is here was confirmed later"


def import_caseload(upload: Upload, progress: Callable[..., None]) -> UploadResult:
    """What would be recorded were it as the extract says, in everything that is picked. Raises: FileRefused."""
    try:
        found, taken = _compare(upload, progress)
    except NotATable:
        raise FileRefused(BROKEN) from None
    except TooMany:
        raise FileRefused(TOO_MANY) from None
    if broken := [fault.message for fault in found.faults if fault.message.startswith(BREAKS_OFF)]:
        raise FileRefused(f"{broken[0]} Export it again from the caseload system.")
    upload.found_changes = taken.changes  # type: ignore[attr-defined] - for the watch of the same run
    notices = [RowIssue(0, "", "", "CASELOAD_FILE", IssueSeverity.NOTICE, fault.message) for fault in found.faults]
    return UploadResult(counts=taken.counts, issues=sorted([*notices, *taken.issues], key=lambda each: each.row))


def _compare(upload: Upload, progress: Callable[..., None]) -> tuple[Return, Taken]:
    with upload.file.open("rb") as file:
        columns = said_columns(file)
        found = read_return(file, asked=Header(), authorities=known_authorities(), most=MOST_ROWS)
        told = Told(
            handed_over_on=timezone.localdate(upload.created_at),
            sent_on=found.header.sent_on or found.header.period_end,
            is_silent_on=frozenset() if columns is None else frozenset({"characteristics"}) - columns,
        )
        people = _numbered(found.people, is_xml=columns is None)
        by = _as_they_asked(upload.job.by if upload.job else upload.by)
        taken = compare_records(
            of=upload.organisation, people=people, told=told, by=by, picks=upload.picks, progress=progress
        )
    return found, taken


def take_over_caseload(upload: Upload, changes: Sequence[UploadChange]) -> dict[int, str]:
    """As ``take_over_records``, for whoever confirmed it."""
    return take_over_records(upload=upload, changes=changes, by=_as_they_asked(upload.confirmed_by))


def give_back_caseload(upload: Upload, changes: Sequence[UploadChange], by: Any) -> list[UndoStep]:
    """As ``give_back_records``, for whoever asked for it."""
    return give_back_records(upload=upload, changes=changes, by=_as_they_asked(by))


def _as_they_asked(person: Any) -> Any:
    """Acting in every role they hold: a worker does what they asked for, whoever they act for by then."""
    if person is not None:
        roles = list(StaffRole.objects.current().filter(user=person).select_related("organisation"))
        for role in roles:
            role.is_aside = False
        ask_roles_once(person, *roles)
    return person


def _numbered(people: Iterator[YoungPerson], *, is_xml: bool) -> Iterator[tuple[int, YoungPerson]]:
    first = next(people, None)
    if first is None:
        raise FileRefused(NO_ONE)
    return enumerate(chain([first], people), start=FIRST_ROW[is_xml])


def look_at_caseload(_upload: Upload, file: IO[bytes]) -> None:
    """Raises: FileRefused where the beginning of the file has nothing that could be used, before it is kept."""
    file.seek(0)
    beginning = io.BytesIO(file.read(LOOKED_AT))
    try:
        people = read_return(beginning, asked=Header(), authorities=known_authorities()).people
        if next(people, None) is None:
            raise FileRefused(NOT_ONE)
    except NotATable:
        raise FileRefused(NOT_ONE) from None
    file.seek(0)


def say_differences(changes: Sequence[Any]) -> list[list[Said]]:
    """Each field as it is here and as it would be; codes with what they mean."""
    codes = {(code.kind, code.code): str(code) for code in RecordCode.objects.all()}
    authorities = dict(LocalAuthority.objects.values_list("code", "name"))
    return [list(_said(change, codes, authorities)) for change in changes]


def _said(change: Any, codes: dict[Any, str], authorities: dict[str, str]) -> Iterator[Said]:
    for name, pair in change.fields.items():
        if name in NAMES:
            yield Said(NAMES[name], *(_word(change.thing, text, codes, authorities) for text in pair))
    if "older" in change.fields:
        yield Note("Look twice", "", OLDER)
    if LEFT in change.fields:
        yield Note("Why it is left", "", change.fields[LEFT][1])
    if change.thing == PERSON:
        yield Note("Why it waits", "", "It is not certain whose record this is")


def _word(thing: str, text: str, codes: dict[Any, str], authorities: dict[str, str]) -> str:
    if thing == RESIDENCE:
        return authorities.get(text, text)
    kind = {ACTIVITY: RecordKind.ACTIVITY, CHARACTERISTICS: RecordKind.CHARACTERISTIC, **KIND}[thing]
    if day := _day(text):
        return date_format(day, "j F Y")
    return ", ".join(codes.get((kind, code), code) for code in text.split()) if _is_codes(kind, text, codes) else text


def _day(text: str) -> Any:
    try:
        return parse_date(text)
    except ValueError:
        return None


def _is_codes(kind: str, text: str, codes: dict[Any, str]) -> bool:
    return all((kind, code) in codes for code in text.split())


def answers_to(changes: Sequence[Any]) -> list[list[Option]]:
    """Between whom to choose, of each record of which it is not certain whose it is."""
    keys = {int(key) for change in changes for key in _between(change)}
    found = exchanged(changes[0].upload.organisation).filter(pk__in=keys).for_list() if keys else []
    learners = {one.pk: one for one in found}
    return [_options(change, [learners[int(key)] for key in _between(change) if int(key) in learners])
            for change in changes]  # fmt: skip


def _between(change: Any) -> list[str]:
    return change.fields.get(ASKS, ("", ""))[1].split()


def _options(change: Any, learners: Sequence[Any]) -> list[Option]:
    if ASKS not in change.fields:
        return []
    chosen = change.fields.get("answer", ("", ""))[1]
    none = Option(NOBODY, _("None of these"), chosen == NOBODY)
    return [*(Option(one.reference, _who(one), chosen == one.reference) for one in learners), none]


def of_whoever_is_here(changes: Iterable[Change]) -> Callable[[Change], bool]:
    """Whether a change is of learners who are here: nobody of these changes who is can be erased before the end of the
    transaction, in which their lines are stored, so that an erasure finds them."""
    here = hold_learners({key for change in changes for key in _of_whom(change)})
    return lambda change: here.issuperset(_of_whom(change))


def _of_whom(change: Change) -> set[int]:
    return {int(key) for key in _between(change)} if change.thing == PERSON else {change.key or 0}


def _who(learner: Any) -> str:
    schools = ", ".join(str(entry.school) for entry in learner.roll_now)
    who = f"{learner.given_name} {learner.family_name}"
    return ", ".join(filter(None, (who, date_format(learner.birth_on, "j F Y"), schools)))


def still_exchanged(upload: Upload) -> Q:
    """Lines of whom the authority or service may still be told, its own records of whom it is not certain, and steps
    that name nobody."""
    return Q(thing=PERSON) | Q(thing_key=NOT_NAMED) | Q(thing_key__in=exchanged_through(upload).values("pk"))


def leave_receipts_of_differences(user: Any, lines: Sequence[Any]) -> None:
    """Everybody whose record is on the page can see who read it. ``lines``: changes, or steps of undoing them."""
    keys = {line.thing_key for line in lines if line.thing != PERSON}
    keys |= {int(key) for line in lines if line.thing == PERSON for key in _between(line)}
    here = exchanged_through(lines[0].upload).filter(pk__in=keys).values_list("pk", flat=True) if keys else ()
    leave_receipts_of_many(looked_at=[(key, ReceiptSection.RECORD) for key in here], by=user)


CASELOAD = UploadKind(
    name="caseload",
    title="Caseload extract",
    organisations_for=exchanging_through,
    apply=import_caseload,
    accepts=(".csv", ".txt", ".xml"),
    max_bytes=MOST_BYTES,
    keep_days=KEEP_DAYS,
    intro="reporting/_caseload_upload_intro.html",
    labels={
        "people": "Records in the file",
        "matched": "Of learners who are here",
        "waiting": "Waiting for you to say whose they are",
        "nobody": "Of nobody here",
        "activity": "Current activities that differ",
        "destination": "Intended destinations that differ",
        "need": "Levels of need that differ",
        "traits": "Characteristics that differ",
        "residence": "Homes that differ",
        "taken": "Differences taken over",
        "left": "Differences left as they are",
        "not_reached": "Of these, not reached: hand the extract over again",
    },
    handed_over_by=("officer", "manager"),
    needs_confirmation=True,
    watch=FoundChanges,
    things={thing: str(words) for thing, words in WORDS.items()},
    say=say_differences,
    look=look_at_caseload,
    undo_steps=undo_steps_of_records,
    give_back=give_back_caseload,
    options=answers_to,
    read=leave_receipts_of_differences,
    shown=still_exchanged,
    still_here=of_whoever_is_here,
    carry_out=take_over_caseload,
    of_nobody="Nobody in the file has a record here. Publishing it changes nothing.",
    publishing=(
        "What is ticked is recorded here, and the September Guarantee and the return to the Department follow. What is "
        "not ticked stays as it is."
    ),
    undoing="What the file changed, and nobody has recorded otherwise since, is as it was before.",
)
