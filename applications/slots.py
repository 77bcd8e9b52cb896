"""What this floor shows on pages of lower floors."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from accounts.actions import leave_receipts
from accounts.models import Learner, Supporter
from accounts.queries import own_learner_of
from applications.models import Application, Choice, ExamResult, OutsideOffer, OwnRoute
from applications.policies import LEARNER_POLICY
from applications.queries import needs_others, next_step
from applications.queries.opening import open_runs_of
from applications.words import choice_tag
from applications.workflow import CHOICE_FLOW, ENDED_WITHOUT_A_PLACE
from prospectus.models import Course, CourseRun
from prospectus.queries.opening import phase_of

MOST_TASKS = 3


def course_run_actions(request: HttpRequest, run: CourseRun) -> dict[str, Any] | None:
    """The button beside a course run: add it, or sign in to add it. Nothing for staff and for runs that take none.

    A page shows many runs: what is the same for all of a course is asked once per request.
    """
    known = request.__dict__.setdefault("_applications_slot", {})
    if run.course_id not in known:
        known[run.course_id] = open_runs_of(run.course_id, phase_of(run))
    if run.pk not in known[run.course_id]:
        return _opens_later(run)
    if not request.user.is_authenticated:
        return {"run": run, "is_signed_in": False, "next": request.path, "years": known[run.course_id][run.pk]}
    if "learner" not in known:
        known["learner"] = own_learner_of(request.user)
    if known["learner"] is None:
        return None
    if "choices" not in known:
        known["choices"] = list(
            Choice.objects.own_of(request.user).that_can("withdraw").prefetch_related("choice_runs").order_by("rank")
        )
    mine = [choice for choice in known["choices"] if run.pk in {each.run_id for each in choice.choice_runs.all()}]
    drafts = [
        choice
        for choice in known["choices"]
        if CHOICE_FLOW.targets(choice.status, "send")
        and choice.provider_id == run.course.provider_id
        and choice not in mine
    ]
    return {
        "run": run,
        "is_signed_in": True,
        "choice": mine[0] if mine else None,
        "drafts": drafts,
        "years": known[run.course_id][run.pk],
    }


def to_answer(request: HttpRequest, learner: Any) -> dict[str, Any] | None:
    """What the learner has to do in their application, the most pressing first."""
    choices = Choice.objects.own_of(request.user).that_can("withdraw").for_list()
    steps = [(choice, step) for choice in choices if (step := next_step(choice)) and step.is_for_learner]
    steps.sort(key=lambda pair: pair[1].pressing_on)
    if steps or choices:
        return {"steps": steps[:MOST_TASKS]}
    ended = Choice.objects.own_of(request.user).filter(status__in=ENDED_WITHOUT_A_PLACE)
    last = ended.with_parties().order_by("-status_at").first()
    return {"ended": last} if last and needs_others(last) else None


def apply_for_course(request: HttpRequest, course: Course) -> dict[str, Any]:
    """The button beside a course in one's own plan. It asks nothing: what is open is looked at when it is pressed."""
    return {"course": course}


def assist_link(request: HttpRequest, learner: Learner) -> dict[str, Any] | None:
    """Where an adult who answers for the learner begins to write for them."""
    return {"learner": learner} if LEARNER_POLICY.can(request.user, "assist", learner) else None


def _opens_later(run: CourseRun) -> dict[str, Any] | None:
    """Where only the provider, or the whole area, is not open yet: from when it is."""
    provider = run.course.provider
    if not (run.takes_applications and provider.takes_applications and run.is_in_time and not run.has_started):
        return None
    if provider.opens_on is None:
        return None
    return {"run": run, "opens_on": provider.opens_on, "is_area": provider.opens_on == provider.area.applying_from_on}


def way_of_a_learner(user: Any, run: CourseRun) -> str:
    """A learner goes on by a page that notes it at a press: following a link writes nothing. Nobody else is noted."""
    return reverse("applications:own-route-go", args=[run.reference]) if own_learner_of(user) is not None else ""


def elsewhere_on_the_desk(request: HttpRequest, learner: Learner) -> dict[str, Any] | None:
    """Where a learner says they apply elsewhere, and offers nobody has confirmed, for the adults who may know."""
    routes = list(OwnRoute.objects.visible_to(request.user).filter(learner=learner).for_list()[:20])
    offers = list(OutsideOffer.objects.visible_to(request.user).filter(learner=learner).to_look_at()[:20])
    if not routes and not offers:
        return None
    leave_receipts(learner=learner, by=request.user, sections=["application"])
    can_confirm = bool(offers) and LEARNER_POLICY.can(request.user, "confirm_outside_offer", learner)
    return {"routes": routes, "offers": offers, "can_confirm": can_confirm}


def exam_results(request: HttpRequest, learner: Learner) -> dict[str, Any] | None:
    """The learner's results, for the adults who may read them."""
    results = list(ExamResult.objects.visible_to(request.user).standing().filter(learner=learner).for_list())
    if not results:
        return None
    leave_receipts(learner=learner, by=request.user, sections=["record"])
    return {"results": results}


def supported_choices(request: HttpRequest, supporter: Supporter) -> dict[str, Any]:
    """The choices a learner lets this supporter see, each with how it stands."""
    choices = Choice.objects.shared_with(request.user).filter(application__learner=supporter.learner_id).for_list()
    return {"choices": [(choice, *choice_tag(choice, audience="learner")) for choice in choices]}


def supported_statement(request: HttpRequest, supporter: Supporter) -> dict[str, Any]:
    """The statement a learner lets this supporter read, of the newest application."""
    applications = Application.objects.statement_shared_with(request.user).filter(learner=supporter.learner_id)
    newest = applications.order_by("-cycle__entry_year").first()
    return {"statement": newest.statement if newest else ""}
