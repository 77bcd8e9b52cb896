"""A consortium's lead receives for all, and places each learner with a partner."""

import datetime as dt

import pytest
from django.urls import reverse

from activity.models import Event, OutboxMessage
from applications import actions
from applications.messages import send
from applications.models import Choice, StagedDecision
from applications.queries import broken_invariants, worklist
from applications.queries.interviews import free_slots, planned_interview, times_for
from core import clock
from core.errors import NotAllowed, RuleBroken, StaleState
from prospectus.actions.consortia import create_consortium, join_consortium
from tests.applications.walk import again
from tests.ground import ground

pytestmark = pytest.mark.django_db


def url(name, thing):
    return reverse(f"applications:{name}", args=[thing.reference])


def on_a_line(town):
    """Amina's choice, for an engineering line that Northfield leads and Southbank teaches with it."""
    lead, partner = town.staff("Eve Lund", town.northfield, "editor"), town.staff("Sam Ito", town.southbank, "editor")
    line = create_consortium(lead=town.northfield, name="Engineering line", partners=[town.southbank], by=lead)
    join_consortium(consortium=line, by=partner)
    run = town.run("Engineering")
    run.course.consortium = line
    run.course.save()
    return town.choice("sent", run)


@ground
def choice(town):
    return on_a_line(town)


def test_the_partner_sees_and_answers_it_once_it_is_placed_there_and_the_learner_reads_where(town, choice, client):
    alone = town.choice("sent", town.run("Plumbing"), learner=town.ben)
    client.force_login(town.other_admissions)
    assert client.get(url("received-choice", choice)).status_code == 404
    client.force_login(town.admissions)
    assert "Place with a partner" not in client.get(url("received-choice", alone)).text
    assert "Place with a partner" in client.get(url("received-choice", choice)).text
    client.post(url("received-place", choice), {"partner": town.southbank.reference})
    assert Event.objects.get(verb="choice.place").facts["partner"] == "Southbank Sixth Form"
    assert "The learner was placed with Southbank Sixth Form." in client.get(url("received-choice", choice)).text
    client.force_login(town.amina.user)
    assert "You would be taught at <strong>Southbank Sixth Form</strong>." in client.get(url("choice", choice)).text

    client.force_login(town.other_admissions)
    assert client.get(url("received-choice", choice)).status_code == 200
    assert client.get(url("received-choice", alone)).status_code == 404
    assert client.post(url("received-place", choice), {"partner": "nobody"}).status_code == 403
    client.post(url("choice-put-on-reserve", choice), {})
    assert again(choice).status == "reserve_list"
    assert worklist(town.other_admissions).count() == 1

    # And back: the partner sees it no more.
    actions.place_choice(choice=choice, partner=None, by=town.admissions)
    assert not Choice.objects.visible_to(town.other_admissions).exists()
    assert broken_invariants() == []


def test_who_is_told(town, choice, mailoutbox):
    for _ in range(2):
        actions.place_choice(choice=choice, partner=town.southbank, by=town.admissions)
    told = OutboxMessage.objects.filter(kind__startswith="choice-placed").order_by("pk")
    assert [message.kind for message in told] == ["choice-placed", "choice-placed-desk"]
    for message in told:
        send(message.kind, message.payload)
    assert [mail.recipients() for mail in mailoutbox] == [["amina@example.org"], ["owen@example.org"]]
    assert not any("Southbank" in mail.subject + mail.body for mail in mailoutbox)
    actions.withdraw_choice(choice=choice, by=town.amina.user, reason="changed_mind")
    send("choice-withdrawn", {"choice_id": choice.pk})
    assert mailoutbox[-1].recipients() == ["owen@example.org", "priya@example.org"]


def test_what_is_refused(town, choice):
    alone = town.choice("sent", town.run("Plumbing"), learner=town.ben)
    with pytest.raises(RuleBroken) as refusal:
        actions.place_choice(choice=alone, partner=town.southbank, by=town.admissions)
    assert refusal.value.code == "not_a_partner"
    with pytest.raises(NotAllowed):
        actions.place_choice(choice=choice, partner=town.southbank, by=town.other_admissions)
    actions.refuse_choice(choice=choice, by=town.admissions, reason="full")
    with pytest.raises(StaleState):
        actions.place_choice(choice=choice, partner=town.southbank, by=town.admissions)


