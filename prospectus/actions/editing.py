"""Writing down what a provider teaches. A draft may be saved whatever it lacks."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _

from activity.actions import record
from core.errors import RuleBroken
from core.references import new_reference
from prospectus.actions.changing import Change, changing_course, lock_provider
from prospectus.models import Consortium, Course, EntryRequirement, ProvisionKind, Stage
from prospectus.policies import PROVIDER_POLICY
from providers.models import Organisation

# What a person may change. The rest is kept by actions (state, moments) or comes from feeds.
COURSE_FIELDS = frozenset(
    (
        "provider_reference", "kind", "stage", "title", "summary", "what_you_do", "who_it_is_for",
        "entry_requirements", "how_assessed", "leads_to", "costs_and_help", "qualification_title",
        "qualification_type", "awarding_organisation", "levels", "level_text", "subject", "search_words", "website",
    )
)  # fmt: skip
MOST_REQUIREMENTS = 20


class Requirement(NamedTuple):
    """One thing a learner needs to get in. Says at least one of type, level, grade and subject.

    ``qualification_type`` and ``level`` are codes of the reference tables; empty is any.
    """

    how_many: int = 1
    qualification_type: str = ""
    level: str = ""
    grade: str = ""
    subject_words: str = ""
    is_essential: bool = True


@transaction.atomic
def create_course(
    *,
    provider: Organisation,
    by: Any,
    title: str,
    kind: str = ProvisionKind.COURSE,
    stage: str = Stage.POST_16,
    provider_reference: str = "",
) -> Course:
    """The provider has one more draft, which only those who keep its courses see.

    Without the provider's own code it gets one of ours, so that a later upload can name it.
    Raises: NotAllowed, RuleBroken ``code_taken``.
    """
    PROVIDER_POLICY.require(by, "create_course", provider)
    provider = lock_provider(provider.pk)
    reference = new_reference()
    course = Course(
        reference=reference,
        provider=provider,
        provider_reference=provider_reference or reference,
        title=title,
        kind=kind,
        stage=stage,
    )
    _require_free_code(course)
    course.save()
    if not provider.is_provider:
        provider.is_provider = True
        provider.save(update_fields=["is_provider"])
    record("course.create", subject=course, by=by, provider=provider.pk)
    return course


def edit_course(*, course: Course, values: Mapping[str, Any], by: Any, as_of: dt.datetime | None = None) -> Course:
    """The course is as ``values`` say, by name of field (``COURSE_FIELDS``); what they leave out stays.

    A draft may lack anything. What everybody sees may not lose what publishing asks for; it may stay short of what it
    was short of before, so that a course from a feed can be mended a little at a time.

    Raises: NotAllowed, StaleState (withdrawn), ChangedMeanwhile (``as_of`` is not its ``changed_at`` any more),
    NotReady, RuleBroken ``code_taken``; KeyError for a field nobody may change here.
    """
    if unknown := set(values) - COURSE_FIELDS:
        raise KeyError(f"edit_course does not change {', '.join(sorted(unknown))}")
    with changing_course(course, "edit", by=by, as_of=as_of) as change:
        write_values(change, values)
    return change.thing


def write_values(change: Change, values: Mapping[str, Any]) -> None:
    """The course that is being changed is as ``values`` say, by name of field. Raises: RuleBroken ``code_taken``."""
    course = change.thing
    changed = sorted(name for name, value in values.items() if getattr(course, name) != value)
    for name in changed:
        setattr(course, name, values[name])
    if "provider_reference" in changed:
        course.provider_reference = course.provider_reference or course.reference
        _require_free_code(course)
    change.facts["fields"] = changed
    change.is_repeat = not changed


def set_requirements(
    *, course: Course, requirements: Sequence[Requirement], by: Any, as_of: dt.datetime | None = None
) -> Course:
    """These are the course's entry requirements, in this order, and no others. The same again changes nothing.

    ``by`` keeps the courses of its provider. Works on a draft and on a published course; the text beside them stays.
    Raises: NotAllowed, StaleState (withdrawn), ChangedMeanwhile, NotReady, RuleBroken ``requirement_empty`` or
    ``requirements_too_many``.
    """
    if len(requirements) > MOST_REQUIREMENTS:
        raise RuleBroken(
            _("Give at most %(most_requirements)s entry requirements.") % {"most_requirements": MOST_REQUIREMENTS},
            code="requirements_too_many",
        )
    for number, each in enumerate(requirements, start=1):
        if each.how_many < 1 or not (each.qualification_type or each.level or each.grade or each.subject_words):
            raise RuleBroken(
                _("Say what requirement %(number)s asks for, or remove it.") % {"number": number},
                code="requirement_empty",
            )
    with changing_course(course, "edit", by=by, as_of=as_of) as change:
        course = change.thing
        if requirements_of(course) == list(requirements):
            change.is_repeat = True
        else:
            course.requirements.all().delete()
            EntryRequirement.objects.bulk_create(
                EntryRequirement(
                    course=course,
                    position=position,
                    how_many=each.how_many,
                    qualification_type_id=each.qualification_type or None,
                    level_id=each.level or None,
                    grade=each.grade,
                    subject_words=each.subject_words,
                    is_essential=each.is_essential,
                )
                for position, each in enumerate(requirements, start=1)
            )
            change.facts["requirements"] = len(requirements)
    return course


def requirements_of(course: Course) -> list[Requirement]:
    """The entry requirements as they stand, as ``set_requirements`` takes them."""
    return [
        Requirement(
            how_many=row.how_many,
            qualification_type=row.qualification_type_id or "",
            level=row.level_id or "",
            grade=row.grade,
            subject_words=row.subject_words,
            is_essential=row.is_essential,
        )
        for row in course.requirements.all()
    ]


def share_course(*, course: Course, consortium: Consortium | None, by: Any, as_of: dt.datetime | None = None) -> Course:
    """The consortium's partners teach this course together (None: the provider alone, as before).

    Raises: NotAllowed, StaleState, ChangedMeanwhile, RuleBroken ``not_the_lead`` where another provider leads the
    consortium, ``consortium_ended``.
    """
    if consortium is not None and consortium.lead_id != course.provider_id:
        raise RuleBroken(_("Only the provider that leads the partners keeps their courses."), code="not_the_lead")
    with changing_course(course, "edit", by=by, as_of=as_of) as change:
        course = change.thing
        if course.consortium_id == (consortium.pk if consortium else None):
            change.is_repeat = True
        else:
            if consortium is not None and Consortium.objects.get(pk=consortium.pk).ended_on is not None:
                raise RuleBroken(_("These partners no longer teach together."), code="consortium_ended")
            course.consortium = consortium
            change.facts["consortium"] = consortium.pk if consortium else None
    return course


def _require_free_code(course: Course) -> None:
    same = Course.objects.filter(provider=course.provider, provider_reference=course.provider_reference)
    if same.exclude(pk=course.pk).exists():
        raise RuleBroken(
            _("Another course of %(provider)s has the code %(provider_reference)s. Use a code of its own.")
            % {"provider": course.provider, "provider_reference": course.provider_reference},
            code="code_taken",
        )
