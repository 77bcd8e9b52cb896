"""A college's own system fetches and answers: what it is told, what it may do, and how it is refused."""

import datetime as dt
import json

import pytest
import schemathesis
from django.core.cache import cache
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from accounts.models import Receipt
from activity.models import Event
from applications import actions
from applications.models import ApiCall, Choice, Handling, InterviewSlot, OfferCondition
from applications.policies import CHOICE_POLICY
from applications.queries import timeline
from applications.views.api import VERBS
from config.wsgi import application
from core import clock
from tests.applications.systems import API, BY, System
from tests.applications.walk import again

SOON = "2026-12-01T14:00:00+00:00"
SAID = {
    "refuse": {"reason": "full"},
    "invite": {"starts_at": SOON, "place": "Room 4"},
    "withdraw-offer": {"words": "The course will not run."},
    "withdraw": {"reason": "changed_mind"},
    "leave": {"left_on": "2026-11-18", "how": "stopped"},
}
# Each verb from a state it starts from, and the state it leads to.
WALKS = {
    "offer": ("sent", "offered"),
    "change-offer": ("offered", "offered"),
    "withdraw-offer": ("offered", "offer_withdrawn"),
    "refuse": ("sent", "unsuccessful"),
    "put-on-reserve": ("sent", "reserve_list"),
    "invite": ("sent", "interviewing"),
    "cancel-interview": ("interviewing", "sent"),
    "refer": ("sent", "sent"),
    "confirm": ("accepted", "confirmed"),
    "fail-conditions": ("accepted", "conditions_not_met"),
    "enrol": ("confirmed", "enrolled"),
    "no-show": ("confirmed", "did_not_start"),
    "leave": ("enrolled", "enrolled"),
    "withdraw": ("offered", "withdrawn"),
}


@pytest.fixture
def system(town):
    return System(town)


def said_for(verb, town):
    if verb == "refer":
        return {"runs": [town.run("Heating Level 1").reference]}
    return SAID.get(verb, {})


# Reading


def test_one_application_is_what_was_sent_and_nothing_of_its_siblings(town, system):
    choice = town.choice("offered")
    town.choice("sent", town.run("A level Biology", provider=town.southbank))

    response = system.get(f"/choices/{choice.reference}")
    told = response.json()

    assert told["sent"] == again(choice).snapshot.content
    assert (told["state"], told["state_words"]) == ("offered", "Waiting for the learner")
    assert told["may"] == ["change_offer", "withdraw_offer", "withdraw"]
    assert [(one["number"], one["text"]) for one in told["offer"]["conditions"]] == [(1, "Grade 4 or above in English")]
    assert {one["by"] for one in told["timeline"]} == {"Priya Shah", "the learner", "Records"}
    assert response["ETag"] == f'"{told["version"]}"'
    assert response["Cache-Control"] == "no-store"
    assert "Southbank" not in response.content.decode()
    assert "rank" not in told


def test_reading_one_counts_as_looked_at(town, system):
    choice = town.choice("sent")
    system.get("/choices")
    assert not Receipt.objects.exists()
    system.get(f"/choices/{choice.reference}")
    assert Handling.objects.get(choice=choice).looked_by == system.token.role.user
    receipt = Receipt.objects.get()
    assert (receipt.learner, receipt.section, str(receipt.role)) == (
        town.amina,
        "application",
        "A college's own system, Northfield College",
    )


def test_an_interview_whose_time_the_learner_has_still_to_choose(town, system):
    starts_at = clock.now().replace(second=0, microsecond=0) + dt.timedelta(days=5)
    actions.add_session(
        provider=town.northfield, by=town.admissions, starts_at=starts_at, ends_at=starts_at + dt.timedelta(hours=1),
        slot_minutes=20, places=1, room="Room 4", is_closed_day_meant=True,
    )  # fmt: skip
    choice = town.choice("sent")
    actions.invite_to_interview(choice=choice, by=town.admissions)
    response = system.get(f"/choices/{choice.reference}")
    assert (response.status_code, response.json()["interview"]["starts_at"]) == (200, None)

    slot = InterviewSlot.objects.select_related("session").order_by("pk")[1]
    actions.book_interview(choice=choice, slot=slot, by=town.amina.user)
    told = system.get(f"/choices/{choice.reference}").json()["interview"]
    assert (told["slot"], told["session"], told["place"]) == (slot.reference, slot.session.reference, "Online: Room 4")
    assert (told["starts_at"], told["ends_at"]) == ("2026-11-23T10:20:00Z", "2026-11-23T10:40:00Z")