def test_what_the_lead_wrote_down_and_decided_in_advance_is_not_the_partners(town, choice, client):
    actions.place_choice(choice=choice, partner=town.southbank, by=town.admissions)
    actions.write_note(choice=choice, words="Ring them.", by=town.admissions)
    release = actions.open_release(provider=town.northfield, name="First offers", by=town.admissions)
    actions.stage_decision(release=release, choice=choice, verb="refuse", by=town.admissions, reason="full")
    for user, is_told in ((town.admissions, True), (town.other_admissions, False)):
        client.force_login(user)
        assert ("has notes" in client.get(reverse("applications:received")).text) is is_told
        assert ("First offers" in client.get(url("received-choice", choice)).text) is is_told


def test_a_course_the_partner_does_not_teach_is_no_longer_placed_there(town, choice):
    actions.place_choice(choice=choice, partner=town.southbank, by=town.admissions)
    actions.refer_choice(choice=choice, by=town.admissions, runs=[town.run("Heating")])
    actions.take_referral(choice=choice, by=town.amina.user)
    assert again(choice).placed_with is None
    assert not Choice.objects.visible_to(town.other_admissions).exists()


@pytest.fixture
def placed(town, choice):
    return actions.place_choice(choice=choice, partner=town.southbank, by=town.admissions)


def test_the_partner_decides_in_peace_and_the_lead_reads_what_it_means_to_answer(town, placed, client):
    ours = actions.open_release(provider=town.southbank, name="First offers", by=town.other_admissions)
    client.force_login(town.other_admissions)
    page = client.get(url("choice-put-on-reserve", placed))
    assert "First offers" in page.text
    client.post(url("choice-put-on-reserve", placed), {"release": ours.reference})
    assert again(placed).status == "sent"
    assert ours.reference in client.get(url("received-choice", placed)).text
    client.force_login(town.admissions)
    text = client.get(url("received-choice", placed)).text
    assert "Southbank Sixth Form decided so and tells it later." in text
    assert ours.reference not in text
    assert client.get(url("release", ours)).status_code == 404
    rows = client.get(reverse("applications:received"), {"placed": town.southbank.reference})
    assert "decided, told later" in rows.text
    assert client.get(reverse("applications:received"), {"placed": "none"}).context["total"] == 0
    # Two desks, one answer: the lead asks before it decides otherwise.
    theirs = actions.open_release(provider=town.northfield, name="Ours", by=town.admissions)
    with pytest.raises(RuleBroken) as refusal:
        actions.stage_decision(release=theirs, choice=placed, verb="put_on_reserve", by=town.admissions)
    assert refusal.value.code == "decided_elsewhere"
    with pytest.raises(NotAllowed):
        actions.stage_decision(release=ours, choice=placed, verb="put_on_reserve", by=town.admissions)
    # At its hour it is an answer.
    hour = clock.now() + dt.timedelta(hours=2)
    actions.set_release(release=ours, by=town.other_admissions, release_at=hour, number=1)
    with clock.at(hour):
        actions.release_decisions()
    assert again(placed).status == "reserve_list"
    assert broken_invariants() == []


def test_learners_placed_with_a_partner_choose_a_time_of_its_interviews(town, choice, client):
    course = choice.choice_runs.get().run.course
    starts_at = clock.now() + dt.timedelta(days=2)
    times = {"starts_at": starts_at, "ends_at": starts_at + dt.timedelta(hours=1), "slot_minutes": 20, "places": 1}
    session = actions.add_session(
        provider=town.southbank, by=town.other_admissions, room="Room 3", courses=[course], **times
    )
    plumbing = town.run("Plumbing").course  # a course that it does not teach
    with pytest.raises(RuleBroken) as refusal:
        actions.add_session(provider=town.southbank, by=town.other_admissions, room="3", courses=[plumbing], **times)
    assert refusal.value.code == "not_your_course"
    assert not free_slots(again(choice)).exists()
    actions.place_choice(choice=choice, partner=town.southbank, by=town.admissions)
    client.force_login(town.other_admissions)
    assert course.title in client.get(url("session-change", session)).text
    assert free_slots(again(choice)).count() == 3
    actions.invite_to_interview(choice=choice, by=town.admissions)
    actions.book_interview(choice=choice, slot=session.slots.first(), by=town.amina.user)
    assert "Amina" in client.get(url("session", session)).text
    # Placed elsewhere again, the partner's time is free, and the learner chooses another one.
    actions.place_choice(choice=choice, partner=None, by=town.admissions)
    assert "Amina" not in client.get(url("session", session)).text
    assert planned_interview(choice).starts_at is None
    assert OutboxMessage.objects.filter(kind="interview-to-choose").count() == 2
    assert broken_invariants() == []


