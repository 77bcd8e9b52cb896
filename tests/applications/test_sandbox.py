"""A provider to practise with: everything works in it, nothing of it is anywhere else, and it sees nothing real."""

import datetime as dt

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core import mail
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import Learner
from activity.actions import sweep_outbox
from activity.models import Event
from applications import actions
from applications.models import ApiCall, Application, Choice, Snapshot, Webhook, WebhookDelivery
from applications.queries import broken_invariants
from applications.tasks import nightly
from core import clock, personal
from core.errors import NotAllowed, RuleBroken
from prospectus.actions.search import refresh_search
from prospectus.models import Course, CourseRun
from providers.actions import open_sandbox
from providers.models import Area, Cycle, Organisation, RoleKind
from tests.applications.systems import API, System
from tests.applications.walk import Town
from tests.factories import OrganisationFactory, StaffRoleFactory, UserFactory

VISITOR = AnonymousUser()
HOOK = "https://198.41.0.4/hooks"  # numbers: no name is looked up


@pytest.fixture
def practice(town):
    """Northfield's sandbox, and a system that has a token of it."""
    return System(town, is_practice=True)


def made(practice, state="sent", number=1):
    response = practice.post("/test-data", state=state, number=number)
    assert response.status_code == 200, response.content
    return [Choice.objects.get(reference=one) for one in response.json()["references"]]


@pytest.mark.django_db(transaction=True)
def test_what_changed_is_told_of_the_sandbox_only_and_a_cursor_outlives_clearing():
    town = Town()
    practice, live = System(town, is_practice=True), System(town, name="Live")
    real, (first,) = town.choice("sent"), made(practice)
    told, since = practice.walk()
    assert (told, live.walk()[0]) == ([first.reference], [real.reference])
    practice.client.delete(f"{API}/test-data")
    (second,) = made(practice)
    assert practice.walk(since)[0] == practice.walk()[0] == [second.reference]
    assert live.walk()[0] == [real.reference]


@pytest.mark.django_db(transaction=True)
def test_an_address_of_it_is_told_of_made_up_applications_only(client):
    town = Town()
    practice = System(town, is_practice=True)
    client.force_login(practice.manager)
    assert practice.provider.name in client.get(reverse("applications:webhooks")).text
    told, _secret = actions.add_webhook(provider=practice.provider, address=HOOK, by=practice.manager)
    live, _secret = actions.add_webhook(provider=town.northfield, address=HOOK, by=practice.manager)
    real, (made_up,) = town.choice("sent"), made(practice)
    actions.sweep_webhooks()
    deliveries = {one.webhook: one.changed for one in WebhookDelivery.objects.select_related("webhook")}
    assert deliveries == {told: [made_up.reference], live: [real.reference]}
    assert client.get(reverse("applications:webhook", args=[told.reference])).status_code == 200
    Organisation.objects.filter(pk=town.northfield.pk).update(ended_on=clock.today())
    assert not Webhook.objects.told().exists()
    assert not WebhookDelivery.objects.free().exists()


# Made, acted in, cleared


@pytest.mark.parametrize("state", actions.PRACTICE_STATES)
def test_an_application_is_made_in_each_state_and_all_of_it_goes(practice, state):
    (choice,) = made(practice, state)
    told = practice.get(f"/choices/{choice.reference}").json()

    assert told["state"] == state
    assert told["sent"]["learner"]["family_name"] == "Learner 1"
    assert broken_invariants() == []
    assert practice.client.delete(f"{API}/test-data").json() == {"removed": 1}
    assert practice.get(f"/choices/{choice.reference}").status_code == 404
    assert not any(model.objects.exists() for model in (Snapshot, Application)), "something is left"
    assert not Learner.objects.filter(area__is_practice=True).exists()
    assert broken_invariants() == []


