"""E-mails to providers whose courses need a look: on each occasion once, in working hours, and not while paused."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from activity.actions import post, record
from core import clock
from core.errors import RuleBroken
from prospectus.models import FreshnessNotice, HealthPause
from prospectus.policies import HEALTH_POLICY
from prospectus.queries.health import health_of
from prospectus.queries.notices import paused_today, who_is_told
from providers.models import AreaHolding, Organisation
from providers.queries import is_working_day

KIND = "freshness-notice"
FIRST_HOUR, LAST_HOUR = 8, 17  # the e-mails leave from eight o'clock until before five
LONGEST_PAUSE = dt.timedelta(days=366)


def tell_providers() -> int:
    """Each provider that is amber or red has been told of its latest occasion; returns how many are told now.

    Nothing is told at night, on days nobody works, while a provider's e-mails are paused, or of an area whose courses
    come from elsewhere. What was missed is made up for with the latest occasion alone. Tells: ``freshness-notice``.
    """
    if not is_time_to_write():
        return 0
    today = clock.today()
    here = Organisation.objects.providers().filter(ended_on=None, area__holding=AreaHolding.HERE)
    providers = here.exclude(pk__in=paused_today().values("provider")).select_related("area").order_by("pk")
    works: dict[int, bool] = {}
    told = 0
    for health in health_of(providers):
        area = health.provider.area
        if area.pk not in works:
            works[area.pk] = is_working_day(today, area=area)
        if works[area.pk]:
            told += _tell(health.provider.pk, today=today)
    return told


def is_time_to_write() -> bool:
    """Somebody may be at a desk: e-mails about courses leave now."""
    return FIRST_HOUR <= clock.now().astimezone(timezone.get_default_timezone()).hour < LAST_HOUR


@transaction.atomic
def pause_notices(*, provider: Organisation, until_on: dt.date, reason: str, by: Any) -> HealthPause:
    """The provider gets no e-mails about its courses up to and with that day; an earlier pause is replaced.

    Raises: NotAllowed, RuleBroken ``pause_over`` or ``pause_too_long``.
    """
    HEALTH_POLICY.require(by, "pause", provider)
    today = clock.today()
    if until_on < today:
        raise RuleBroken(_("This day has passed. Choose today or a later day."), code="pause_over")
    if until_on > today + LONGEST_PAUSE:
        raise RuleBroken(_("Choose a day within a year."), code="pause_too_long")
    Organisation.objects.select_for_update(no_key=True).get(pk=provider.pk)
    HealthPause.objects.filter(provider=provider, ended_at=None).update(ended_at=clock.now())
    pause = HealthPause.objects.create(provider=provider, until_on=until_on, reason=reason, by=by)
    record("provider.pause_notices", subject=provider, by=by, until_on=until_on.isoformat())
    return pause


@transaction.atomic
def resume_notices(*, provider: Organisation, by: Any) -> None:
    """The provider gets e-mails again. Where none was paused nothing changes. Raises: NotAllowed."""
    HEALTH_POLICY.require(by, "pause", provider)
    Organisation.objects.select_for_update(no_key=True).get(pk=provider.pk)
    if HealthPause.objects.filter(provider=provider, ended_at=None).update(ended_at=clock.now()):
        record("provider.resume_notices", subject=provider, by=by)


@transaction.atomic
def _tell(provider_id: int, *, today: dt.date) -> bool:
    """One row, and a message for each person; unless another run is telling this provider, or it is all told."""
    locked = Organisation.objects.select_for_update(skip_locked=True, no_key=True).filter(pk=provider_id).first()
    if locked is None or paused_today().filter(provider=locked).exists():
        return False
    (health,) = health_of([locked])
    occasion = health.light.occasion(today)
    if occasion is None:
        return False
    step, due_on = occasion
    if FreshnessNotice.objects.filter(provider=locked, due_on__gte=due_on).exists():
        return False
    people = list(who_is_told(locked))
    notice = FreshnessNotice.objects.create(provider=locked, step=step, due_on=due_on, people=len(people))
    for person in people:
        post(KIND, key=f"{KIND}:{notice.pk}:{person.pk}", notice_id=notice.pk, user_id=person.pk)
    return True


def receiver_of(notice: FreshnessNotice, user_id: int) -> User | None:
    """Whom to write to now: still who keeps the courses, with an address. None: nobody, or not needed any more."""
    person = who_is_told(notice.provider).filter(pk=user_id).first()
    if person is None or paused_today().filter(provider=notice.provider_id).exists():
        return None
    (health,) = health_of([notice.provider])
    return person if health.light.occasion(clock.today()) else None
