"""What the accounts do in the background: the letter job, messages to coordinators, the nightly tidying."""

import datetime as dt
import logging
from functools import partial
from typing import Any

from celery import shared_task
from django.conf import settings
from django.core.mail import send_mail
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import actions
from accounts.desk_messages import send_invitation, send_stepped_in, send_unlock_guessing
from accounts.models import DataCopy, Erasure, LetterRun, SignInLink, Supporter, User
from activity.models import Event
from activity.registry import JobRefused, JobRun, register_job, register_sender
from core import clock, languages, personal
from core.errors import RuleBroken
from providers.actions import hash_of
from providers.models import Organisation
from providers.queries import who_looks_after

logger = logging.getLogger(__name__)


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


def run_copy(run: JobRun) -> None:
    """Makes one copy of somebody's data; its file and the job's end are written together."""
    actions.make_copy(copy=DataCopy.objects.get(pk=run.payload["copy_id"]), progress=run.progress)


def send_erasure_asked(payload: dict[str, Any]) -> None:
    """Tells a learner that an officer asked for their record to be erased. Says nothing about it but where to look."""
    erasure = Erasure.objects.select_related("learner__user").get(pk=payload["erasure_id"])
    user = erasure.learner.user
    if user is None or not user.email or not user.is_active:
        return
    with languages.speaking(user.language):
        send_mail(
            _("%(portal)s: something about your record needs your attention") % {"portal": settings.PORTAL_NAME},
            _("Sign in and open “Your data”. If you do nothing, it will be carried out.\n\n%(address)s")
            % {"address": settings.PORTAL_ADDRESS + reverse("accounts:your-data")},
            None,
            [user.email],
        )


def send_sign_in_link(payload: dict[str, Any]) -> None:
    """Sends the link that confirms an address, made now and kept nowhere else. Names nobody."""
    made = actions.make_confirm_link(link_id=payload["link_id"])
    if made is None:
        return
    email, token = made
    with languages.speaking(_language_of(token)):
        send_mail(
            _("%(portal)s: confirm your e-mail address") % {"portal": settings.PORTAL_NAME},
            _(
                "Somebody has added this address to their account. If it was you, open this link within two days:\n\n"
                "%(address)s\n\nIf it was not you, do nothing. Nothing happens without the link."
            )
            % {"address": settings.PORTAL_ADDRESS + reverse("accounts:link-open", args=[token])},
            None,
            [email],
        )


def send_recovery_links(payload: dict[str, Any]) -> None:
    """Answers somebody who asked for a link, where an account has the address. A mail for each account."""
    for email, token in actions.make_recovery_links(ask_id=payload["ask_id"]):
        with languages.speaking(_language_of(token)):
            send_mail(
                _("%(portal)s: choose a new password") % {"portal": settings.PORTAL_NAME},
                _(
                    "Open this link within an hour to see your sign-in name and choose a new password. It works once:"
                    "\n\n%(address)s\n\nIf you did not ask for it, do nothing. Your password stays as it is."
                )
                % {"address": settings.PORTAL_ADDRESS + reverse("accounts:link-open", args=[token])},
                None,
                [email],
            )


def _language_of(token: str) -> str:
    """The language of who the link is for; nothing where there is no such link."""
    return SignInLink.objects.filter(token_hash=hash_of(token)).values_list("user__language", flat=True).first() or ""


def send_recovery_made(payload: dict[str, Any]) -> None:
    """Tells a learner with an address that staff made a code for them."""
    _tell(
        payload["user_id"],
        gettext_lazy("a code was made to help you sign in"),
        gettext_lazy(
            "On %(day)s a member of staff made a code with which a new password can be chosen for your account. "
            "If you did not ask for it, tell your school today."
        ),
    )


def send_password_changed(payload: dict[str, Any]) -> None:
    """Tells a person with an address that their password is another one."""
    _tell(
        payload["user_id"],
        gettext_lazy("your password was changed"),
        gettext_lazy(
            "On %(day)s a new password was chosen for your account, and everybody who was signed in with it was signed "
            "out. If it was not you, tell your school or your organisation today."
        ),
    )


