"""The sites of a provider, as its uploads describe them or its editors write them down."""

from collections.abc import Mapping
from typing import Any, Protocol

from django.db import transaction
from django.utils.translation import gettext as _

from activity.actions import record
from core.errors import RuleBroken
from prospectus.actions.changing import lock_provider
from prospectus.policies import PROVIDER_POLICY
from prospectus.queries.sites import partner_sites, postcode_key
from providers.models import Organisation, Site
from providers.queries import locate, normalise_postcode


class PlaceOfTeaching(Protocol):
    """What an upload says about one place."""

    reference: str
    name: str
    address: str
    town: str
    postcode: str
    latitude: float | None
    longitude: float | None


@transaction.atomic
def create_site(*, provider: Organisation, name: str, town: str, postcode: str, by: Any, address: str = "") -> Site:
    """The provider teaches in one more place, as near as its postcode says.

    Raises: NotAllowed, RuleBroken ``site_known`` where it has a site of this name and postcode.
    """
    PROVIDER_POLICY.require(by, "create_site", provider)
    lock_provider(provider.pk)
    site = Site(organisation=provider, name=name, address=address, town=town, postcode=postcode)
    held = Site.objects.filter(organisation=provider, ended_on=None, name__iexact=name)
    if any(postcode_key(each.postcode) == postcode_key(postcode) for each in held):
        raise RuleBroken(
            _("%(provider)s has a site called %(name)s there already.") % {"provider": provider, "name": name},
            code="site_known",
        )
    if found := locate(postcode):
        site.latitude, site.longitude, site.is_exact = found.latitude, found.longitude, found.is_exact
    site.save()
    record("site.create", subject=site, by=by, provider=provider.pk)
    return site


def keep_sites(*, provider: Organisation, places: Mapping[str, Any]) -> tuple[dict[str, int], bool]:
    """Every place is a site of the provider, found again by the provider's code or else by name and postcode; or it is
    one of a partner who teaches with it, found by name and postcode, which is left as that partner says it is.

    Returns the key of each place's site, and whether anything changed. Sites not named are left alone: other courses
    and old applications point at them.
    """
    held = list(Site.objects.filter(organisation=provider).order_by("pk"))
    by_reference = {site.provider_reference: site for site in held if site.provider_reference}
    # Of several in one place the oldest that was not merged into another: the last one written is kept.
    ordered = sorted(held, key=lambda site: (site.merged_into_id is None, -site.pk))
    by_place = {(site.name.lower(), postcode_key(site.postcode)): site for site in ordered}
    theirs = partner_sites(provider, closed_too=True).order_by("-pk")
    of_partners = {(site.name.lower(), postcode_key(site.postcode)): site.pk for site in theirs}
    keys: dict[str, int] = {}
    has_changed = False
    for key, place in places.items():
        site = by_reference.get(place.reference) or by_place.get((place.name.lower(), postcode_key(place.postcode)))
        if site is not None and place.reference and site.provider_reference not in ("", place.reference):
            site = None  # a second place of the same name, with a code of its own
        if site is not None and site.merged_into_id is not None:
            # The file still names what somebody has said is another site: that one stays as it is.
            keys[key] = _merged_into(site, held).pk
            continue
        if site is None and (at_partners := of_partners.get((place.name.lower(), postcode_key(place.postcode)))):
            keys[key] = at_partners
            continue
        site = site or Site(organisation=provider)
        has_changed |= _keep_site(site, place)
        by_place[site.name.lower(), postcode_key(site.postcode)] = site
        if site.provider_reference:
            by_reference[site.provider_reference] = site
        keys[key] = site.pk
    return keys, has_changed


def _merged_into(site: Site, held: list[Site]) -> Site:
    """The site that this one became, however many steps away; open again if it had ended."""
    by_key = {each.pk: each for each in held}
    while site.merged_into_id is not None:
        site = by_key[site.merged_into_id]
    if site.ended_on is not None:
        site.ended_on = None
        site.save(update_fields=["ended_on"])
    return site


def _keep_site(site: Site, place: PlaceOfTeaching) -> bool:
    """The site is as the upload says; what the upload leaves out stays. Returns whether that changed anything."""
    told = {
        "provider_reference": place.reference,
        "name": place.name,
        "address": place.address,
        "town": place.town,
        "postcode": normalise_postcode(place.postcode) or place.postcode,
    }
    changed: dict[str, Any] = {name: value for name, value in told.items() if value and getattr(site, name) != value}
    if site.ended_on is not None:
        changed["ended_on"] = None
    changed |= _whereabouts(site, place, has_moved="postcode" in changed)
    for name, value in changed.items():
        setattr(site, name, value)
    if changed or site.pk is None:
        site.save()
        return True
    return False


def _whereabouts(site: Site, place: PlaceOfTeaching, *, has_moved: bool) -> dict[str, Any]:
    if place.latitude is not None and place.longitude is not None:
        told = {"latitude": place.latitude, "longitude": place.longitude, "is_exact": True}
    elif (has_moved or site.latitude is None) and (found := locate(place.postcode or site.postcode)):
        told = {"latitude": found.latitude, "longitude": found.longitude, "is_exact": found.is_exact}
    else:
        return {}
    return {name: value for name, value in told.items() if getattr(site, name) != value}
