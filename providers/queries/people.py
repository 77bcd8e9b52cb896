"""What people are today, and who acts for a provider."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from providers.models import Invitation, Organisation, StaffRole


class Held(NamedTuple):
    """A role somebody holds today."""

    kind: str
    is_aside: bool
    organisation_id: int
    reference: str
    name: str


def roles_today(user: Any) -> Sequence[Held]:
    """The roles ``user`` holds today, those put aside too, asked of the database once per request (kept on the user
    object)."""
    if not user.is_authenticated:
        return ()
    if not hasattr(user, "roles_held_today"):
        roles = StaffRole.objects.current().filter(user=user).order_by("organisation__name", "pk")
        columns = ("kind", "is_aside", "organisation_id", "organisation__reference", "organisation__name")
        user.roles_held_today = [Held(*row) for row in roles.values_list(*columns)]
    return user.roles_held_today


def role_kinds(user: Any) -> frozenset[str]:
    """The kinds of role ``user`` acts in today. Costs no query of its own."""
    return frozenset(role.kind for role in roles_today(user) if not role.is_aside)


def may_upload(user: Any) -> bool:
    """Whether the menu shows uploads. What exactly may be handed over is asked of each kind."""
    return bool(role_kinds(user) & {"coordinator", "editor", "manager", "help_desk"})


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


def waiting_invitations(organisation: Organisation) -> QuerySet:
    """Invitations to it that nobody has used, the newest first."""
    return Invitation.objects.waiting().filter(organisation=organisation).for_list()
