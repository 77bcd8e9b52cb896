"""Two records of one young person become one: here, and nowhere else.

Whoever asks for it brings the questions to be asked first: who may say so, and of which two records. An officer or a
coordinator says it on the page for two records (``merge_learners``), whoever is asked about a roll or about somebody
who registered answers a doubt (``doubts.join_doubted``).
"""

from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actions.registering import note_joined
from accounts.models import (
    Attendance,
    Characteristics,
    ConsentKind,
    Learner,
    LearnerContact,
    MergedLearner,
    Registration,
    RollEntry,
    SchoolGrade,
    User,
)
from accounts.policies import LEARNER_POLICY
from activity.actions import record
from core import clock, personal
from core.errors import RuleBroken, StaleState
from providers.models import Area


def merge_learners(*, keep: Learner, other: Learner, by: Any) -> Learner:
    """Everything of ``other`` belongs to ``keep``; the old reference leads there. It cannot be undone.

    Names, date of birth and numbers are ``keep``'s; what ``keep`` lacks (UPN, ULN, authority, contact details) is
    taken over. Where both have an account, ``keep``'s goes on and the other can no longer sign in.
    Raises: NotAllowed, RuleBroken ``merge_same``, ``merge_held`` and ``merge_refused`` (one of them registered and
    lets nobody look for a school's record), StaleState (one of them was merged or erased meanwhile).
    """

    def check(keep: Learner, other: Learner) -> None:
        LEARNER_POLICY.require(by, "merge", keep)
        LEARNER_POLICY.require(by, "merge", other)
        agreeing = Learner.objects.agreeing_to(ConsentKind.RECORD_MATCH).values("pk")
        waiting = Registration.objects.waiting().filter(learner__in=[keep, other])
        if waiting.exclude(learner__in=agreeing).exists():
            raise RuleBroken(
                _(
                    "One of the two has registered and does not want us to look for a school's record. They can change "
                    "that answer."
                ),
                code="merge_refused",
            )

    return become_one(keep=keep, other=other, by=by, check=check)


@transaction.atomic
def become_one(
    *, keep: Learner, other: Learner, by: Any, check: Callable[[Learner, Learner], None], is_word_of_other: bool = False
) -> Learner:
    """There is one record, ``keep``'s: with the rows of both in every table of every floor (``core.personal``), under
    both references. A registration among them has found its record.

    ``check(keep, other)`` says who may, and what must not be, once both are locked. ``is_word_of_other``: ``other`` is
    what a school's roll says today, and replaces what was known of ``keep``; otherwise it only fills gaps.
    Raises: whatever ``check`` does, RuleBroken ``merge_same`` and ``merge_held``, StaleState (one of them was joined
    or erased meanwhile).
    """
    if keep.pk == other.pk:
        raise RuleBroken(_("These are not two records. Choose another one."), code="merge_same")
    keep, other = _locked(keep, other)
    personal.hold_still(keep, other)
    check(keep, other)
    if standing := personal.merge_holds(keep, other):
        raise RuleBroken(" ".join(standing), code="merge_held")
    merged_at = clock.now()
    account = other.user
    # Emptied in the database only: whoever moves rows of the account asks ``other`` whose it was.
    Learner.objects.filter(pk=other.pk).update(user=None, upn=None)
    if is_word_of_other:
        _take_the_word_of(other, keep)
    _fill_gaps(keep, other)
    keep.save()
    for table in personal.TABLES.values():
        if table.merge is not None:
            table.merge(keep, other)
        elif "learner" in table.paths:
            table.point("learner", old=other, new=keep)
        elif "user__learner" in table.paths and other.user_id not in {None, keep.user_id}:
            table.point("user", old=other.user_id, new=keep.user_id)
    if account is not None and account.pk != keep.user_id:
        _end_account(account)
    if RollEntry.objects.filter(learner=keep).exists():
        note_joined(learner=keep, by=by, at=merged_at)
    MergedLearner.objects.create(reference=other.reference, key=other.pk, learner=keep, by=by, at=merged_at)
    record("learner.merge", subject=keep, by=by, other=other.pk)
    other.delete()
    return keep


def _locked(keep: Learner, other: Learner) -> tuple[Learner, Learner]:
    """Both, with nobody else at them. Raises: StaleState."""
    keys = [keep.pk, other.pk]
    # First the areas, as for a roll and for the answers to its doubts. All in key order, so that two who join the same
    # two records queue up instead of waiting for each other.
    areas = sorted({keep.area_id, other.area_id})
    list(Area.objects.select_for_update(no_key=True).filter(pk__in=areas).order_by("pk"))
    locked = {one.pk: one for one in Learner.objects.select_for_update().filter(pk__in=keys).order_by("pk")}
    if len(locked) < len(keys) or any(one.erased_at for one in locked.values()):
        raise StaleState("One of the two records is not there any more.")
    return locked[keep.pk], locked[other.pk]


def _take_the_word_of(other: Learner, keep: Learner) -> None:
    """What a school says now takes the place of what was known: who they are, how to reach them, where they are."""
    keep.given_name, keep.family_name, keep.birth_on = other.given_name, other.family_name, other.birth_on
    keep.preferred_name = other.preferred_name or keep.preferred_name
    keep.upn, keep.uln, keep.area_id = other.upn or keep.upn, other.uln or keep.uln, other.area_id
    one_each: tuple[Any, ...] = (LearnerContact, Characteristics)
    for model in one_each:
        if model.objects.filter(learner=other).exists():
            model.objects.filter(learner=keep).delete()
    by_school: tuple[Any, ...] = (SchoolGrade, Attendance)
    for model in by_school:
        said = model.objects.filter(learner=other).order_by().values("school")
        model.objects.filter(learner=keep, school__in=said).delete()
    if RollEntry.objects.filter(learner=other, ended_on=None).exists():
        RollEntry.objects.filter(learner=keep, ended_on=None).update(ended_on=clock.today())


def _fill_gaps(keep: Learner, other: Learner) -> None:
    keep.upn = keep.upn or other.upn
    keep.uln = keep.uln or other.uln
    keep.preferred_name = keep.preferred_name or other.preferred_name
    keep.residence_authority_id = keep.residence_authority_id or other.residence_authority_id
    keep.user_id = keep.user_id or other.user_id


def _end_account(account: User) -> None:
    """Nobody signs in with it any more; its number stays, because history names it."""
    account.username = f"merged-{account.pk}"
    account.name = account.email = account.language = ""
    account.display, account.last_login = {}, None
    account.is_active = False
    account.set_unusable_password()
    account.save()
