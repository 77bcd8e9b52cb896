from typing import Any

from core.policies import Policy, the_service
from providers.models import PROVIDER_ROLES, Organisation, StaffRole
from providers.uploads import KINDS


def acts_for_its_organisation(user: Any, upload: Any) -> bool:
    """May hand over files of this kind for this organisation today."""
    return KINDS[upload.kind].organisations_for(user).filter(pk=upload.organisation_id).exists()


def manages_staff(user: Any, organisation: Any) -> bool:
    """Managers of the provider; as long as it has none, the help desk of its area."""
    if not organisation.is_provider or organisation.ended_on is not None:
        return False
    roles = StaffRole.objects.of(user)
    if roles.filter(kind="manager", organisation=organisation).exists():
        return True
    is_desk = roles.filter(kind="help_desk", organisation__area=organisation.area_id).exists()
    managers = StaffRole.objects.current().filter(organisation=organisation, kind="manager", user__is_active=True)
    return is_desk and not managers.exists()


def looks_after_the_provider(user: Any, organisation: Any) -> bool:
    """The help desk of its area."""
    if not organisation.is_provider or organisation.ended_on is not None:
        return False
    return StaffRole.objects.of(user, "help_desk").filter(organisation__area=organisation.area_id).exists()


def coordinates_the_service(user: Any, organisation: Any) -> bool:
    """The help desk of the area of an advice service."""
    if organisation.kind != "advice_service" or organisation.ended_on is not None:
        return False
    return StaffRole.objects.of(user, "help_desk").filter(organisation__area=organisation.area_id).exists()


def manages_the_role(user: Any, role: Any) -> bool:
    """Who manages the staff of its provider; a school's roles are not theirs. Of the manager of an advice service the
    help desk of its area."""
    is_theirs = role.kind in PROVIDER_ROLES and manages_staff(user, role.organisation)
    return is_theirs or (role.kind == "manager" and coordinates_the_service(user, role.organisation))


def looks_after_the_role(user: Any, role: Any) -> bool:
    """Who manages it, and for all roles of its area the help desk. Nobody asks themselves back."""
    if role.user_id == user.pk or role.organisation.ended_on is not None:
        return False
    in_area = StaffRole.objects.of(user, "help_desk").filter(organisation__area=role.organisation.area_id)
    return in_area.exists() or manages_the_role(user, role)


def manages_the_invitation(user: Any, invitation: Any) -> bool:
    return manages_staff(user, invitation.organisation)


def holds_the_link(user: Any, _invitation: Any) -> bool:
    """Anybody who is signed in: the link itself is what lets them in, and the action asks for it."""
    return bool(user.is_active)


UPLOAD_POLICY = Policy(
    {
        "receive": acts_for_its_organisation,
        "fix": acts_for_its_organisation,
        "check_again": acts_for_its_organisation,
        "confirm": acts_for_its_organisation,
        "abandon": acts_for_its_organisation,
        "check": the_service,
        "hold": the_service,
        "publish": the_service,
        "refuse": the_service,
        "ask_undo": acts_for_its_organisation,
        "undo": the_service,
    }
)
STAFF_POLICY = Policy(
    {
        "invite": manages_staff,
        "give_role": manages_staff,
        "step_in": looks_after_the_provider,
        "name_manager": coordinates_the_service,
    }
)
ROLE_POLICY = Policy({"end": manages_the_role, "lapse": the_service, "invite_again": looks_after_the_role})
INVITATION_POLICY = Policy(
    {"resend": manages_the_invitation, "withdraw": manages_the_invitation, "accept": holds_the_link}
)


def looks_after_areas(user: Any, _area: Any) -> bool:
    """Area coordinators, and officers of an authority."""
    return StaffRole.objects.over_areas(user).exists()


def coordinates_the_area(user: Any, area: Any) -> bool:
    """The area coordinators of this area."""
    return StaffRole.objects.of(user, "help_desk").filter(organisation__area=area).exists()


def looks_after_the_area(user: Any, area: Any) -> bool:
    """The area coordinators of this area, and officers of its authority."""
    return StaffRole.objects.over_areas(user).filter(organisation__area=area).exists()


# Holidays are no working days: they move the dates of this area, and of no other.
CLOSURE_POLICY = Policy({"add": looks_after_the_area, "remove": looks_after_the_area})

CYCLE_POLICY = Policy(
    {
        "read": looks_after_areas,
        "look_ahead": looks_after_the_area,  # figures of its schools and providers
        "add": coordinates_the_area,
        "change": coordinates_the_area,
        "open_area": coordinates_the_area,
        "open_provider": coordinates_the_area,
    }
)


def practises(user: Any, provider: Any) -> bool:
    """Managers of the provider, and the help desk of its area."""
    return Organisation.objects.practising_through(user).filter(pk=provider.pk).exists()


PRACTICE_POLICY = Policy({"open": practises})