@pytest.mark.parametrize("has_time", [True, False])
def test_an_interview_that_the_partner_asked_for_is_off_when_the_learner_is_placed_elsewhere(town, placed, has_time):
    talk = {"starts_at": clock.now() + dt.timedelta(days=3), "place": "Workshop 2"} if has_time else {}
    if not has_time:
        times = {
            "starts_at": clock.now() + dt.timedelta(days=2),
            "ends_at": clock.now() + dt.timedelta(days=2, hours=1),
        }
        actions.add_session(
            provider=town.southbank, by=town.other_admissions, room="3", slot_minutes=20, places=1, **times
        )
    actions.invite_to_interview(choice=placed, by=town.other_admissions, **talk)
    assert planned_interview(placed).partner == town.southbank
    actions.place_choice(choice=placed, partner=None, by=town.admissions)
    assert (again(placed).status, planned_interview(placed)) == ("sent", None)
    assert OutboxMessage.objects.filter(kind="interview-cancelled").count() == 1
    assert broken_invariants() == []


def test_an_interview_that_the_lead_asked_for_stays_wherever_the_learner_is_placed(town, placed):
    at = clock.now() + dt.timedelta(days=3)
    actions.invite_to_interview(choice=placed, by=town.admissions, starts_at=at, place="Room 4")
    actions.place_choice(choice=placed, partner=None, by=town.admissions)
    planned = planned_interview(placed)
    assert (again(placed).status, planned.starts_at, planned.partner) == ("interviewing", at, None)


def test_what_was_held_with_a_partner_stays_told(town, placed):
    at = clock.now() + dt.timedelta(days=3)
    actions.invite_to_interview(choice=placed, by=town.other_admissions, starts_at=at, place="Workshop 2")
    with clock.at(at + dt.timedelta(hours=2)):
        actions.place_choice(choice=placed, partner=None, by=town.admissions)
    assert (again(placed).status, planned_interview(placed).starts_at) == ("interviewing", at)


def test_a_suggestion_that_takes_the_learner_from_the_partner_leaves_nothing_of_its_interview(town, placed):
    at = clock.now() + dt.timedelta(days=3)
    actions.invite_to_interview(choice=placed, by=town.other_admissions, starts_at=at, place="Workshop 2")
    actions.refer_choice(choice=placed, runs=[town.run("Heating")], by=town.admissions)
    actions.take_referral(choice=placed, by=town.amina.user)
    planned = planned_interview(placed)
    assert (again(placed).placed_with, planned.starts_at, planned.place, planned.partner) == (None, None, "", None)


def test_who_was_asked_by_a_partner_counts_among_those_who_have_still_to_choose(town, placed):
    starts_at = clock.now() + dt.timedelta(days=2)
    actions.add_session(
        provider=town.southbank, by=town.other_admissions, room="3", slot_minutes=20, places=1, starts_at=starts_at,
        ends_at=starts_at + dt.timedelta(hours=1),
    )  # fmt: skip
    actions.invite_to_interview(choice=placed, by=town.other_admissions)
    own = town.choice("sent", town.run("Art", provider=town.southbank), learner=town.ben)
    assert times_for(Choice.objects.filter(pk=own.pk)).choosing == 1


def test_what_a_partner_meant_to_answer_goes_with_it(town, placed):
    ours = actions.open_release(provider=town.southbank, name="First offers", by=town.other_admissions)
    actions.stage_decision(release=ours, choice=placed, verb="put_on_reserve", by=town.other_admissions)
    actions.place_choice(choice=placed, partner=None, by=town.admissions)
    assert not StagedDecision.objects.waiting().exists()
    assert not StagedDecision.objects.visible_to(town.other_admissions).waiting().exists()


