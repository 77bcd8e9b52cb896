"""The API by which a college's own system fetches applications and answers them: the same actions as the pages."""

import hashlib
from collections.abc import Callable
from typing import Annotated, Any, NamedTuple

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from ninja import Header, Path, Query

from accounts.actions import leave_receipts
from applications import actions
from applications.actions import Condition, Person, answer_through_system, changed_in_of
from applications.models import ApiToken, Choice, Interview, OfferCondition
from applications.queries import timeline, verbs_for
from applications.queries.changes import START, changed_choices, read_cursor, version_of
from applications.views import api_shapes as shapes
from applications.views.api_door import api, problem_content, problem_of
from applications.words import state_tag
from core.errors import RuleBroken
from prospectus.models import CourseRun
from providers.models import RoleKind

READING = dict.fromkeys((400, 401, 404, 429), shapes.Problem)
ANSWERING = dict.fromkeys((400, 401, 403, 404, 409, 412, 422, 429), shapes.Problem)


# Reading


@api.get("/choices", response={200: shapes.ChoicePage, **READING}, url_name="choices", summary="What changed since")
def choices(
    request: HttpRequest,
    since: Annotated[
        str, Query(max_length=200, description="From the page before. Left out: from the beginning.")
    ] = "",
    limit: Annotated[int, Query(ge=1, le=shapes.MOST_CHOICES, description="How many at once.")] = 50,
) -> Any:
    """Applications in the order of their last change. One that changes while you read comes again at the end. A change
    is told once nothing older can still appear: within seconds, or later while a large file is being taken in."""
    after = read_cursor(since) if since else START
    page = changed_choices(account_of(request), after=after, limit=limit)
    items = [_row(choice) for choice in page.choices]
    return {"items": items, "gone": page.gone, "since": str(page.since), "has_more": page.has_more}


@api.get(
    "/choices/{reference}",
    response={200: shapes.ChoiceOut, 304: None, **READING},
    url_name="choice",
    summary="One application",
)
def choice(
    request: HttpRequest,
    response: HttpResponse,
    reference: Annotated[shapes.Reference, Path()],
    if_none_match: Annotated[
        str, Header(alias="If-None-Match", max_length=100, description="304 while the ETag is still this one.")
    ] = "",
) -> Any:
    """Whole, as your page shows it: never the learner's other applications, nor where yours is among them."""
    with transaction.atomic():
        found = choice_of(request, reference)
        version = version_of(found.reference, found.changed_in)
        if version in if_none_match:  # nothing is told, so nothing was read
            return HttpResponse(status=304, headers={"ETag": f'"{version}"'})
        learner = found.application.learner
        leave_receipts(learner=learner, by=account_of(request), sections=["application"], roles=(RoleKind.SYSTEM,))
        actions.look_at_choice(choice=found, by=account_of(request))
        answer = _whole(found, request.auth)  # type: ignore[attr-defined]
    response["ETag"] = f'"{answer["version"]}"'
    return answer


# Answering


class Verb(NamedTuple):
    """One thing that can be done: what is asked, and the action that does it."""

    name: str
    summary: str
    shape: Any
    act: Callable[[Choice, Any, Any], Any]

    @property
    def slug(self) -> str:
        return self.name.replace("_", "-")


def _offer(said: Any) -> dict[str, Any]:
    conditions = [Condition(each.kind, each.text, each.subject, each.grade, each.at_least) for each in said.conditions]
    return {"conditions": conditions, "answer_by_on": said.answer_by_on, "message": said.message}


def _runs(references: list[str]) -> list[CourseRun]:
    found = {run.reference: run for run in CourseRun.objects.filter(reference__in=references).select_related("course")}
    if missing := [reference for reference in references if reference not in found]:
        raise RuleBroken(_("No course run has the reference %(it)s.") % {"it": missing[0]}, code="run_unknown")
    return list(found.values())


