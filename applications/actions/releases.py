"""Decisions that are made one by one and become answers together, at a set hour.

Until then they are rows of the provider's alone. The release's row says when, each decision's row whether it has been
carried out: both are written before anything happens, so whoever carries them out may be killed at any moment. Locks in
one order: application, release, decision.
"""

import datetime as dt
import logging
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from activity.actions import record
from applications.actions.decisions import put_on_reserve, refuse_choice
from applications.actions.moving import lock_application, require_reason
from applications.actions.offers import in_words, make_offer
from applications.models import Choice, Release, StagedDecision, StagedOutcome
from applications.policies import CHOICE_POLICY, PROVIDER_POLICY
from applications.queries.conditions import Condition
from applications.queries.releases import mark_of
from applications.workflow import CHOICE_FLOW
from core import clock
from core.errors import NotAllowed, RuleBroken, StaleState
from ilp.queries.people import rules_of
from providers.models import Organisation
from providers.queries import add_working_days, is_working_day

logger = logging.getLogger(__name__)
STAGED_VERBS = ("offer", "refuse", "put_on_reserve")


@transaction.atomic
def open_release(*, provider: Organisation, name: str, by: Any) -> Release:
    """Decisions of this provider can be put into it. Raises: NotAllowed, RuleBroken ``name_missing``."""
    PROVIDER_POLICY.require(by, "release", provider)
    if not name.strip():
        raise RuleBroken(_("Give it a name, like “First offers”."), code="name_missing")
    release = Release.objects.create(provider=provider, name=name.strip()[:80], by=by)
    record("release.open", subject=release, by=by, organisation=provider.pk)
    return release


@transaction.atomic
def stage_decision(*, release: Release, choice: Choice, verb: str, by: Any, **said: Any) -> StagedDecision:
    """This is what the provider means to answer when the release's hour comes; what was meant before is not any more.

    ``said`` is what the verb's action takes: conditions, answer_by_on and message; reason and words; nothing. Nobody
    is told, and the choice stays as it is.

    Raises: NotAllowed, StaleState (the choice has moved on; the release is set or over), RuleBroken
    ``verb_not_staged``, ``other_provider``, ``decided_elsewhere`` (by the lead, or the partner it is placed with),
    ``condition_incomplete``, ``reason_unknown``, ``reason_words_missing``.
    """
    if verb not in STAGED_VERBS:
        raise RuleBroken(_("Only offers, refusals and the reserve list can wait."), code="verb_not_staged")
    lock_application(choice.application_id)
    choice = Choice.objects.with_parties().get(pk=choice.pk)
    CHOICE_POLICY.require(by, verb, choice)
    if not CHOICE_FLOW.targets(choice.status, verb):
        raise StaleState(f"Cannot {verb} from {choice.status}")
    meant = StagedDecision.objects.waiting().filter(choice=choice).select_related("release__provider").first()
    # Two at once, in key order: somebody else may be moving a decision the other way.
    releases = {release.pk: release} | ({meant.release_id: meant.release} if meant else {})
    locked = {pk: _lock(releases[pk]) for pk in sorted(releases)}
    held = locked[release.pk]
    if held.provider_id not in choice.desk_ids:
        raise RuleBroken(_("This release is another provider's."), code="other_provider")
    PROVIDER_POLICY.require(by, "release", held.provider)
    if meant and meant.release.provider_id != held.provider_id:
        raise RuleBroken(
            _("%(provider)s has decided this already, and tells it later. Ask them to take it out first.")
            % {"provider": meant.release.provider},
            code="decided_elsewhere",
        )
    if not all(one.is_open for one in locked.values()):
        raise StaleState("The release is set, or over.")
    if meant:
        _take_out(meant, by=by)
    decision = StagedDecision.objects.create(release=held, choice=choice, verb=verb, said=_said(verb, said), by=by)
    record("decision.stage", subject=decision, by=by, organisation=held.provider_id)
    return decision


@transaction.atomic
def drop_decision(*, decision: StagedDecision, by: Any) -> StagedDecision:
    """It is taken out again. Raises: NotAllowed, StaleState (the release is set or over, or it was taken out)."""
    lock_application(decision.choice.application_id)
    held = _lock(decision.release)
    PROVIDER_POLICY.require(by, "release", held.provider)
    decision = StagedDecision.objects.select_related("choice", "release").get(pk=decision.pk)
    # Another decision may wait for this choice by now, perhaps another desk's.
    if not held.is_open or decision.outcome:
        raise StaleState("The release is set or over, or somebody has taken this out.")
    _take_out(decision, by=by)
    return decision


