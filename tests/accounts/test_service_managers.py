"""Who manages an advice service: named by the help desk of its area, finds the way, and is let go again."""

import pytest
from django.test import RequestFactory
from django.urls import reverse

from accounts.models import CaseloadLearner
from accounts.policies import gives_away, keeps_sign_on
from activity.models import Event
from core.errors import NotAllowed, StaleState
from core.navigation import links_for
from prospectus.policies import PROVIDER_POLICY
from providers.actions import end_role, name_manager
from providers.models import Organisation, RoleKind, StaffRole
from providers.querysets import ask_roles_once
from tests.accounts.test_caseloads import build_town
from tests.factories import AreaFactory, OrganisationFactory, ProviderFactory, StaffRoleFactory
from tests.ground import ground

pytestmark = pytest.mark.django_db


@ground
def town():
    town = build_town()
    town.manager_role.delete()
    return town


def managers():
    return [role.user.name for role in StaffRole.objects.current().filter(kind=RoleKind.MANAGER).select_related("user")]


def test_the_help_desk_names_an_adviser_who_keeps_all_caseloads_from_then_on(client, town):
    client.force_login(town.desk)
    assert "Nobody manages this service" in client.get(reverse("accounts:caseloads")).text
    for _press in range(2):
        page = client.post(reverse("accounts:manager-name", args=[town.ella_role.reference]), follow=True)
    assert "Managed by Ella." in " ".join(page.text.split())
    assert managers() == ["Ella"]
    assert Event.objects.filter(verb="role.give").count() == 1

    client.force_login(town.ella)
    page = client.get(reverse("accounts:caseloads"))
    assert page.text.count("Hand over schools") == 2
    assert "Make manager" not in page.text
    assert f'href="{reverse("accounts:caseloads")}"' in client.get(reverse("reporting:caseload")).text.split("<main")[0]

    client.force_login(town.desk)
    role = StaffRole.objects.current().get(kind=RoleKind.MANAGER)
    client.post(reverse("accounts:manager-end", args=[role.reference]))
    assert managers() == []  # the last one, too: the help desk goes on


def test_a_manager_who_advises_nobody_begins_at_the_caseloads_and_a_colleges_manager_does_not(client, town):
    for organisation, starts in ((town.service, True), (ProviderFactory(area=town.area), False)):
        client.force_login(StaffRoleFactory(kind=RoleKind.MANAGER, organisation=organisation).user)
        answer = client.get(reverse("accounts:start"))
        assert (answer.url == reverse("accounts:caseloads")) is starts


def manager_of(organisation):
    return StaffRoleFactory(kind=RoleKind.MANAGER, organisation=organisation).user


def menu(user):
    request = RequestFactory().get("/")
    request.user = user
    return [str(one.text) for link in links_for(request, user) for one in (link.inside or [link])]


def test_the_menu_of_a_services_manager_leads_to_no_empty_page_and_a_colleges_stays(client, town):
    college = ProviderFactory(area=town.area)
    of_college = [
        "Find a course", "Applications", "Your courses", "Data health", "Feeds", "Open for applications", "Interest",
        "Tasters and visits", "Uploads", "Reports", "Staff", "Own sign-in", "Your own system",
    ]  # fmt: skip
    assert set(menu(manager_of(college))) ^ set(of_college) == set()
    assert menu(manager_of(town.service)) == ["Find a course", "Caseloads", "Tasters and visits", "Uploads"]
    both = manager_of(college)
    StaffRoleFactory(user=both, kind=RoleKind.MANAGER, organisation=town.service)
    assert set(menu(both)) == {*of_college, "Caseloads"}


def test_a_services_manager_keeps_no_courses_and_answers_no_applications(client, town):
    manager = manager_of(town.service)
    assert not PROVIDER_POLICY.can(manager, "create_course", town.service)
    client.force_login(manager)
    page = client.get(reverse("providers:uploads"))
    assert [kind.name for kind in page.context["kinds"]] == ["caseload"]
    college = ProviderFactory(area=town.area)
    both = manager_of(college)
    StaffRoleFactory(user=both, kind=RoleKind.MANAGER, organisation=town.service)
    for is_asked_once in (False, True):
        if is_asked_once:
            ask_roles_once(both)
        for through in (Organisation.objects.editing_through, Organisation.objects.admitting_through):
            assert through(both).get() == college


def test_nobody_else_names_or_ends_a_manager_and_nobody_becomes_one_who_is_no_adviser(town):
    elsewhere = OrganisationFactory(kind="authority", area=AreaFactory(name="Westhaven"))
    strange_desk = StaffRoleFactory(kind=RoleKind.HELP_DESK, organisation=elsewhere).user
    for by in (town.dev, town.ella, strange_desk):
        with pytest.raises(NotAllowed):
            name_manager(adviser=town.ella_role, by=by)
    with pytest.raises(StaleState):
        name_manager(adviser=StaffRoleFactory(kind=RoleKind.COORDINATOR, organisation=town.service), by=town.desk)
    role = name_manager(adviser=town.ella_role, by=town.desk)
    for by in (town.dev, strange_desk):
        with pytest.raises(NotAllowed):
            end_role(role=role, last_on=None, by=by)


def test_a_services_manager_keeps_caseloads_and_neither_sign_on_nor_colleagues_second_factors(town):
    name_manager(adviser=town.ella_role, by=town.desk)
    assert not StaffRole.objects.helped_by(town.ella).exists()
    assert not keeps_sign_on(town.ella, town.service)
    assert not Organisation.objects.let_in_through(town.ella).exists()


def test_a_manager_gives_away_whom_the_own_service_answers_for_and_nobody_of_another(town):
    name_manager(adviser=town.ella_role, by=town.desk)
    other = StaffRoleFactory(
        kind=RoleKind.ADVISER, organisation=OrganisationFactory(kind="advice_service", area=town.area)
    )
    assert [gives_away(town.ella, one) for one in (town.of_hollins, town.of_calder)] == [True, True]
    CaseloadLearner.objects.create(learner=town.of_hollins, adviser=other, by=town.desk)
    assert not gives_away(town.ella, town.of_hollins)
    assert gives_away(town.desk, town.of_hollins)
