"""E-mails to desks and schools about a day that is near: how many, until when, and where. Nobody's name."""

import datetime as dt
from functools import partial
from typing import Any, NamedTuple

from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.actions import hear_now
from accounts.models import User
from accounts.queries import foot_of
from applications.messages import ENDING
from applications.queries.deadlines import number_due
from core import languages
from providers.models import RoleKind, StaffRole


class Reading(NamedTuple):
    """Who is told, where they do something about it, and what happens when they do not."""

    roles: tuple[RoleKind, ...]
    page: str
    otherwise: Any


READINGS = {
    "answers-due": Reading(
        (RoleKind.ADMISSIONS, RoleKind.MANAGER),
        "applications:received",
        gettext_lazy("After that day they are late, and the learners may apply for something else beside."),
    ),
    "endorsements-due": Reading(
        (RoleKind.COORDINATOR,),
        "applications:endorsements",
        gettext_lazy("What you have not read by then is sent on without your word."),
    ),
}


def said(kind: str, number: int, on: dt.date) -> tuple[str, str]:
    """Subject and words of this kind."""
    words = {"number": number, "portal": settings.PORTAL_NAME, "day": date_format(on, "l j F Y")}
    if kind == "answers-due":
        subject = ngettext(
            "%(portal)s: please answer %(number)s application by %(day)s",
            "%(portal)s: please answer %(number)s applications by %(day)s",
            number,
        )
        first = ngettext(
            "%(number)s application is to be answered by %(day)s.",
            "%(number)s applications are to be answered by %(day)s.",
            number,
        )
    else:
        subject = ngettext(
            "%(portal)s: please read %(number)s choice by %(day)s",
            "%(portal)s: please read %(number)s choices by %(day)s",
            number,
        )
        first = ngettext(
            "%(number)s choice of your learners waits for your school until %(day)s.",
            "%(number)s choices of your learners wait for your school until %(day)s.",
            number,
        )
    reading = READINGS[kind]
    address = settings.PORTAL_ADDRESS.rstrip("/") + reverse(reading.page)
    lines = [f"{first % words} {reading.otherwise}", _("Sign in: %(address)s") % {"address": address}, str(ENDING)]
    return subject % words, "\n\n".join(lines) + foot_of(kind)


def send(kind: str, payload: dict[str, Any]) -> bool:
    """One e-mail to all who do something about it and want to hear of it now; none where all is done by then. False:
    nobody of them has an address."""
    on = dt.date.fromisoformat(payload["day"])
    number = number_due(kind, organisation_id=payload["organisation_id"], on=on)
    if not number:
        return True
    roles = StaffRole.objects.current().filter(organisation=payload["organisation_id"], kind__in=READINGS[kind].roles)
    people = list(User.objects.filter(pk__in=roles.values("user")).exclude(email="").order_by("email", "pk"))
    told = hear_now(kind, people, about=f"organisation:{payload['organisation_id']}:{payload['day']}")
    if not told:
        return bool(people)
    with languages.speaking(""):
        subject, body = said(kind, number, on)
    addresses = sorted({person.email for person in told})
    return bool(EmailMessage(subject=subject, body=body, bcc=addresses).send()) or len(told) < len(people)


def register_senders() -> None:
    from activity.registry import register_sender

    for kind in READINGS:
        register_sender(kind, partial(send, kind))