@transaction.atomic
def set_release(*, release: Release, by: Any, release_at: dt.datetime, number: int, seen: str = "") -> Release:
    """At this hour everything in it becomes an answer. ``number`` is how many the person has read that it is, and
    ``seen`` the mark of which (``mark_of``); who was shown nothing sends none.

    Raises: NotAllowed, StaleState (it is set already, or over), RuleBroken ``nothing_staged``, ``changed_since``,
    ``release_in_past``, ``not_a_working_day``, ``quiet_hour``.
    """
    held = _lock(release)
    PROVIDER_POLICY.require(by, "release", held.provider)
    if not held.is_open:
        raise StaleState("The release is set already, or over.")
    waiting = held.decisions.waiting().count()
    if not waiting:
        raise RuleBroken(_("Nothing is in it yet. Put decisions in first."), code="nothing_staged")
    if waiting != number or (seen and seen != mark_of(held)):
        raise RuleBroken(
            _("Somebody has changed it: now it is %(number)s decisions. Read them again.") % {"number": waiting},
            code="changed_since",
        )
    _require_hour(release_at, held.provider)
    held.release_at, held.set_by = release_at, by
    held.save(update_fields=["release_at", "set_by"])
    record("release.set", subject=held, by=by, organisation=held.provider_id, at=release_at.isoformat(), number=waiting)
    return held


@transaction.atomic
def unset_release(*, release: Release, by: Any) -> Release:
    """It has no hour any more, and decisions can be changed again.

    Raises: NotAllowed, StaleState (it has none, or its hour has come).
    """
    held = _lock(release)
    PROVIDER_POLICY.require(by, "release", held.provider)
    if held.is_over or held.release_at is None or held.has_begun:
        raise StaleState("The release has no hour, or its hour has come.")
    held.release_at = held.set_by = None
    held.save(update_fields=["release_at", "set_by"])
    record("release.unset", subject=held, by=by, organisation=held.provider_id)
    return held


@transaction.atomic
def end_release(*, release: Release, by: Any) -> Release:
    """It is given up: nothing in it becomes an answer. Raises: NotAllowed, StaleState (it is set, or over)."""
    held = _lock(release)
    PROVIDER_POLICY.require(by, "release", held.provider)
    if not held.is_open:
        raise StaleState("The release is set, or over.")
    held.ended_at = clock.now()
    held.save(update_fields=["ended_at"])
    held.decisions.waiting().update(outcome=StagedOutcome.DROPPED, done_at=clock.now())
    record("release.end", subject=held, by=by, organisation=held.provider_id)
    return held


def release_decisions() -> int:
    """Every decision whose hour has come is an answer, or says why it cannot be one. Returns how many were looked at.

    Each in a transaction of its own together with the mark that it is done: run twice, by two at once, or killed at any
    moment, each is carried out once. Whose mistake is ours stays waiting, and the next run tries again.
    """
    looked_at = 0
    for release in Release.objects.due().order_by("release_at", "pk"):
        for decision_id in list(release.decisions.waiting().order_by("pk").values_list("pk", flat=True)):
            looked_at += 1
            try:
                _carry_out(decision_id)
            except Exception:
                logger.exception("decision %s of release %s failed", decision_id, release.pk)
        _finish(release)
    return looked_at


def _carry_out(decision_id: int) -> None:
    try:
        with transaction.atomic():
            decision = _hold(decision_id)
            if decision is None:
                return
            _do(decision)
            _mark(decision, StagedOutcome.DONE)
    except (NotAllowed, StaleState, RuleBroken) as no:
        with transaction.atomic():
            decision = _hold(decision_id)
            if decision is not None:
                _mark(decision, StagedOutcome.FAILED, why=_why(no))


def _hold(decision_id: int) -> StagedDecision | None:
    """The decision under the lock of its application, if it still waits."""
    application_id = StagedDecision.objects.values_list("choice__application", flat=True).get(pk=decision_id)
    lock_application(application_id)
    held = StagedDecision.objects.select_for_update(of=("self",)).select_related("choice", "by", "release__set_by")
    decision: StagedDecision = held.get(pk=decision_id)
    return None if decision.outcome else decision


