"""What this floor shows on pages of lower floors."""

from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from accounts.models import Learner, Supporter
from accounts.queries import own_learner_of
from ilp.forms import ASKED
from ilp.models import Contribution, Entry, EntryKind, Review, ReviewKind, SectionAsk, Target, TemplateKind
from ilp.queries import attach_remarks, parts_of, with_last_remark
from ilp.queries.reviews import to_do_of_learner
from ilp.querysets.plan import APART
from prospectus.models import Course, ExperienceRequirement, ExperienceScope
from providers.models import Organisation


def supported_plan(request: HttpRequest, supporter: Supporter) -> dict[str, Any]:
    """What a learner lets this supporter see of their plan, and what others wrote and are asked to write in it."""
    shown = _shared(request, supporter).exclude(kind__in=APART)
    return _in_parts(shown) | _beside(request, supporter, TemplateKind.SECTION)


def supported_experiences(request: HttpRequest, supporter: Supporter) -> dict[str, Any]:
    """What a learner lets this supporter see of what they have tried."""
    return _in_parts(_shared(request, supporter).filter(kind=EntryKind.EXPERIENCE))


def _shared(request: HttpRequest, supporter: Supporter) -> QuerySet:
    return Entry.objects.visible_to(request.user).in_plan().filter(plan__learner=supporter.learner_id)


def _in_parts(entries: QuerySet) -> dict[str, Any]:
    found = attach_remarks(with_last_remark(entries.for_list()))
    return {"parts": [(part, ASKED[part.kind]) for part in parts_of(found) if part.entries]}


def _beside(request: HttpRequest, supporter: Supporter, kind: TemplateKind) -> dict[str, Any]:
    """What others wrote in sections of this kind, and where this person is asked to write."""
    words = Contribution.objects.visible_to(request.user).filter(ask__plan__learner=supporter.learner_id)
    return {
        "contributions": words.filter(ask__kind=kind).for_list(),
        "asks": SectionAsk.objects.asked_of(request.user).filter(supporter=supporter, kind=kind),
    }


def supported_reviews(request: HttpRequest, supporter: Supporter) -> dict[str, Any]:
    """What a learner lets this supporter see of their reviews: the newest, and the targets that are open."""
    mine = _reviews(request, supporter).open_to_all()
    opened = Target.objects.visible_to(request.user).filter(learner=supporter.learner_id).open()
    return {"reviews": mine.for_list()[:20], "targets": opened.open_to_all()}


def _reviews(request: HttpRequest, supporter: Supporter) -> QuerySet:
    return Review.objects.visible_to(request.user).filter(learner=supporter.learner_id).exclude(state="called_off")


def what_to_do_next(request: HttpRequest, learner: Learner) -> dict[str, Any] | None:
    """Reviews that come and what a learner agreed to do, on the page where they begin."""
    to_do = to_do_of_learner(request.user)
    return None if to_do.is_empty else {"to_do": to_do}


def course_into_plan(request: HttpRequest, course: Course) -> dict[str, Any] | None:
    """The way to put a course into one's plan: for learners, on a course that everybody sees."""
    if course.state != "published" or own_learner_of(request.user) is None:
        return None
    return {"course": course}


def course_experiences(request: HttpRequest, course: Course) -> dict[str, Any] | None:
    """The next things to try that are a taste of a course, read with it; where a course asks for one, where to look."""
    told = getattr(course, "told_experiences", None) or []
    required = getattr(course, "experience_requirement", None)
    found = [
        {
            "reference": one["reference"],
            "title": one["title"],
            "day": timezone.localtime(parse_datetime(one["starts_at"])),
        }
        for one in told
    ]
    if not found and required is None:
        return None
    return {"experiences": found, "find_url": find_url(required) if required is not None else ""}


def find_url(requirement: ExperienceRequirement) -> str:
    """The list of what counts for a course's requirement."""
    course = requirement.course
    asked = {"kind": requirement.kind} if requirement.kind else {}
    if requirement.scope == ExperienceScope.COURSE:
        asked["course"] = course.reference
    elif requirement.scope == ExperienceScope.PROVIDER:
        asked["place"] = course.provider.name[:60]
    elif course.subject_id:
        asked["subject"] = course.subject_id.split(".")[0]
    return f"{reverse('ilp:experiences')}?{urlencode(asked)}"


def supported_transition(request: HttpRequest, supporter: Supporter) -> dict[str, Any]:
    """A transition plan and the reviews of it, for whom the learner shows it."""
    reviews = _reviews(request, supporter).filter(kind=ReviewKind.TRANSITION)
    return _part(request, supporter, TemplateKind.TRANSITION) | {"reviews": reviews.for_list()[:20]}


def supported_assessment(request: HttpRequest, supporter: Supporter) -> dict[str, Any]:
    """A learning-difficulty assessment, for whom the learner shows it."""
    return _part(request, supporter, TemplateKind.ASSESSMENT)


def _part(request: HttpRequest, supporter: Supporter, kind: TemplateKind) -> dict[str, Any]:
    """What the learner says in it, what others wrote there, and where this person is asked to write."""
    entries = _shared(request, supporter).filter(kind=kind)
    return {
        "heading": kind.label,
        "entries": attach_remarks(with_last_remark(entries.for_list())),
    } | _beside(request, supporter, kind)


def provider_experiences(request: HttpRequest, provider: Organisation) -> dict[str, Any]:
    """Where what a provider shows of itself is found, without asking whether there is something just now."""
    return {"find_url": f"{reverse('ilp:experiences')}?{urlencode({'place': provider.name[:60]})}"}
