"""What people are today, and who acts for a provider."""

import copy
from collections.abc import Sequence
from typing import Any, NamedTuple

from django.db.models import Count, F, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from providers.models import Invitation, Organisation, OrganisationKind, RoleKind, StaffRole
from providers.querysets import Held, roles_held


def roles_today(user: Any) -> Sequence[Held]:
    """The roles ``user`` holds today, those put aside too, asked of the database once per request (kept on the user
    object)."""
    return roles_held(user)


def roles_acted_in(user: Any, organisation_id: int | None = None) -> list[str]:
    """In which roles whoever has several acts now: kind and key of the organisation, "manager:12"; those put aside are
    not among them. With an organisation, the roles there, where there are any. Empty for who has one role or none.

    Costs a query where this request has not asked for the roles yet, and keeps nothing on the user.
    """
    known = user if hasattr(user, "roles_held_today") else copy.copy(user)
    held = roles_today(known)
    if len(held) < 2:
        return []
    acting = [role for role in held if not role.is_aside]
    there = [role for role in acting if role.organisation_id == organisation_id]
    return [f"{role.kind}:{role.organisation_id}" for role in there or acting]


def role_kinds(user: Any) -> frozenset[str]:
    """The kinds of role ``user`` acts in today. Costs no query of its own."""
    return frozenset(role.kind for role in roles_today(user) if not role.is_aside)


def role_kinds_but_advice(user: Any) -> frozenset[str]:
    """The kinds of role ``user`` acts in today, but for those at an advice service: it has a manager, too, and neither
    courses, applications nor reports of its own. Costs no query of its own."""
    acting = (role for role in roles_today(user) if not role.is_aside)
    return frozenset(role.kind for role in acting if role.organisation_kind != OrganisationKind.ADVICE_SERVICE)


class ActsFor(NamedTuple):
    """For whom a person acts: the names of the organisations, and whether they could choose."""

    names: list[str]
    can_choose: bool


def acts_for(user: Any) -> ActsFor | None:
    """For whom ``user`` acts on this page; None for somebody without a role. Costs no query of its own."""
    roles = roles_today(user)
    if not roles:
        return None
    acting = {role.organisation_id: role.name for role in roles if not role.is_aside}
    return ActsFor(list(acting.values()), len({role.organisation_id for role in roles}) > 1)


def staffed_organisations(user: Any) -> QuerySet:
    """The providers whose staff this person may know, each with ``people`` and ``managers``."""
    return (
        Organisation.objects.staffed_through(user)
        .select_related("area")
        .annotate(
            people=_number(StaffRole.objects.current(), "user"),
            managers=_number(StaffRole.objects.current().filter(kind="manager", user__is_active=True), "user"),
        )
        .order_by("name", "pk")
    )


def _number(roles: QuerySet, what: str) -> Coalesce:
    """How many different ones there are of each organisation."""
    here = roles.filter(organisation=OuterRef("pk")).order_by().values("organisation")
    counted = here.annotate(number=Count(what, distinct=True)).values("number")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


LAST, LAST_DOWN = "last", "-last"


def by_last_use(*names: str) -> dict[str, tuple[Any, ...]]:
    """The orders a list of roles comes in, by what an address says: the usual one, and by when the holder last signed
    in, those who never did first or last."""
    signed_in = F("user__last_login")
    return {
        "": (*names, "pk"),
        LAST: (signed_in.asc(nulls_first=True), *names, "pk"),
        LAST_DOWN: (signed_in.desc(nulls_last=True), *names, "pk"),
    }


def sort_of(asked: str, sorts: dict[str, tuple[Any, ...]]) -> tuple[str, tuple[Any, ...]]:
    """The order that was asked for, or the usual one, with its name."""
    return (asked, sorts[asked]) if asked in sorts else ("", sorts[""])


def who_looks_after(organisation: Organisation) -> list[int]:
    """The accounts, with an address, of those to be told about an organisation's staff: its managers; where none of
    them is about, its area's help desk; else the area's officers; else whoever looks after any area."""
    here = StaffRole.objects.in_use().exclude(user__email="")
    in_area = here.filter(organisation__area=organisation.area_id)
    for roles in (
        here.filter(organisation=organisation, kind=RoleKind.MANAGER),
        in_area.filter(kind=RoleKind.HELP_DESK),
        in_area.filter(kind=RoleKind.OFFICER),
        here.filter(kind__in=(RoleKind.HELP_DESK, RoleKind.OFFICER)),
    ):
        if people := sorted(set(roles.values_list("user", flat=True))):
            return people
    return []


def waiting_invitations(organisation: Organisation) -> QuerySet:
    """Invitations to it that nobody has used, the newest first."""
    return Invitation.objects.waiting().filter(organisation=organisation).for_list()
