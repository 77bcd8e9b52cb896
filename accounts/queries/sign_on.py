"""Which organisation signs somebody on, and whom."""

from typing import Any

from accounts.models import SignOn
from accounts.querysets.sign_on import keeping_sign_on
from providers.models import StaffRole


def organisations_to_set(user: Any) -> Any:
    """The organisations whose sign-on ``user`` sets, each with it where there is one."""
    return keeping_sign_on(user).select_related("area", "sign_on").order_by("name", "pk")


def sign_on_for(email: str) -> SignOn | None:
    """The working sign-on that addresses like this one are of."""
    domain = email.rpartition("@")[2].strip().lower()
    return SignOn.objects.working().filter(domains__domain=domain).first() if domain else None


def acts_elsewhere(user: Any, organisation_id: int) -> bool:
    """Somebody who acts for another organisation, too, whose second factor is not this one's to vouch for."""
    return StaffRole.objects.current().filter(user=user).exclude(organisation=organisation_id).exists()


def acts_there(user: Any, organisation_id: int) -> bool:
    """One of the organisation's people today, whether they have put it aside or not."""
    return StaffRole.objects.current().filter(user=user, organisation=organisation_id).exists()
