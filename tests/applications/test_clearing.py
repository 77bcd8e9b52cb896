"""Clearing: who is seen by whom, an invitation, one press to apply, and when it ends."""

import datetime as dt

import pytest
from django.urls import reverse

from accounts.models import Receipt
from activity.models import OutboxMessage
from applications import actions
from applications.models import Application, ClearingInvitation, ClearingListing
from applications.queries import broken_invariants
from applications.queries.clearing import runs_to_ask_for
from core import clock
from core.errors import NotAllowed, RuleBroken, StaleState
from prospectus.models import Course, CourseRun
from tests.applications.walk import again, walk_to
from tests.factories import CycleFactory
from tests.ground import ground


@ground
def placeless(town):
    """Amina was refused plumbing at Southbank; Northfield has one place in it."""
    town.refused = town.choice("unsuccessful", town.run(provider=town.southbank, places=5))
    town.free = town.run("Plumbing for all", places=1)
    town.application = town.refused.application
    return town


def agree(town, learner=None):
    application = town.application if learner is None else learner.applications.get()
    return actions.agree_to_clearing(application=application, by=application.learner.user)


def test_she_is_seen_only_after_she_agreed_and_by_whoever_has_a_place_in_what_she_wanted(placeless, client):
    town = placeless
    client.force_login(town.admissions)
    assert "Nobody just now" in client.get(reverse("applications:clearing")).text
    listing = agree(town)
    page = client.get(reverse("applications:clearing")).text
    assert "Amina" in page
    assert "Yusuf" not in page  # the least data
    assert runs_to_ask_for(listing, [town.northfield]) == [town.free]
    CourseRun.objects.filter(pk=town.free.pk).update(places=0)
    assert not ClearingListing.objects.visible_to(town.admissions).exists()
    # Somebody who is nothing to a provider sees nobody.
    for person in (town.coordinator, town.adviser, town.ben.user):
        assert not ClearingListing.objects.visible_to(person).exists()


def test_one_press_applies_with_what_she_has_written_and_other_invitations_end(placeless, client):
    town = placeless
    other = town.run("Plumbing in the evening", places=3)
    listing = agree(town)
    client.force_login(town.admissions)
    for run in (town.free, other):
        url = reverse("applications:clearing-invite", args=[listing.reference])
        client.post(url, {"run": run.reference})
    told = OutboxMessage.objects.filter(kind="clearing-invited").count()
    invitation = ClearingInvitation.objects.get(run=town.free)
    client.force_login(town.amina.user)
    page = client.get(reverse("applications:places", args=[town.application.reference])).text
    assert "asks if you want to apply" in page
    answer = client.post(reverse("applications:invitation-answer", args=[invitation.reference, "yes"]))
    invitation.refresh_from_db()
    assert told == 2
    assert (invitation.state, again(invitation.choice).status) == ("taken", "sent")
    assert answer.url == reverse("applications:choice", args=[invitation.choice.reference])
    assert invitation.choice.snapshot.content["learner"]["given_name"] == "Amina"
    assert ClearingInvitation.objects.get(run=other).state == "ended"
    # She is not without anything any more.
    assert not ClearingListing.objects.visible_to(town.admissions).exists()
    assert broken_invariants() == []


def test_a_no_frees_the_place_and_is_not_asked_again(placeless):
    town = placeless
    invitation = actions.invite_from_clearing(listing=agree(town), run=town.free, by=town.admissions)
    with pytest.raises(NotAllowed):
        actions.decline_invitation(invitation=invitation, by=town.ben.user)
    actions.decline_invitation(invitation=invitation, by=town.amina.user)
    with pytest.raises(StaleState):
        actions.take_invitation(invitation=invitation, by=town.amina.user)
    with pytest.raises(NotAllowed):
        actions.invite_from_clearing(listing=invitation.listing, run=town.free, by=town.admissions)


