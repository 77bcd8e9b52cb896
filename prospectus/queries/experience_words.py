"""What a course asks somebody to have tried, in plain words."""

from django.utils.translation import gettext as _

from prospectus.models import ExperienceKind, ExperienceRequirement, ExperienceScope


def kind_words(kind: str) -> str:
    """A taster, an open day: with its article."""
    return {
        ExperienceKind.TASTER.value: _("a taster"),
        ExperienceKind.OPEN_DAY.value: _("an open day or evening"),
        ExperienceKind.WORK_EXPERIENCE.value: _("work experience"),
        ExperienceKind.MENTORING.value: _("mentoring"),
        ExperienceKind.ACTIVITY.value: _("an activity"),
    }.get(kind, _("a taster, a visit or work experience"))


def experience_words(requirement: ExperienceRequirement) -> list[str]:
    """One sentence for what to go to, and one where an adult has to have validated what is written about it."""
    course = requirement.course
    kind, provider = kind_words(requirement.kind), course.provider
    if requirement.scope == ExperienceScope.COURSE:
        words = _("Before you apply: %(kind)s of this course, with %(provider)s.") % {
            "kind": kind, "provider": provider,
        }  # fmt: skip
    elif requirement.scope == ExperienceScope.PROVIDER:
        words = _("Before you apply: %(kind)s with %(provider)s, of any course.") % {"kind": kind, "provider": provider}
    else:
        subject = course.subject and (course.subject.parent or course.subject)
        words = _("Before you apply: %(kind)s in %(subject)s, with anybody who offers one.") % {
            "kind": kind, "subject": subject,
        }  # fmt: skip
    if not requirement.must_be_validated:
        return [words]
    return [words, _("Write about it in your plan, and have that validated by an adult who helps you.")]
