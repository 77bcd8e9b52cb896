"""A learner's plan: begun, added to, changed. What it said before stays."""

import datetime as dt
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, cast

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Learner
from activity.actions import post, record
from core import clock
from core.errors import RuleBroken, StaleState
from core.references import LENGTH
from ilp.actions.flags import flag_written
from ilp.actions.locking import lock_learner
from ilp.models import ANSWERED_KINDS, Draft, Entry, EntryKind, FlagPlace, Plan, PlanRule, Revision
from ilp.policies import ENTRY_POLICY, PLAN_POLICY, RULES_POLICY
from ilp.workflow import ENTRY_FLOW, IN_PLAN
from prospectus.models import Course
from providers.models import Area

ANSWERED = "plan-answered"
MOST_ENTRIES = 300  # of one plan; nobody reads more, and a page shows them all
MOST_DRAFTS = 50  # forms begun and not sent, in one plan
ELSEWHERE = gettext_lazy(
    "You have changed this somewhere else since you opened it here. What it says there is shown below. Nothing is "
    "lost: look at both, then save what you want to keep."
)


@contextmanager
def moving(entry: Entry, verb: str, *, by: Any, seen: int | None = None, **facts: Any) -> Iterator[Entry]:
    """Lock the learner, read the entry again, ask who and whether, run the body, write state and history. The only
    writer of ``Entry.state``. ``seen`` is the number of the revision somebody looked at.

    Raises: NotAllowed, StaleState, RuleBroken ``changed_meanwhile`` (there is a newer revision than was seen).
    """
    with transaction.atomic():
        entry = _locked(entry)
        ENTRY_POLICY.require(by, verb, entry)
        target = ENTRY_FLOW.target(entry.state, verb)
        if seen is not None and newest_of(entry).number != seen:
            raise RuleBroken(str(ELSEWHERE), code="changed_meanwhile")
        yield entry
        entry.state = target
        entry.save()
        record(f"entry.{verb}", subject=entry, by=by, kind=entry.kind, **facts)


@transaction.atomic
def set_plan_rule(
    *, area: Area, first_year_group: int, last_age: int, last_age_with_assessment: int, by: Any
) -> PlanRule:
    """These learners of the area may begin a plan from now on. Whoever has one keeps it.

    Raises: NotAllowed, RuleBroken ``ages_out_of_order``.
    """
    Area.objects.select_for_update(no_key=True).get(pk=area.pk)
    rule = PlanRule.objects.filter(area=area).first() or PlanRule(area=area)
    RULES_POLICY.require(by, "set", rule)
    if last_age_with_assessment < last_age:
        raise RuleBroken(_("The second age cannot be below the first."), code="ages_out_of_order")
    rule.first_year_group, rule.last_age = first_year_group, last_age
    rule.last_age_with_assessment = last_age_with_assessment
    rule.save()
    record("plan_rule.set", subject=rule, by=by, area=area.pk)
    return rule


@transaction.atomic
def start_plan(*, learner: Learner, by: Any) -> Plan:
    """The learner has a plan. Starting twice is starting once.

    Raises: NotAllowed (somebody else, or too young or too old for one: ``PlanRule``).
    """
    learner = lock_learner(learner.pk)
    PLAN_POLICY.require(by, "start", learner)
    plan, is_new = Plan.objects.get_or_create(learner=learner)
    if is_new:
        record("plan.start", subject=plan, by=by)
    return plan