def _conditions(choice: Choice, numbers: list[int]) -> list[int]:
    offer = Choice.objects.for_list().get(pk=choice.pk).standing_offer
    keys = [condition.pk for condition in offer.conditions.all()] if offer else []
    if any(not 1 <= number <= len(keys) for number in numbers):
        raise RuleBroken(_("The offer has no condition of this number."), code="condition_unknown")
    return [keys[number - 1] for number in numbers]


VERBS = [
    Verb("offer", "Make an offer", shapes.OfferIn, lambda c, by, it: actions.make_offer(choice=c, by=by, **_offer(it))),
    Verb(
        "change_offer", "Change the offer", shapes.OfferIn,
        lambda c, by, it: actions.change_offer(choice=c, by=by, **_offer(it)),
    ),
    Verb(
        "withdraw_offer", "Withdraw the offer", shapes.WordsIn,
        lambda c, by, it: actions.withdraw_offer(choice=c, by=by, words=it.words),
    ),
    Verb(
        "refuse", "Refuse", shapes.RefuseIn,
        lambda c, by, it: actions.refuse_choice(choice=c, by=by, reason=it.reason, words=it.words),
    ),
    Verb(
        "put_on_reserve", "Put on the reserve list", shapes.Said,
        lambda c, by, _it: actions.put_on_reserve(choice=c, by=by),
    ),
    Verb(
        "invite", "Invite to an interview", shapes.InviteIn,
        lambda c, by, it: actions.invite_to_interview(
            choice=c, by=by, starts_at=it.starts_at, place=it.place, note=it.note
        ),
    ),
    Verb(
        "cancel_interview", "Cancel the interview", shapes.Said,
        lambda c, by, _it: actions.cancel_interview(choice=c, by=by),
    ),
    Verb(
        "refer", "Suggest another course", shapes.ReferIn,
        lambda c, by, it: actions.refer_choice(choice=c, by=by, runs=_runs(it.runs), message=it.message),
    ),
    Verb("confirm", "Confirm the place", shapes.Said, lambda c, by, _it: actions.confirm_place(choice=c, by=by)),
    Verb(
        "fail_conditions", "Conditions not met", shapes.FailIn,
        lambda c, by, it: actions.fail_conditions(choice=c, by=by, not_met=_conditions(c, it.not_met)),
    ),
    Verb("enrol", "Record the start", shapes.Said, lambda c, by, _it: actions.enrol(choice=c, by=by)),
    Verb("no_show", "Did not start", shapes.Said, lambda c, by, _it: actions.record_no_show(choice=c, by=by)),
    Verb(
        "leave", "Left early", shapes.LeaveIn,
        lambda c, by, it: actions.leave_course(choice=c, by=by, left_on=it.left_on, how=it.how),
    ),
    Verb(
        "withdraw", "Withdraw at the learner's word", shapes.WithdrawIn,
        lambda c, by, it: actions.withdraw_choice(choice=c, by=by, reason=it.reason, words=it.words),
    ),
]  # fmt: skip


def _add(verb: Verb) -> None:
    def answer(
        request: HttpRequest,
        *,
        response: HttpResponse,
        reference: Annotated[shapes.Reference, Path()],
        said: verb.shape,  # type: ignore[name-defined]
        idempotency_key: Annotated[
            shapes.Key, Header(alias="Idempotency-Key", description="New for each request. Again: the same answer.")
        ],
        if_match: Annotated[
            str, Header(alias="If-Match", max_length=100, description="Only while the ETag is still this one.")
        ] = "",
    ) -> Any:
        found = choice_of(request, reference)
        told = answer_through_system(
            token=request.auth,  # type: ignore[attr-defined]
            choice=found,
            verb=verb.name,
            key=idempotency_key,
            request_sha256=hashlib.sha256(f"{request.path}\n".encode() + request.body).hexdigest(),
            person=Person(said.by.name.strip(), said.by.job_title.strip()),
            act=lambda choice, account: verb.act(choice, account, said),
            tell=lambda key: done(key, verb.name),
            refuse=lambda refusal: problem_content(refusal.status, refusal.sentence, refusal.code),
            is_as_seen=lambda changed_in: if_match in ("", "*") or version_of(found.reference, changed_in) in if_match,
        )
        if told.is_replay:
            response["Idempotent-Replayed"] = "true"
        if told.status != 200:
            refused = problem_of(told.answer)
            if told.is_replay:
                refused["Idempotent-Replayed"] = "true"
            return refused
        response["ETag"] = f'"{told.answer["version"]}"'
        return told.answer

    api.post(
        f"/choices/{{reference}}/{verb.slug}",
        response={200: shapes.DoneOut, **ANSWERING},
        url_name=f"choice-{verb.slug}",
        operation_id=verb.name,
        summary=verb.summary,
        description=verb.shape.__doc__ if verb.shape is shapes.WithdrawIn else "",
    )(answer)


