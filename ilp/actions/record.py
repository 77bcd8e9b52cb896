"""The client record: spells of current activity, level of need, intended destination."""

import csv
import datetime as dt
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Learner
from activity.actions import record
from core import clock
from core.errors import RuleBroken, StaleState
from ilp.actions.locking import lock_learner
from ilp.models import CurrentActivity, RecordCode, RecordFact, RecordKind
from ilp.policies import CODE_POLICY, RECORD_POLICY

CODES = "ilp/data/record_codes.csv"


def start_current_activity(*, learner: Learner, by: Any, **answers: Any) -> CurrentActivity:
    """The learner does this from ``started_on``; what they did before ended on that day.

    ``answers``: code, started_on, verified_on, source; review_on, course_ends_on, provider, establishment where there
    are any. Raises: NotAllowed, RuleBroken ``before_former`` and those of a spell.
    """
    with transaction.atomic():
        return begin_spell(_locked(learner, by), by, ascertained_on=answers["verified_on"], **answers)


def begin_spell(learner: Learner, by: Any, **answers: Any) -> CurrentActivity:
    """As ``start_current_activity``, for a learner who is locked and ``by`` who may."""
    spell = CurrentActivity(learner=learner, by=by, **answers)
    require_whole(spell)
    former = CurrentActivity.objects.open().filter(learner=learner).first()
    if former is not None:
        if spell.started_on < former.started_on:
            raise RuleBroken(
                _("This starts before the one that is open. Correct that one, or give a later day."),
                code="before_former",
            )
        former.ended_on = spell.started_on
        former.save(update_fields=["ended_on"])
    spell.save()
    record("current_activity.start", subject=spell, by=by, code=spell.code.code)
    return spell


def confirm_current_activity(*, spell: CurrentActivity, verified_on: dt.date, by: Any) -> CurrentActivity:
    """Somebody has made sure, on this day, that the learner still does this: it is good for longer.

    Raises: NotAllowed, StaleState (replaced or ended meanwhile), RuleBroken of a spell and ``verified_before``.
    """
    with transaction.atomic():
        spell = _locked_spell(spell, by)
        if verified_on < spell.verified_on:
            raise RuleBroken(_("It was confirmed on a later day already."), code="verified_before")
        return replace_spell(spell, "current_activity.confirm", by, verified_on=verified_on)


def correct_current_activity(*, spell: CurrentActivity, by: Any, **answers: Any) -> CurrentActivity:
    """The open spell was something else, or its dates were. What was written before stays readable.

    Raises: NotAllowed, StaleState (replaced or ended meanwhile), RuleBroken of a spell and ``before_former``.
    """
    with transaction.atomic():
        return correct_spell(_locked_spell(spell, by), by, **answers)


def correct_spell(spell: CurrentActivity, by: Any, **answers: Any) -> CurrentActivity:
    """As ``correct_current_activity``, for the open spell of a learner who is locked and ``by`` who may."""
    former = CurrentActivity.objects.standing().filter(learner=spell.learner_id, ended_on=spell.started_on).first()
    started_on = answers.get("started_on", spell.started_on)
    if former is not None and former.pk != spell.pk:
        if started_on < former.started_on:
            raise RuleBroken(_("This starts before the one that went before it."), code="before_former")
        former.ended_on = started_on
        former.save(update_fields=["ended_on"])
    ascertained_on = min(spell.ascertained_on, answers.get("verified_on", spell.verified_on))
    answers["ascertained_on"] = max(ascertained_on, started_on)
    return replace_spell(spell, "current_activity.correct", by, **answers)


def set_fact(*, learner: Learner, kind: str, code: RecordCode, started_on: dt.date, by: Any) -> RecordFact:
    """The level of need, or where the learner means to go, is this from that day. On the same day it puts right what
    was said before.

    Raises: NotAllowed, RuleBroken ``wrong_code``, ``in_future``, ``before_former`` and ``same_fact``.
    """
    with transaction.atomic():
        return place_fact(_locked(learner, by), kind, code, started_on, by)


def place_fact(learner: Learner, kind: str, code: RecordCode, started_on: dt.date, by: Any) -> RecordFact:
    """As ``set_fact``, for a learner who is locked and ``by`` who may."""
    if code.kind != kind or kind == RecordKind.ACTIVITY:
        raise RuleBroken(_("Choose one of the list."), code="wrong_code")
    if started_on > clock.today():
        raise RuleBroken(_("The day cannot be in the future."), code="in_future")
    former = RecordFact.objects.open().filter(learner=learner, kind=kind).first()
    if former is not None:
        if former.code_id == code.pk:
            raise RuleBroken(_("This is what the record says already."), code="same_fact")
        if started_on < former.started_on:
            raise RuleBroken(_("This is before the day of the one that holds."), code="before_former")
        if started_on == former.started_on:
            former.replaced_at = clock.now()
        else:
            former.ended_on = started_on
        former.save(update_fields=["replaced_at", "ended_on"])
    fact = RecordFact.objects.create(learner=learner, kind=kind, code=code, started_on=started_on, by=by)
    record("record_fact.set", subject=fact, by=by, kind=str(kind), code=code.code)
    return fact


