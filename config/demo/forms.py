"""What a provider of the invented town asks its applicants, and a form that somebody has begun, by the real actions."""

from accounts.models import User
from applications import actions as apply
from applications.models import Application, FormSection
from providers.models import Cycle, Organisation

ASKED = (
    {"kind": "yes_no", "words": "Could you come to an open evening in the spring?"},
    {
        "kind": "one_of",
        "words": "How would you travel to us?",
        "options": ["On foot or by bicycle", "By bus", "By car", "I do not know yet"],
        "help_text": "We use this to plan the buses.",
    },
    {"kind": "long", "words": "Is there something of your own making that you would like to show us?"},
)


def ask_applicants(by: User) -> None:
    """The provider this person answers for asks a few things of everybody, in each cycle of its area."""
    for provider in Organisation.objects.admitting_through(by).order_by("pk")[:1]:
        for cycle in Cycle.objects.running().filter(area=provider.area_id):
            for said in ASKED:
                apply.ask_question(provider=provider, cycle=cycle, by=by, **said)


def begin_form(application: Application, *, by: User) -> None:
    """Some sections are done, one is half written."""
    for section in (FormSection.ABOUT, FormSection.STATEMENT):
        apply.mark_section(application=application, section=section, is_done=True, by=by)
    grades = (("GCSE", "Geography", "6"), ("BTEC", "Sport", "Merit"))
    for qualification, subject, grade in grades:
        apply.add_grade(
            application=application,
            by=by,
            qualification=qualification,
            subject=subject,
            grade_words=grade,
            is_expected=True,
        )
