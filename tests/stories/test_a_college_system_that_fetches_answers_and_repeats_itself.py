"""Northfield's records system fetches, answers, hears nothing, repeats itself, and agrees in the end."""

from types import SimpleNamespace

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from accounts.models import Receipt
from activity.actions import sweep_outbox
from activity.models import Event
from applications import actions
from applications.models import ApiCall, ApiToken, Choice, Interview
from applications.queries import broken_invariants
from tests.applications.systems import System
from tests.applications.walk import Town, again

# What is told by transaction is told once it is committed.
pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
CONDITIONS = [{"kind": "results", "text": "Grade 4 or above in English"}, {"kind": "results", "text": "A portfolio"}]


class Records:
    """The college's own system: what it knows, and how far it has read. Each answer is lost on the way back once."""

    def __init__(self, secret):
        self.system = System.of(secret)
        self.known, self.since, self.lost = {}, "", []

    def fetch(self):
        """Page by page, two at once. Returns the references it was told."""
        told = []
        while True:
            page = self.system.get("/choices", since=self.since, limit=2).json()
            for item in page["items"]:
                told.append(item["reference"])
                self.known[item["reference"]] = item
            self.since = page["since"]
            if not page["has_more"]:
                return told

    def read(self, reference):
        response = self.system.get(f"/choices/{reference}")
        self.known[reference] = response.json()
        return response

    def answer(self, choice, verb, **said):
        """Sent, nothing heard, sent again with the same key: told the same, done once."""
        key = f"{verb}-{choice.reference}-{len(self.lost)}"
        first = self.system.answer(choice, verb, key=key, **said)
        second = self.system.answer(choice, verb, key=key, **said)
        self.lost.append(verb)
        assert (second.status_code, second.json()) == (first.status_code, first.json())
        assert second["Idempotent-Replayed"] == "true"
        return second


@pytest.fixture
def story(client):
    return SimpleNamespace(town=Town(), client=client)


def test_a_college_system_that_fetches_answers_and_repeats_itself(story):
    given_five_learners_have_applied_to_northfield(story)
    given_a_manager_has_made_a_token_and_given_it_to_the_system(story)
    when_the_system_fetches_for_the_first_time_it_hears_of_all_five(story)
    when_it_reads_one_the_learner_can_see_that_it_has(story)
    when_it_invites_and_offers_and_hears_nothing_it_repeats_itself(story)
    then_each_was_done_once_and_each_learner_told_once(story)
    when_a_learner_withdraws_while_it_decides_it_is_refused_and_reads_again(story)
    when_it_answers_what_it_read_before_it_is_told_that_it_changed(story)
    when_it_is_restarted_with_old_notes_it_is_told_everything_since_and_nothing_is_done_again(story)
    when_the_learner_accepts_it_hears_of_it_and_confirms_and_enrols(story)
    then_it_knows_what_the_portal_knows(story)
    then_the_page_says_who_at_the_college_gave_each_answer(story)
    when_the_manager_ends_the_token_it_is_let_in_no_more(story)
    then_nothing_impossible_has_happened(story)


# --- the steps


def given_five_learners_have_applied_to_northfield(story):
    town = story.town
    names = ("Cara", "Dan", "Esra")
    learners = [town.amina, town.ben, *(town.learner(name, "Jones", school=town.hollins) for name in names)]
    run = town.run("Plumbing Level 2")
    story.choices = [town.choice("sent", run, learner=learner) for learner in learners]
    story.amina, story.ben, story.cara, story.dan, story.esra = story.choices
    town.choice("sent", town.run("A level Biology", provider=town.southbank))
    sweep_outbox()
    mail.outbox.clear()


def given_a_manager_has_made_a_token_and_given_it_to_the_system(story):
    town, client = story.town, story.client
    story.manager = town.staff("Mo Manager", town.northfield, "manager")
    client.force_login(story.manager)
    said = {
        "name": "Student records", "scope": "answer",
        "expires_on_day": "18", "expires_on_month": "12", "expires_on_year": "2026",
    }  # fmt: skip
    page = client.post(reverse("applications:token-make", args=[town.northfield.reference]), said)
    secret = page.context["secret"]
    assert secret.startswith("app_")
    assert secret not in client.get(reverse("applications:tokens")).content.decode(), "it is shown once"
    story.records = Records(secret)


def when_the_system_fetches_for_the_first_time_it_hears_of_all_five(story):
    records = story.records
    assert sorted(records.fetch()) == sorted(choice.reference for choice in story.choices)
    assert records.fetch() == []
    story.old_notes = records.since
    assert not Receipt.objects.exists(), "a list holds nothing of anybody"


def when_it_reads_one_the_learner_can_see_that_it_has(story):
    told = story.records.read(story.amina.reference).json()
    assert told["sent"]["learner"]["given_name"] == "Amina"
    assert "Southbank" not in str(told)
    story.client.force_login(story.town.amina.user)
    page = story.client.get(reverse("accounts:looked-at")).content.decode()
    assert "A college’s own system" in page or "A college&#x27;s own system" in page


def when_it_invites_and_offers_and_hears_nothing_it_repeats_itself(story):
    records = story.records
    soon = {"starts_at": "2026-12-01T14:00:00+00:00", "place": "Room 4"}
    assert records.answer(story.ben, "invite", **soon).json()["state"] == "interviewing"
    for choice in (story.amina, story.ben):
        assert records.answer(choice, "offer", conditions=CONDITIONS, message="Welcome").json()["state"] == "offered"
    assert records.answer(story.esra, "refuse", reason="full").json()["state"] == "unsuccessful"
    # The refusals of rules are told again, too.
    refused = records.answer(story.cara, "offer", answer_by_on="2026-11-19")
    assert (refused.status_code, refused.json()["code"]) == (422, "answer_by_too_soon")
    assert records.answer(story.cara, "enrol").status_code == 409