def test_a_place_is_kept_until_the_day_to_answer_and_then_for_somebody_else(placeless):
    town = placeless
    walk_to(town.draft(town.run(provider=town.southbank), learner=town.ben), "unsuccessful")
    invitation = actions.invite_from_clearing(listing=agree(town), run=town.free, by=town.admissions)
    ben = agree(town, town.ben)
    with pytest.raises(RuleBroken) as refusal:
        actions.invite_from_clearing(listing=ben, run=town.free, by=town.admissions)
    assert refusal.value.code == "no_place_left"
    with clock.at(invitation.answer_by_on + dt.timedelta(days=1)):
        actions.invite_from_clearing(listing=ben, run=town.free, by=town.admissions)
        with pytest.raises(StaleState):
            actions.take_invitation(invitation=invitation, by=town.amina.user)


def test_taking_it_back_ends_what_is_open_and_a_place_or_the_end_of_the_year_ends_it_too(placeless):
    town = placeless
    listing = agree(town)
    invitation = actions.invite_from_clearing(listing=listing, run=town.free, by=town.admissions)
    actions.leave_clearing(application=town.application, by=town.amina.user)
    invitation.refresh_from_db()
    assert invitation.state == "ended"
    assert not ClearingListing.objects.visible_to(town.admissions).exists()
    agree(town)
    with clock.at(town.cycle.ends_on + dt.timedelta(days=1)):
        assert not ClearingListing.objects.shown().exists()
        with pytest.raises(RuleBroken):
            agree(town)
    with pytest.raises(NotAllowed):
        actions.agree_to_clearing(application=town.application, by=town.coordinator)


def test_another_provider_cannot_ask_for_a_course_that_is_not_its_own(placeless):
    with pytest.raises(NotAllowed):
        actions.invite_from_clearing(listing=agree(placeless), run=placeless.free, by=placeless.other_admissions)


def test_who_takes_it_back_is_not_named_any_more_and_a_day_that_is_over_is_said(placeless, client):
    town = placeless
    invitation = actions.invite_from_clearing(listing=agree(town), run=town.free, by=town.admissions)
    client.force_login(town.admissions)
    assert "Amina, Plumbing for all: Waiting for an answer" in client.get(reverse("applications:clearing")).text
    with clock.at(invitation.answer_by_on + dt.timedelta(days=1)):
        assert ClearingInvitation.objects.get().state_words == "No longer open"
    actions.leave_clearing(application=town.application, by=town.amina.user)
    assert "Amina" not in client.get(reverse("applications:clearing")).text


def test_nobody_is_asked_for_a_course_of_the_next_year(placeless):
    town = placeless
    CycleFactory(
        area=town.area,
        entry_year=2028,
        opens_on=dt.date(2026, 11, 1),
        closes_on=dt.date(2028, 8, 31),
        ends_on=dt.date(2028, 10, 31),
    )
    later = town.run("Plumbing next year", places=9, starts_on=dt.date(2028, 9, 4))
    listing = agree(town)
    assert runs_to_ask_for(listing, [town.northfield]) == [town.free]
    with pytest.raises(NotAllowed):
        actions.invite_from_clearing(listing=listing, run=later, by=town.admissions)


def test_a_yes_that_something_stops_leads_to_what_is_missing_and_she_is_still_asked(placeless, client):
    town = placeless
    invitation = actions.invite_from_clearing(listing=agree(town), run=town.free, by=town.admissions)
    Application.objects.update(statement="")
    client.force_login(town.amina.user)
    url = reverse("applications:invitation-answer", args=[invitation.reference, "yes"])
    page = client.post(url, follow=True)
    draft = town.application.choices.get(status="draft")
    assert page.redirect_chain[-1][0] == reverse("applications:choice-send", args=[draft.reference])
    assert "Write your statement first" in page.text
    assert ClearingInvitation.objects.get().is_open
    Application.objects.update(statement="I like to mend things.")
    for _press in range(2):  # pressed twice, it is once
        assert client.post(url).url == reverse("applications:choice", args=[draft.reference])
    assert again(draft).status == "sent"
    assert ClearingInvitation.objects.get().choice == draft


def test_where_no_place_is_left_to_ask_for_the_desk_is_told_so(placeless, client):
    town = placeless
    listing = agree(town)
    actions.invite_from_clearing(listing=listing, run=town.free, by=town.admissions)
    client.force_login(town.admissions)
    url = reverse("applications:clearing-invite", args=[listing.reference])
    for answer in (client.get(url, follow=True), client.post(url, {"run": town.free.reference}, follow=True)):
        assert "None of your places is left" in answer.text


