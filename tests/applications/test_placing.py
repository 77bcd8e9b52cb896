"""A consortium's lead receives for all, and places each learner with a partner."""

import pytest
from django.urls import reverse

from activity.models import Event, OutboxMessage
from applications import actions
from applications.messages import send
from applications.models import Choice
from applications.queries import broken_invariants, worklist
from core.errors import NotAllowed, RuleBroken, StaleState
from prospectus.actions.consortia import create_consortium, join_consortium
from tests.applications.walk import again

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


@pytest.fixture
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
