"""What the learners of an adviser have booked: who goes, who waits, who was not there."""

import datetime as dt

import pytest
from django.urls import reverse

from accounts.models import Receipt
from core import clock
from ilp import actions
from ilp.models import Booking
from tests.factories import ExperienceFactory, RollEntryFactory, UserFactory
from tests.ilp.talk import consent

pytestmark = pytest.mark.django_db
URL = "/desk/learner-bookings/"


@pytest.fixture
def taster(town):
    return ExperienceFactory(
        organisation=town.school, by=town.coordinator, places=1, is_in_school_time=True, title="Plastering taster"
    )


def book(experience, learner):
    return actions.make_booking(experience=experience, learner=learner, by=learner.user)


def another(town):
    learner = RollEntryFactory(
        school=town.school, year_group=11, learner__user=UserFactory(), learner__family_name="Osei",
        learner__area=town.area,
    ).learner  # fmt: skip
    learner.consents.create(kind="advice_service", is_given=True, words="May we?", by=learner.user)
    return learner


def test_an_adviser_reads_who_goes_who_waits_and_who_was_not_there(town, taster, client):
    book(taster, town.amina)
    client.force_login(town.adviser)
    assert "Nobody has booked anything" in client.get(URL).content.decode()  # no yes to sharing
    consent(town)
    osei = another(town)
    book(taster, osei)
    page = client.get(URL).content.decode()
    for words in ("Plastering taster", "Has a place", "On the waiting list", "School’s yes missing", "Hollins"):
        assert words in page
    assert set(Receipt.objects.filter(reader=town.adviser).values_list("learner", "section")) == {
        (town.amina.pk, "experiences"), (osei.pk, "experiences")}  # fmt: skip

    def shown(**asked):
        return [one.learner for one in client.post(URL, asked, follow=True).context["object_list"]]

    assert shown(only="waiting") == [osei]
    assert shown(q="osei") == [osei]
    actions.agree_booking(booking=Booking.objects.get(learner=osei), by=town.coordinator)
    assert shown(only="unsaid") == [town.amina]
    assert "Nobody fits this" in client.post(URL, {"q": "nobody"}, follow=True).content.decode()
    with clock.at(dt.datetime(2026, 11, 25, 16, tzinfo=dt.UTC)):
        client.force_login(town.adviser)
        mine = Booking.objects.get(learner=town.amina)
        actions.mark_attendance(experience=taster, marks={mine.reference: False}, by=town.coordinator)
        assert shown() == []
        assert shown(only="missed") == [town.amina]
        actions.mark_attendance(experience=taster, marks={mine.reference: True}, by=town.coordinator)
        assert shown(only="came") == [town.amina]
        assert "Not written about yet" in client.get(URL, {"only": "came"}).content.decode()
    for stranger, answer in ((town.second, 200), (town.elsewhere, 200), (town.desk, 403), (town.amina.user, 403)):
        client.force_login(stranger)
        found = client.get(URL)
        assert (found.status_code, "Plastering" in found.content.decode()) == (answer, False)


def test_the_way_there_stands_in_an_advisers_menu(town, client):
    client.force_login(town.adviser)
    assert reverse("ilp:learner-bookings") in client.get(reverse("ilp:plans")).content.decode()


@pytest.mark.parametrize("number", [1, 5])
def test_it_asks_as_much_for_five_as_for_one(town, client, number, django_assert_num_queries):
    taster = ExperienceFactory(organisation=town.school, by=town.coordinator, places=9)
    for _place in range(number):
        book(taster, another(town))
    client.force_login(town.adviser)
    client.get(URL)
    with django_assert_num_queries(6):
        assert len(client.get(URL).context["object_list"]) == number
