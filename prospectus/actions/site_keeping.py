"""What a provider's editors do to its sites: change one, end one, say that two are the same.

Lock order: the providers whose dates or parts of courses are there, by key; then the site. It is that of an upload,
which locks its provider first. Search follows in the same transaction, because words and distances come from the site.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from activity.actions import record
from core import clock
from core.errors import RuleBroken, StaleState
from prospectus.actions.changing import ChangedMeanwhile
from prospectus.actions.search import refresh_search
from prospectus.models import Course, CoursePart, CourseRun, CourseState
from prospectus.policies import SITE_POLICY
from providers.models import Organisation, Site
from providers.queries import locate

SITE_FIELDS = ("name", "address", "town", "postcode", "provider_reference", "latitude", "longitude")


def seen_as(site: Site) -> str:
    """Stands for the site as somebody saw it, so that saving can tell whether it is still so."""
    told = [getattr(site, name) if name not in ("latitude", "longitude") else None for name in SITE_FIELDS]
    exact = [site.latitude, site.longitude] if site.is_exact else None
    return hashlib.sha256(json.dumps([told, exact]).encode()).hexdigest()[:16]


def dates_at(site: Site) -> QuerySet[CourseRun]:
    """Dates that somebody could still start there, drafts too. The others stay with the site when it ends."""
    runs = CourseRun.objects.filter(site=site, ended_on=None).to_come()
    return runs.exclude(course__state=CourseState.WITHDRAWN)


class Taught(NamedTuple):
    """What a site that ends leaves without a place: ``dates`` as (course, date), ``parts`` as (course, position),
    which stay what they are when somebody saves the parts of a course again."""

    dates: list[tuple[int, int]]
    parts: list[tuple[int, int]]

    @property
    def courses(self) -> int:
        return len({course for course, _ in (*self.dates, *self.parts)})

    @property
    def digest(self) -> str:
        """The same for as long as the same is taught there."""
        return hashlib.sha256(json.dumps(self).encode()).hexdigest()[:16]


def taught_at(site: Site) -> Taught:
    """Its dates of ``dates_at``, and every part of a course, in a fixed order."""
    parts = CoursePart.objects.filter(site=site).order_by("course", "position")
    return Taught(
        list(dates_at(site).order_by("pk").values_list("course", "pk")), list(parts.values_list("course", "position"))
    )


@transaction.atomic
def edit_site(*, site: Site, values: Mapping[str, Any], seen: str, by: Any) -> Site:
    """The site is as ``values`` say (``SITE_FIELDS``). Without a latitude and longitude of its own it is about where
    its postcode is.

    ``seen`` is ``seen_as`` of the site this person changed. Raises: NotAllowed, StaleState (it has ended),
    ChangedMeanwhile, RuleBroken ``code_taken``, ``site_known`` or ``half_a_place``.
    """
    site = _lock(site, "edit", by=by)
    if seen != seen_as(site):
        raise ChangedMeanwhile(f"site {site.pk} was saved meanwhile")
    before = {name: getattr(site, name) for name in (*SITE_FIELDS, "is_exact")}
    for name in SITE_FIELDS:
        setattr(site, name, values[name])
    _require_its_own_name(site)
    _place(site)
    changed = sorted(name for name in before if getattr(site, name) != before[name])
    if changed:
        site.save()
        record("site.edit", subject=site, by=by, provider=site.organisation_id, fields=changed)
        _refresh(_providers_at(site))
    return site


@transaction.atomic
def end_site(*, site: Site, move_to: Site | None, by: Any, seen: str | None = None) -> int:
    """Nothing new is taught there; what can still be started there moves to ``move_to``, and parts of courses
    with it. Without one, parts stay and no place is said of them any more. The history keeps which they were.
    Returns how many dates moved.

    ``seen`` is the digest of ``taught_at`` as this person saw it; None: whatever is there. Raises: NotAllowed,
    StaleState (it has ended), ChangedMeanwhile, RuleBroken ``dates_there`` where no site was given and there are such
    dates, or ``not_your_site``.
    """
    site = _lock(site, "end", by=by)
    taught = taught_at(site)
    if seen is not None and seen != taught.digest:
        raise ChangedMeanwhile(f"what is taught at site {site.pk} has changed")
    there = [run for _course, run in taught.dates]
    if there and move_to is None:
        words = ngettext(
            "%(number)s date that can still be started is at %(site)s. Choose the site to move to.",
            "%(number)s dates that can still be started are at %(site)s. Choose the site to move to.",
            len(there),
        )
        raise RuleBroken(
            words % {"number": len(there), "site": site},
            code="dates_there",
        )
    concerned = _providers_at(site)
    into = _other(site, move_to) if move_to else None
    CourseRun.objects.filter(pk__in=there).update(site=into, changed_at=clock.now())
    _move_parts(site, into)
    site.ended_on = clock.today()
    site.save()
    record(
        "site.end", subject=site, by=by, provider=site.organisation_id, moved=len(there),
        to=into.pk if into else None, dates=there, parts=taught.parts,
    )  # fmt: skip
    _refresh(concerned)
    return len(there)


@transaction.atomic
def merge_site(*, site: Site, into: Site, by: Any) -> int:
    """The two are one place: every date and part of ``site`` is at ``into``, which takes over what it lacks, and
    ``site`` has ended. Uploads that name the one mean the other from now on. Returns how many dates moved.

    Raises: NotAllowed, StaleState (one of them has ended), RuleBroken ``not_your_site``.
    """
    site = _lock(site, "merge", by=by)
    into = _other(site, into)
    concerned = _providers_at(site) | _providers_at(into)
    moved = CourseRun.objects.filter(site=site).update(site=into, changed_at=clock.now())
    _move_parts(site, into)
    for name in ("address", "town", "postcode"):
        if not getattr(into, name):
            setattr(into, name, getattr(site, name))
    if site.latitude is not None and (into.latitude is None or (site.is_exact and not into.is_exact)):
        into.latitude, into.longitude, into.is_exact = site.latitude, site.longitude, site.is_exact
    into.save()
    site.ended_on, site.merged_into = clock.today(), into
    site.save()
    record("site.merge", subject=site, by=by, provider=site.organisation_id, into=into.pk, moved=moved)
    _refresh(concerned)
    return moved


def _move_parts(site: Site, into: Site | None) -> None:
    """Parts of courses that are taught at ``site`` are taught at ``into``; None: where is not said."""
    Course.objects.filter(parts__site=site).update(changed_at=clock.now())
    CoursePart.objects.filter(site=site).update(site=into)


def _lock(site: Site, verb: str, *, by: Any) -> Site:
    """The site as it is now. Nobody else changes it, or the courses taught there, until the transaction ends."""
    keys = _providers_at(site) | {site.organisation_id}
    list(Organisation.objects.select_for_update(no_key=True).filter(pk__in=keys).order_by("pk").values_list("pk"))
    found = Site.objects.select_for_update(of=("self",), no_key=True).select_related("organisation").get(pk=site.pk)
    SITE_POLICY.require(by, verb, found)
    if found.ended_on is not None:
        raise StaleState(f"Cannot {verb} site {found.pk}: it has ended")
    return found


def _other(site: Site, other: Site | None) -> Site:
    """Another open site of the same provider."""
    sites = Site.objects.select_for_update(no_key=True).filter(organisation=site.organisation_id, ended_on=None)
    found = sites.exclude(pk=site.pk).filter(pk=other.pk).first() if other else None
    if found is None:
        raise RuleBroken(_("Choose another of your own sites that is open."), code="not_your_site")
    return found


def _require_its_own_name(site: Site) -> None:
    others = Site.objects.filter(organisation=site.organisation_id).exclude(pk=site.pk)
    if site.provider_reference and others.filter(provider_reference=site.provider_reference).exists():
        raise RuleBroken(
            _("Another of your sites has the code %(provider_reference)s. Use a code of its own.")
            % {"provider_reference": site.provider_reference},
            code="code_taken",
        )
    same = others.filter(ended_on=None, name__iexact=site.name)
    if same.filter(postcode=site.postcode).exists():
        raise RuleBroken(
            _("You have a site called %(site)s there already. If the two are the same, merge them.")
            % {"site": site.name},
            code="site_known",
        )


def _place(site: Site) -> None:
    """Coordinates that were given are the site's own; otherwise they follow the postcode."""
    if (site.latitude is None) != (site.longitude is None):
        raise RuleBroken(_("Give both latitude and longitude, or neither."), code="half_a_place")
    site.is_exact = site.latitude is not None
    if not site.is_exact and (found := locate(site.postcode)):
        site.latitude, site.longitude = found.latitude, found.longitude


def _providers_at(site: Site) -> set[int]:
    """Its own provider and those whose courses, or parts of them, are taught there."""
    of_dates, of_parts = (
        taught.objects.filter(site=site).values_list("course__provider", flat=True)
        for taught in (CourseRun, CoursePart)
    )
    return {site.organisation_id, *of_dates, *of_parts}


def _refresh(providers: set[int]) -> None:
    for provider in Organisation.objects.filter(pk__in=providers).order_by("pk"):
        refresh_search(provider=provider)
