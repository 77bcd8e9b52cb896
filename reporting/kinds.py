"""The kinds of messages about figures, with how they read."""

from django.utils.translation import gettext_lazy as _

from accounts.kinds import one
from activity.kinds import Audience, Topic, When, register_kind, register_topic
from reporting import messages
from reporting.actions.cohorts import LED
from reporting.actions.reports import READY


def register() -> None:
    may_be = (When.AT_ONCE, When.DAILY, When.NEVER)
    register_topic(Topic("cohorts", _("Cohorts you are to look after"), may_be, page="reporting:saved-cohorts"))
    register_kind(
        LED, Audience.STAFF, _("A colleague names them as the lead of a cohort"), topic="cohorts",
        samples=one(messages.led),
    )  # fmt: skip
    register_topic(Topic("reports", _("Reports that come by themselves"), may_be, page="reporting:reports"))
    register_kind(
        READY, Audience.STAFF, _("A report that comes to their role by itself is ready"), topic="reports",
        samples=one(lambda: messages.ready("ABCD1234")),
    )  # fmt: skip