def test_a_hundred_at_once_and_no_more_than_fit(practice, monkeypatch):
    assert practice.post("/test-data", number=101).json()["code"] == "not_understood"
    assert len(made(practice, number=5)) == 5
    monkeypatch.setattr("applications.actions.practice.MOST", 6)
    told = practice.post("/test-data", number=2).json()
    assert (told["code"], Learner.objects.filter(area__is_practice=True).count()) == ("sandbox_full", 6)


def test_they_are_made_for_one_request_at_a_time(practice, monkeypatch):
    answers, make_one = [], actions.practice._make_one

    def meanwhile(*args):
        answers.append(practice.post("/test-data").json()["code"])
        return make_one(*args)

    monkeypatch.setattr("applications.actions.practice._make_one", meanwhile)
    assert (len(made(practice, number=2)), answers) == (2, ["in_flight"] * 2)
    monkeypatch.undo()
    assert len(made(practice)) == 1


@pytest.mark.parametrize(
    ("state", "act", "after"),
    [
        ("offered", "accept", "accepted"),
        ("offered", "hold", "held"),
        ("offered", "turn_down", "turned_down"),
        ("sent", "withdraw", "withdrawn"),
        ("interviewing", "book_time", "interviewing"),
    ],
)
def test_the_learner_s_side_acts(practice, state, act, after):
    (choice,) = made(practice, state)
    response = practice.post(f"/test-data/{choice.reference}", act=act)
    assert (response.status_code, response.json()["state"], response.json()["done"]) == (200, after, act)
    if act == "book_time":
        assert practice.get(f"/choices/{choice.reference}").json()["interview"]["starts_at"]
        assert practice.post(f"/test-data/{choice.reference}", act="give_back_time").status_code == 200


def test_a_suggestion_is_taken_or_not(practice):
    for act in ("take_suggestion", "decline_suggestion"):
        (choice,) = made(practice)
        other = CourseRun.objects.filter(course__provider=practice.provider).order_by("-pk").first()
        assert practice.answer(choice, "refer", runs=[other.reference]).status_code == 200
        assert practice.post(f"/test-data/{choice.reference}", act=act).status_code == 200


def test_what_a_learner_could_not_do_is_refused_alike(practice):
    (choice,) = made(practice)
    response = practice.post(f"/test-data/{choice.reference}", act="accept")
    assert (response.status_code, response.json()["code"]) == (409, "stale_state")
    assert practice.post("/test-data/NOSUCH", act="accept").status_code == 404


def test_a_whole_round_and_then_clear(practice):
    (choice,) = made(practice)
    account = choice.application.learner.user
    assert practice.answer(choice, "offer", key="one-offer").status_code == 200
    assert practice.answer(choice, "offer", key="one-offer")["Idempotent-Replayed"] == "true"
    practice.post(f"/test-data/{choice.reference}", act="accept")
    assert practice.answer(choice, "enrol").json()["state"] == "enrolled"
    assert practice.client.delete(f"{API}/test-data").status_code == 200
    assert not ApiCall.objects.exists()
    assert CourseRun.objects.filter(places_taken__gt=0).count() == 0
    # The same account is used again, for history names it.
    (again,) = made(practice)
    assert again.application.learner.user == account
    assert Event.objects.filter(verb="sandbox.clear", by=practice.token.role.user).count() == 1


# A sandbox sees nothing real, and real tokens make nothing up


def test_its_token_reaches_nothing_real(town, practice):
    real = town.choice("sent")
    for response in (
        practice.get(f"/choices/{real.reference}"),
        practice.answer(real, "offer"),
        practice.post(f"/test-data/{real.reference}", act="withdraw"),
    ):
        assert response.status_code == 404
    assert practice.secret.startswith("test_")
    assert practice.token.prefix.startswith("test_")
    (choice,) = made(practice)
    run = town.run("Heating Level 1")
    assert practice.answer(choice, "refer", runs=[run.reference]).json()["code"] == "referral_elsewhere"


