"""Ben says no to sharing, applies all the same, changes his mind, and changes it back; each time it holds at once."""

from types import SimpleNamespace

import pytest
from django.test import Client
from django.urls import reverse

from tests.applications.walk import Town, walk_to
from tests.factories import CaseloadSchoolFactory, LearnerContactFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def story():
    town = Town()
    adviser = CaseloadSchoolFactory(school=town.brannocs).adviser.user
    adviser.name = "Dev Patel"
    adviser.save()
    clients = {}
    for name, user in {"ben": town.ben.user, "adviser": adviser}.items():
        clients[name] = Client()
        clients[name].force_login(user)
    return SimpleNamespace(town=town, ben=town.ben, clients=clients)


def test_one_who_refuses_consent(story):
    when_ben_says(story, "no")
    when_he_sends_a_choice(story)
    then_the_adviser_sees_the_minimum_and_no_choice(story)
    when_ben_says(story, "yes")
    then_the_adviser_sees_the_choice(story)
    when_ben_says(story, "no")
    then_the_adviser_sees_the_minimum_and_no_choice(story)
    then_ben_reads_what_he_answered_and_who_looked(story)


def when_ben_says(story, answer):
    page = story.clients["ben"].post(reverse("accounts:consent"), {"is_given": answer})
    assert page.status_code == 302


def when_he_sends_a_choice(story):
    if not hasattr(story.ben, "contact"):
        LearnerContactFactory(learner=story.ben)
    run = story.town.run("Bricklaying", provider=story.town.northfield)
    story.choice = walk_to(story.town.draft(run, learner=story.ben), "sent")
    page = story.clients["ben"].get(reverse("applications:home"))
    assert "Bricklaying" in page.content.decode()


def the_advisers_page(story):
    return story.clients["adviser"].get(reverse("reporting:learner", args=[story.ben.reference])).content.decode()


def then_the_adviser_sees_the_minimum_and_no_choice(story):
    page = the_advisers_page(story)
    for seen in ("Ben Okafor", "St Brannoc", "Waiting for an answer", "You see the statutory minimum"):
        assert seen in page
    assert "Bricklaying" not in page
    caseload = story.clients["adviser"].get(reverse("reporting:caseload")).content.decode()
    assert "Not shared with you" in caseload
    assert "Northfield College" not in caseload


def then_the_adviser_sees_the_choice(story):
    assert "Bricklaying" in the_advisers_page(story)


def then_ben_reads_what_he_answered_and_who_looked(story):
    page = story.clients["ben"].get(reverse("accounts:information")).content.decode()
    assert "No, you do not share your plan and your applications" in page
    assert page.count("You were asked:") >= 3
    looked = story.clients["ben"].get(reverse("accounts:looked-at")).content.decode()
    assert "Dev Patel, Personal adviser" in looked
    assert "Your choices" in looked
