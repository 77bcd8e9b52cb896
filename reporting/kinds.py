"""The kinds of messages about figures, with how they read."""

from django.utils.translation import gettext_lazy as _

from accounts.kinds import one
from activity.kinds import Audience, Topic, When, register_kind, register_topic
from reporting import messages
from reporting.actions.cohorts import LED


def register() -> None:
    may_be = (When.AT_ONCE, When.DAILY, When.NEVER)
    register_topic(Topic("cohorts", _("Cohorts you are to look after"), may_be, page="reporting:saved-cohorts"))
    register_kind(
        LED, Audience.STAFF, _("A colleague names them as the lead of a cohort"), topic="cohorts",
        samples=one(messages.led),
    )  # fmt: skip