def _tell(user_id: int, subject: Any, words: Any) -> None:
    person = User.objects.filter(pk=user_id, is_active=True).exclude(email="").first()
    if person is not None:
        with languages.speaking(person.language):
            day = date_format(clock.today(), "j E Y")
            send_mail(f"{settings.PORTAL_NAME}: {subject}", words % {"day": day}, None, [person.email])


CHANGES = {
    "factor-added": gettext_lazy("an app or a passkey was added to how you sign in"),
    "factor-removed": gettext_lazy("an app or a passkey was removed from how you sign in"),
    "codes-made": gettext_lazy("new codes to write down were made for you, and the earlier ones no longer work"),
    "code-used": gettext_lazy("one of your written-down codes was used to sign in"),
    "factors-reset": gettext_lazy("your second step at sign-in was taken away, so that you can set up a new one"),
    "password-changed": gettext_lazy("your password was changed"),
    "sign-on-joined": gettext_lazy("your account was joined to the sign-in of the organisation you act for"),
    "sign-on-parted": gettext_lazy("your account was parted from the sign-in of an organisation"),
}


def send_sign_in_changed(payload: dict[str, Any]) -> None:
    """Tells somebody that how they sign in has changed, and when. Names nobody and nothing of theirs."""
    person = User.objects.filter(pk=payload["user_id"], is_active=True).exclude(email="").first()
    if person is None:
        return
    with languages.speaking(person.language):
        when = date_format(localtime(Event.objects.get(pk=payload["event_id"]).at), "j E Y, H:i")
        send_mail(
            _("%(portal)s: how you sign in has changed") % {"portal": settings.PORTAL_NAME},
            _(
                "On %(when)s %(what)s.\n\nIf that was you, there is nothing to do.\n\n"
                "If it was not, change your password now and tell the person who looks after accounts where you work:"
                "\n\n%(address)s"
            )
            % {
                "when": when,
                "what": CHANGES[payload["what"]],
                "address": settings.PORTAL_ADDRESS + reverse("accounts:account"),
            },
            None,
            [person.email],
        )


def send_staff_unused(payload: dict[str, Any]) -> None:
    """Warns somebody that they lose what they may do here. Names nobody and nothing of theirs."""
    person = User.objects.filter(pk=payload["user_id"], is_active=True).exclude(email="").first()
    if person is None:
        return
    with languages.speaking(person.language):
        send_mail(
            _("%(portal)s: sign in by %(day)s to keep your access")
            % {"portal": settings.PORTAL_NAME, "day": _last_day(payload)},
            _(
                "You have not signed in for a long time. Sign in by %(day)s and everything stays as it is:\n\n"
                "%(address)s\n\nIf you do not, your access ends the day after. Whoever looks after accounts where you "
                "work can then invite you again.\n\nIf you no longer work there, you need do nothing."
            )
            % {"day": _last_day(payload), "address": settings.PORTAL_ADDRESS + reverse("accounts:sign-in")},
            None,
            [person.email],
        )


UNUSED = {
    "staff-lapsing": (
        gettext_lazy("somebody’s access ends after %(day)s unless they sign in"),
        gettext_lazy(
            "Somebody you look after has not signed in for a long time. If they still work there, ask them to sign in "
            "by %(day)s; otherwise you need do nothing. Who it is:"
        ),
    ),
    "staff-lapsed": (
        gettext_lazy("somebody’s access has ended because it was not used"),
        gettext_lazy(
            "On %(day)s somebody’s access ended, because they had not signed in for a long time in spite of two "
            "messages. If they are still needed, they have to be invited again:"
        ),
    ),
    "staff-kept": (
        gettext_lazy("an access nobody uses could not be ended"),
        gettext_lazy(
            "On %(day)s the access of somebody who looks after an area should have ended, because they have not signed "
            "in for a long time. It was kept, because nobody else there has the same task. Find out who does the work "
            "now, and who should have it:"
        ),
    ),
}


