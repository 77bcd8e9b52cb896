"""What stands in the form beside the words of the application itself, as part of what is kept of a learner."""

from django.utils.translation import gettext_lazy as _

from applications.models import Assistance, Grade, LeftOutEntry, ProviderAnswer, SectionDraft, SectionMark
from core import personal
from core.personal import Erase

OF_CHOICE = "choice__application__learner"


def register() -> None:
    of_application = "application__learner"
    personal.register(
        Grade,
        path=of_application,
        title=_("Grades in your applications"),
        shows={
            "qualification": _("Qualification"),
            "subject": _("Subject"),
            "grade": _("Grade"),
            "is_expected": _("Expected"),
            "school__name": _("Said by"),
        },
        erase=Erase.DELETE,
    )
    personal.register(
        SectionMark,
        path=of_application,
        title=_("How far your applications have got"),
        shows={"section": _("Section"), "is_done": _("Done"), "changed_at": _("Changed")},
        erase=Erase.DELETE,
        once_by=("application", "section"),
    )
    personal.register(
        LeftOutEntry,
        path=of_application,
        title=_("What of your plan you do not send"),
        shows={"entry__revision__title": _("What"), "created_at": _("Since")},
        erase=Erase.DELETE,
        once_by=("application", "entry"),
    )
    personal.register(
        SectionDraft,
        path=of_application,
        title=_("What you are writing in your applications"),
        shows={"section": _("Section"), "answers": _("Words"), "saved_at": _("Kept")},
        erase=Erase.DELETE,
    )
    personal.register(
        Assistance,
        path=of_application,
        title=_("Adults who wrote in your applications for you"),
        shows={"by__name": _("Who"), "how": _("How"), "signed_on": _("You signed on"), "on": _("On")},
        erase=Erase.KEEP,
        because=_("That an adult wrote for a learner can still be looked into. It has no words of the learner."),
    )
    personal.register(
        ProviderAnswer,
        path=OF_CHOICE,
        title=_("What you answered to questions of providers"),
        shows={"question__provider__name": _("Provider"), "question__words": _("Question"), "answer": _("Answer")},
        erase=Erase.DELETE,
    )