@transaction.atomic
def add_entry(
    *, plan: Plan, kind: str, by: Any, course: Course | None = None, made_from: str = "", **answers: Any
) -> Entry:
    """The plan has one thing more, which waits to be read by an adult. ``answers`` are the columns of a revision.

    ``made_from`` is the reference of the form's draft, which goes: sent twice, it adds one entry.
    Raises: NotAllowed, RuleBroken ``entry_empty``, ``dates_out_of_order``, ``there_is_one``, ``too_many_entries``,
    ``section_not_written_so``, ``form_of_another``. Tells: for words that worry ``message-flagged``, at once.
    """
    plan = locked_plan(plan)
    PLAN_POLICY.require(by, "add", plan)
    if made_from and (known := Entry.objects.filter(plan=plan, made_from=made_from).first()):
        return known
    require_own_form(plan, made_from)
    kind = EntryKind(kind)
    if kind in ANSWERED_KINDS:
        raise RuleBroken(_("This is written on the page of its section."), code="section_not_written_so")
    _require_sound(kind, answers, course)
    others = Entry.objects.in_plan().filter(plan=plan)
    if others.count() >= MOST_ENTRIES:
        raise RuleBroken(
            _("A plan has room for %(most)s entries. Take out some that you need no longer.") % {"most": MOST_ENTRIES},
            code="too_many_entries",
        )
    if kind == EntryKind.ABOUT and others.filter(kind=kind).exists():
        raise RuleBroken(_("You have written about yourself already. Change what is there."), code="there_is_one")
    if kind == EntryKind.COURSE and others.filter(course=course).exists():
        raise RuleBroken(_("This course is in your plan already."), code="there_is_one")
    entry = Entry.objects.create(plan=plan, kind=kind, course=course, made_from=made_from)
    write_revision(entry, answers, by=by)
    entry.save()
    flag_entry(entry, said=_texts(newest_of(entry)), by=by)
    Draft.objects.filter(plan=plan, reference=made_from).delete()
    record("entry.add", subject=entry, by=by, kind=kind.value)
    return entry


def revise_entry(*, entry: Entry, seen: int, by: Any, made_from: str = "", **answers: Any) -> Entry:
    """It says something else, and waits to be read again; what it said before stays. The same words change nothing.

    Raises: NotAllowed, StaleState (taken out), RuleBroken ``changed_meanwhile``, ``entry_empty``,
    ``dates_out_of_order``.
    """
    with transaction.atomic():
        held = _locked(entry)
        ENTRY_POLICY.require(by, "revise", held)
        if held.state in IN_PLAN and newest_of(held).number == seen and _same(newest_of(held), answers):
            Draft.objects.filter(plan=held.plan_id, reference=made_from).delete()
            return held
        with moving(held, "revise", by=by, seen=seen, revision=seen + 1) as held:
            _require_sound(EntryKind(held.kind), answers, held.course)
            before = _texts(newest_of(held))
            write_revision(held, answers, by=by)
            flag_entry(held, said=_texts(newest_of(held)), before=before, by=by)
            held.asked_at = clock.now()
            Draft.objects.filter(plan=held.plan_id, reference=made_from).delete()
    return held


def take_out_entry(*, entry: Entry, by: Any) -> Entry:
    """It is in the plan no longer; its revisions and what was said of them stay, and it can be put back.

    Raises: NotAllowed, StaleState.
    """
    with moving(entry, "take_out", by=by) as held:
        _touch(held.plan)
    return held


def put_back_entry(*, entry: Entry, by: Any) -> Entry:
    """It is in the plan again, and waits to be read.

    Raises: NotAllowed, StaleState, RuleBroken ``there_is_one`` (another has taken its place since).
    """
    with moving(entry, "put_back", by=by) as held:
        rivals = Entry.objects.in_plan().filter(plan=held.plan_id, kind=held.kind)
        if held.kind == EntryKind.ABOUT and rivals.exists():
            raise RuleBroken(
                _("You have written about yourself again since. Change what is there."), code="there_is_one"
            )
        if held.kind == EntryKind.COURSE and rivals.filter(course=held.course_id).exists():
            raise RuleBroken(_("This course is in your plan already."), code="there_is_one")
        if held.section_key and rivals.filter(section_key=held.section_key).exists():
            raise RuleBroken(_("You have answered this part again since. Change what is there."), code="there_is_one")
        held.asked_at = clock.now()
        _touch(held.plan)
    return held


@transaction.atomic
def keep_draft(
    *,
    plan: Plan,
    reference: str,
    kind: str,
    answers: dict[str, str],
    by: Any,
    entry: Entry | None = None,
    seen: int = 0,
) -> Draft | None:
    """What somebody is writing is kept, as they typed it, under the name of the open form.

    None where that form has been sent meanwhile: a late draft must not bring back what was saved.
    Raises: NotAllowed, RuleBroken ``too_many_drafts``.
    """
    plan = locked_plan(plan)
    PLAN_POLICY.require(by, "add", plan)
    if not (reference.isascii() and reference.isalnum() and len(reference) == LENGTH):
        return None  # no form of ours is called so
    if Entry.objects.filter(made_from=reference).exists() or (entry is not None and entry.plan_id != plan.pk):
        return None
    known = Draft.objects.filter(reference=reference).first()
    if known is not None and known.plan_id != plan.pk:
        return None
    if known is None and entry is not None and Revision.objects.filter(entry=entry, number__gt=seen, by=by).exists():
        return None
    if known is None and Draft.objects.filter(plan=plan).count() >= MOST_DRAFTS:
        raise RuleBroken(
            _("You have begun %(most)s things. Finish one or throw one away, then begin a new one.")
            % {"most": MOST_DRAFTS},
            code="too_many_drafts",
        )
    draft = known or Draft(reference=reference, plan=plan, kind=EntryKind(kind), entry=entry, seen=seen)
    draft.answers, draft.saved_at = answers, clock.now()
    draft.save()
    return draft