def test_its_token_ends_with_the_provider_that_practises(town, practice):
    assert practice.get("/choices").status_code == 200
    Organisation.objects.filter(pk=town.northfield.pk).update(ended_on=clock.today())
    assert practice.get("/choices").status_code == 401
    assert not practice.token.is_open


def test_a_real_token_makes_nothing_up(town, practice):
    system, real = System(town, name="Live"), town.choice("offered")
    (choice,) = made(practice)
    for response in (
        system.post("/test-data"),
        system.client.delete(f"{API}/test-data"),
        system.post(f"/test-data/{real.reference}", act="accept"),
    ):
        assert (response.status_code, response.json()["code"]) == (403, "practice_only")
    assert system.get(f"/choices/{choice.reference}").status_code == 404
    with pytest.raises(RuleBroken):
        actions.clear_sandbox(sandbox=town.northfield, by=None)
    assert Choice.objects.filter(pk=real.pk).exists()


def test_real_learners_do_not_apply_to_a_sandbox_unnoticed(town, practice):
    made(practice)
    run = CourseRun.objects.filter(course__provider=practice.provider).first()
    with pytest.raises(RuleBroken):
        actions.add_run(learner=town.amina, run=run, by=town.amina.user)
    choice = town.choice("sent")
    Choice.objects.filter(pk=choice.pk).update(provider=practice.provider)
    assert any("practice and the real together" in line for line in broken_invariants())


# Nothing of it is anywhere else


def test_nothing_of_it_is_public(client, town, practice):
    (choice, *_rest) = made(practice, "offered", 3)
    town.run("Plumbing Level 2")
    refresh_search()
    run = choice.choice_runs.get().run
    found = client.get(reverse("prospectus:courses"), {"q": "course"}).content
    assert b"Practice" not in found
    for url in (
        reverse("prospectus:areas"),
        reverse("prospectus:open-data"),
        reverse("applications:how-it-works-list"),
        reverse("accounts:register"),
        "/api/v1/courses",
        "/api/v1/providers",
        "/api/v1/areas",
        "/sitemap.xml",
    ):
        response = client.get(url, follow=True)
        told = b"".join(response) if response.streaming else response.content
        assert response.status_code == 200, url
        assert b"Practice" not in told, url
        assert practice.provider.reference.encode() not in told, url
    for user in (VISITOR, town.amina.user, town.admissions, practice.manager):
        assert not Course.objects.visible_to(user).filter(pk=run.course_id).exists()
        assert not CourseRun.objects.visible_to(user).filter(pk=run.pk).exists()
        assert not Organisation.objects.visible_to(user).filter(pk=practice.provider.pk).exists()
    assert not Area.objects.visible_to(VISITOR).filter(is_practice=True).exists()
    assert not Cycle.objects.visible_to(VISITOR).filter(area__is_practice=True).exists()
    assert not Organisation.objects.providers().filter(pk=practice.provider.pk).exists()
    assert not CourseRun.objects.on_offer().filter(pk=run.pk).exists()


def test_no_member_of_staff_meets_its_learners(town, practice):
    (choice,) = made(practice, "offered")
    learner = choice.application.learner
    help_desk, officer = UserFactory(), UserFactory()
    StaffRoleFactory(user=help_desk, organisation=town.northfield, kind=RoleKind.HELP_DESK)
    council = OrganisationFactory(kind="authority", area=town.area)
    StaffRoleFactory(user=officer, organisation=council, kind=RoleKind.OFFICER)
    people = (practice.manager, town.admissions, town.coordinator, town.adviser, town.amina.user, help_desk, officer)
    pages = (
        "applications:received",
        "applications:left-early",
        "reporting:guarantee",
        "reporting:caseload",
        "accounts:outbox",
    )
    for user in people:
        assert not Choice.objects.visible_to(user).filter(pk=choice.pk).exists()
        assert not Learner.objects.visible_to(user).filter(pk=learner.pk).exists()
        assert not Learner.objects.on_caseload_of(user).filter(pk=learner.pk).exists()
        assert not Organisation.objects.staffed_through(user).filter(pk=practice.provider.pk).exists()
        client = Client()
        client.force_login(user)
        for name in pages:
            assert b"Learner 1" not in client.get(reverse(name)).content


