"""Who started and left early: who is told, what becomes of the place, and who finds them."""

import datetime as dt

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.models import Learner, Receipt
from activity.actions import sweep_outbox
from applications import actions
from applications.models import Choice
from applications.queries import broken_invariants
from applications.queries.leaving import with_left_early
from core import clock
from core.errors import NotAllowed, RuleBroken, StaleState
from reporting.queries.caseload import caseload
from reporting.queries.lights import with_light
from tests.applications.walk import again
from tests.factories import StaffRoleFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def started(town):
    return town.choice("enrolled", town.run("Plumbing Level 2", places=10))


def url(name, *args):
    return reverse(f"applications:{name}", args=[getattr(one, "reference", one) for one in args])


def leave(choice, by, how="said"):
    return actions.leave_course(choice=choice, left_on=clock.today(), by=by, how=how)


def told():
    mail.outbox.clear()
    sweep_outbox()
    return {address for letter in mail.outbox for address in letter.recipients()}


def light(town):
    return with_light(Learner.objects.filter(pk=town.amina.pk), entry_year=town.cycle.entry_year).get().light


def test_a_place_that_was_left_is_free_and_no_offer_any_more(town, started):
    run = started.choice_runs.get().run
    assert (run.places_left, light(town)) == (9, "offer")
    left = leave(started, town.amina.user)
    run.refresh_from_db()
    assert (run.places_left, light(town)) == (10, "nothing")
    assert (left.status, left.standing_offer) == ("enrolled", None)
    assert not Choice.objects.that("has_offer_in_hand").exists()
    assert broken_invariants() == []
    with pytest.raises(StaleState):
        leave(started, town.coordinator)
    run.refresh_from_db()
    assert run.places_left == 10
    with pytest.raises(IntegrityError), transaction.atomic():
        Choice.objects.filter(pk=left.pk).update(status="confirmed")


def test_everybody_hears_of_it_but_who_said_so(town, started):
    told()
    leave(started, town.amina.user)
    assert told() == {"priya@example.org", "carys@example.org", "ade@example.org"}
    assert {word in letter.body for letter in mail.outbox for word in ("Plumbing", "Amina", "left")} == {False}
    others = town.choice("enrolled", town.run("Tiling"), learner=town.ben)
    told()
    leave(others, town.admissions, how="stopped")
    assert told() == {"ben@example.org", "tom@example.org"}, "nobody advises St Brannoc's"
    cara = town.learner("Cara", "Bell", school=town.hollins)
    third = town.choice("enrolled", town.run("Joinery"), learner=cara)
    cara.roll_entries.update(ended_on=clock.today() - dt.timedelta(days=1))
    told()
    leave(third, town.admissions)
    assert told() == {"cara@example.org", "ade@example.org"}, "an adviser still answers for who has left school"


def test_the_provider_says_so_on_its_desk_and_reads_it_there(town, started, client):
    client.force_login(town.admissions)
    page = url("received-leave", started)
    assert page in client.get(url("received-choice", started)).text
    today = clock.today()
    said = {"left_on_day": today.day, "left_on_month": today.month, "left_on_year": today.year}
    assert "Choose how you know" in client.post(page, said).text
    for _press in range(2):
        assert client.post(page, said | {"how": "stopped"}).status_code == 302
    assert client.get(page).status_code == 409
    desk = client.get(url("received-choice", started)).text
    assert "Left early on 18 November 2026. They stopped coming." in desk
    assert "The learner left the course early." in desk
    assert page not in desk
    assert "<h2>Left early</h2>" in client.get(url("received")).text
    client.force_login(town.amina.user)
    assert "You started and left early." in client.get(url("choice", started)).text


def test_the_school_says_so_too_and_nobody_elses(town, started, client):
    client.force_login(town.coordinator)
    page = url("endorsement-leave", started)
    assert page in client.get(url("endorsement", started)).text
    said = {"left_on_day": 18, "left_on_month": 11, "left_on_year": 2026, "how": "said"}
    assert client.post(page, said).status_code == 302
    assert "Left early on 18 November 2026" in client.get(url("endorsement", started)).text
    other = town.choice("enrolled", town.run("Tiling"), learner=town.ben)
    for by in (town.coordinator, town.adviser, town.other_admissions, town.amina.user):
        with pytest.raises(NotAllowed):
            leave(other, by)
    with pytest.raises(RuleBroken) as broken:
        leave(other, town.admissions, how="heard")
    assert broken.value.code == "reason_unknown"


def test_who_left_heads_the_advisers_list_until_something_is_under_way(town, started, client):
    zara = town.learner("Zara", "Abel", school=town.hollins)
    year = town.cycle.entry_year
    assert [one.pk for one in caseload(town.adviser, entry_year=year)] == [zara.pk, town.amina.pk]
    leave(started, town.amina.user)
    assert [(one.pk, one.since_left_early) for one in caseload(town.adviser, entry_year=year)] == [
        (town.amina.pk, clock.today()),
        (zara.pk, None),
    ]
    client.force_login(town.adviser)
    assert "18 Nov 2026, may apply again" in client.get(reverse("reporting:caseload")).text
    page = client.get(url("left-early")).text
    assert "Yusuf" in page
    assert "Not shared with you" in page
    assert "Plumbing" not in page, "what they left needs their consent"
    client.force_login(town.coordinator)
    assert "Plumbing Level 2, Northfield College" in client.get(url("left-early")).text
    assert Receipt.objects.filter(reader=town.coordinator, learner=town.amina, section="application").exists()
    client.force_login(town.other_coordinator)
    assert "Nobody" in client.get(url("left-early")).text
    sent = town.choice("sent", town.run("Tiling", provider=town.southbank))

    def is_listed():
        return with_left_early(Learner.objects.filter(pk=town.amina.pk)).get().left_early_on is not None

    assert not is_listed()
    actions.withdraw_choice(choice=again(sent), by=town.amina.user, reason="changed_mind")
    assert is_listed()
    actions.record_outside_offer(learner=town.amina, cycle=town.cycle, provider_name="A garage", by=town.coordinator)
    assert not is_listed()
    Learner.objects.get(pk=town.amina.pk).outside_offers.update(offered_on=clock.today() - dt.timedelta(days=9))
    assert is_listed(), "an offer of before does not bring a place back"
    with clock.at(clock.today() + dt.timedelta(days=366)):
        assert not is_listed()


@pytest.mark.parametrize("rows", [1, 5])
def test_the_list_asks_the_same_for_one_and_for_five(town, client, django_assert_num_queries, rows):
    for number in range(rows):
        learner = town.learner(f"Dee{number}", "Cole", school=town.hollins)
        choice = town.choice("enrolled", town.run(f"Course {number}"), learner=learner)
        leave(choice, learner.user)
    StaffRoleFactory(user=town.adviser, organisation=town.hollins, kind="coordinator")
    client.force_login(town.adviser)
    client.get(url("left-early"))
    with django_assert_num_queries(8):
        assert client.get(url("left-early")).text.count('scope="row"') == rows