def test_what_is_another_provider_s_or_not_sent_does_not_exist(town, system):
    theirs = town.choice("sent", town.run("A level Biology", provider=town.southbank))
    draft = town.draft(town.run("Joinery"), learner=town.ben)
    for choice in (theirs, draft):
        response = system.get(f"/choices/{choice.reference}")
        assert (response.status_code, response.json()["code"]) == (404, "not_found")
        assert system.answer(choice, "put-on-reserve").status_code == 404
    assert not ApiCall.objects.exists()


def test_a_condition_is_told_in_columns_with_who_decided_it(town, system):
    choice = town.choice("sent")
    asked = [
        {"kind": "grade", "subject": "English", "grade": "4"},
        {"kind": "attendance", "at_least": 95},
        {"kind": "other", "text": "Safety boots"},
    ]
    assert system.answer(choice, "offer", conditions=asked).status_code == 200
    boots = OfferCondition.objects.get(kind="other")
    actions.mark_condition(choice=again(choice), condition=boots, state="waived", by=town.admissions)

    first, second, third = system.get(f"/choices/{choice.reference}").json()["offer"]["conditions"]
    assert first == {
        "number": 1, "kind": "grade", "text": "Grade 4 or above in English", "subject": "English", "grade": "4",
        "at_least": None, "state": "open", "decided_at": None, "decided_by": "",
    }  # fmt: skip
    assert (second["at_least"], second["text"]) == (95, "You are at school on at least 95% of days")
    assert (third["state"], third["decided_by"], third["decided_at"][:10]) == ("waived", "Priya Shah", "2026-11-18")
    half = system.answer(choice, "change-offer", conditions=[{"kind": "grade", "grade": "4"}])
    assert (half.status_code, half.json()["code"]) == (422, "condition_incomplete")


# Answering


def test_every_verb_of_a_provider_has_an_address():
    theirs = {verb for verb, rule in CHOICE_POLICY.rules.items() if "admissions" in rule.__name__}
    assert theirs == {verb.name for verb in VERBS}
    assert {verb.slug for verb in VERBS} == set(WALKS)


@pytest.mark.parametrize("verb", WALKS)
def test_a_verb_is_done_by_the_same_action(town, system, verb):
    before, after = WALKS[verb]
    choice = town.choice(before)

    response = system.answer(choice, verb, **said_for(verb, town))

    assert response.status_code == 200, response.content
    assert response.json()["state"] == again(choice).status == after
    event = Event.objects.filter(verb=f"choice.{verb.replace('-', '_')}").latest("pk")
    call = ApiCall.objects.get()
    assert (event.by, call.event, call.by_name, call.by_title) == (
        system.token.role.user,
        event,
        "Jo Hill",
        "Admissions tutor",
    )
    told = [one.by for one in timeline(again(choice), audience="provider")]
    assert told.count("Jo Hill, Admissions tutor, through Records") == 1
    assert "Jo Hill" not in str([*Event.objects.values_list("facts", flat=True)])
    assert "Jo Hill" not in str(timeline(again(choice), audience="learner"))


@pytest.mark.parametrize(
    ("verb", "state", "said", "code"),
    [
        ("refuse", "sent", {"reason": "other"}, "reason_words_missing"),
        ("invite", "sent", {"starts_at": "2026-11-01T10:00:00Z", "place": "Room 4"}, "interview_in_past"),
        ("offer", "sent", {"answer_by_on": "2026-11-19"}, "answer_by_too_soon"),
        ("offer", "sent", {"answer_by_on": "2031-01-01"}, "answer_by_after_cycle"),
        ("withdraw-offer", "offered", {"words": " "}, "reason_words_missing"),
        ("refer", "sent", {"runs": []}, "referral_empty"),
        ("refer", "sent", {"runs": ["NOSUCHRUN"]}, "run_unknown"),
        ("fail-conditions", "accepted", {"not_met": [2]}, "condition_unknown"),
    ],
)
def test_a_broken_rule_has_the_code_and_sentence_of_the_page(town, system, verb, state, said, code):
    choice = town.choice(state)
    response = system.answer(choice, verb, **said)
    told = response.json()
    assert (response.status_code, told["status"], told["code"]) == (422, 422, code)
    assert told["detail"].endswith(".")
    assert again(choice).status == state


