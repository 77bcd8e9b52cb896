"""A small town for conversations and the client record."""

from types import SimpleNamespace

from ilp import actions
from ilp.models import Conversation
from providers.models import RoleKind
from tests.factories import (
    CaseloadSchoolFactory,
    LearnerContactFactory,
    OrganisationFactory,
    RollEntryFactory,
    SchoolFactory,
    StaffRoleFactory,
    UserFactory,
)


def build_town() -> SimpleNamespace:
    """Amina of a school with a coordinator and a tutor; an advice service with two advisers, one hers; a help desk."""
    town = SimpleNamespace()
    town.school = SchoolFactory(name="Hollins Park School")
    town.area = town.school.area
    service = OrganisationFactory(name="Northmoor Advice Service", kind="advice_service", area=town.area)
    authority = OrganisationFactory(name="Northmoor Council", kind="authority", area=town.area)
    town.service = service
    for name, organisation, kind in (
        ("coordinator", town.school, RoleKind.COORDINATOR),
        ("tutor", town.school, RoleKind.TUTOR),
        ("adviser", service, RoleKind.ADVISER),
        ("second", service, RoleKind.ADVISER),
        ("desk", authority, RoleKind.HELP_DESK),
        ("officer", authority, RoleKind.OFFICER),
        ("elsewhere", SchoolFactory(area=town.area), RoleKind.COORDINATOR),
    ):
        user = UserFactory(username=name, name=f"{name.title()} Reed", email=f"{name}@example.org")
        role = StaffRoleFactory(user=user, organisation=organisation, kind=kind)
        setattr(town, name, user)
        setattr(town, f"{name}_role", role)
    entry = RollEntryFactory(school=town.school, learner__area=town.area)
    town.entry, town.amina = entry, entry.learner
    LearnerContactFactory(learner=town.amina)
    CaseloadSchoolFactory(adviser=town.adviser_role, school=town.school)
    return town


def consent(town: SimpleNamespace, is_given: bool = True) -> None:
    town.amina.consents.create(kind="advice_service", is_given=is_given, words="May we?", by=town.amina.user)


def talk(town: SimpleNamespace, *, by: object = None, service: object = None) -> Conversation:
    return actions.begin_conversation(learner=town.amina, service=service or town.school, by=by or town.amina.user)


def say(conversation: Conversation, text: str, by: object, once: str = "", **options: object):
    return actions.send_message(conversation=conversation, text=text, once=once, by=by, **options)
