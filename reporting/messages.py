"""E-mails of this floor: an action and an address, and nothing of what is counted."""

from typing import Any

from django.core.mail import send_mail
from django.utils.translation import gettext as _

from accounts.actions import hear_now
from accounts.mail_words import Said, address, portal
from accounts.queries import foot_of
from activity.registry import register_sender
from core import languages
from providers.models import StaffRole
from reporting.actions.cohorts import LED
from reporting.actions.reports import READY
from reporting.models import ReportRun, SavedCohort


def led() -> Said:
    return (
        _("%(portal)s: a cohort is yours to look after") % portal(),
        _("A colleague has named you as the lead of a cohort. See which it is, and how far it is:\n\n%(address)s")
        % {"address": address("reporting:saved-cohorts")},
    )


def send_led(payload: dict[str, Any]) -> bool:
    """Tells somebody that they lead a cohort. Where that is over by now, nothing is said. False: there is nobody with
    an address."""
    saved = SavedCohort.objects.followed().filter(pk=payload["cohort_id"], lead=payload["role_id"]).first()
    if saved is None:
        return True
    roles = StaffRole.objects.current().filter(pk=payload["role_id"], user__is_active=True).exclude(user__email="")
    role = roles.select_related("user").first()
    if role is None:
        return False
    if hear_now(LED, [role.user], about=f"cohort:{saved.pk}"):
        with languages.speaking(role.user.language):
            subject, words = led()
            send_mail(subject, words + foot_of(LED), None, [role.user.email])
    return True


def ready(reference: str) -> Said:
    return (
        _("%(portal)s: a report is ready") % portal(),
        _("A report that comes by itself is ready. It is kept for a week. Sign in and fetch it:\n\n%(address)s")
        % {"address": address("reporting:report-run", reference)},
    )


def send_ready(payload: dict[str, Any]) -> bool:
    """Tells one of those it comes to that a file is there; nothing of what is in it. False: there is no address."""
    run = ReportRun.objects.for_list().get(pk=payload["run_id"])
    roles = StaffRole.objects.current().filter(pk=payload["role_id"], user__is_active=True)
    role = roles.select_related("user").first()
    if role is None or not run.is_ready:
        return True
    if not role.user.email:
        return False
    if hear_now(READY, [role.user], about=f"report:{run.pk}"):
        with languages.speaking(role.user.language):
            subject, words = ready(run.reference)
            send_mail(subject, words + foot_of(READY), None, [role.user.email])
    return True


def register() -> None:
    """Messages find what sends them by their names."""
    register_sender(LED, send_led)
    register_sender(READY, send_ready)