def test_the_same_offer_again_is_done_and_changes_nothing(town, system):
    choice = town.choice("offered")
    offer = again(choice).standing_offer
    said = {
        "conditions": [{"kind": "results", "text": "Grade 4 or above in English"}],
        "answer_by_on": offer.answer_by_on.isoformat(),
    }
    response = system.answer(choice, "change-offer", **said)
    assert (response.status_code, ApiCall.objects.get().event) == (200, None)
    assert again(choice).standing_offer == offer


def test_a_token_that_reads_does_not_answer(town):
    system, choice = System(town, scope="read"), town.choice("sent")
    read = system.get(f"/choices/{choice.reference}")
    assert (read.status_code, read.json()["may"]) == (200, [])
    response = system.answer(choice, "put-on-reserve")
    assert (response.status_code, response.json()["code"]) == (403, "not_allowed")
    assert again(choice).status == "sent"


# Once


def test_the_same_key_is_done_once_and_told_the_same(town, system):
    choice = town.choice("sent")
    first = system.answer(choice, "offer", key="offer-to-amina")
    second = system.answer(choice, "offer", key="offer-to-amina")

    assert first.json() == second.json()
    assert (first.get("Idempotent-Replayed"), second["Idempotent-Replayed"]) == (None, "true")
    assert Event.objects.filter(verb="choice.offer").count() == 1


def test_a_refusal_is_told_again_although_it_would_be_possible_by_now(town, system):
    choice = town.choice("offered")
    refused = system.answer(choice, "enrol", key="enrol-amina")
    actions.accept_offer(choice=choice, by=town.amina.user)
    assert system.answer(choice, "enrol", key="enrol-amina").json() == refused.json()
    assert system.answer(choice, "enrol", key="enrol-amina-2").status_code == 200


def test_a_key_means_one_request(town, system):
    first, second = town.choice("sent"), town.choice("sent", town.run("Joinery"), learner=town.ben)
    system.answer(first, "offer", key="the-same-key")
    for response in (
        system.answer(second, "offer", key="the-same-key"),
        system.answer(first, "offer", key="the-same-key", message="Welcome"),
        system.answer(first, "put-on-reserve", key="the-same-key"),
    ):
        assert (response.status_code, response.json()["code"]) == (422, "key_reused")
    assert again(second).status == "sent"
    other = System(town, name="Another")
    assert other.answer(second, "offer", key="the-same-key").status_code == 200


def test_a_request_without_a_key_or_a_name_is_not_understood(town, system):
    choice = town.choice("sent")
    url = f"{API}/choices/{choice.reference}/offer"
    without_key = system.client.post(url, json.dumps({"by": BY}), content_type="application/json")
    assert (without_key.status_code, "Idempotency-Key" in without_key.json()["detail"]) == (400, True)
    assert system.answer(choice, "offer", by={"name": " ", "job_title": "Tutor"}).status_code == 400
    assert system.answer(choice, "offer", message="\0").status_code == 400
    assert again(choice).status == "sent"


def test_an_hour_of_any_zone_is_an_hour_and_a_place_says_something(town, system):
    choice = town.choice("sent")
    assert system.answer(choice, "invite", starts_at=SOON, place=" ").status_code == 400
    answered = system.answer(choice, "invite", starts_at="2026-12-02T13:59:00+23:59", place=" Room 4 ")
    planned = again(choice).planned_interviews[0]
    assert (answered.status_code, planned.starts_at.isoformat(), planned.place) == (200, SOON, "Room 4")


def test_what_was_read_is_what_is_answered(town, system):
    choice = town.choice("sent")
    seen = system.get(f"/choices/{choice.reference}")["ETag"]
    old = system.answer(choice, "offer", key="on-old-news", if_match='"0123456789"')
    assert (old.status_code, old.json()["code"], again(choice).status) == (412, "changed_since", "sent")
    # Nothing was kept: the same key with what is true now goes through.
    assert system.answer(choice, "offer", key="on-old-news", if_match=seen).status_code == 200


