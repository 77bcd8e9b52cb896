"""What a provider says of itself to learners."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from activity.actions import record
from core import clock
from prospectus.actions.changing import ChangedMeanwhile, lock_provider
from prospectus.policies import PROVIDER_POLICY
from providers.models import Organisation

PROFILE_FIELDS = ("about", "open_days", "admissions_email", "admissions_phone", "website")


@transaction.atomic
def edit_profile(
    *, provider: Organisation, values: Mapping[str, str], as_of: dt.datetime | None, by: Any
) -> Organisation:
    """Learners read ``values`` (``PROFILE_FIELDS``) on the provider's page from now on.

    ``as_of`` is the ``profile_changed_at`` this person saw. Raises: NotAllowed, ChangedMeanwhile.
    """
    PROVIDER_POLICY.require(by, "edit_profile", provider)
    provider = lock_provider(provider.pk)
    if provider.profile_changed_at != as_of:
        raise ChangedMeanwhile(f"profile of {provider.pk} was saved meanwhile")
    changed = sorted(name for name in PROFILE_FIELDS if getattr(provider, name) != values[name])
    if changed:
        for name in changed:
            setattr(provider, name, values[name])
        provider.profile_changed_at = clock.now()
        provider.save(update_fields=[*changed, "profile_changed_at"])
        record("profile.edit", subject=provider, by=by, fields=changed)
    return provider