@transaction.atomic
def change_code_words(*, code: RecordCode, meaning: str, by: Any, headline: str = "") -> RecordCode:
    """The code means this and, of an activity, is published in this figure, as somebody who knows the return has
    confirmed. What rules make of the code stays as it is.

    Raises: NotAllowed, RuleBroken ``meaning_missing``.
    """
    code = RecordCode.objects.select_for_update(no_key=True).get(pk=code.pk)
    CODE_POLICY.require(by, "change", code)
    if not meaning.strip():
        raise RuleBroken(_("Say what the code means."), code="meaning_missing")
    was = code.headline
    code.meaning, code.headline, code.is_verified = meaning.strip(), headline or was, True
    code.save(update_fields=["meaning", "headline", "is_verified"])
    record("record_code.reword", subject=code, by=by, was=was, headline=code.headline)
    return code


def load_record_codes() -> int:
    """The codes of the client return are there. Words that somebody has put right stay."""
    with (settings.BASE_DIR / CODES).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    flags = ("needs_course_end", "needs_review", "is_verified")
    codes = [
        RecordCode(**{name: value == "Y" if name in flags else value for name, value in row.items()}) for row in rows
    ]
    RecordCode.objects.bulk_create(codes, ignore_conflicts=True)
    return len(codes)


def _locked(learner: Learner, by: Any) -> Learner:
    """The learner is the lock: two advisers who open a spell at once queue up here."""
    found = lock_learner(learner.pk)
    RECORD_POLICY.require(by, "write", found)
    return found


def _locked_spell(spell: CurrentActivity, by: Any) -> CurrentActivity:
    _locked(spell.learner, by)
    found = CurrentActivity.objects.open().for_list().filter(pk=spell.pk).first()
    if found is None:
        raise StaleState(f"current activity {spell.pk} has been replaced or has ended")
    return found


def replace_spell(spell: CurrentActivity, verb: str, by: Any, **changes: Any) -> CurrentActivity:
    """A spell that differs in these changes holds in the place of this one, which stays readable."""
    fields = ("code", "started_on", "ascertained_on", "verified_on", "review_on", "course_ends_on", "provider",
              "establishment", "source")  # fmt: skip
    kept = {name: getattr(spell, name) for name in fields}
    again = CurrentActivity(learner=spell.learner, by=by, **(kept | changes))
    require_whole(again)
    spell.replaced_at = clock.now()
    spell.save(update_fields=["replaced_at"])
    again.save()
    record(verb, subject=again, by=by, code=again.code.code, replaces=spell.pk)
    return again


def require_whole(spell: CurrentActivity) -> None:
    """Raises: RuleBroken ``wrong_code``, ``in_future``, ``verified_early``, ``course_end_missing``,
    ``review_missing``, ``course_end_early``, ``review_late`` and ``too_far_off``.
    Source: NCCIS rules 242, 237, 256, 305, 259, 262, 257."""
    code, ends_on = spell.code, spell.course_ends_on
    checks = (
        (code.kind != RecordKind.ACTIVITY, _("Choose one of the list."), "wrong_code"),
        (spell.verified_on > clock.today(), _("It cannot have been confirmed in the future."), "in_future"),
        (
            spell.verified_on < spell.started_on,
            _("It was confirmed before it started. Check the days."),
            "verified_early",
        ),
        (code.needs_course_end and ends_on is None, _("Say when the course ends."), "course_end_missing"),
        (code.needs_review and spell.review_on is None, _("Say when this will be looked at again."), "review_missing"),
        (
            ends_on and ends_on < spell.started_on,
            _("The course ends before it starts. Check the days."),
            "course_end_early",
        ),
        (
            ends_on and spell.review_on and spell.review_on > ends_on,
            _("It would be looked at again after the course has ended."),
            "review_late",
        ),
        (
            any(day and day.year > clock.LAST_YEAR for day in (spell.review_on, ends_on)),
            _("A day is later than the year %(year)s. Check the days.") % {"year": clock.LAST_YEAR},
            "too_far_off",
        ),
    )
    for is_broken, words, name in checks:
        if is_broken:
            raise RuleBroken(words, code=name)
