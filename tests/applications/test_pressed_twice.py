"""A button pressed twice says what is so, what an adult reads leaves its receipt, and a limit is one."""

import datetime as dt

import pytest
from django.urls import reverse

from accounts.models import Receipt
from applications import actions
from applications.models import Choice
from applications.queries import alternatives_to, broken_invariants
from applications.queries.companions import counted_choices
from core.errors import RuleBroken
from prospectus.actions import refresh_search
from tests.applications.walk import again
from tests.factories import CycleFactory, ProviderFactory

pytestmark = pytest.mark.django_db


def url(name, *args):
    return reverse(f"applications:{name}", args=[getattr(one, "reference", one) for one in args])


def test_the_queue_leaves_receipts_and_a_second_press_says_that_it_is_done(town, client):
    choices = [town.choice("with_school", town.run(title)) for title in ("Plumbing", "Tiling")]
    client.force_login(town.coordinator)
    client.get(url("endorsements"))
    receipt = Receipt.objects.get(reader=town.coordinator, learner=town.amina, section="application")
    assert (receipt.role.kind, receipt.times) == ("coordinator", 1)
    address = url("endorsements-endorse") + "?" + "&".join(f"choice={one.reference}" for one in choices)
    for press, heading in enumerate(("2 choices endorsed and sent", "Endorsed already")):
        page = client.post(address, {"note": ""}).text
        assert heading in page
        assert "0 choices" not in page
        assert "could not be endorsed" not in page
        assert ("2 choices were endorsed and sent before you pressed" in page) is (press == 1)
    actions.withdraw_choice(choice=choices[0], by=town.amina.user, reason="changed_mind")
    given_back = town.choice("with_school", town.run("Joinery"))
    actions.give_back_choice(choice=given_back, by=town.coordinator, note="More, please")
    page = client.post(url("endorsements-endorse") + f"?choice={given_back.reference}", {"note": ""}).text
    assert "Nothing was endorsed" in page


def test_no_to_a_suggestion_and_sending_for_somebody_answer_the_second_press_like_the_first(town, client):
    choice = town.choice("sent")
    actions.refer_choice(choice=choice, by=town.admissions, runs=[town.run("Tiling")])
    client.force_login(town.amina.user)
    page = url("choice-referral", choice)
    assert [client.post(page, {"answer": "no"}).status_code for _press in range(2)] == [302, 302]
    assert client.post(page, {"answer": "yes"}).status_code == 409, "that was not done"
    draft = town.draft(town.run("Joinery"), learner=town.ben)
    actions.assist(learner=town.ben, cycle=town.cycle, how="present", by=town.other_coordinator)
    client.force_login(town.other_coordinator)
    page = url("choice-send", draft)
    answers = [client.post(page) for _press in range(2)]
    assert [(one.status_code, one["Location"]) for one in answers] == [(302, url("profile", draft.application))] * 2
    assert client.get(page).status_code == 404
    client.force_login(town.coordinator)
    assert client.post(page).status_code == 404


def test_alternatives_are_for_the_learners_year(town):
    refused = town.choice("unsuccessful", town.run("Plumbing Level 2"))
    town.run("Plumbing here", provider=town.southbank)
    town.run("Plumbing later", provider=town.southbank, starts_on=dt.date(2030, 9, 2))
    refresh_search()

    def shown():
        return sorted(one.course.title for one in alternatives_to(again(refused)))

    assert shown() == ["Plumbing here"], "applications for 2030 are not announced"
    CycleFactory(area=town.area, entry_year=2030, first_year_group=12)
    assert shown() == ["Plumbing here"], "and then they are for others"
    town.amina.roll_entries.update(year_group=12)
    assert shown() == ["Plumbing here", "Plumbing later"]


def test_groups_bring_two_choices_above_the_limit_and_no_more(town):
    town.cycle.choice_limit = 2
    town.cycle.save()
    drafts = [town.draft(town.run(f"Course {number}", provider=ProviderFactory(area=town.area))) for number in range(6)]
    for first, second in ((0, 1), (1, 2), (3, 4), (4, 5)):
        actions.join_companions(choice=again(drafts[first]), other=again(drafts[second]), by=town.amina.user)
    for draft in drafts[:4]:
        actions.send_choice(choice=draft, by=town.amina.user)
    application = drafts[0].application
    assert counted_choices(application) == 2
    with pytest.raises(RuleBroken) as broken:
        actions.send_choice(choice=drafts[4], by=town.amina.user)
    assert broken.value.code == "limit_reached"
    actions.withdraw_choice(choice=drafts[0], by=town.amina.user, reason="changed_mind")
    actions.send_choice(choice=drafts[4], by=town.amina.user)
    assert Choice.objects.that("is_live").count() == 4
    assert broken_invariants() == []