for each in VERBS:
    _add(each)


# What is told


def account_of(request: HttpRequest) -> Any:
    """Who acts. Everything starts at what this account may see."""
    return request.auth.role.user  # type: ignore[attr-defined]


def choice_of(request: HttpRequest, reference: str) -> Choice:
    received = Choice.objects.received_by(account_of(request)).for_list().select_related("snapshot")
    return get_object_or_404(received, reference=reference)


def _row(choice: Choice) -> dict[str, Any]:
    return {
        "reference": choice.reference,
        "state": choice.status,
        "state_words": str(state_tag(choice.status, audience="provider")[0]),
        "version": version_of(choice.reference, choice.changed_in),
        "entry_year": choice.application.cycle.entry_year,
        "sent_at": choice.sent_at,
        "answer_due_on": choice.answer_due_on,
        "is_late": choice.is_waiting_too_long,
        "runs": [
            {
                "reference": each.run.reference,
                "provider_code": each.run.provider_reference,
                "course": each.run.course.title,
                "starts_on": each.run.starts_on,
            }
            for each in choice.choice_runs.all()
        ],
    }


def _whole(choice: Choice, token: ApiToken) -> dict[str, Any]:
    snapshot, offer = choice.snapshot, choice.standing_offer
    return _row(choice) | {
        "may": verbs_for(token.role.user, choice) if token.is_answering else [],
        "sent": snapshot.content,
        "sha256": snapshot.sha256,
        "is_endorsed": choice.is_endorsed,
        "endorsement_note": choice.endorsement_note,
        "reason_words": choice.reason_words,
        "offer": offer
        and {
            "made_at": offer.made_at,
            "answer_by_on": offer.answer_by_on,
            "message": offer.message,
            "conditions": [_condition(number, each) for number, each in enumerate(offer.conditions.all(), start=1)],
        },
        "interview": next(map(_interview, choice.planned_interviews), None),  # type: ignore[attr-defined]
        "has_open_suggestion": bool(choice.open_referrals),  # type: ignore[attr-defined]
        "timeline": timeline(choice, audience="provider"),
    }


def _condition(number: int, condition: OfferCondition) -> dict[str, Any]:
    return {
        "number": number,
        "kind": condition.kind,
        "text": condition.text,
        "subject": condition.subject,
        "grade": condition.grade,
        "at_least": condition.number,
        "state": condition.state,
        "decided_at": condition.decided_at,
        "decided_by": str(condition.decided_by or ""),
    }


def _interview(planned: Interview) -> dict[str, Any]:
    slot = planned.slot
    return {
        "starts_at": planned.starts_at,
        "ends_at": slot and slot.ends_at,
        "place": planned.place,
        "note": planned.note,
        "state": planned.state,
        "slot": slot and slot.reference,
        "session": slot and slot.session.reference,
    }


def done(choice_id: int, what: str) -> dict[str, Any]:
    choice = Choice.objects.get(pk=choice_id)
    return {
        "reference": choice.reference,
        "done": what,
        "state": str(choice.status),
        "state_words": str(state_tag(choice.status, audience="provider")[0]),
        "version": version_of(choice.reference, changed_in_of(choice.pk)),
    }