def _do(decision: StagedDecision) -> None:
    choice, said = decision.choice, decision.said
    # Who decided may have left meanwhile: then it is the answer of whoever set the hour.
    choice = Choice.objects.with_parties().get(pk=choice.pk)
    by: Any = decision.by
    if not CHOICE_POLICY.can(by, decision.verb, choice):
        by = decision.release.set_by
    if decision.verb == "refuse":
        refuse_choice(choice=choice, by=by, reason=said["reason"], words=said["words"])
    elif decision.verb == "put_on_reserve":
        put_on_reserve(choice=choice, by=by)
    else:
        cycle = choice.application.cycle
        wished = dt.date.fromisoformat(said["answer_by_on"]) if said["answer_by_on"] else None
        earliest = add_working_days(clock.today(), cycle.reply_days, area=cycle.area)
        make_offer(
            choice=choice,
            by=by,
            conditions=[Condition(*each) for each in said["conditions"]],
            # Learners have the area's time from the hour they hear, whatever day was written before.
            answer_by_on=wished if wished and wished >= earliest else None,
            message=said["message"],
        )


def _why(no: Exception) -> str:
    if isinstance(no, RuleBroken):
        return str(no.message)
    if isinstance(no, NotAllowed):
        return _("Whoever decided it, and whoever set the hour, no longer answers applications here.")
    return _("The choice has moved on: it was answered or withdrawn meanwhile.")


def _mark(decision: StagedDecision, outcome: str, *, why: str = "") -> None:
    decision.outcome, decision.why, decision.done_at = outcome, why[:300], clock.now()
    decision.save(update_fields=["outcome", "why", "done_at"])


@transaction.atomic
def _finish(release: Release) -> None:
    held = _lock(release)
    if held.is_over or held.decisions.waiting().exists():
        return
    held.released_at = clock.now()
    held.save(update_fields=["released_at"])
    counts = {
        str(outcome): held.decisions.filter(outcome=outcome).count()
        for outcome in (StagedOutcome.DONE, StagedOutcome.FAILED)
    }
    record("release.released", subject=held, by=None, organisation=held.provider_id, **counts)


def _lock(release: Release) -> Release:
    held = Release.objects.select_for_update(of=("self",), no_key=True)
    return held.select_related("provider__area").get(pk=release.pk)


def drop_what_is_meant(choice: Choice, *, by: Any, of: int | None = None) -> None:
    """No decision on this choice waits any more, or none ``of`` this provider; also where the release has its hour
    already. Under the lock of the application."""
    waiting = StagedDecision.objects.waiting().filter(choice=choice).select_related("release").first()
    if waiting is not None and of in (None, waiting.release.provider_id):
        _lock(waiting.release)
        _take_out(waiting, by=by)


def _take_out(decision: StagedDecision, *, by: Any) -> None:
    _mark(decision, StagedOutcome.DROPPED)
    record("decision.drop", subject=decision, by=by, organisation=decision.release.provider_id)


def _said(verb: str, said: dict[str, Any]) -> dict[str, Any]:
    """What will be done, as it is kept: checked now as far as it can be."""
    if verb == "refuse":
        reason, words = said.get("reason", ""), said.get("words", "")
        require_reason("refuse", reason, words)
        return {"reason": str(reason), "words": words}
    if verb == "put_on_reserve":
        return {}
    answer_by_on = said.get("answer_by_on")
    return {
        "conditions": [list(each) for each in in_words(said.get("conditions", ()))],
        "answer_by_on": answer_by_on.isoformat() if answer_by_on else None,
        "message": said.get("message", ""),
    }


def _require_hour(release_at: dt.datetime, provider: Organisation) -> None:
    if release_at <= clock.now():
        raise RuleBroken(_("The hour must be in the future. Check date and time."), code="release_in_past")
    if not is_working_day(timezone.localdate(release_at), area=provider.area):
        raise RuleBroken(
            _("Choose a working day: learners who read a no should find somebody to talk to."), code="not_a_working_day"
        )
    if rules_of(provider.area).open_from(release_at) != release_at:
        raise RuleBroken(
            _("At that hour nobody writes to learners here. Choose an hour of the day."), code="quiet_hour"
        )