def then_each_was_done_once_and_each_learner_told_once(story):
    verbs = Event.objects.filter(subject__startswith="applications.choice:").values_list("verb", flat=True)
    done = [verb for verb in verbs if verb in {"choice.invite", "choice.offer", "choice.refuse"}]
    assert sorted(done) == ["choice.invite", "choice.offer", "choice.offer", "choice.refuse"]
    assert Interview.objects.count() == 1
    sweep_outbox()
    told = sorted(address for message in mail.outbox for address in message.to)
    assert told == ["amina@example.org", "ben@example.org", "ben@example.org", "esra@example.org"]


def when_a_learner_withdraws_while_it_decides_it_is_refused_and_reads_again(story):
    records, dan = story.records, story.dan
    actions.withdraw_choice(choice=dan, by=dan.application.learner.user, reason="changed_mind")
    refused = records.answer(dan, "offer")
    assert (refused.status_code, refused.json()["code"]) == (409, "stale_state")
    assert records.read(dan.reference).json()["may"] == []


def when_it_answers_what_it_read_before_it_is_told_that_it_changed(story):
    records, cara = story.records, story.cara
    seen = records.read(cara.reference)["ETag"]
    actions.put_on_reserve(choice=cara, by=story.town.admissions)  # a colleague, at the desk
    refused = records.system.answer(cara, "refuse", key="refuse-cara-1", if_match=seen, reason="full")
    assert (refused.status_code, refused.json()["code"], again(cara).status) == (412, "changed_since", "reserve_list")
    seen = records.read(cara.reference)["ETag"]
    done = records.system.answer(cara, "refuse", key="refuse-cara-1", if_match=seen, reason="full")
    assert (done.status_code, again(cara).status) == (200, "unsuccessful")


def when_it_is_restarted_with_old_notes_it_is_told_everything_since_and_nothing_is_done_again(story):
    records, events = story.records, Event.objects.count()
    records.since, records.known = story.old_notes, {}
    assert sorted(records.fetch()) == sorted(choice.reference for choice in story.choices), "each once, as it is now"
    calls = ApiCall.objects.filter(verb="offer", status=200).order_by("pk")
    for call in calls:  # its notes of what it had sent are old, too: it sends them again
        repeated = records.system.answer(call.choice, "offer", key=call.key, conditions=CONDITIONS, message="Welcome")
        assert (repeated.status_code, repeated["Idempotent-Replayed"]) == (200, "true")
    reused = records.system.answer(story.esra, "offer", key=calls[0].key)
    assert (reused.status_code, reused.json()["code"]) == (422, "key_reused")
    assert Event.objects.count() == events


def when_the_learner_accepts_it_hears_of_it_and_confirms_and_enrols(story):
    records, amina = story.records, story.amina
    story.client.force_login(story.town.amina.user)
    page = reverse("applications:choice-accept", args=[amina.reference])
    form = story.client.get(page).context["form"]
    story.client.post(page, {name: form[name].value() or "" for name in form.fields} | {"sure": "on"})
    assert again(amina).status == "accepted"
    assert records.fetch() == [amina.reference]
    assert records.known[amina.reference]["state"] == "accepted"
    assert records.answer(amina, "confirm").json()["state"] == "confirmed"
    assert records.answer(amina, "enrol").json()["state"] == "enrolled"


def then_it_knows_what_the_portal_knows(story):
    records = story.records
    records.fetch()
    told = {reference: item["state"] for reference, item in records.known.items()}
    received = Choice.objects.filter(provider=story.town.northfield)
    assert told == dict(received.values_list("reference", "status"))
    assert sorted(told.values()) == ["enrolled", "offered", "unsuccessful", "unsuccessful", "withdrawn"]
    beginning = Records(records.system.secret)
    beginning.fetch()
    assert {one: item["version"] for one, item in beginning.known.items()} == {
        one: item["version"] for one, item in records.known.items()
    }


def then_the_page_says_who_at_the_college_gave_each_answer(story):
    story.client.force_login(story.town.admissions)
    page = story.client.get(reverse("applications:received-choice", args=[story.amina.reference])).content.decode()
    assert page.count("Jo Hill, Admissions tutor, through Student records") == 3
    story.client.force_login(story.town.amina.user)
    hers = story.client.get(reverse("applications:choice", args=[story.amina.reference])).content.decode()
    assert "Jo Hill" not in hers
    done = Event.objects.filter(verb__in=["choice.offer", "choice.confirm", "choice.enrol"])
    account = ApiToken.objects.get().role.user
    assert {event.by for event in done} == {account}
    assert all(event.api_call.by_name == "Jo Hill" for event in done)


def when_the_manager_ends_the_token_it_is_let_in_no_more(story):
    story.client.force_login(story.manager)
    story.client.post(reverse("applications:token-end", args=[ApiToken.objects.get().reference]), {"sure": "on"})
    assert story.records.system.get("/choices").status_code == 401
    assert Client().get(reverse("applications:api:choices")).status_code == 401


def then_nothing_impossible_has_happened(_story):
    assert broken_invariants() == []
