"""A learner without the internet signs a paper form; an adviser enters it, sends it, and everybody can see that."""

from types import SimpleNamespace

import pytest
from django.core import mail
from django.urls import reverse

from accounts.actions import answer_consent
from accounts.models import ConsentKind, Receipt
from activity.actions.outbox import deliver
from activity.models import OutboxMessage
from applications.models import Choice
from core.references import new_reference
from tests.applications.walk import STATEMENT, Town, again

pytestmark = pytest.mark.django_db


@pytest.fixture
def story(client):
    return SimpleNamespace(client=client)


def test_a_paper_form_entered_by_an_adviser(story):
    given_amina_who_said_no_to_the_advice_service(story)
    when_the_adviser_says_that_she_is_there(story)
    then_the_adviser_needs_the_form_with_her_signature(story)
    when_the_adviser_says_when_she_signed_it(story)
    when_the_adviser_enters_what_it_says_and_a_course(story)
    then_nothing_of_her_plan_is_shown(story)
    when_the_adviser_sends_it(story)
    then_it_says_who_entered_it_to_her_and_to_the_provider(story)
    then_she_is_told_and_can_see_who_looked(story)
    then_tomorrow_the_adviser_writes_no_more(story)


def url(name, *args):
    return reverse(f"applications:{name}", args=[getattr(one, "reference", one) for one in args])


def given_amina_who_said_no_to_the_advice_service(story):
    story.town = Town()
    story.run = story.town.run("Plumbing Level 2")
    answer_consent(
        learner=story.town.amina, kind=ConsentKind.ADVICE_SERVICE, is_given=False, words="?", by=story.town.amina.user
    )
    story.client.force_login(story.town.adviser)


def when_the_adviser_says_that_she_is_there(story):
    desk = story.client.get(reverse("reporting:learner", args=[story.town.amina.reference]))
    assert url("assist", story.town.amina) in desk.text
    story.page = story.client.post(url("assist", story.town.amina), {"how": "present"})


def then_the_adviser_needs_the_form_with_her_signature(story):
    assert "You need the form with their signature" in story.page.text
    late = {"how": "paper", "signed_on_day": "1", "signed_on_month": "2", "signed_on_year": "2026"}
    assert "It must be in the last 90 days" in story.client.post(url("assist", story.town.amina), late).text


def when_the_adviser_says_when_she_signed_it(story):
    signed = {"how": "paper", "signed_on_day": "16", "signed_on_month": "11", "signed_on_year": "2026"}
    answer = story.client.post(url("assist", story.town.amina), signed)
    story.application = story.town.amina.applications.get()
    assert answer.url == url("profile", story.application)
    form = story.client.get(answer.url)
    assert "You are writing for somebody" in form.text
    assert url("assisted-courses", story.application) in form.text


def when_the_adviser_enters_what_it_says_and_a_course(story):
    client, application = story.client, story.application
    form = {"statement": STATEMENT, "draft": new_reference(), "seen": 0, "is_done": "on"}
    assert client.post(url("statement", application), form).status_code == 302
    grade = {"subject": "English", "qualification": "GCSE", "grade_words": "5", "is_expected": "yes"}
    assert client.post(url("grades", application), grade).status_code == 302
    found = client.get(url("assisted-courses", application), {"q": "plumb northf"})
    assert found.context["runs"] == [story.run]
    assert client.post(url("assisted-add", application), {"run": story.run.reference}).status_code == 302
    story.choice = Choice.objects.get()
    assert "Plumbing Level 2" in client.get(url("profile", application)).text


def then_nothing_of_her_plan_is_shown(story):
    assert story.client.get(url("plan-entries", story.application)).status_code == 404
    assert url("plan-entries", story.application) not in story.client.get(url("profile", story.application)).text
    assert url("plan-entries", story.application) not in story.client.get(url("choice-send", story.choice)).text


def when_the_adviser_sends_it(story):
    assert story.client.get(url("choice-send", story.choice)).status_code == 200
    assert story.client.post(url("choice-send", story.choice)).url == url("profile", story.application)
    assert again(story.choice).status == "sent"


def then_it_says_who_entered_it_to_her_and_to_the_provider(story):
    assert again(story.choice).snapshot.content["entered_by"] == {
        "name": "Ade Bello",
        "how": "paper",
        "signed_on": "2026-11-16",
    }
    for user, name in ((story.town.admissions, "received-choice"), (story.town.amina.user, "choice")):
        story.client.force_login(user)
        assert "Ade Bello, from a paper form" in story.client.get(url(name, story.choice)).text


def then_she_is_told_and_can_see_who_looked(story):
    for message in OutboxMessage.objects.filter(kind="choice-entered-for-you"):
        deliver(message.pk)
    assert [letter.to for letter in mail.outbox] == [["amina@example.org"]]
    assert "Plumbing" not in mail.outbox[0].body
    assert Receipt.objects.filter(reader=story.town.adviser, section="application").exists()


def then_tomorrow_the_adviser_writes_no_more(story):
    story.application.assistances.update(on="2026-11-17")
    story.client.force_login(story.town.adviser)
    assert story.client.get(url("profile", story.application)).status_code == 404
