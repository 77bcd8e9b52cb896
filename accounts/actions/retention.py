"""What is no longer needed goes, by rules that say how long."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import RetentionRule, RetentionRun, User
from accounts.policies import RETENTION_POLICY
from accounts.queries import days_of, due_counts
from activity.actions import record
from core import clock, personal
from core.errors import RuleBroken


@transaction.atomic
def change_retention(*, name: str, days: int, by: User) -> RetentionRule:
    """Things of this kind are kept for so many days from now on.

    Raises: NotAllowed, RuleBroken ``retention_short`` (fewer than the portal allows), KeyError for no such kind.
    """
    retention = personal.RETENTIONS[name]
    rule = RetentionRule.objects.select_for_update().filter(pk=name).first() or RetentionRule(pk=name)
    RETENTION_POLICY.require(by, "change", rule)
    if days < retention.least_days:
        raise RuleBroken(
            _("Keep these for %(least_days)s days or more.") % {"least_days": retention.least_days},
            code="retention_short",
        )
    old, rule.days, rule.by, rule.at = days_of(name), days, by, clock.now()
    rule.save()
    record("retention.change", subject=rule, by=by, old=old, new=days)
    return rule


def run_retention(*, is_rehearsal: bool) -> RetentionRun:
    """What is due is gone, or in a rehearsal only counted; the run is a row with a number for each kind.

    Each kind is its own transaction: what one cannot do leaves the others done.
    """
    if is_rehearsal:
        return RetentionRun.objects.create(is_rehearsal=True, counts=due_counts())
    counts = {}
    for name, retention in personal.RETENTIONS.items():
        with transaction.atomic():
            rows = retention.due(clock.today() - dt.timedelta(days=days_of(name)))
            counts[name] = retention.remove(rows)
    return RetentionRun.objects.create(is_rehearsal=False, counts=counts)