def test_a_desk_with_an_old_page_takes_out_its_own_decision_and_not_the_other_desks(town, placed):
    ours = actions.open_release(provider=town.southbank, name="First offers", by=town.other_admissions)
    mine = {"choice": placed, "verb": "put_on_reserve"}
    decision = actions.stage_decision(release=ours, by=town.other_admissions, **mine)
    actions.drop_decision(decision=decision, by=town.other_admissions)
    leads = actions.open_release(provider=town.northfield, name="Ours", by=town.admissions)
    standing = actions.stage_decision(release=leads, by=town.admissions, **mine)
    hour = clock.now() + dt.timedelta(hours=2)
    actions.set_release(release=leads, by=town.admissions, release_at=hour, number=1)
    with pytest.raises(StaleState):
        actions.drop_decision(decision=decision, by=town.other_admissions)
    assert StagedDecision.objects.waiting().get() == standing


def test_what_a_partner_released_names_nobody_who_is_placed_elsewhere_now(town, placed, client):
    ours = actions.open_release(provider=town.southbank, name="First offers", by=town.other_admissions)
    decision = actions.stage_decision(release=ours, choice=placed, verb="put_on_reserve", by=town.other_admissions)
    hour = clock.now() + dt.timedelta(hours=2)
    actions.set_release(release=ours, by=town.other_admissions, release_at=hour, number=1)
    with clock.at(hour):
        actions.release_decisions()
    client.force_login(town.other_admissions)
    assert "Amina" in client.get(url("release", ours)).text
    assert client.get(url("decision-drop", decision)).status_code == 200
    actions.place_choice(choice=placed, partner=None, by=town.admissions)
    assert "Amina" not in client.get(url("release", ours)).text
    assert client.get(url("decision-drop", decision)).status_code == 404


def test_who_came_to_a_partners_interview_is_not_named_there_once_placed_elsewhere(town, placed, client):
    starts_at = clock.now() + dt.timedelta(days=2)
    session = actions.add_session(
        provider=town.southbank, by=town.other_admissions, room="3", slot_minutes=20, places=1, starts_at=starts_at,
        ends_at=starts_at + dt.timedelta(hours=1),
    )  # fmt: skip
    actions.invite_to_interview(choice=placed, by=town.other_admissions)
    actions.book_interview(choice=placed, slot=session.slots.first(), by=town.amina.user)
    with clock.at(starts_at + dt.timedelta(hours=2)):
        actions.record_attendance(choice=placed, by=town.other_admissions, came=True)
        client.force_login(town.other_admissions)
        assert "Amina" in client.get(url("session", session)).text
        actions.place_choice(choice=placed, partner=None, by=town.admissions)
        assert "Amina" not in client.get(url("session", session)).text


def test_what_was_meant_for_other_courses_goes_when_the_learner_takes_a_suggestion(town, client):
    choice = town.choice("sent")
    release = actions.open_release(provider=town.northfield, name="First offers", by=town.admissions)
    actions.stage_decision(release=release, choice=choice, verb="offer", by=town.admissions)
    art = town.run("Art", places=3)
    town.run("Brass", places=1, places_taken=1)
    client.force_login(town.admissions)
    form = client.get(url("choice-refer", choice))
    assert "Art, " in form.text
    assert "3 places left" in form.text
    assert form.text.index("Art, ") < form.text.index("Brass, ")
    assert ", full" in form.text
    answers = {"runs": [art.pk], "message": "It suits you <b>more</b>."}
    preview = client.post(url("choice-refer", choice), answers | {"look": "on"}).text
    assert "The learner will read" in preview
    assert "Northfield College suggests:" in preview
    assert "It suits you &lt;b&gt;more" in preview
    assert not choice.referrals.exists()
    client.post(url("choice-refer", choice), answers)
    page = client.get(url("received-choice", choice)).text
    assert "You suggested another course" in page
    assert "has not answered yet" in page
    assert "Suggested: Art." in page
    actions.take_referral(choice=choice, by=town.amina.user)
    assert not StagedDecision.objects.waiting().exists()


def test_who_has_nothing_else_to_suggest_reads_that_and_finds_no_button(town, client):
    choice = town.choice("sent")
    client.force_login(town.admissions)
    page = client.get(url("choice-refer", choice)).text
    assert "You have no other course to come that you could suggest." in page
    assert "Suggest this" not in page
    assert client.post(url("choice-refer", choice), {"runs": ["1"]}).status_code == 200
