"""Applying the provider's own way, and offers made elsewhere that the learner tells of."""

import datetime as dt

import pytest
from django.urls import reverse

from activity.models import Event
from applications import actions
from applications.models import OutsideOffer, OwnRoute
from core import clock
from core.errors import NotAllowed, RuleBroken, StaleState


@pytest.fixture
def run(town):
    return town.run("Apprentice joiner", apply_url="https://www.example.org/apply", takes_applications=False)


def go(town, run):
    return actions.go_own_route(learner=town.amina, run=run, by=town.amina.user)


def refusal(act, /, **kwargs):
    with pytest.raises(RuleBroken) as caught:
        act(**kwargs)
    return caught.value.code


def test_a_press_leads_out_and_is_kept_for_a_learner_only(town, run, client):
    address = reverse("prospectus:apply", args=[run.course.reference, run.reference])
    assert client.get(address)["Location"] == "https://www.example.org/apply"
    client.force_login(town.coordinator)
    client.get(address)
    assert not OwnRoute.objects.exists()
    client.force_login(town.amina.user)
    page = client.get(address)["Location"]
    assert page == reverse("applications:own-route-go", args=[run.reference])
    assert "Northfield College" in client.get(page).text
    assert not OwnRoute.objects.exists(), "looking writes nothing"
    for _press in range(2):
        assert '<meta http-equiv="refresh" content="0; url=https://www.example.org/apply">' in client.post(page).text
    route = OwnRoute.objects.get()
    assert (route.learner, route.run, route.state) == (town.amina, run, "looked")
    assert "Did you apply?" in client.get(reverse("applications:elsewhere")).text
    assert actions.go_own_route(learner=town.amina, run=town.run("Here"), by=town.amina.user) is None
    with pytest.raises(NotAllowed):
        actions.go_own_route(learner=town.amina, run=run, by=town.ben.user)


def test_what_the_learner_says_is_read_by_the_adults_and_looking_is_not(town, run, client):
    route = go(town, run)
    seen = {
        name: OwnRoute.objects.visible_to(user)
        for name, user in (("coordinator", town.coordinator), ("adviser", town.adviser), ("other", town.admissions))
    }
    assert {name: rows.count() for name, rows in seen.items()} == {"coordinator": 0, "adviser": 0, "other": 0}
    client.force_login(town.amina.user)
    page = reverse("applications:own-route", args=[route.reference])
    assert client.get(page).status_code == 200
    assert client.post(page, {"state": "applied"}).status_code == 302
    assert "Did you get an offer?" in client.get(reverse("applications:elsewhere")).text
    assert refusal(actions.say_own_route, route=route, state="looked", by=town.amina.user) == "state_unknown"
    with pytest.raises(NotAllowed):
        actions.say_own_route(route=route, state="applied", by=town.coordinator)
    assert {name: rows.all().count() for name, rows in seen.items()} == {"coordinator": 1, "adviser": 0, "other": 0}
    town.amina.consents.create(kind="advice_service", is_given=True, words="May we?", by=town.amina.user)
    assert seen["adviser"].all().count() == 1
    client.force_login(town.coordinator)
    desk = client.get(reverse("reporting:learner", args=[town.amina.reference])).text
    assert "Apprentice joiner, Northfield College: Applied" in desk


def test_an_offer_the_learner_tells_of_counts_once_an_adult_has_seen_it(town, run, client):
    actions.say_own_route(route=go(town, run), state="offered", by=town.amina.user)
    offer = OutsideOffer.objects.get()
    assert (offer.provider_name, offer.is_unconfirmed) == ("Northfield College", True)
    assert not OutsideOffer.objects.standing().exists()
    client.force_login(town.coordinator)
    confirm = reverse("applications:outside-offer-confirm", args=[offer.reference])
    assert confirm in client.get(reverse("reporting:learner", args=[town.amina.reference])).text
    assert client.post(confirm).status_code == 302
    assert OutsideOffer.objects.standing().get() == offer
    actions.confirm_outside_offer(outside_offer=offer, by=town.coordinator)
    assert Event.objects.filter(verb="outside_offer.confirm").count() == 1
    actions.end_outside_offer(outside_offer=offer, by=town.coordinator)
    with pytest.raises(StaleState):
        actions.confirm_outside_offer(outside_offer=offer, by=town.coordinator)


def test_an_adult_who_records_the_same_offer_confirms_it(town):
    said = {"learner": town.amina, "cycle": town.cycle, "provider_name": "A garage"}
    offer = actions.say_outside_offer(**said, by=town.amina.user)
    with pytest.raises(NotAllowed):
        actions.confirm_outside_offer(outside_offer=offer, by=town.amina.user)
    assert actions.record_outside_offer(**said, by=town.coordinator) == offer
    assert OutsideOffer.objects.standing().count() == 1
    street = said | {"provider_name": "Motoren Straße"}
    assert actions.record_outside_offer(**street, by=town.coordinator) == actions.record_outside_offer(
        **street | {"provider_name": "MOTOREN STRASSE"}, by=town.coordinator
    )
    tomorrow = clock.today() + dt.timedelta(days=1)
    assert refusal(actions.say_outside_offer, **said, offered_on=tomorrow, by=town.amina.user) == "offered_in_future"
    for number in range(10):
        actions.say_outside_offer(**said | {"provider_name": f"Garage {number}"}, by=town.amina.user)
    assert refusal(actions.say_outside_offer, **said, by=town.amina.user) == "too_many_offers"


def test_a_learner_tells_of_an_offer_on_a_page(town, client):
    client.force_login(town.amina.user)
    page = reverse("applications:outside-offer-say")
    sent = {"provider_name": "A garage", "course_name": "", "offered_on_day": 1, "offered_on_month": 11}
    assert client.post(page, sent | {"offered_on_year": 2026}).status_code == 302
    assert "Show the letter to your school or adviser" in client.get(reverse("applications:elsewhere")).text
    assert "in the future" in client.post(page, sent | {"offered_on_year": 2027}).text


@pytest.mark.parametrize("rows", [1, 5])
def test_the_page_asks_the_same_for_one_and_for_five(town, client, django_assert_num_queries, rows):
    for number in range(rows):
        go(town, town.run(f"Apprentice {number}", apply_url="https://www.example.org/apply"))
    client.force_login(town.amina.user)
    page = reverse("applications:elsewhere")
    client.get(page)
    with django_assert_num_queries(6):
        assert client.get(page).status_code == 200
