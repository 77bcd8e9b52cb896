from types import SimpleNamespace

import pytest

from accounts.models import Learner
from ilp import actions
from providers.models import RoleKind
from tests.factories import CaseloadSchoolFactory, RollEntryFactory, StaffRoleFactory, UserFactory
from tests.ilp.talk import build_town


@pytest.fixture
def people():
    """Amina in Year 11 with a plan; a tutor and a coordinator of her school; her adviser; strangers of another."""
    entry = RollEntryFactory(year_group=11, tutor_group="11Z", learner__user=UserFactory(username="amina"))
    other = RollEntryFactory(year_group=11, learner__user=UserFactory(username="ben"))
    adviser = StaffRoleFactory(kind=RoleKind.ADVISER)
    CaseloadSchoolFactory(adviser=adviser, school=entry.school)
    amina: Learner = entry.learner
    return SimpleNamespace(
        amina=amina,
        ben=other.learner,
        school=entry.school,
        tutor=StaffRoleFactory(organisation=entry.school, kind=RoleKind.TUTOR).user,
        coordinator=StaffRoleFactory(organisation=entry.school, kind=RoleKind.COORDINATOR).user,
        other_tutor=StaffRoleFactory(organisation=other.school, kind=RoleKind.TUTOR).user,
        adviser=adviser.user,
        plan=actions.start_plan(learner=amina, by=amina.user),
    )


@pytest.fixture
def add(people):
    """A function that writes one thing into Amina's plan."""

    def add(kind="skill", title="Mending bicycles", words="I mended my neighbour's.", **rest):
        answers = {"words": words} | ({} if kind in ("about", "course") else {"title": title})
        return actions.add_entry(plan=people.plan, kind=kind, by=people.amina.user, **answers, **rest)

    return add


@pytest.fixture
def town(db):
    """Amina with a school, an advice service and a help desk around her: for conversations and the client record."""
    return build_town()
