"""E-mails and sweeps of this floor. An e-mail says that something waits, and where; nothing of what it says."""

from typing import Any

from celery import shared_task
from django.conf import settings
from django.core.mail import EmailMessage, send_mail
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.actions import hear_now
from accounts.models import User
from accounts.queries import foot_of, own_learner_of
from activity.registry import register_sender
from core import languages
from ilp import actions
from ilp.mail import Said, mail_learner
from ilp.models import MessageFlag
from ilp.queries import called_for

WAITING = "message-waiting"


def waiting(page: str) -> Said:
    words = _("You have a message. Sign in to read it:\n\n%(address)s")
    subject = _("%(portal)s: you have a message") % {"portal": settings.PORTAL_NAME}
    return subject, words % {"address": settings.PORTAL_ADDRESS + reverse(page)}


def flagged(is_message: bool, reference: str) -> Said:
    what = "a message" if is_message else "something that was written"
    return (
        f"{settings.PORTAL_NAME}: {what} needs you now",
        f"{what.capitalize()} needs you now. Sign in and read it:\n\n"
        + settings.PORTAL_ADDRESS
        + reverse("ilp:flag", args=[reference]),
    )


def send_waiting(payload: dict[str, Any]) -> None:
    """Tells somebody that messages wait for them. From whom and about what, their page says."""
    user = User.objects.filter(pk=payload["user_id"], is_active=True).first()
    if user is None:
        return
    learner = own_learner_of(user)
    if learner is not None:
        # The hour it was meant for may be over: a try that failed is made again.
        mail_learner(learner, say=lambda: waiting("ilp:people"))
    elif user.email and hear_now(WAITING, [user], about="messages"):
        with languages.speaking(user.language):
            subject, words = waiting("ilp:conversations")
            send_mail(subject, words + foot_of(WAITING), None, [user.email])


def send_flagged(payload: dict[str, Any]) -> None:
    """Calls those who must look at a message, or at words elsewhere, now. Says neither whose nor what they are."""
    flag = MessageFlag.objects.for_list().get(pk=payload["flag_id"])
    addresses = [person.email for person in called_for(flag)]
    if not addresses:
        return
    subject, words = flagged(bool(flag.message), flag.reference)
    EmailMessage(subject=subject, body=words, bcc=addresses).send()


@shared_task(name="ilp.tell_of_messages", soft_time_limit=50, time_limit=60, ignore_result=True)
def tell_of_messages() -> None:
    """Everybody whose hour has come has been told of new messages."""
    actions.send_notices()


@shared_task(name="ilp.tell_of_due_steps", soft_time_limit=280, time_limit=300, ignore_result=True)
def tell_of_due_steps() -> None:
    """Every adviser with a next step that is due has been told this morning."""
    actions.tell_of_due_steps()


@shared_task(name="ilp.remind_of_reviews", soft_time_limit=280, time_limit=300, ignore_result=True)
def remind_of_reviews() -> None:
    """Everybody has been reminded of reviews and agreed actions that are near or late."""
    actions.send_review_reminders()


@shared_task(name="ilp.remind_of_bookings", soft_time_limit=280, time_limit=300, ignore_result=True)
def remind_of_bookings() -> None:
    """Every learner who goes somewhere tomorrow has been reminded of it."""
    actions.send_booking_reminders()


@shared_task(name="ilp.nightly", ignore_result=True)
def nightly() -> None:
    actions.remove_old_notices()
    actions.fill_all_places()


def register() -> None:
    """Messages find what sends them by their names."""
    register_sender(WAITING, send_waiting)
    register_sender("message-flagged", send_flagged)
