"""People whom a learner has let in are asked to write in a section: their words, signed, beside the learner's."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Supporter
from activity.actions import post, record
from core import clock
from core.errors import RuleBroken, StaleState
from ilp.actions.flags import flag_written
from ilp.actions.locking import lock_learner
from ilp.actions.plans import locked_plan
from ilp.models import Contribution, FlagPlace, Plan, Section, SectionAsk
from ilp.policies import ASK_POLICY, PLAN_POLICY, SECTION_POLICY
from ilp.querysets.template import SHARED_AS

ASKED = "section-asked"
WRITTEN = "section-written"
MOST_CONTRIBUTIONS = 30  # of one ask


@transaction.atomic
def ask_supporter(*, plan: Plan, section: Section, supporter: Supporter, by: Any) -> SectionAsk:
    """They may write in this section from now on, as long as they are let in to what it is part of. Asking twice is
    asking once.

    Raises: NotAllowed, RuleBroken ``not_let_in``. Tells: them, ``section-asked``.
    """
    plan = locked_plan(plan)
    PLAN_POLICY.require(by, "add", plan)
    section = Section.objects.for_list().get(pk=section.pk)
    SECTION_POLICY.require(by, "answer", section)
    kind = section.version.template.kind
    held = Supporter.objects.holding().filter(learner=plan.learner, sections__contains=[SHARED_AS[kind]])
    if not held.filter(pk=supporter.pk).exists():
        raise RuleBroken(_("Let them see this part of your plan first."), code="not_let_in")
    ask, is_new = SectionAsk.objects.get_or_create(
        plan=plan, supporter=supporter, section_key=section.key, ended_at=None,
        defaults={"kind": kind, "title": section.title},
    )  # fmt: skip
    if is_new:
        record("section_ask.ask", subject=ask, by=by, kind=kind)
        post(ASKED, key=f"{ASKED}:{ask.pk}", ask_id=ask.pk)
    return ask


@transaction.atomic
def end_ask(*, ask: SectionAsk, by: Any) -> SectionAsk:
    """They write there no more; what they wrote stays. Raises: NotAllowed, StaleState (ended already)."""
    lock_learner(ask.plan.learner_id)
    ask = SectionAsk.objects.for_list().get(pk=ask.pk)
    ASK_POLICY.require(by, "end", ask)
    if ask.ended_at is not None:
        raise StaleState(f"ask {ask.pk} has ended")
    ask.ended_at = clock.now()
    ask.save(update_fields=["ended_at"])
    record("section_ask.end", subject=ask, by=by)
    return ask


@transaction.atomic
def write_contribution(*, ask: SectionAsk, as_whom: str, words: str, once: str, by: Any) -> Contribution:
    """It stands in the section, with who, as whom and when; the learner's own words are as they were. The same form
    sent twice adds one.

    Raises: NotAllowed (not asked, or no longer let in), RuleBroken ``words_missing``, ``too_many_contributions``.
    Tells: the learner, ``section-written``, once a day; for words that worry ``message-flagged``, at once.
    """
    lock_learner(ask.plan.learner_id)
    ask = SectionAsk.objects.for_list().get(pk=ask.pk)
    ASK_POLICY.require(by, "write", ask)
    known: Contribution | None = Contribution.objects.filter(ask=ask, once=once).first()
    if known is not None:
        return known
    if not (words.strip() and as_whom.strip()):
        raise RuleBroken(_("Write something, and as whom you write."), code="words_missing")
    if ask.contributions.count() >= MOST_CONTRIBUTIONS:
        raise RuleBroken(_("You have written as often as there is room for."), code="too_many_contributions")
    contribution = Contribution.objects.create(ask=ask, as_whom=as_whom.strip(), words=words.strip(), once=once, by=by)
    record("contribution.write", subject=contribution, by=by, kind=ask.kind)
    flag_written(
        contribution,
        learner=ask.plan.learner,
        place=FlagPlace.BESIDE,
        section=SHARED_AS[ask.kind],
        said=[contribution.words],
        by=by,
    )
    post(WRITTEN, key=f"{WRITTEN}:{ask.plan_id}:{clock.today().isoformat()}", plan_id=ask.plan_id)
    return contribution
