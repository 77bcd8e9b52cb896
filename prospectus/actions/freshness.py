"""How long an update lasts, as an area wants it."""

from dataclasses import asdict
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from activity.actions import record
from core.errors import RuleBroken
from prospectus.models import FreshnessRule
from prospectus.policies import HEALTH_POLICY
from prospectus.queries.lights import Terms, terms_of
from providers.models import Area


@transaction.atomic
def change_freshness_rule(*, area: Area, kind: str, terms: Terms, by: Any) -> bool:
    """For providers of this kind in this area an update lasts as ``terms`` say. The lights follow at once, and the
    e-mails with them. The history has both rules. False where it was so already.

    Raises: NotAllowed, RuleBroken ``months_not_in_order``.
    """
    HEALTH_POLICY.require(by, "change_rule", area)
    if terms.turn_month > terms.last_month or terms.summer_from_month > terms.summer_until_month:
        raise RuleBroken(_("The first month comes after the last. Change one of them."), code="months_not_in_order")
    area = Area.objects.select_for_update(no_key=True).get(pk=area.pk)
    before = terms_of([area.pk])[area.pk, kind]
    if before == terms:
        return False
    rule, _is_new = FreshnessRule.objects.update_or_create(area=area, kind=kind, defaults=asdict(terms))
    record("freshness_rule.change", subject=rule, by=by, area=area.pk, before=asdict(before), after=asdict(terms))
    return True
