"""What the accounts do in the background: the letter job, messages to coordinators, the nightly tidying."""

from typing import Any

from celery import shared_task
from django.conf import settings
from django.core.mail import send_mail
from django.db.models import Q
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime

from accounts import actions
from accounts.models import LetterRun, User
from activity.registry import JobRefused, JobRun
from core.errors import RuleBroken
from providers.actions import make_link, tidy_staff
from providers.models import Organisation, StaffRole


def run_letters(run: JobRun) -> None:
    """Prints one run of letters; its codes and its PDF are written together with the job's end."""
    letter_run = LetterRun.objects.get(pk=run.payload["letter_run_id"])
    try:
        actions.print_letters(
            letter_run=letter_run,
            address=run.payload["address"],
            parents_address=run.payload.get("parents_address", ""),
            progress=run.progress,
        )
    except RuleBroken as refusal:
        raise JobRefused(refusal.message) from refusal


def send_unlock_guessing(payload: dict[str, Any]) -> None:
    """Tells a school's coordinators that somebody may be guessing codes. Nothing personal is in the message."""
    school = Organisation.objects.get(pk=payload["school_id"])
    watching = Q(organisation=school, kind="coordinator") | Q(organisation__area=school.area_id, kind="help_desk")
    roles = StaffRole.objects.current().filter(watching)
    people = User.objects.filter(pk__in=roles.values("user"), is_active=True).exclude(email="")
    for person in people.order_by("pk"):
        send_mail(
            f"{settings.PORTAL_NAME}: many wrong tries to unlock a record",
            "Today many wrong dates of birth have been tried with unlock codes of a school you look after.\n\n"
            "If your learners are not unlocking their records right now, keep letters that are not handed out yet "
            "under lock, and print new ones for those that may have been seen by somebody else.\n\n"
            f"How many, and when: {settings.PORTAL_ADDRESS}{reverse('accounts:unlock-tries')}",
            None,
            [person.email],
        )


def send_invitation(payload: dict[str, Any]) -> None:
    """Sends the link of an invitation, made now and kept nowhere else. Names the provider and no person."""
    made = make_link(invitation_id=payload["invitation_id"], sending=payload["sending"])
    if made is None:
        return
    invitation, token = made
    address = settings.PORTAL_ADDRESS + reverse("accounts:invitation-open", args=[token])
    until = date_format(localtime(invitation.expires_at), "j F Y")
    send_mail(
        f"{settings.PORTAL_NAME}: you are invited to act for {invitation.organisation}",
        f"{invitation.organisation} asks you to work with it on {settings.PORTAL_NAME}.\n\n"
        f"Open this link to join. It works once, until {until}:\n\n{address}\n\n"
        "Do not pass it on: whoever opens it can join in your place.\n\n"
        "If you did not expect this, do nothing. Nobody has an account because of this message.",
        None,
        [invitation.email],
    )


@shared_task(name="accounts.nightly", ignore_result=True)
def nightly() -> None:
    """PDFs nobody fetched, counted failures and invitations nobody used do not outlive their time."""
    actions.remove_expired_letters()
    actions.remove_old_failures()
    tidy_staff()
