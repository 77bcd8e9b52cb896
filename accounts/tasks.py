"""What the accounts do in the background: the letter job, messages to coordinators, the nightly tidying."""

import datetime as dt
import logging
from collections.abc import Callable
from functools import partial
from typing import Any

from celery import shared_task
from django.core.mail import EmailMessage, send_mail
from django.utils.timezone import localtime

from accounts import actions, kinds
from accounts import mail_words as words
from accounts.desk_messages import send_daily, send_invitation, send_stepped_in, send_unlock_guessing
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
    if user is not None and user.email and user.is_active:
        _mail(user.email, user.language, words.erasure_asked)


def send_sign_in_link(payload: dict[str, Any]) -> None:
    """Sends the link that confirms an address, made now and kept nowhere else. Names nobody."""
    made = actions.make_confirm_link(link_id=payload["link_id"])
    if made is not None:
        email, token = made
        _mail_asked(email, words.confirm_link, token)


def send_recovery_links(payload: dict[str, Any]) -> None:
    """Answers somebody who asked for a link, where an account has the address. A mail for each account."""
    for email, token in actions.make_recovery_links(ask_id=payload["ask_id"]):
        _mail_asked(email, words.recovery_link, token)


def _mail_asked(email: str, say: Callable[..., words.Said], token: str) -> None:
    """A link somebody waits for. It is tried even where e-mails came back: they typed the address just now."""
    with languages.speaking(_language_of(token)):
        subject, body = say(token)
    mail = EmailMessage(subject, body, to=[email])
    mail.is_asked_for = True  # type: ignore[attr-defined]
    mail.send()


def _language_of(token: str) -> str:
    """The language of who the link is for; nothing where there is no such link."""
    return SignInLink.objects.filter(token_hash=hash_of(token)).values_list("user__language", flat=True).first() or ""


def send_recovery_made(payload: dict[str, Any]) -> None:
    """Tells a learner with an address that staff made a code for them."""
    _tell(payload, words.on_a_day, words.RECOVERY_MADE, clock.today())


def send_password_changed(payload: dict[str, Any]) -> None:
    """Tells a person with an address that their password is another one."""
    _tell(payload, words.on_a_day, words.PASSWORD_CHANGED, clock.today())


def send_sign_in_changed(payload: dict[str, Any]) -> None:
    """Tells somebody that how they sign in has changed, and when. Names nobody and nothing of theirs."""
    _tell(payload, words.sign_in_changed, payload["what"], localtime(Event.objects.get(pk=payload["event_id"]).at))


def send_staff_unused(payload: dict[str, Any]) -> None:
    """Warns somebody that they lose what they may do here. Names nobody and nothing of theirs."""
    _tell(payload, words.staff_unused, _last_on(payload))


def send_to_who_looks_after(kind: str, payload: dict[str, Any]) -> None:
    """Tells those who look after an organisation's staff what happens to a role that nobody uses. Names nobody."""
    organisation = Organisation.objects.get(pk=payload["organisation_id"])
    people = User.objects.filter(pk__in=who_looks_after(organisation)).order_by("pk")
    if not people:
        # Who runs the portal is the last to be told: nobody in any area could be.
        logger.warning("%s: nobody is left who could be told of organisation %s", kind, organisation.pk)
    page = (
        words.address("providers:staff-of", organisation.reference)
        if organisation.is_provider
        else words.address("accounts:staff-help")
    )
    on = _last_on(payload) if kind == "staff-lapsing" else dt.date.fromisoformat(payload["on"])
    for person in people:
        _mail(person.email, person.language, words.to_who_looks_after, kind, on, page)


def _last_on(payload: dict[str, Any]) -> dt.date:
    """The last day on which signing in helps: it ends in the night before the day in the payload."""
    return dt.date.fromisoformat(payload["on"]) - dt.timedelta(days=1)


def send_supporter_invitation(payload: dict[str, Any]) -> None:
    """Sends the link by which somebody accepts to support a learner, made now and kept nowhere else. Names nobody."""
    made = actions.make_supporter_link(supporter_id=payload["supporter_id"])
    if made is None:
        return
    supporter, token = made
    subject, body = words.supporter_invitation(token, localtime(supporter.expires_at))
    send_mail(subject, body, None, [supporter.email])


def send_supporter_joined(payload: dict[str, Any]) -> None:
    """Tells a learner with an e-mail address that somebody they asked can look from now on."""
    supporter = Supporter.objects.select_related("learner__user").get(pk=payload["supporter_id"])
    user = supporter.learner.user
    if user is not None and user.email and user.is_active:
        _mail(user.email, user.language, words.supporter_joined)


def _tell(payload: dict[str, Any], say: Callable[..., words.Said], *facts: Any) -> None:
    person = User.objects.filter(pk=payload["user_id"], is_active=True).exclude(email="").first()
    if person is not None:
        _mail(person.email, person.language, say, *facts)


def _mail(email: str, language: str, say: Callable[..., words.Said], *facts: Any) -> None:
    """One e-mail in this language; ``say`` gives its subject and its words."""
    with languages.speaking(language):
        subject, body = say(*facts)
        send_mail(subject, body, None, [email])


@shared_task(name="accounts.make_daily_mails", soft_time_limit=280, time_limit=300, ignore_result=True)
def make_daily_mails() -> None:
    """Whoever wants one e-mail a day has today's, if anything waits for them."""
    actions.make_daily_mails()


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
        ("daily-mail", send_daily),
        *((kind, partial(send_to_who_looks_after, kind)) for kind in words.UNUSED),
    ):
        register_sender(kind, send)
    kinds.register()
