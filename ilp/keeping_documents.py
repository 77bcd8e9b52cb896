"""What a learner's statements and CVs say of them."""

from django.utils.translation import gettext_lazy as _

from core import personal
from core.personal import Erase
from ilp.models import Document, DocumentPart, DocumentRemark


def register() -> None:
    """The list of this noun. They move with their plan when two records become one."""
    personal.register(
        Document,
        path="plan__learner",
        title=_("Statements and CVs you made"),
        shows={
            "kind": _("What"),
            "name": _("Name"),
            "opening": _("Your opening words"),
            "facts": _("How to reach you, as you chose"),
            "changed_at": _("Last changed"),
            "asked_at": _("You asked to have it read"),
            "asked_school__name": _("By the adults of"),
        },
        erase=Erase.DELETE,
    )
    personal.register(
        DocumentPart,
        path="document__plan__learner",
        title=_("What of your plan is in them"),
        shows={"document__name": _("In"), "position": _("Place"), "revision__title": _("What")},
        erase=Erase.DELETE,
    )
    personal.register(
        DocumentRemark,
        path="document__plan__learner",
        title=_("What somebody wrote to you about them"),
        shows={"document__name": _("About"), "words": _("Words"), "by__name": _("By"), "at": _("When")},
        erase=Erase.DELETE,
    )
