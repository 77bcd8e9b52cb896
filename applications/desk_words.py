"""What e-mails about a choice ask of staff."""

from typing import TYPE_CHECKING

from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

if TYPE_CHECKING:
    from applications.queries.situations import Load

RECEIVED = _("A new application waits for you. Sign in and answer")
WITH_SCHOOL = _("A learner's choice waits for you. Sign in and read it")
UNENDORSED = _("A choice was sent on when its school's time was up. Sign in to see it")
DESK = _("An application you look after has changed. Sign in to see it")
LEFT_SCHOOL = _("Something has changed for a learner of your school. Sign in to see it")
LEFT_ADVISER = _("Something has changed for a learner you answer for. Sign in to see it")
ASSIGNED = _("A colleague has given you an application. Sign in and answer")


def waiting_words(load: "Load") -> str:
    """How much waits there altogether, and until when the first of it may."""
    number = ngettext("%(number)s waits for an answer.", "%(number)s wait for an answer.", load.number)
    words = number % {"number": load.number}
    if load.first_on is None:
        return words
    return f"{words} " + _("The first is to be answered by %(day)s.") % {"day": date_format(load.first_on, "l j F Y")}
