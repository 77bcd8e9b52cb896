"""The pages about a provider's staff: who sees what, what the buttons do, and what a page costs."""

import datetime as dt

import pytest
from django.urls import reverse

from accounts.models import User
from core import clock
from providers import actions
from providers.models import Invitation, RoleKind, StaffRole
from tests.factories import InvitationFactory, OrganisationFactory, ProviderFactory, StaffRoleFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def college():
    return ProviderFactory(name="Northfield College")


@pytest.fixture
def manager(college):
    user = UserFactory(name="Priya Shah")
    return StaffRoleFactory(organisation=college, kind=RoleKind.MANAGER, user=user)


@pytest.fixture
def editor(college):
    return StaffRoleFactory(organisation=college, kind=RoleKind.EDITOR, user=UserFactory(name="Tom Reed"))


@pytest.fixture
def as_manager(client, manager):
    client.force_login(manager.user)
    return client


def page_of(client, college):
    return client.get(reverse("providers:staff-of", args=[college.reference])).content.decode()


def test_a_manager_sees_everybody_and_every_button(as_manager, college, editor):
    InvitationFactory(organisation=college, email="ana@example.org")
    page = page_of(as_manager, college)
    for words in ("Tom Reed", "Course editor", "1 September 2026", "ana@example.org", "2 December 2026", "Send again"):
        assert words in page
    assert reverse("providers:role-end", args=[editor.reference]) in page
    assert "(you)" in page


def test_a_colleague_reads_names_and_no_addresses_or_buttons(client, college, manager, editor):
    InvitationFactory(organisation=college, email="ana@example.org")
    client.force_login(editor.user)
    page = page_of(client, college)
    assert "Priya Shah" in page
    assert "ana@example.org" not in page
    assert "staff/roles/" not in page
    assert "/invite/" not in page


def test_roles_that_are_over_or_of_others_are_not_on_the_page(as_manager, college):
    for facts in (
        {"ended_on": dt.date(2026, 11, 17)},
        {"ended_on": dt.date(2026, 11, 18), "ended_at": clock.now()},
        {"organisation": ProviderFactory()},
    ):
        StaffRoleFactory(**{"organisation": college, "user": UserFactory(name="Gone Away")} | facts)
    assert "Gone Away" not in page_of(as_manager, college)


def test_the_help_desk_helps_the_provider_that_has_no_manager(client, college):
    authority = OrganisationFactory(kind="authority", area=college.area)
    client.force_login(StaffRoleFactory(organisation=authority, kind=RoleKind.HELP_DESK).user)
    other = ProviderFactory(name="Southbank", area=college.area)
    StaffRoleFactory(organisation=other, kind=RoleKind.MANAGER)

    page = client.get(reverse("providers:staff")).content.decode()
    assert page.count("No manager") == 1
    invite = client.post(
        reverse("providers:staff-invite", args=[college.reference]), {"email": "ana@example.org", "kind": "manager"}
    )
    assert invite.status_code == 302
    assert Invitation.objects.get().organisation == college
    assert client.get(reverse("providers:staff-invite", args=[other.reference])).status_code == 403


def test_somebody_of_another_provider_sees_nothing(client, college, editor):
    client.force_login(StaffRoleFactory(organisation=ProviderFactory(), kind=RoleKind.MANAGER).user)
    invitation = InvitationFactory(organisation=college)
    for name, reference in (
        ("staff-of", college.reference),
        ("staff-invite", college.reference),
        ("role-end", editor.reference),
        ("role-give", editor.reference),
    ):
        assert client.get(reverse(f"providers:{name}", args=[reference])).status_code == 404
        assert client.post(reverse(f"providers:{name}", args=[reference])).status_code == 404
    for name in ("invitation-resend", "invitation-withdraw"):
        assert client.post(reverse(f"providers:{name}", args=[invitation.reference])).status_code == 404


def test_a_wrong_address_or_no_role_is_said_at_the_question(as_manager, college):
    page = as_manager.post(reverse("providers:staff-invite", args=[college.reference]), {"email": "ana"})
    assert "Enter a whole address, like name@example.org" in page.content.decode()
    assert "Choose a role" in page.content.decode()


def test_a_broken_rule_is_a_sentence_on_the_page(as_manager, manager, college):
    page = as_manager.post(reverse("providers:role-end", args=[manager.reference]), {"when": "now"})
    assert "is the last manager of Northfield College" in page.content.decode()
    invitation = InvitationFactory(organisation=college, sendings=5)
    page = as_manager.post(reverse("providers:invitation-resend", args=[invitation.reference]), follow=True)
    assert "It has been sent 5 times" in page.content.decode()


def test_a_role_is_ended_now_or_on_a_day_and_another_given(as_manager, college, editor):
    url = reverse("providers:role-end", args=[editor.reference])
    page = as_manager.post(
        url, {"when": "later", "last_on_day": "31", "last_on_month": "8", "last_on_year": "2027"}, follow=True
    )
    assert "ends after 31 August 2027" in page.content.decode()
    give = reverse("providers:role-give", args=[editor.reference])
    assert "one more role: Admissions" in as_manager.post(give, {"kind": "admissions"}, follow=True).content.decode()
    page = as_manager.post(url, {"when": "now"}, follow=True)
    assert "The role of Tom Reed has ended: Course editor" in page.content.decode()
    assert as_manager.get(url).status_code == 404


