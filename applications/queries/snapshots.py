"""What a provider will see of a learner, frozen when a choice is sent."""

import datetime as dt
import hashlib
import json
from typing import Any

from django.utils import timezone

from accounts.models import LearnerContact, RollEntry
from applications.models import Choice, Grade
from applications.queries.questions import answered
from applications.queries.written import entries_that_go
from ilp.models import Entry


def contact_of(learner_id: int) -> LearnerContact | None:
    return LearnerContact.objects.filter(learner=learner_id).first()


def snapshot_content(choice: Choice) -> dict[str, Any]:
    """What the provider will see of the learner, as it is now. Nothing about other choices, nor this one's rank."""
    application, learner = choice.application, choice.application.learner
    entry = RollEntry.objects.current().filter(learner=learner).select_related("school").first()
    contact = contact_of(learner.pk)
    content: dict[str, Any] = {
        "learner": {
            "given_name": learner.given_name,
            "family_name": learner.family_name,
            "preferred_name": learner.preferred_name,
            "birth_on": learner.birth_on.isoformat(),
        },
        "school": {
            "name": entry.school.name if entry else "",
            "year_group": entry.year_group if entry else None,
            "tutor_group": entry.tutor_group if entry else "",
        },
        "contact": {
            name: getattr(contact, name) if contact else "" for name in ("email", "phone", "address", "postcode")
        },
        "statement": application.statement,
        "grades": [_grade(grade) for grade in application.grades.select_related("school")],
        "needs": application.needs,
        "plan": [_entry(one) for one in entries_that_go(application)],
        "answers": answered(choice),
        "entry_year": application.cycle.entry_year,
        "runs": [
            {
                "reference": choice_run.run.reference,
                "title": choice_run.run.course.title,
                "site": choice_run.run.site.name if choice_run.run.site else "",
                "starts_on": _iso(choice_run.run.starts_on),
            }
            for choice_run in choice.choice_runs.all()
        ],
    }
    if choice.entered_by is not None:
        content["entered_by"] = {
            "name": choice.entered_by.name,
            "how": choice.entered_how,
            "signed_on": _iso(choice.paper_signed_on),
        }
    return content


def _grade(grade: Grade) -> dict[str, Any]:
    return {
        "qualification": grade.qualification,
        "subject": grade.subject,
        "grade": grade.grade,
        "is_expected": grade.is_expected,
        "said_by": grade.school.name if grade.school else "",
    }


def _entry(entry: Entry) -> dict[str, Any]:
    """One validated entry, in the words that were validated, and who stands behind it."""
    revision = entry.revision
    validation = next(iter(revision.validations), None) if revision is not None else None  # type: ignore[attr-defined]
    role = validation.role if validation else None
    return {
        "kind": entry.kind,
        "title": revision.title if revision else "",
        "words": revision.words if revision else "",
        "place": revision.place if revision else "",
        "from_on": _iso(revision.from_on) if revision else None,
        "until_on": _iso(revision.until_on) if revision else None,
        "validated_by": validation.by.name if validation else "",
        "validated_as": f"{role.get_kind_display()}, {role.organisation}" if role else "",
        "validated_on": timezone.localdate(validation.at).isoformat() if validation else None,
    }


def _iso(day: dt.date | None) -> str | None:
    return day.isoformat() if day else None


def sha256_of(content: dict[str, Any]) -> str:
    """The fingerprint of a snapshot's canonical JSON."""
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()
