"""An offer told of by mistake, what becomes of its words, and the same offer on two records of one person."""

import datetime as dt

import pytest
from django.urls import reverse

from accounts.actions import ask_erasure, carry_out_erasure
from accounts.actions.merging import become_one
from applications import actions
from applications.models import Choice, OutsideOffer, OwnRoute
from core import clock
from core.errors import NotAllowed, RuleBroken, StaleState
from ilp import actions as ilp
from ilp.models import MessageFlag

pytestmark = pytest.mark.django_db


@pytest.fixture
def said(town):
    return {"learner": town.amina, "cycle": town.cycle, "provider_name": "A garage", "course_name": "Apprenticeship"}


def url(name, *args):
    return reverse(f"applications:{name}", args=[getattr(one, "reference", one) for one in args])


def test_an_offer_that_nobody_has_seen_is_taken_back_at_once(town, said, client):
    offer = actions.say_outside_offer(**said, by=town.amina.user)
    client.force_login(town.amina.user)
    page = url("outside-offer-take-back", offer)
    assert page in client.get(url("elsewhere")).text
    assert "It is taken back at once." in client.get(page).text
    assert client.post(page).status_code == 302
    assert not OutsideOffer.objects.filter(ended_on=None).exists()
    with pytest.raises(StaleState):
        actions.take_back_outside_offer(outside_offer=offer, by=town.amina.user)


def test_an_offer_that_an_adult_has_seen_is_looked_at_again(town, said, client):
    offer = actions.record_outside_offer(**said, by=town.coordinator)
    for by in (town.ben.user, town.coordinator):
        with pytest.raises(NotAllowed):
            actions.take_back_outside_offer(outside_offer=offer, by=by)
    client.force_login(town.amina.user)
    page = url("outside-offer-take-back", offer)
    for _press in range(2):
        assert "Your school or adviser looks at it." in client.post(page, follow=True).text
    assert OutsideOffer.objects.standing().get() == offer, "it counts until an adult ends it"
    client.force_login(town.coordinator)
    desk = reverse("reporting:learner", args=[town.amina.reference])
    assert "the learner says that this was a mistake" in client.get(desk).text
    # It was none: an adult says so, or the learner tells of it again.
    assert client.post(url("outside-offer-confirm", offer)).status_code == 302
    assert "this was a mistake" not in client.get(desk).text
    actions.take_back_outside_offer(outside_offer=offer, by=town.amina.user)
    assert actions.say_outside_offer(**said | {"provider_name": "a Garage"}, by=town.amina.user) == offer
    assert OutsideOffer.objects.get().taken_back_at is None
    actions.take_back_outside_offer(outside_offer=offer, by=town.amina.user)
    actions.end_outside_offer(outside_offer=offer, by=town.coordinator)
    assert not OutsideOffer.objects.standing().exists()


def test_erasing_a_record_destroys_what_was_written_of_offers_and_of_leaving(town, said):
    actions.record_outside_offer(**said, by=town.coordinator)
    choice = town.choice("sent")
    actions.withdraw_choice(choice=choice, reason="other", words="My dad is ill", by=town.amina.user)
    run = town.run("Apprentice joiner", apply_url="https://www.example.org/apply", takes_applications=False)
    actions.go_own_route(learner=town.amina, run=run, by=town.amina.user)
    erasure = ask_erasure(learner=town.amina, by=town.amina.user)
    with clock.at(clock.today() + dt.timedelta(days=8)):
        carry_out_erasure(erasure=erasure)
    assert list(OutsideOffer.objects.values_list("provider_name", "course_name")) == [("Erased", "")]
    assert Choice.objects.get(pk=choice.pk).reason_words == ""
    assert not OwnRoute.objects.exists()


def test_what_an_adult_wrote_in_other_letters_is_looked_at_when_the_learner_says_no_offer_after_all(town):
    title = "Apprentice joiner"
    run = town.run(title, apply_url="https://www.example.org/apply", takes_applications=False)
    names = {"provider_name": town.northfield.name.upper(), "course_name": title.upper()}
    offer = actions.record_outside_offer(learner=town.amina, cycle=town.cycle, by=town.coordinator, **names)
    route = actions.go_own_route(learner=town.amina, run=run, by=town.amina.user)
    for state in ("offered", "no_offer"):
        actions.say_own_route(route=route, state=state, by=town.amina.user)
    assert OutsideOffer.objects.get() == offer, "it is the same offer"
    assert OutsideOffer.objects.get().taken_back_at is not None


def test_two_records_with_one_offer_become_one(town, said):
    run = town.run("Apprentice joiner", apply_url="https://www.example.org/apply", takes_applications=False)
    other = town.learner("Amina", "Yusuf", school=town.hollins)
    for learner in (town.amina, other):
        route = actions.go_own_route(learner=learner, run=run, by=learner.user)
        actions.say_own_route(route=route, state="offered", by=learner.user)
    seen = OutsideOffer.objects.get(learner=other)
    actions.confirm_outside_offer(outside_offer=seen, by=town.coordinator)
    become_one(keep=town.amina, other=other, by=town.coordinator, check=lambda *_both: None)
    assert OwnRoute.objects.get().learner == town.amina
    assert OutsideOffer.objects.get(ended_on=None) == seen, "what an adult vouches for stays"
    assert OutsideOffer.objects.get(ended_on=clock.today()).is_unconfirmed
    again = {"provider_name": seen.provider_name, "course_name": seen.course_name, "cycle": town.cycle}
    assert actions.say_outside_offer(learner=town.amina, **again, by=town.amina.user) == seen
    # And where two stand all the same, as before this rule, the next one told of is no fault.
    OutsideOffer.objects.update(ended_on=None)
    assert actions.say_outside_offer(learner=town.amina, **again, by=town.amina.user) == seen


def test_a_whole_form_is_under_the_rules_of_its_sections(town):
    application = town.draft().application
    form = {"application": application, "by": town.amina.user, "needs": "", "statement": "I want to die"}
    many = "\n".join(f"Subject {number}: 5" for number in range(41))
    with pytest.raises(RuleBroken) as broken:
        actions.write_profile(predicted_grades=many, **form)
    assert broken.value.code == "too_many_grades"
    ilp.load_concern_phrases()
    actions.write_profile(predicted_grades="Maths: 5", **form)
    assert MessageFlag.objects.get().said == "I want to die"
    assert application.grades.count() == 1