def test_nobody_outside_is_told_anything(town, practice):
    sweep_outbox()
    mail.outbox.clear()
    made(practice, "accepted")
    (choice,) = made(practice, "offered")
    practice.answer(choice, "withdraw-offer", words="The course will not run.")
    with clock.at(dt.date(2026, 12, 20)):
        nightly()
        sweep_outbox()
    assert mail.outbox == []


# Who makes one


def test_a_manager_and_the_help_desk_make_one_and_nobody_else(client, town):
    manager = town.staff("Mo Manager", town.northfield, "manager")
    client.force_login(manager)
    page = client.get(reverse("applications:sandbox-open")).content.decode()
    assert "Northfield College" in page
    assert "Southbank" not in page
    response = client.post(reverse("applications:sandbox-open"), {"provider": town.northfield.reference})
    sandbox = Organisation.objects.get(practice_of=town.northfield)
    assert response.url == reverse("applications:token-make", args=[sandbox.reference])
    assert client.get(response.url).status_code == 200
    assert "Make a sandbox</a>" not in client.get(reverse("applications:tokens")).content.decode()

    assert open_sandbox(provider=town.northfield, by=manager) == (sandbox, False)
    help_desk = UserFactory()
    StaffRoleFactory(user=help_desk, kind="help_desk", organisation__area=town.area)
    _other, is_new = open_sandbox(provider=town.southbank, by=help_desk)
    assert is_new
    for user in (town.admissions, town.coordinator, manager):
        with pytest.raises(NotAllowed):
            open_sandbox(provider=town.southbank, by=user)
    with pytest.raises(NotAllowed):
        actions.make_token(
            provider=town.northfield, name="Live", scope="read", expires_on=dt.date(2026, 12, 1), by=help_desk
        )
    with pytest.raises(NotAllowed):
        open_sandbox(provider=sandbox, by=manager)


def test_the_page_shows_which_tokens_are_practice(client, town, practice):
    client.force_login(practice.manager)
    page = client.get(reverse("applications:tokens")).content.decode()
    assert "Practice: Northfield College" in page
    assert "test_" in page
    for user in (town.admissions, town.amina.user):
        client.force_login(user)
        assert client.get(reverse("applications:sandbox-open")).status_code == 404


# Kept for a month


def test_what_nobody_used_for_a_month_is_emptied(practice):
    made(practice, number=2)
    with clock.at(dt.date(2026, 12, 10)):
        assert actions.empty_unused_sandboxes() == 0
        practice.get("/choices")  # used
    with clock.at(dt.date(2026, 12, 17)):
        assert actions.empty_unused_sandboxes() == 0
    with clock.at(dt.date(2027, 1, 15)):
        assert personal.TIDYINGS["sandboxes"].run() == 1
        assert actions.empty_unused_sandboxes() == 0
    assert not Learner.objects.filter(area__is_practice=True).exists()
    assert Organisation.objects.filter(practice_of__isnull=False).exists()


def test_next_year_there_is_a_next_cycle(practice):
    made(practice)
    with clock.at(dt.date(2027, 9, 2)):
        practice.token.role.__class__.objects.filter(pk=practice.token.role_id).update(ended_on=dt.date(2027, 12, 1))
        practice.token.__class__.objects.update(expires_on=dt.date(2027, 12, 1))
        (choice,) = made(practice)
    assert choice.application.cycle.entry_year == 2028


# What the database refuses


def test_one_practice_area_and_no_sandbox_in_the_prospectus(town, practice):
    with pytest.raises(IntegrityError), transaction.atomic():
        Area.objects.create(name="Another", slug="another", is_practice=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        Organisation.objects.filter(pk=practice.provider.pk).update(is_provider=True)
