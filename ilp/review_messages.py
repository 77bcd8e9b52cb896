"""E-mails about reviews and help: what to do and by which day. Never what is in them, and never whose they are."""

import datetime as dt
from typing import Any

from django.conf import settings
from django.core.mail import send_mail
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import Learner, User
from activity.registry import register_sender
from core import languages
from ilp.actions.help_requests import ASKED, TAKEN
from ilp.actions.reminders import REMINDED
from ilp.actions.reviews import CALLED_OFF, FINISHED, PLANNED
from ilp.mail import mail_unlocked
from ilp.models import HelpRequest, Review
from ilp.queries.reviews import who_helps_without_a_school
from providers.models import RoleKind, StaffRole


def send_planned(payload: dict[str, Any]) -> None:
    """Tells a learner on which day they have a review. Moved or called off meanwhile: says nothing."""
    review = _review(payload)
    if not review.is_open:
        return
    mail_unlocked(
        review.learner,
        subject=lambda: _("you have a review on %(on)s") % _day(review),
        words=lambda: _("You have a review on %(on)s. You can write down what you want to say:") % _day(review),
        page="ilp:reviews",
    )


def send_called_off(payload: dict[str, Any]) -> None:
    """Tells a learner that a review does not take place."""
    review = _review(payload)
    mail_unlocked(
        review.learner,
        subject=lambda: _("your review on %(on)s is called off") % _day(review),
        words=lambda: _("Your review on %(on)s does not take place. Read more:") % _day(review),
        page="ilp:reviews",
    )


def send_finished(payload: dict[str, Any]) -> None:
    """Tells a learner that a review can be read and answered."""
    review = _review(payload)
    mail_unlocked(
        review.learner,
        subject=lambda: _("your review of %(on)s is written down") % _day(review),
        words=lambda: _("Your review of %(on)s is written down. Read it, and say whether you agree:") % _day(review),
        page="ilp:reviews",
    )


def send_reminder(payload: dict[str, Any]) -> None:
    """Reminds somebody of reviews to come, or of what they agreed to do."""
    user = User.objects.filter(pk=payload["user_id"], is_active=True).first()
    if user is None:
        return
    learner = Learner.objects.filter(user=user).first()
    on = dt.date.fromisoformat(payload["first_on"])

    def subject() -> str:
        words = _("something you agreed to do is late") if payload["are_late"] else _("something to do by %(on)s")
        return words % {"on": date_format(on, "j F Y")}

    def text() -> str:
        late, near = (
            _("Something you agreed to do was due on %(on)s."),
            _("You have a review, or something to do, on %(on)s."),
        )
        return (late if payload["are_late"] else near) % {"on": date_format(on, "j F Y")}

    if learner is not None:
        mail_unlocked(learner, subject=subject, words=text, page="ilp:reviews")
    elif user.email:
        with languages.speaking(user.language):
            _mail(subject(), text(), "ilp:desk-reviews", user.email)


def send_help_asked(payload: dict[str, Any]) -> None:
    """Tells a school's coordinators that somebody has asked for help today; of a learner on no school's roll, those who
    can take it on."""
    if "school_id" in payload:
        roles = StaffRole.objects.current().filter(organisation=payload["school_id"], kind=RoleKind.COORDINATOR)
        people = User.objects.filter(pk__in=roles.values("user"), is_active=True).exclude(email="").order_by("pk")
    else:
        people = who_helps_without_a_school(HelpRequest.objects.get(pk=payload["request_id"]))
    for person in people:
        with languages.speaking(person.language):
            said = _("A learner of your school has asked for help. See who, and take it on:")
            if "school_id" not in payload:
                said = _("A learner who is at no school has asked for help. See who, and take it on:")
            _mail(_("somebody asks for help"), said, "ilp:help-waiting", person.email)


def send_help_taken(payload: dict[str, Any]) -> None:
    """Tells a learner that somebody will help."""
    request = HelpRequest.objects.select_related("learner__user").get(pk=payload["request_id"])
    mail_unlocked(
        request.learner,
        subject=lambda: _("somebody will help you"),
        words=lambda: _("You asked for help. See who will help you:"),
        page="ilp:help",
    )


def register() -> None:
    """Messages find what sends them by their names."""
    register_sender(PLANNED, send_planned)
    register_sender(CALLED_OFF, send_called_off)
    register_sender(FINISHED, send_finished)
    register_sender(REMINDED, send_reminder)
    register_sender(ASKED, send_help_asked)
    register_sender(TAKEN, send_help_taken)


def _review(payload: dict[str, Any]) -> Review:
    return Review.objects.select_related("learner__user").get(pk=payload["review_id"])


def _day(review: Review) -> dict[str, str]:
    """In the language that is being spoken."""
    return {"on": date_format(review.on, "j F Y")}


def _mail(subject: str, text: str, page: str, email: str) -> None:
    address = settings.PORTAL_ADDRESS + reverse(page)
    send_mail(f"{settings.PORTAL_NAME}: {subject}", f"{text}\n\n{address}", None, [email])
