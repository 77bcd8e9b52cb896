"""What the accounts do in the background: the letter job, messages to coordinators, the nightly tidying."""

from typing import Any

from celery import shared_task
from django.conf import settings
from django.core.mail import send_mail

from accounts import actions
from accounts.models import LetterRun, User
from activity.registry import JobRefused, JobRun
from core.errors import RuleBroken
from providers.models import StaffRole


def run_letters(run: JobRun) -> None:
    """Prints one run of letters; its codes and its PDF are written together with the job's end."""
    letter_run = LetterRun.objects.get(pk=run.payload["letter_run_id"])
    try:
        actions.print_letters(letter_run=letter_run, address=run.payload["address"], progress=run.progress)
    except RuleBroken as refusal:
        raise JobRefused(refusal.message) from refusal


def send_unlock_guessing(payload: dict[str, Any]) -> None:
    """Tells a school's coordinators that somebody may be guessing codes. Nothing personal is in the message."""
    roles = StaffRole.objects.current().filter(organisation=payload["school_id"], kind="coordinator")
    people = User.objects.filter(pk__in=roles.values("user"), is_active=True).exclude(email="")
    for person in people:
        send_mail(
            f"{settings.PORTAL_NAME}: many wrong tries to unlock a record",
            "Today many wrong dates of birth have been tried with unlock codes of your school.\n\n"
            "If your learners are not unlocking their records right now, keep letters that are not handed out yet "
            "under lock, and print new ones for those that may have been seen by somebody else.",
            None,
            [person.email],
        )


@shared_task(name="accounts.nightly", ignore_result=True)
def nightly() -> None:
    """PDFs nobody fetched and counted failures do not outlive their time."""
    actions.remove_expired_letters()
    actions.remove_old_failures()
