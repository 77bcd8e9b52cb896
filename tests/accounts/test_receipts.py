"""Reading leaves a receipt, the learner and those who watch over records see it, and nobody else does."""

import datetime as dt

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from accounts.actions import leave_receipts
from accounts.models import Receipt
from providers.models import RoleKind
from tests.factories import (
    AreaFactory,
    CaseloadSchoolFactory,
    LearnerFactory,
    OrganisationFactory,
    RollEntryFactory,
    SchoolFactory,
    StaffRoleFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def learner(school):
    learner = LearnerFactory(area=school.area, given_name="Amina", family_name="Yusuf")
    RollEntryFactory(learner=learner, school=school)
    return learner


def rows():
    return list(Receipt.objects.order_by("pk").values_list("section", "times", "role__kind"))


def test_the_same_section_on_the_same_day_is_one_row_with_a_number(learner, coordinator, school_day):
    leave_receipts(learner=learner, by=coordinator, sections=["record"])
    leave_receipts(learner=learner, by=coordinator, sections=["record", "choices"])
    school_day.shift(dt.timedelta(days=1))
    leave_receipts(learner=learner, by=coordinator, sections=["record"])

    assert sorted(rows()) == [("choices", 1, "coordinator"), ("record", 1, "coordinator"), ("record", 2, "coordinator")]
    assert sorted(set(Receipt.objects.values_list("on", flat=True))) == [dt.date(2026, 11, 18), dt.date(2026, 11, 19)]


def test_a_receipt_costs_one_statement_and_ones_own_look_none(learner, coordinator, django_assert_num_queries):
    with django_assert_num_queries(1):
        leave_receipts(learner=learner, by=coordinator, sections=["record", "choices", "notes"])
    with django_assert_num_queries(0):
        leave_receipts(learner=learner, by=learner.user, sections=["record"])

    assert Receipt.objects.count() == 3


def test_the_role_is_the_one_at_the_learners_school_and_only_one_that_holds(learner, school):
    user = CaseloadSchoolFactory().adviser.user
    leave_receipts(learner=learner, by=user, sections=["record"])
    StaffRoleFactory(user=user, organisation=SchoolFactory(), kind=RoleKind.COORDINATOR)
    leave_receipts(learner=learner, by=user, sections=["choices"])
    StaffRoleFactory(user=user, organisation=school, kind=RoleKind.TUTOR)
    leave_receipts(learner=learner, by=user, sections=["notes"])
    user.staff_roles.update(ended_on=dt.date(2026, 11, 1))
    leave_receipts(learner=learner, by=user, sections=["plan"])
    leave_receipts(learner=learner, by=user, sections=["plan"])

    assert rows() == [("record", 1, "adviser"), ("choices", 1, "adviser"), ("notes", 1, "tutor"), ("plan", 2, None)]


def test_a_page_whose_receipt_cannot_be_written_is_not_shown(learner, client, coordinator):
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE accounts_receipt ADD CONSTRAINT full_disk CHECK (times < 0)")
    client.force_login(coordinator)

    with pytest.raises(IntegrityError, match="full_disk"), transaction.atomic():
        client.get(reverse("reporting:learner", args=[learner.reference]))


def test_the_learner_reads_who_it_was_in_plain_words(learner, client, coordinator):
    client.force_login(coordinator)
    client.get(reverse("reporting:learner", args=[learner.reference]))
    client.force_login(learner.user)

    for name in ("accounts:looked-at", "accounts:information"):
        page = client.get(reverse(name)).content.decode()
        assert "Priya Shah, School coordinator, Hollins Park School" in page
    assert rows() == [("record", 1, "coordinator")]


def test_another_learner_reads_nothing_of_it(learner, client, coordinator):
    leave_receipts(learner=learner, by=coordinator, sections=["record"])
    client.force_login(LearnerFactory(area=learner.area).user)

    assert "Priya Shah" not in client.get(reverse("accounts:looked-at")).content.decode()


def test_the_audit_is_for_the_learners_own_school_and_area(learner, school, coordinator):
    leave_receipts(learner=learner, by=coordinator, sections=["record"])
    westhaven = AreaFactory(name="Westhaven")

    def person(kind, organisation):
        return StaffRoleFactory(kind=kind, organisation=organisation).user

    desk = person(RoleKind.HELP_DESK, OrganisationFactory(kind="authority", area=school.area))
    nobody = [
        person(RoleKind.COORDINATOR, SchoolFactory(area=school.area)),
        person(RoleKind.HELP_DESK, OrganisationFactory(kind="authority", area=westhaven)),
        person(RoleKind.TUTOR, school),
        person(RoleKind.OFFICER, OrganisationFactory(kind="authority", area=school.area)),
        CaseloadSchoolFactory(school=school).adviser.user,
    ]

    assert [Receipt.objects.visible_to(one).count() for one in (coordinator, desk)] == [1, 1]
    assert [Receipt.objects.visible_to(one).count() for one in nobody] == [0] * 5


@pytest.mark.parametrize("count", [1, 5])
def test_the_lists_ask_the_same_number_of_questions(
    learner, school, coordinator, client, count, django_assert_num_queries
):
    for _ in range(count):
        reader = StaffRoleFactory(kind=RoleKind.TUTOR, organisation=school).user
        leave_receipts(learner=learner, by=reader, sections=["record"])
    client.force_login(coordinator)
    found = client.post(reverse("accounts:looked-at-desk"), {"q": "ami yus", "name": "person"}).url
    with django_assert_num_queries(5):
        page = client.get(found)
    assert len(page.context["receipts"]) == count
    client.force_login(learner.user)
    with django_assert_num_queries(6):
        page = client.get(reverse("accounts:looked-at"))
    assert len(page.context["receipts"]) == count


def test_a_name_nobody_has_finds_nothing_and_says_so(learner, coordinator, client):
    leave_receipts(learner=learner, by=coordinator, sections=["record"])
    client.force_login(coordinator)

    assert "No look fits these names" in client.post("/desk/looked-at/", {"q": "zz"}, follow=True).content.decode()
