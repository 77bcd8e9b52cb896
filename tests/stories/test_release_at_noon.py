"""Northfield decides in peace for a week, and on Friday at noon everybody hears."""

import datetime as dt
from types import SimpleNamespace

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from activity.actions import sweep_outbox
from applications.models import Choice, Release
from applications.queries import broken_invariants
from applications.tasks import release_decisions
from core import clock
from tests.applications.walk import Town, again

pytestmark = pytest.mark.django_db
NOON = timezone.make_aware(dt.datetime.combine(dt.date(2026, 11, 20), dt.time(12)))


@pytest.fixture
def story(client):
    return SimpleNamespace(town=Town(), client=client)


def test_release_at_noon(story):
    given_three_learners_have_applied_to_northfield(story)
    when_priya_opens_a_release_and_decides_about_each(story)
    then_neither_the_learners_nor_the_school_can_see_any_of_it(story)
    when_priya_reads_it_over_and_sets_friday_noon(story)
    when_cara_withdraws_on_thursday(story)
    then_a_minute_before_noon_everything_is_as_it_was(story)
    when_it_is_noon(story)
    then_amina_reads_her_offer_and_ben_why_not(story)
    then_priya_reads_what_could_not_be_done_and_why(story)
    then_nothing_impossible_has_happened(story)


# --- the steps


def given_three_learners_have_applied_to_northfield(story):
    town = story.town
    story.cara = town.learner("Cara", "Jones", school=town.hollins)
    story.amina, story.ben, story.cara_choice = (
        town.choice("sent", town.run(title), learner=learner)
        for title, learner in (("Plumbing", town.amina), ("Tiling", town.ben), ("Joinery", story.cara))
    )
    sweep_outbox()
    mail.outbox.clear()


def when_priya_opens_a_release_and_decides_about_each(story):
    client = story.client
    client.force_login(story.town.admissions)
    client.post(url("releases"), {"provider": story.town.northfield.reference, "name": "First offers"})
    story.release = Release.objects.get()
    together = {"release": story.release.reference}
    answer_by = {"answer_by_on_day": "11", "answer_by_on_month": "12", "answer_by_on_year": "2026", "message": ""}
    grade = {"kind_1": "grade", "subject_1": "English", "grade_1": "4"}
    client.post(url("choice-offer", story.amina), answer_by | grade | together)
    client.post(url("choice-refuse", story.ben), {"reason": "full", "words": "Ask us in August."} | together)
    client.post(url("choice-put-on-reserve", story.cara_choice), together)
    assert story.release.decisions.count() == 3


def then_neither_the_learners_nor_the_school_can_see_any_of_it(story):
    sweep_outbox()
    assert mail.outbox == []
    for user, name in ((story.town.amina.user, "choice"), (story.town.coordinator, "endorsement")):
        story.client.force_login(user)
        text = story.client.get(url(name, story.amina)).text
        assert "Grade 4" not in text
        assert "offer" not in text.lower()
        assert story.client.get(url("release", story.release)).status_code == 404


def when_priya_reads_it_over_and_sets_friday_noon(story):
    client = story.client
    client.force_login(story.town.admissions)
    text = client.get(url("release", story.release)).text
    assert "Grade 4 or above in English" in text
    assert "Ask us in August." in text
    assert "Release 3 decisions" in client.get(url("release-set", story.release)).text
    hour = {"on_day": "20", "on_month": "11", "on_year": "2026", "at": "12:00", "number": "3"}
    assert client.post(url("release-set", story.release), hour).status_code == 302


def when_cara_withdraws_on_thursday(story):
    story.client.force_login(story.cara.user)
    with clock.at(dt.date(2026, 11, 19)):
        story.client.post(url("choice-withdraw", story.cara_choice), {"reason": "travel", "words": ""})
        sweep_outbox()
    mail.outbox.clear()


def then_a_minute_before_noon_everything_is_as_it_was(story):
    with clock.at(NOON - dt.timedelta(minutes=1)):
        release_decisions()
    assert [again(one).status for one in (story.amina, story.ben)] == ["sent", "sent"]


def when_it_is_noon(story):
    with clock.at(NOON):
        release_decisions()
        release_decisions()
        sweep_outbox()


def then_amina_reads_her_offer_and_ben_why_not(story):
    assert [again(one).status for one in (story.amina, story.ben)] == ["offered", "unsuccessful"]
    assert sorted(message.recipients()[0] for message in mail.outbox if message.recipients()) == [
        "amina@example.org",
        "ben@example.org",
    ]
    story.client.force_login(story.town.amina.user)
    assert "Grade 4 or above in English" in story.client.get(url("choice", story.amina)).text
    story.client.force_login(story.town.ben.user)
    text = story.client.get(url("choice", story.ben)).text
    assert "All places on this course are taken." in text
    assert "Ask us in August." in text


def then_priya_reads_what_could_not_be_done_and_why(story):
    story.client.force_login(story.town.admissions)
    text = story.client.get(url("release", story.release)).text
    assert "2 learners have an answer." in text
    assert "1 could not be done; why stands below." in text
    assert "it was answered or withdrawn meanwhile" in text


def then_nothing_impossible_has_happened(story):
    assert Choice.objects.filter(status="withdrawn").get() == story.cara_choice
    assert broken_invariants() == []


def url(name, thing=None):
    return reverse(f"applications:{name}", args=[thing.reference] if thing else [])
