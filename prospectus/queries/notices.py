"""Who is written to about a provider's courses, when not, and what was written."""

from django.db.models import QuerySet

from accounts.models import User
from core import clock
from prospectus.models import FreshnessNotice, HealthPause
from providers.models import Organisation, StaffRole


def who_is_told(provider: Organisation) -> QuerySet[User]:
    """Editors and managers of the provider today who have an address."""
    roles = StaffRole.objects.current().filter(organisation=provider, kind__in=("editor", "manager"))
    return User.objects.filter(pk__in=roles.values("user"), is_active=True).exclude(email="").order_by("pk")


def paused_today() -> QuerySet[HealthPause]:
    """Pauses that hold today."""
    return HealthPause.objects.filter(ended_at=None, until_on__gte=clock.today())


def pause_of(provider: Organisation) -> HealthPause | None:
    """The provider's pause that holds today."""
    return paused_today().filter(provider=provider).select_related("by").first()


def notices_log(provider: Organisation | None = None) -> QuerySet[FreshnessNotice]:
    """What was sent to this provider (None: to all), the latest first."""
    notices = FreshnessNotice.objects.select_related("provider__area")
    return notices.filter(provider=provider) if provider else notices