def drop_draft(*, draft: Draft, by: Any) -> None:
    """What was being written is gone; the plan is as it was. Raises: NotAllowed."""
    PLAN_POLICY.require(by, "add", draft.plan)
    Draft.objects.filter(pk=draft.pk).delete()


def locked_plan(plan: Plan) -> Plan:
    """The plan as it is, its learner locked. Raises: StaleState (the record is another's now, or was erased)."""
    lock_learner(plan.learner_id)
    found = Plan.objects.for_list().filter(pk=plan.pk).first()
    if found is None:
        raise StaleState("The plan has become one with another.")
    return found


def require_own_form(plan: Plan, made_from: str) -> None:
    """Raises: RuleBroken ``form_of_another``, where the form has been sent for somebody else's plan: on a device that
    two learners use, the page of one was open when the other signed in."""
    if made_from and Entry.objects.exclude(plan=plan).filter(made_from=made_from).exists():
        raise RuleBroken(
            _("This page was opened for another plan. Go to your plan and open it again from there."),
            code="form_of_another",
        )


def _locked(entry: Entry) -> Entry:
    """The entry as it is, its learner locked."""
    locked_plan(entry.plan)
    return Entry.objects.for_list().get(pk=entry.pk)


def newest_of(entry: Entry) -> Revision:
    """How it reads now. An entry is written with its first revision."""
    return cast("Revision", entry.revision)


def tell_adult(entry: Entry, *, user_id: int) -> None:
    """The adult who wanted to talk hears that there is an answer: once a day for each learner, without a word of it."""
    key = f"{ANSWERED}:{entry.plan_id}:{user_id}:{clock.today().isoformat()}"
    post(ANSWERED, key=key, plan_id=entry.plan_id, user_id=user_id)


def _require_sound(kind: EntryKind, answers: dict[str, Any], course: Course | None) -> None:
    has_title = kind not in (EntryKind.ABOUT, EntryKind.COURSE)
    if has_title and not answers.get("title", "").strip():
        raise RuleBroken(_("Give it a short name."), code="entry_empty")
    if kind == EntryKind.ABOUT and not answers.get("words", "").strip():
        raise RuleBroken(_("Write something about yourself."), code="entry_empty")
    if kind == EntryKind.COURSE and course is None:
        raise RuleBroken(_("Choose a course."), code="entry_empty")
    begins: dt.date | None = answers.get("from_on")
    ends: dt.date | None = answers.get("until_on")
    if begins and ends and ends < begins:
        raise RuleBroken(_("It ends before it begins. Check the two dates."), code="dates_out_of_order")


def write_revision(entry: Entry, answers: dict[str, Any], *, by: Any) -> None:
    """The entry reads so from now on. For whoever holds the lock, and saves the entry."""
    number = entry.revision.number + 1 if entry.revision is not None else 1
    entry.revision = Revision.objects.create(entry=entry, number=number, by=by, **answers)
    _touch(entry.plan)


def flag_entry(entry: Entry, *, said: Iterable[str], by: Any, before: Iterable[str] = ()) -> None:
    """Words that worry in it call a person. For whoever holds the lock."""
    flag_written(
        entry,
        learner=entry.plan.learner,
        place=FlagPlace.PLAN,
        section=entry.shown_as,
        said=said,
        before=before,
        by=by,
    )


def _texts(revision: Revision) -> list[str]:
    return [revision.title, revision.words, revision.place]


def _same(revision: Revision, answers: dict[str, Any]) -> bool:
    return all(getattr(revision, name) == value for name, value in answers.items())


def _touch(plan: Plan) -> None:
    Plan.objects.filter(pk=plan.pk).update(changed_at=clock.now())
