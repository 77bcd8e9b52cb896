"""What the parts of a course's page are called, by what sort of thing it is about."""

from dataclasses import dataclass, fields
from typing import Self

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from prospectus.models import ProvisionKind


@dataclass(frozen=True, kw_only=True)
class Words:
    """What the parts of a page are called, by what sort of thing it is about."""

    first: str = ""  # what one must know before all else
    what_you_do: str = _("What you do")
    who_it_is_for: str = _("Who it is for")
    how_assessed: str = _("How you are assessed")
    needs: str = _("What you need to get in")
    leads_to: str = _("What it can lead to")
    runs: str = _("When and where")
    costs: str = _("What it costs")
    apply: str = _("How to apply")
    help: str = _(
        "You may be able to get help with the cost of travel, meals, books and kit. This is called a bursary, and you"
        " do not pay it back. Ask the provider what help there is and how to get it."
    )

    def spoken(self) -> Self:
        """The same in the language of the page."""
        return type(self)(**{field.name: gettext(getattr(self, field.name)) for field in fields(self)})


WORDS = {
    ProvisionKind.COURSE: Words(),
    ProvisionKind.APPRENTICESHIP: Words(
        first=_("You are employed and paid. You learn most of it at work, and some of your paid time is for study."),
        what_you_do=_("What you do at work and in training"),
        needs=_("What you need to get the job"),
        costs=_("Pay and costs"),
        help=_(
            "You have a job, so you are paid a wage. You do not pay for your training. Ask what the pay is, and who"
            " pays for tools, clothes and travel."
        ),
    ),
    ProvisionKind.RE_ENGAGEMENT: Words(first=_("A way back in, if you have been out of school, college or work.")),
    ProvisionKind.TASTER: Words(
        first=_("You try it out. You do not have to decide anything."),
        what_you_do=_("What happens on the day"),
        who_it_is_for=_("Who can come"),
        needs=_("What you need to come"),
        leads_to=_("What you can do next"),
        apply=_("How to book"),
        help=_("Ask about help with the cost of getting there."),
    ),
    ProvisionKind.ACTIVITY: Words(
        first=_("Something to do outside lessons."),
        who_it_is_for=_("Who can join in"),
        needs=_("What you need to join in"),
        apply=_("How to join"),
        help=_("If the cost is a problem, tell the people who run it. Ask them what help there is."),
    ),
}
AT_SCHOOL = _("This is for Years 10 and 11. You do it while you are at school, so talk to your school first.")
