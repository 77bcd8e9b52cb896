"""E-mails about a plan: that there is something to read, never what, and never whose."""

from typing import Any

from django.conf import settings
from django.core.mail import send_mail
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.actions import hear_now
from accounts.models import Learner, User
from accounts.queries import foot_of
from core import languages
from ilp.actions.contributions import ASKED, WRITTEN
from ilp.actions.plans import ANSWERED
from ilp.actions.validating import TALK
from ilp.mail import Said, mail_page, with_page
from ilp.models import Plan, SectionAsk


def talk() -> Said:
    words = _("Somebody who helps you would like to talk about your plan. Read what they say:")
    return with_page(_("somebody has read your plan"), words, "ilp:plan")


def answered() -> Said:
    return (
        _("%(portal)s: an answer in a plan") % {"portal": settings.PORTAL_NAME},
        _("A learner has answered what you said about their plan. Read it here:\n\n%(address)s")
        % {"address": settings.PORTAL_ADDRESS + reverse("ilp:plans")},
    )


def section_asked() -> Said:
    return (
        _("%(portal)s: you are asked to write something") % {"portal": settings.PORTAL_NAME},
        _("A young person you support asks you to write in a part of their plan. Do it here:\n\n%(address)s")
        % {"address": settings.PORTAL_ADDRESS + reverse("accounts:supporting")},
    )


def section_written() -> Said:
    words = _("Somebody you asked has written in your plan. Read it here:")
    return with_page(_("somebody has written in your plan"), words, "ilp:plan")


def send_talk(payload: dict[str, Any]) -> None:
    """Tells a learner that somebody would like to talk about their plan."""
    mail_page(_learner(payload), talk)


def send_answered(payload: dict[str, Any]) -> None:
    """Tells an adult that a learner has answered."""
    person = User.objects.filter(pk=payload["user_id"], is_active=True).exclude(email="").first()
    if person is None or not hear_now(ANSWERED, [person], about=f"plan:{payload['plan_id']}"):
        return
    subject, words = answered()
    send_mail(subject, words + foot_of(ANSWERED), None, [person.email])


def send_section_asked(payload: dict[str, Any]) -> None:
    """Tells somebody that a young person they support asks them to write."""
    ask = SectionAsk.objects.open().filter(pk=payload["ask_id"]).select_related("supporter__user").first()
    person = ask.supporter.user if ask is not None else None
    if person is None or not person.is_active or not person.email:
        return
    with languages.speaking(person.language):
        subject, words = section_asked()
        send_mail(subject, words, None, [person.email])


def send_section_written(payload: dict[str, Any]) -> None:
    """Tells a learner that somebody they asked has written in their plan."""
    mail_page(_learner(payload), section_written)


def _learner(payload: dict[str, Any]) -> Learner:
    return Plan.objects.select_related("learner__user", "learner__area").get(pk=payload["plan_id"]).learner


def register_senders() -> None:
    from activity.registry import register_sender

    register_sender(TALK, send_talk)
    register_sender(ANSWERED, send_answered)
    register_sender(ASKED, send_section_asked)
    register_sender(WRITTEN, send_section_written)
