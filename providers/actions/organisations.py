"""New areas and organisations, where there is no page for them yet."""

from typing import Any

from django.db import transaction
from django.utils.text import slugify

from activity.actions import record
from providers.models import Area, Organisation, OrganisationKind


@transaction.atomic
def create_area(*, name: str, by: Any) -> Area:
    """The area exists, without an authority or a cycle yet."""
    area = Area.objects.create(name=name, slug=slugify(name))
    record("area.create", subject=area, by=by)
    return area


@transaction.atomic
def create_provider(*, name: str, ukprn: str, area: Area, by: Any) -> Organisation:
    """The college exists in the area and has courses of its own; learners cannot apply to it here yet.

    Raises: ValidationError for a UKPRN that is none or is taken, or a name that is too long.
    """
    provider = Organisation(name=name, ukprn=ukprn, kind=OrganisationKind.COLLEGE, area=area, is_provider=True)
    provider.full_clean(exclude=["reference"])
    provider.save()
    record("organisation.create", subject=provider, by=by)
    return provider