@pytest.mark.parametrize(
    ("answers", "sentence"),
    [
        ({}, "Choose when it ends"),
        ({"when": "later"}, "Enter the last day"),
        ({"when": "later", "last_on_day": "31"}, "Last day must include a month and a year"),
        ({"when": "now", "last_on_day": "31", "last_on_month": "8", "last_on_year": "2027"}, "You gave a last day"),
        ({"when": "later", "last_on_day": "1", "last_on_month": "8", "last_on_year": "2026"}, "is over already"),
    ],
)
def test_no_role_ends_by_a_slip(as_manager, editor, answers, sentence):
    page = as_manager.post(reverse("providers:role-end", args=[editor.reference]), answers)
    assert sentence in page.content.decode()
    assert StaffRole.objects.get(pk=editor.pk).ended_on is None


def test_who_has_every_role_is_offered_none(as_manager, college, manager):
    for kind in (RoleKind.EDITOR, RoleKind.ADMISSIONS):
        StaffRoleFactory(organisation=college, kind=kind, user=manager.user)
    page = as_manager.get(reverse("providers:role-give", args=[manager.reference])).content.decode()
    assert "has every role of Northfield College already" in page
    assert "<form" not in page.split('<main id="main-content">')[1]


def test_a_manager_who_leaves_is_sent_on(client, college, manager):
    StaffRoleFactory(organisation=college, kind=RoleKind.MANAGER)
    client.force_login(manager.user)
    response = client.post(reverse("providers:role-end", args=[manager.reference]), {"when": "now"})
    assert response.url == reverse("accounts:start")


def test_the_buttons_of_an_invitation(as_manager, college):
    invitation = InvitationFactory(organisation=college)
    args = [invitation.reference]
    page = as_manager.post(reverse("providers:invitation-resend", args=args), follow=True)
    assert "The old link no longer works" in page.content.decode()
    page = as_manager.post(reverse("providers:invitation-withdraw", args=args), follow=True)
    assert "Its link no longer works" in page.content.decode()
    again = as_manager.post(reverse("providers:invitation-withdraw", args=args))
    assert again.status_code == 409
    assert reverse("providers:staff-of", args=[college.reference]) in again.content.decode()


@pytest.mark.parametrize("number", [1, 5])
def test_the_staff_page_costs_the_same_for_one_and_for_five(as_manager, college, number, django_assert_num_queries):
    for _ in range(number):
        StaffRoleFactory(organisation=college, kind=RoleKind.EDITOR)
        InvitationFactory(organisation=college)
    with django_assert_num_queries(9):
        page_of(as_manager, college)


@pytest.mark.parametrize("number", [2, 6])
def test_the_list_of_providers_costs_the_same_for_two_and_for_six(client, college, number, django_assert_num_queries):
    authority = OrganisationFactory(kind="authority", area=college.area)
    client.force_login(StaffRoleFactory(organisation=authority, kind=RoleKind.HELP_DESK).user)
    for _ in range(number - 1):
        StaffRoleFactory(organisation=ProviderFactory(area=college.area), kind=RoleKind.MANAGER)
    with django_assert_num_queries(6):
        client.get(reverse("providers:staff"))


# --- for whom one acts


def test_every_page_says_for_whom_one_acts(as_manager, college, manager):
    assert ">Priya Shah, for Northfield College" in page_of(as_manager, college)
    StaffRoleFactory(organisation=ProviderFactory(name="Southbank"), kind=RoleKind.EDITOR, user=manager.user)
    assert "for 2 organisations" in page_of(as_manager, college)


def test_choosing_one_narrows_every_page_and_choosing_all_widens_it(as_manager, college, manager):
    other = ProviderFactory(name="Southbank")
    StaffRoleFactory(organisation=other, kind=RoleKind.EDITOR, user=manager.user)
    url = reverse("providers:staff-act-for")

    page = as_manager.post(url, {"organisation": other.reference}, follow=True).content.decode()
    assert "You act for Southbank now" in page
    assert "for Southbank<" in page
    assert as_manager.get(reverse("providers:staff-of", args=[college.reference])).status_code == 404
    assert as_manager.get(reverse("providers:staff-of", args=[other.reference])).status_code == 200
    as_manager.post(url, {"organisation": "all"})
    assert as_manager.get(reverse("providers:staff-of", args=[college.reference])).status_code == 200


def test_nobody_can_choose_what_is_not_theirs_and_learners_have_no_such_page(as_manager, client, college):
    url = reverse("providers:staff-act-for")
    page = as_manager.post(url, {"organisation": ProviderFactory().reference})
    assert "Choose one of these" in page.content.decode()
    client.force_login(UserFactory())
    assert client.get(url).status_code == 404


def test_a_role_put_aside_lets_nobody_manage(college, manager):
    other = StaffRoleFactory(organisation=ProviderFactory(), kind=RoleKind.EDITOR, user=manager.user)
    actions.act_for(organisation=other.organisation, by=manager.user)
    user = User.objects.get(pk=manager.user.pk)
    assert list(StaffRole.objects.of(user)) == [other]
    assert list(StaffRole.objects.visible_to(user)) == [other]