def send_to_who_looks_after(kind: str, payload: dict[str, Any]) -> None:
    """Tells those who look after an organisation's staff what happens to a role that nobody uses. Names nobody."""
    organisation = Organisation.objects.get(pk=payload["organisation_id"])
    people = User.objects.filter(pk__in=who_looks_after(organisation)).order_by("pk")
    if not people:
        # Who runs the portal is the last to be told: nobody in any area could be.
        logger.warning("%s: nobody is left who could be told of organisation %s", kind, organisation.pk)
    path = (
        reverse("providers:staff-of", args=[organisation.reference])
        if organisation.is_provider
        else reverse("accounts:staff-help")
    )
    subject, words = UNUSED[kind]
    day = _last_day(payload) if kind == "staff-lapsing" else _day(payload)
    for person in people:
        with languages.speaking(person.language):
            send_mail(
                f"{settings.PORTAL_NAME}: {subject % {'day': day}}",
                f"{words % {'day': day}}\n\n{settings.PORTAL_ADDRESS}{path}",
                None,
                [person.email],
            )


def _day(payload: dict[str, Any], *, before: int = 0) -> str:
    return date_format(dt.date.fromisoformat(payload["on"]) - dt.timedelta(days=before), "j F Y")


def _last_day(payload: dict[str, Any]) -> str:
    """The last day on which signing in helps: it ends in the night before the day in the payload."""
    return _day(payload, before=1)


def send_supporter_invitation(payload: dict[str, Any]) -> None:
    """Sends the link by which somebody accepts to support a learner, made now and kept nowhere else. Names nobody."""
    made = actions.make_supporter_link(supporter_id=payload["supporter_id"])
    if made is None:
        return
    supporter, token = made
    address = settings.PORTAL_ADDRESS + reverse("accounts:support-open", args=[token])
    until = date_format(localtime(supporter.expires_at), "j F Y")
    send_mail(
        _("%(portal)s: a young person asks you to support them") % {"portal": settings.PORTAL_NAME},
        _(
            "A young person you know uses %(portal)s to plan what they do after school. They want you to see some "
            "of it. They will tell you who they are.\n\n"
            "Open this link to say yes. It works once, until %(until)s:\n\n%(address)s\n\n"
            "Do not pass it on: whoever opens it can look in your place.\n\n"
            "If nobody has told you about this, do nothing."
        )
        % {"portal": settings.PORTAL_NAME, "until": until, "address": address},
        None,
        [supporter.email],
    )


def send_supporter_joined(payload: dict[str, Any]) -> None:
    """Tells a learner with an e-mail address that somebody they asked can look from now on."""
    supporter = Supporter.objects.select_related("learner__user").get(pk=payload["supporter_id"])
    user = supporter.learner.user
    if user is None or not user.email or not user.is_active:
        return
    with languages.speaking(user.language):
        send_mail(
            _("%(portal)s: somebody you asked has said yes") % {"portal": settings.PORTAL_NAME},
            _(
                "Somebody you asked can now see what you chose to show them. Did you ask nobody? Then sign in and end "
                "it on the page “Your information and who sees it”:\n\n%(address)s"
            )
            % {"address": settings.PORTAL_ADDRESS + reverse("accounts:information")},
            None,
            [user.email],
        )


@shared_task(name="accounts.nightly", ignore_result=True)
def nightly() -> None:
    """Nothing outlives its time: what has a fixed one (``core.personal.TIDYINGS``), roles nobody used, records that are
    to be erased, and what is kept for as long as officers say."""
    for tidying in personal.TIDYINGS.values():
        tidying.run()
    actions.end_unused_roles()
    for erasure in Erasure.objects.due():
        actions.carry_out_erasure(erasure=erasure)
    actions.run_retention(is_rehearsal=False)


def register() -> None:
    """Jobs and messages find what does them by their names."""
    register_job("unlock-letters", run=run_letters)
    register_job("data-copy", run=run_copy)
    for kind, send in (
        ("erasure-asked", send_erasure_asked),
        ("unlock-guessing", send_unlock_guessing),
        ("sign-in-link", send_sign_in_link),
        ("recovery-ask", send_recovery_links),
        ("recovery-made", send_recovery_made),
        ("password-changed", send_password_changed),
        ("staff-invitation", send_invitation),
        ("staff-stepped-in", send_stepped_in),
        ("sign-in-changed", send_sign_in_changed),
        ("supporter-invitation", send_supporter_invitation),
        ("supporter-joined", send_supporter_joined),
        ("staff-unused", send_staff_unused),
        *((kind, partial(send_to_who_looks_after, kind)) for kind in UNUSED),
    ):
        register_sender(kind, send)
