"""History says in which role somebody acted who has several."""

import pytest

from activity.actions import record
from activity.models import Event
from providers import actions
from providers.models import RoleKind
from providers.queries import roles_today
from tests.factories import LearnerFactory, OrganisationFactory, ProviderFactory, StaffRoleFactory, UserFactory


@pytest.fixture
def college(db):
    return ProviderFactory(name="Northfield College")


@pytest.fixture
def priya(college):
    return StaffRoleFactory(organisation=college, kind=RoleKind.MANAGER).user


def roles_of_newest():
    return Event.objects.order_by("-pk")[0].facts.get("roles")


def test_who_has_one_role_or_none_leaves_none(college, priya):
    actions.invite_staff(organisation=college, kind="editor", email="ana@example.org", by=priya)
    assert roles_of_newest() is None
    record("a.thing", subject=college, by=LearnerFactory().user)
    assert roles_of_newest() is None
    record("a.thing", subject=college, by=None)
    assert roles_of_newest() is None


def test_who_has_two_leaves_those_of_the_organisation_it_is_about(college, priya):
    authority = OrganisationFactory(kind="authority", area=college.area)
    StaffRoleFactory(user=priya, organisation=authority, kind=RoleKind.HELP_DESK)
    actions.invite_staff(organisation=college, kind="editor", email="ana@example.org", by=priya)
    assert roles_of_newest() == [f"manager:{college.pk}"]
    StaffRoleFactory(user=priya, organisation=college, kind=RoleKind.EDITOR)
    record("a.thing", subject=college, by=priya)
    assert roles_of_newest() == sorted([f"editor:{college.pk}", f"help_desk:{authority.pk}", f"manager:{college.pk}"])
    record("a.thing", subject=college, by=priya, organisation=college.pk)
    assert roles_of_newest() == [f"editor:{college.pk}", f"manager:{college.pk}"]


def test_a_role_put_aside_is_not_acted_in(college, priya):
    authority = OrganisationFactory(kind="authority", area=college.area)
    StaffRoleFactory(user=priya, organisation=authority, kind=RoleKind.HELP_DESK)
    actions.act_for(organisation=authority, by=priya)
    record("a.thing", subject=college, by=priya)
    assert roles_of_newest() == [f"help_desk:{authority.pk}"]
    record("a.thing", subject=college, by=priya, organisation=college.pk)  # a school's own action for another's thing
    assert roles_of_newest() == [f"help_desk:{authority.pk}"]


def test_a_role_that_has_ended_is_not_acted_in(college, priya):
    StaffRoleFactory(user=priya, organisation=OrganisationFactory(), ended_on="2026-11-17")
    record("a.thing", subject=college, by=priya)
    assert roles_of_newest() is None


def test_stepping_in_says_as_what(college):
    desk = StaffRoleFactory(
        organisation=OrganisationFactory(kind="authority", area=college.area), kind=RoleKind.HELP_DESK
    )
    actions.step_in(organisation=college, by=desk.user)
    assert roles_of_newest() == [f"editor:{college.pk}"]


def test_nothing_is_remembered_and_what_is_known_is_not_asked_again(college, django_assert_num_queries):
    somebody = UserFactory()
    record("a.thing", subject=college, by=somebody)
    StaffRoleFactory(user=somebody)
    assert len(roles_today(somebody)) == 1
    with django_assert_num_queries(1):
        record("a.thing", subject=college, by=somebody)
