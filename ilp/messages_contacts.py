"""E-mails to advisers about their caseload. How many, and where; never who."""

from typing import Any

from django.core.mail import send_mail
from django.utils.translation import ngettext

from accounts.actions import hear_now
from accounts.models import User
from accounts.queries import foot_of
from activity.registry import register_sender
from core import clock, languages
from ilp.actions.due_steps import DUE, due_steps_of
from ilp.mail import Said, with_page


def steps_due(number: int) -> Said:
    words = ngettext(
        "%(number)s next step is due today or late. See which, and mark it as done:",
        "%(number)s next steps are due today or late. See which, and mark them as done:",
        number,
    )
    subject = ngettext("%(number)s next step is due", "%(number)s next steps are due", number)
    said = {"number": number}
    return with_page(subject % said, words % said, "reporting:caseload")


def send_steps_due(payload: dict[str, Any]) -> bool:
    """Tells an adviser how many next steps are due. Done meanwhile, or not wanted now: says nothing. False: there is
    nobody with an address."""
    user = User.objects.filter(pk=payload["user_id"], is_active=True).exclude(email="").first()
    if user is None:
        return False
    number = due_steps_of(user).count()
    if number and hear_now(DUE, [user], about=clock.today().isoformat()):
        with languages.speaking(user.language):
            subject, words = steps_due(number)
            send_mail(subject, words + foot_of(DUE), None, [user.email])
    return True


def register() -> None:
    """Messages find what sends them by their names."""
    register_sender(DUE, send_steps_due)