def test_who_has_applied_for_nothing_is_seen_by_whoever_has_a_place_and_what_she_drafts_is_nobodys(placeless, client):
    town = placeless
    art = town.run("Art", places=2)
    hair = town.run("Hair", provider=town.southbank)
    Course.objects.filter(pk=hair.course_id).update(levels=["1"])
    draft = town.draft(hair, learner=town.ben)
    listing = agree(town, town.ben)
    client.force_login(town.admissions)
    page = client.get(reverse("applications:clearing")).text
    assert "Ben" in page
    assert "Has applied for nothing yet" in page
    assert "Hair" not in page
    assert runs_to_ask_for(listing, [town.northfield]) == [art, town.free]
    # Once something was sent it says what she wants.
    walk_to(draft, "unsuccessful")
    assert list(ClearingListing.objects.visible_to(town.admissions)) == []


def test_who_has_sent_nothing_is_led_there_when_it_gets_late(placeless, client):
    town = placeless
    application = town.draft(town.run("Hair", provider=town.southbank), learner=town.ben).application
    client.force_login(town.ben.user)
    places = reverse("applications:places", args=[application.reference])
    assert places not in client.get(reverse("applications:home")).text
    with clock.at(town.cycle.closes_on):
        assert places in client.get(reverse("applications:home")).text
        assert "Shall providers with places see you?" in client.get(places).text


def test_a_yes_sends_what_was_asked_for_and_not_the_programme_it_is_drafted_in(placeless):
    town = placeless
    programme = town.draft(town.free, town.run("Heating"))
    invitation = actions.invite_from_clearing(listing=agree(town), run=town.free, by=town.admissions)
    taken = actions.take_invitation(invitation=invitation, by=town.amina.user)
    assert [each.run for each in again(taken.choice).choice_runs.all()] == [town.free]
    programme = again(programme)
    assert (programme.status, programme.choice_runs.count()) == ("draft", 2)


def test_applying_in_the_ordinary_way_answers_the_invitation_and_the_place_is_kept_until_they_answer(placeless):
    town = placeless
    other = town.run("Plumbing in the evening", places=3)
    listing = agree(town)
    first, second = (
        actions.invite_from_clearing(listing=listing, run=run, by=town.admissions) for run in (town.free, other)
    )
    choice = actions.send_choice(choice=town.draft(town.free), by=town.amina.user)
    for invitation in (first, second):
        invitation.refresh_from_db()
    assert (first.state, first.choice, second.state) == ("taken", choice, "ended")
    assert list(ClearingInvitation.objects.keeping_a_place()) == [first]


def test_applying_elsewhere_gives_the_kept_place_back(placeless):
    town = placeless
    invitation = actions.invite_from_clearing(listing=agree(town), run=town.free, by=town.admissions)
    actions.send_choice(choice=town.draft(town.run("Art", provider=town.southbank)), by=town.amina.user)
    invitation.refresh_from_db()
    assert (invitation.state, invitation.choice) == ("ended", None)
    assert not ClearingInvitation.objects.keeping_a_place().exists()


def test_everybody_who_was_asked_is_a_page_of_its_own_once_they_are_many(placeless, client, monkeypatch):
    town = placeless
    other = town.run("Plumbing in the evening", places=3)
    listing = agree(town)
    client.force_login(town.admissions)
    asked = reverse("applications:clearing-asked")
    assert "You have asked nobody yet" in client.get(asked).text
    for run in (town.free, other):
        actions.invite_from_clearing(listing=listing, run=run, by=town.admissions)
    assert asked not in client.get(reverse("applications:clearing")).text
    monkeypatch.setattr("applications.views.clearing.ASKED_LAST", 1)
    assert asked in client.get(reverse("applications:clearing")).text
    page = client.get(asked).text
    assert page.count("Amina") == 2
    assert page.count("Waiting for an answer") == 2
    assert Receipt.objects.filter(learner=town.amina, reader=town.admissions, section="choices").exists()
    client.force_login(town.other_admissions)
    assert "Amina" not in client.get(asked).text
