import pytest
from django.urls import reverse

from providers.models import RoleKind
from tests.factories import (
    CaseloadSchoolFactory,
    CycleFactory,
    LearnerContactFactory,
    LearnerFactory,
    OrganisationFactory,
    RollEntryFactory,
    SchoolFactory,
    StaffRoleFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def school():
    return SchoolFactory(area=CycleFactory().area, name="Hollins Park School")


@pytest.fixture
def adviser(school):
    return CaseloadSchoolFactory(school=school).adviser.user


@pytest.fixture
def officer(school):
    authority = OrganisationFactory(kind="authority", area=school.area)
    return StaffRoleFactory(kind=RoleKind.OFFICER, organisation=authority).user


def learners_at(school, *, count):
    entries = [RollEntryFactory(school=school, learner=LearnerFactory(area=school.area)) for _ in range(count)]
    return [entry.learner for entry in entries]


@pytest.mark.parametrize("count", [1, 5])
def test_the_caseload_asks_the_same_number_of_questions_however_long_it_is(
    client, school, adviser, count, django_assert_num_queries
):
    for learner in learners_at(school, count=count):
        learner.consents.create(kind="advice_service", is_given=True, words="May we?", by=learner.user)
    client.force_login(adviser)

    with django_assert_num_queries(11):
        page = client.get(reverse("reporting:caseload"))

    assert len(page.context["rows"]) == count


@pytest.mark.parametrize("count", [1, 5])
def test_the_guarantee_asks_the_same_number_of_questions_however_many_learners(
    client, school, officer, count, django_assert_num_queries
):
    learners_at(school, count=count)
    client.force_login(officer)

    with django_assert_num_queries(8):
        page = client.get(reverse("reporting:guarantee"))

    assert page.context["cohorts"][0][1].cohort == count


@pytest.mark.parametrize("count", [1, 5])
def test_the_names_behind_a_figure_are_listed_with_the_same_number_of_questions(
    client, school, officer, count, django_assert_num_queries
):
    learners_at(school, count=count)
    client.force_login(officer)

    with django_assert_num_queries(10):
        page = client.get(reverse("reporting:guarantee-learners", args=[11]), {"light": "nothing"})

    assert len(page.context["rows"]) == count


def test_a_filter_value_that_is_not_on_offer_counts_as_not_chosen(client, school, adviser):
    learners_at(school, count=2)
    client.force_login(adviser)

    page = client.get(reverse("reporting:caseload"), {"light": "purple", "school": "NOWHERE", "page": "1"})

    assert len(page.context["rows"]) == 2


def test_a_page_beyond_the_end_does_not_exist(client, school, adviser):
    client.force_login(adviser)

    assert client.get(reverse("reporting:caseload"), {"page": "7"}).status_code == 404


def test_an_empty_caseload_says_what_to_do(client, adviser):
    client.force_login(adviser)

    assert "Nobody here" in client.get(reverse("reporting:caseload")).content.decode()


def test_an_adviser_reads_the_contact_details_of_the_caseload_and_an_officer_does_not(client, school, adviser, officer):
    [learner] = learners_at(school, count=1)
    LearnerContactFactory(learner=learner, email="amina@example.org")
    url = reverse("reporting:learner", args=[learner.reference])

    client.force_login(adviser)
    assert "amina@example.org" in client.get(url).content.decode()
    client.force_login(officer)
    page = client.get(url).content.decode()
    assert "amina@example.org" not in page
    assert "Record a contact" not in page


def test_an_officer_is_told_nothing_about_choices_nor_whether_the_learner_shares_them(client, school, officer):
    [learner] = learners_at(school, count=1)
    client.force_login(officer)
    page = client.get(reverse("reporting:learner", args=[learner.reference])).content.decode()
    assert str(learner) in page
    assert "Nothing sent yet" not in page
    assert "agreed to share" not in page
    assert "Offers made elsewhere" not in page


def test_a_contact_is_recorded_on_its_page_and_shown_on_the_learners(client, school, adviser):
    [learner] = learners_at(school, count=1)
    client.force_login(adviser)
    answers = {"kind": "phone", "on_day": "18", "on_month": "11", "on_year": "2026", "note": "Will come on Monday."}

    page = client.post(reverse("ilp:contact-record", args=[learner.reference]), answers, follow=True)

    assert page.redirect_chain == [(reverse("reporting:learner", args=[learner.reference]), 302)]
    assert "Will come on Monday." in page.content.decode()


def test_a_contact_in_the_future_comes_back_with_its_sentence(client, school, adviser):
    [learner] = learners_at(school, count=1)
    client.force_login(adviser)
    answers = {"kind": "phone", "on_day": "19", "on_month": "11", "on_year": "2026"}

    page = client.post(reverse("ilp:contact-record", args=[learner.reference]), answers)

    assert page.status_code == 200
    assert "The contact cannot be in the future" in page.content.decode()


def test_an_outside_offer_is_recorded_counts_and_can_be_ended(client, school, adviser, officer):
    [learner] = learners_at(school, count=1)
    guarantee = reverse("reporting:guarantee")

    def with_an_offer():
        client.force_login(officer)
        counts = {count.light: count.count for count in client.get(guarantee).context["cohorts"][0][1].by_light}
        client.force_login(adviser)
        return counts["offer"]

    assert with_an_offer() == 0
    answers = {
        "provider_name": "A garage in Calder Bridge",
        "course_name": "Apprenticeship",
        "offered_on_day": "17",
        "offered_on_month": "11",
        "offered_on_year": "2026",
    }
    page = client.post(reverse("applications:outside-offer-record", args=[learner.reference]), answers, follow=True)
    assert "A garage in Calder Bridge" in page.content.decode()
    assert with_an_offer() == 1

    offer = learner.outside_offers.get()
    client.post(reverse("applications:outside-offer-end", args=[offer.reference]))
    assert with_an_offer() == 0
    assert client.post(reverse("applications:outside-offer-end", args=[offer.reference])).status_code == 409


def test_who_may_see_a_learner_but_not_record_is_refused_before_the_form_is_read(client, school, officer):
    [learner] = learners_at(school, count=1)
    client.force_login(officer)

    for name in ("ilp:contact-record", "applications:outside-offer-record"):
        assert client.post(reverse(name, args=[learner.reference]), {}).status_code == 403
