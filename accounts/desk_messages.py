"""E-mails to staff about accounts: an action and an address, and nobody's name."""

import datetime as dt
from collections import defaultdict
from typing import Any

from django.core.mail import send_mail
from django.db.models import Q
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from accounts.mail_words import Said, address, portal
from accounts.models import DailyMail, User
from activity.kinds import TOPICS, topic_of
from core import languages
from providers.actions import make_link
from providers.models import Organisation, StaffRole


def unlock_guessing() -> Said:
    return (
        _("%(portal)s: many wrong tries to unlock a record") % portal(),
        _(
            "Today many wrong dates of birth have been tried with unlock codes of a school you look after.\n\n"
            "If your learners are not unlocking their records right now, keep letters that are not handed out "
            "yet under lock, and print new ones for those that may have been seen by somebody else.\n\n"
            "How many, and when: %(address)s"
        )
        % {"address": address("accounts:unlock-tries")},
    )


def send_unlock_guessing(payload: dict[str, Any]) -> None:
    """Tells a school's coordinators that somebody may be guessing codes. Nothing personal is in the message."""
    school = Organisation.objects.get(pk=payload["school_id"])
    watching = Q(organisation=school, kind="coordinator") | Q(organisation__area=school.area_id, kind="help_desk")
    roles = StaffRole.objects.current().filter(watching)
    people = User.objects.filter(pk__in=roles.values("user"), is_active=True).exclude(email="")
    for person in people.order_by("pk"):
        with languages.speaking(person.language):
            subject, body = unlock_guessing()
            send_mail(subject, body, None, [person.email])


def invitation_words(organisation: Any, token: str, until: dt.datetime) -> Said:
    facts = {
        **portal(),
        "organisation": organisation,
        "until": date_format(until, "j F Y"),
        "address": address("accounts:invitation-open", token),
    }
    return (
        _("%(portal)s: you are invited to act for %(organisation)s") % facts,
        _(
            "%(organisation)s asks you to work with it on %(portal)s.\n\n"
            "Open this link to join. It works once, until %(until)s:\n\n%(address)s\n\n"
            "Do not pass it on: whoever opens it can join in your place.\n\n"
            "If you did not expect this, do nothing. Nobody has an account because of this message."
        )
        % facts,
    )


def send_invitation(payload: dict[str, Any]) -> None:
    """Sends the link of an invitation, made now and kept nowhere else. Names the provider and no person."""
    made = make_link(invitation_id=payload["invitation_id"], sending=payload["sending"])
    if made is not None:
        invitation, token = made
        subject, body = invitation_words(invitation.organisation, token, localtime(invitation.expires_at))
        send_mail(subject, body, None, [invitation.email])


def stepped_in(provider: Any, reference: str, ended_on: dt.date) -> Said:
    facts = {
        **portal(),
        "provider": provider,
        "day": date_format(ended_on, "j F Y"),
        "address": address("providers:staff-of", reference),
    }
    return (
        _("%(portal)s: the help desk keeps the courses of %(provider)s today") % facts,
        _(
            "Until midnight on %(day)s somebody of the area's help desk can change and publish the courses of "
            "%(provider)s, as its own editors can. What they do is in the history.\n\n"
            "If you did not ask for this, look at who it is, and end it if you like: %(address)s"
        )
        % facts,
    )


def send_stepped_in(payload: dict[str, Any]) -> None:
    """Tells a manager of a provider that the help desk keeps its courses today. Names the provider and no person."""
    role = StaffRole.objects.current().select_related("organisation").filter(pk=payload["role_id"]).first()
    managers = StaffRole.objects.current().filter(kind="manager", user=payload["user_id"])
    if role is None or not managers.filter(organisation=role.organisation).exists():
        return
    person = User.objects.get(pk=payload["user_id"])
    if not person.email or not person.is_active:
        return
    with languages.speaking(person.language):
        subject, body = stepped_in(role.organisation, role.organisation.reference, role.ended_on)
        send_mail(subject, body, None, [person.email])


def daily(counts: dict[str, int]) -> Said:
    """What waits, by topic: how many things, and where."""
    lines = [
        f"{TOPICS[name].words}: {number}" + (f"\n{address(TOPICS[name].page)}" if TOPICS[name].page else "")
        for name, number in counts.items()
    ]
    foot = _("You have chosen one e-mail a day for these. Change it here: %(address)s")
    return (
        _("%(portal)s: what has come since your last e-mail of the day") % portal(),
        "\n\n".join([*lines, foot % {"address": address("accounts:mail-choices")}]),
    )


def send_daily(payload: dict[str, Any]) -> bool:
    """The e-mail of one day to one person, while they work here. False: they have no address, or work here no more."""
    mail = DailyMail.objects.select_related("user").get(pk=payload["mail_id"])
    things: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for item in mail.items.order_by("pk"):
        topic = topic_of(item.kind)
        if topic is not None:
            things[topic.name].add((item.kind, item.about))
    works_here = StaffRole.objects.current().filter(user=mail.user).exists()
    if not things or not works_here or not mail.user.is_active or not mail.user.email:
        return False
    with languages.speaking(""):
        subject, body = daily({name: len(found) for name, found in things.items()})
    return bool(send_mail(subject, body, None, [mail.user.email]))