# The door


def test_no_token_a_wrong_one_and_a_session_open_nothing(client, town, system):
    choice = town.choice("sent")
    client.force_login(town.admissions)
    for asking in (client, Client(), Client(headers={"Authorization": f"Bearer {system.secret}x"})):
        for url in (f"{API}/choices", f"{API}/choices/{choice.reference}"):
            response = asking.get(url)
            assert (response.status_code, response["WWW-Authenticate"]) == (401, "Bearer")
    actions.end_token(token=system.token, by=system.manager)
    assert system.get("/choices").status_code == 401


def test_too_many_calls_of_one_token(town, system, settings):
    settings.API_CALLS_A_MINUTE = 2
    cache.clear()
    assert [system.get("/choices").status_code for _ in range(3)] == [200, 200, 429]
    assert System(town, name="Another").get("/choices").status_code == 200
    assert 0 < int(system.get("/choices")["Retry-After"]) <= 60


def test_who_guesses_tokens_is_stopped(system, settings):
    settings.API_WRONG_TOKENS_A_MINUTE = 2
    cache.clear()
    stranger = Client(headers={"Authorization": "Bearer app_guess"})
    assert [stranger.get(f"{API}/choices").status_code for _ in range(3)] == [401, 401, 429]


def test_a_right_token_is_let_in_however_many_strangers_at_its_address_guess(system, settings):
    settings.API_WRONG_TOKENS_A_MINUTE = 1
    cache.clear()
    stranger = Client(headers={"Authorization": "Bearer app_guess"})
    assert [stranger.get(f"{API}/choices").status_code for _ in range(2)] == [401, 429]
    assert system.get("/choices").status_code == 200


def test_other_methods_and_addresses_are_told_so(system):
    response = system.client.delete(f"{API}/choices")
    assert (response.status_code, response["Allow"], response.json()["code"]) == (405, "GET", "method_wrong")
    assert system.get("/nothing").json()["code"] == "no_such_address"
    for since in ("x", "WzEsIDIsIDNd", "é"):
        assert system.get("/choices", since=since).json()["code"] == "cursor_unknown"


def test_nothing_of_a_person_stands_in_the_log(town, system, caplog):
    choice = town.choice("sent")
    system.get(f"/choices/{choice.reference}")
    system.answer(choice, "enrol")
    assert not [word for word in ("Amina", "Yusuf", "Jo Hill", system.secret) if word in caplog.text]


# Its description


@pytest.fixture
def kept_connection():
    """A real server ends its connection with each request; the test's own holds everything it made."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.mark.usefixtures("kept_connection")
@pytest.mark.parametrize("is_practice", [False, True], ids=["real", "sandbox"])
def test_whatever_is_sent_gets_an_answer_that_is_described(town, monkeypatch, is_practice):
    """Schemathesis makes requests from the description and holds the answers against it."""
    monkeypatch.setattr("applications.actions.practice.MOST", 3)
    system = System(town, is_practice=is_practice)
    choice = town.choice("sent")
    if is_practice:
        account = system.token.role.user
        made = actions.make_practice_choices(sandbox=system.provider, state="sent", number=1, by=account)
        choice = Choice.objects.get(reference=made[0])

    def app(environ, start_response):
        return application(environ | {"REMOTE_ADDR": "127.0.0.1"}, start_response)

    schema = schemathesis.openapi.from_wsgi(f"{API}/openapi.json", app)
    assert schema.raw_schema["openapi"] == "3.1.0"
    checks = [
        not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance,
    ]  # fmt: skip
    headers = {"Authorization": f"Bearer {system.secret}"}
    seen = set()
    for found in schema.get_all_operations():
        operation = found.ok()
        if is_practice and "/test-data" not in operation.path:
            continue  # the same code as with the real token

        @settings(
            max_examples=5, deadline=None, database=None, derandomize=True,
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        @given(case=operation.as_strategy(), is_known=st.booleans())
        def ask(case, is_known):
            if is_known and "reference" in case.path_parameters:
                case.path_parameters["reference"] = choice.reference
            response = case.call(headers=headers)
            case.validate_response(response, checks=checks)
            seen.add(response.status_code)

        ask()
    assert {200, 404} <= seen
