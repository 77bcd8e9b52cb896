"""The e-mail about an invitation from clearing: an action and a date, and nothing of who asks."""

import datetime as dt
from functools import partial
from typing import Any

from django.conf import settings
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from applications.messages import ENDING
from applications.models import ClearingInvitation
from applications.words import date_words
from ilp.mail import mail_learner

QUESTION = _("There is a question for you in your application. Sign in and answer it")


def said(answer_by_on: dt.date) -> tuple[str, str]:
    """The subject and the words, in the language that is being spoken."""
    words = {"portal": settings.PORTAL_NAME, "action": QUESTION, "day": date_words(answer_by_on)}
    subject = gettext("%(portal)s: please sign in by %(day)s") % words
    sentence = gettext("%(action)s by %(day)s.") % words
    return subject, f"{sentence}\n\n{ENDING}"


def send(kind: str, payload: dict[str, Any]) -> bool:
    """One e-mail to the learner; an invitation that is answered or over by then needs none."""
    invitations = ClearingInvitation.objects.select_related("listing__application__learner__user")
    invitation = invitations.filter(pk=payload["invitation_id"]).first()
    if invitation is None or not invitation.is_open:
        return True
    learner = invitation.listing.application.learner
    return mail_learner(learner, kind=kind, say=lambda: said(invitation.answer_by_on))


def register_senders() -> None:
    from activity.registry import register_sender

    register_sender("clearing-invited", partial(send, "clearing-invited"))
