"""E-mails about reviews and help: what to do and by which day. Never what is in them, and never whose they are."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.core.mail import send_mail
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.actions import hear_now
from accounts.models import Learner, User
from accounts.queries import foot_of
from activity.registry import register_sender
from core import languages
from ilp.actions.help_requests import ASKED, TAKEN
from ilp.actions.reminders import REMINDED
from ilp.actions.reviews import CALLED_OFF, FINISHED, PLANNED
from ilp.mail import Said, mail_page, with_page
from ilp.models import HelpRequest, Review
from ilp.queries.reviews import who_helps_without_a_school
from providers.models import RoleKind, StaffRole


def planned(on: dt.date) -> Said:
    day = _day(on)
    words = _("You have a review on %(on)s. You can write down what you want to say:") % day
    return with_page(_("you have a review on %(on)s") % day, words, "ilp:reviews")


def send_planned(payload: dict[str, Any]) -> None:
    """Tells a learner on which day they have a review. Moved or called off meanwhile: says nothing."""
    review = _review(payload)
    if review.is_open:
        mail_page(review.learner, planned, review.on)


def called_off(on: dt.date) -> Said:
    day = _day(on)
    words = _("Your review on %(on)s does not take place. Read more:") % day
    return with_page(_("your review on %(on)s is called off") % day, words, "ilp:reviews")


def send_called_off(payload: dict[str, Any]) -> None:
    """Tells a learner that a review does not take place."""
    review = _review(payload)
    mail_page(review.learner, called_off, review.on)


def finished(on: dt.date) -> Said:
    day = _day(on)
    words = _("Your review of %(on)s is written down. Read it, and say whether you agree:") % day
    return with_page(_("your review of %(on)s is written down") % day, words, "ilp:reviews")


def send_finished(payload: dict[str, Any]) -> None:
    """Tells a learner that a review can be read and answered."""
    review = _review(payload)
    mail_page(review.learner, finished, review.on)


def reminder(on: dt.date, are_late: bool, page: str = "ilp:reviews") -> Said:
    late, near = (
        (_("something you agreed to do is late"), _("Something you agreed to do was due on %(on)s.")),
        (_("something to do by %(on)s"), _("You have a review, or something to do, on %(on)s.")),
    )
    subject, words = late if are_late else near
    return with_page(subject % _day(on), words % _day(on), page)


def send_reminder(payload: dict[str, Any]) -> None:
    """Reminds somebody of reviews to come, or of what they agreed to do, unless they want no reminders."""
    user = User.objects.filter(pk=payload["user_id"], is_active=True).first()
    if user is None:
        return
    learner = Learner.objects.filter(user=user).first()
    facts = dt.date.fromisoformat(payload["first_on"]), payload["are_late"]
    if learner is not None:
        mail_page(learner, reminder, *facts, kind=REMINDED)
    elif user.email and hear_now(REMINDED, [user], about=payload["first_on"]):
        _mail(user, REMINDED, reminder, *facts, "ilp:desk-reviews")


def help_asked(is_at_a_school: bool) -> Said:
    said = _("A learner of your school has asked for help. See who, and take it on:")
    if not is_at_a_school:
        said = _("A learner who is at no school has asked for help. See who, and take it on:")
    return with_page(_("somebody asks for help"), said, "ilp:help-waiting")


def send_help_asked(payload: dict[str, Any]) -> None:
    """Tells a school's coordinators that somebody has asked for help today; of a learner on no school's roll, those who
    can take it on."""
    if "school_id" in payload:
        roles = StaffRole.objects.current().filter(organisation=payload["school_id"], kind=RoleKind.COORDINATOR)
        people = User.objects.filter(pk__in=roles.values("user"), is_active=True).exclude(email="").order_by("pk")
    else:
        people = who_helps_without_a_school(HelpRequest.objects.get(pk=payload["request_id"]))
    about = f"school:{payload['school_id']}" if "school_id" in payload else f"request:{payload['request_id']}"
    for person in hear_now(ASKED, people, about=about):
        _mail(person, ASKED, help_asked, "school_id" in payload)


def help_taken() -> Said:
    return with_page(_("somebody will help you"), _("You asked for help. See who will help you:"), "ilp:help")


def send_help_taken(payload: dict[str, Any]) -> None:
    """Tells a learner that somebody will help."""
    request = HelpRequest.objects.select_related("learner__user").get(pk=payload["request_id"])
    mail_page(request.learner, help_taken)


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


def _day(on: dt.date) -> dict[str, str]:
    """In the language that is being spoken."""
    return {"on": date_format(on, "j F Y")}


def _mail(person: User, kind: str, say: Callable[..., Said], *facts: Any) -> None:
    with languages.speaking(person.language):
        subject, words = say(*facts)
        send_mail(subject, words + foot_of(kind), None, [person.email])
