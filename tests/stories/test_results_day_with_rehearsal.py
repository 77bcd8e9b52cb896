"""Northfield rehearses results day on Wednesday; on Thursday results come at eight, learners read before they answer,
places are confirmed together, one is taken anyway, one who missed finds another, and a review corrects a grade."""

import datetime as dt
from types import SimpleNamespace

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils import timezone

from activity.actions import run_job
from activity.models import Event
from applications import actions
from applications.models import ClearingInvitation, ExamResult, OfferCondition
from core import clock
from providers.actions import confirm_upload, receive_upload
from providers.actions.cycles import TERMS, change_cycle, facts_of
from tests.applications.walk import Town, again, walk_to
from tests.factories import OrganisationFactory, StaffRoleFactory

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 11, 19)  # the tests' fixed day is the Wednesday before
ASKED = [
    actions.Condition("grade", subject="English", grade="4"),
    actions.Condition("grade", subject="Maths", grade="5"),
]


@pytest.fixture
def story(client, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return SimpleNamespace(town=Town(), client=client)


def test_results_day_with_rehearsal(story):
    given_four_learners_with_an_offer_of_northfield_and_one_on_its_reserve_list(story)
    given_the_area_has_set_the_hours_of_the_day(story)
    when_northfield_rehearses_it_the_day_before(story)
    then_nothing_has_happened_and_no_learner_has_seen_anything(story)
    when_the_school_hands_over_the_results_at_eight(story)
    then_learners_read_them_and_cannot_answer_before_half_past_nine(story)
    when_northfield_confirms_the_met_together(story)
    when_it_takes_the_near_miss_anyway_and_says_no_to_the_far_one(story)
    then_the_reserve_list_has_moved_by_the_place_that_came_free(story)
    when_the_one_who_missed_agrees_to_be_seen_and_southbank_asks(story)
    then_one_press_sends_the_application_and_southbank_offers_a_place(story)
    when_a_review_corrects_a_grade_of_somebody_who_was_confirmed(story)
    then_nothing_is_undone_and_northfield_reads_that_it_changed(story)


# --- the steps


def given_four_learners_with_an_offer_of_northfield_and_one_on_its_reserve_list(story):
    town = story.town
    story.run = town.run("Plumbing Level 2", places=4)
    story.people = {name: town.learner(name, "Reed", school=town.hollins) for name in ("Mia", "Noa", "Far", "Wim")}
    story.choices = {}
    for name, learner in story.people.items():
        choice = walk_to(town.draft(story.run, learner=learner), "sent")
        actions.make_offer(choice=choice, by=town.admissions, conditions=ASKED)
        story.choices[name] = actions.accept_offer(choice=again(choice), by=learner.user)
    story.waiting = walk_to(town.draft(story.run, learner=town.ben), "reserve_list")


def given_the_area_has_set_the_hours_of_the_day(story):
    town = story.town
    council = OrganisationFactory(kind="authority", area=town.area)
    coordinator = StaffRoleFactory(organisation=council, kind="help_desk").user
    terms = {name: getattr(town.cycle, name) for name in TERMS}
    terms |= {"results_on": DAY, "results_from": dt.time(8), "answers_from": dt.time(9, 30)}
    change_cycle(cycle=town.cycle, terms=terms, seen=facts_of(town.cycle), by=coordinator)


def when_northfield_rehearses_it_the_day_before(story):
    town = story.town
    manager = StaffRoleFactory(organisation=town.northfield, kind="manager").user
    story.before = said(story)
    story.client.force_login(manager)
    for do in ("start", "try"):
        story.client.post(url("rehearsal-do", town.northfield.reference, do))
    page = story.client.get(url("rehearsal", town.northfield.reference)).text
    assert "Rehearsal: nothing here is real" in page
    assert "tried and taken back" in page


def then_nothing_has_happened_and_no_learner_has_seen_anything(story):
    assert said(story) == story.before
    assert not ExamResult.objects.exists()
    story.client.force_login(story.people["Mia"].user)
    assert "No results yet" in story.client.get(url("results")).text


def when_the_school_hands_over_the_results_at_eight(story):
    with at(8):
        hand_over(
            story,
            "Surname,Forename,DOB,GCSE English Language,GCSE Maths",
            "Reed,Mia,31/03/2011,6,5",
            "Reed,Noa,31/03/2011,5,4",
            "Reed,Far,31/03/2011,2,1",
        )


def then_learners_read_them_and_cannot_answer_before_half_past_nine(story):
    client, choice = story.client, story.choices["Far"]
    client.force_login(story.people["Far"].user)
    with at(8, 10):
        assert "English Language (GCSE)" in client.get(url("results")).text
        page = client.post(url("choice-withdraw", choice.reference), {"reason": "changed_mind", "words": ""}).text
        assert "answer from 09:30 today" in page
    assert again(choice).status == "accepted"


def when_northfield_confirms_the_met_together(story):
    client = story.client
    client.force_login(story.town.admissions)
    with at(8, 20):
        page = client.get(url("results-day")).text
        assert "Confirm 1 place" in page
        answer = client.post(url("results-day-confirm", story.town.northfield.reference))
        assert "Confirm 1 place" in client.get(answer.url).text
        client.post(answer.url)
    assert again(story.choices["Mia"]).status == "confirmed"


def when_it_takes_the_near_miss_anyway_and_says_no_to_the_far_one(story):
    client, choices = story.client, story.choices
    with at(8, 40):
        page = client.get(f"{url('results-day')}?show=missed").text
        assert page.index("Noa Reed") < page.index("Far Reed")
        client.post(url("choice-confirm-anyway", choices["Noa"].reference))
        keys = OfferCondition.objects.filter(offer__choice=choices["Far"]).values_list("pk", flat=True)
        client.post(url("choice-fail-conditions", choices["Far"].reference), {"not_met": list(keys)})
    assert {name: again(choice).status for name, choice in choices.items()} == {
        "Mia": "confirmed",
        "Noa": "confirmed",
        "Far": "conditions_not_met",
        "Wim": "accepted",  # still waiting for results
    }


def then_the_reserve_list_has_moved_by_the_place_that_came_free(story):
    story.client.force_login(story.town.ben.user)
    page = story.client.get(url("choice", story.waiting.reference)).text
    assert "You are 1st on the reserve list. 1 place has come free since." in page


def when_the_one_who_missed_agrees_to_be_seen_and_southbank_asks(story):
    town, client = story.town, story.client
    story.free = town.run("Plumbing and heating", provider=town.southbank, places=1)
    application = story.choices["Far"].application
    with at(10):
        client.force_login(story.people["Far"].user)
        client.post(url("places-show", application.reference, "agree"))
        client.force_login(town.other_admissions)
        page = client.get(url("clearing")).text
        assert "Far" in page
        assert "Reed" not in page
        listing = application.listings.get()
        client.post(url("clearing-invite", listing.reference), {"run": story.free.reference})


def then_one_press_sends_the_application_and_southbank_offers_a_place(story):
    town, client = story.town, story.client
    invitation = ClearingInvitation.objects.get()
    with at(10, 30):
        client.force_login(story.people["Far"].user)
        client.post(url("invitation-answer", invitation.reference, "yes"))
        invitation.refresh_from_db()
        choice = again(invitation.choice)
        assert (choice.status, choice.provider) == ("sent", town.southbank)
        actions.make_offer(choice=choice, by=town.other_admissions)
        actions.accept_offer(choice=again(choice), by=story.people["Far"].user)
    assert again(choice).status == "confirmed"


def when_a_review_corrects_a_grade_of_somebody_who_was_confirmed(story):
    with clock.at(DAY + dt.timedelta(days=20)):
        hand_over(story, "Surname,Forename,DOB,Subject,Qualification,Grade", "Reed,Mia,31/03/2011,Maths,GCSE,4")


def then_nothing_is_undone_and_northfield_reads_that_it_changed(story):
    assert again(story.choices["Mia"]).status == "confirmed"
    story.client.force_login(story.town.admissions)
    page = story.client.get(f"{url('results-day')}?show=changed").text
    assert "Mia Reed" in page
    assert "Maths: 4." in page


# --- what the steps share


def url(name, *args):
    return reverse(f"applications:{name}", args=args)


def at(hour, minute=0):
    return clock.at(timezone.make_aware(dt.datetime.combine(DAY, dt.time(hour, minute))))


def said(story):
    """How each choice stands, and what has happened to any."""
    states = {name: again(choice).status for name, choice in story.choices.items()}
    return states, Event.objects.filter(verb__startswith="choice.").count()


def hand_over(story, *lines):
    town = story.town
    file = ContentFile("\n".join(lines).encode(), name="results.csv")
    upload = receive_upload(
        kind="results", organisation=town.hollins, file=file, file_name="results.csv", by=town.coordinator
    )
    run_job(upload.job_id)
    upload.refresh_from_db()
    upload = confirm_upload(upload=upload, seen=upload.digest, by=town.coordinator)
    run_job(upload.job_id)
