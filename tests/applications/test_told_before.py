"""What a learner is told: where everything stands, and before each answer what it would bring about."""

import pytest
from django.urls import reverse

from applications import actions
from applications.queries import consequences_of
from core.errors import RuleBroken
from tests.applications.test_views import url
from tests.applications.walk import again


def seen_on(page):
    return page.context["form"]["seen"].value()


def told(verb, choice):
    said = consequences_of(verb, again(choice))
    return tuple([one.programme for one in part] for part in (said.ends, said.stays, said.gives_back))


def test_each_answer_names_what_ends_what_stays_and_whose_place_goes_back(town, client):
    wanted = town.choice("offered", town.run("Plumbing"))
    town.choice("offered", town.run("Joinery", provider=town.southbank))
    town.choice("sent", town.run("Art", provider=town.southbank))
    held = town.choice("held", town.run("Music"))
    town.draft(town.run("Drama"))

    assert told("accept", wanted) == (["Joinery", "Art"], ["Music"], ["Joinery"])
    assert told("hold", wanted) == ([], ["Joinery", "Art", "Music"], [])
    assert told("turn_down", wanted) == ([], ["Joinery", "Art", "Music"], ["Plumbing"])
    assert told("withdraw", wanted) == ([], ["Joinery", "Art", "Music"], ["Plumbing"])
    assert told("take_referral", wanted) == ([], ["Joinery", "Art", "Music"], [])

    client.force_login(town.amina.user)
    page = client.get(url("choice-accept", wanted)).text
    assert page.index("This ends your other choices") < page.index("Joinery at Southbank Sixth Form")
    assert page.index("These choices stay as they are") < page.index("Music at Northfield College")
    assert "You have until Wednesday 2 December 2026 to answer." in page
    assert "Drama" not in page
    # What the page said is what the action does.
    actions.accept_offer(choice=wanted, by=town.amina.user)
    assert again(held).status == "held"
    assert told("turn_down", wanted) == ([], ["Music"], ["Plumbing"])


def test_who_gives_up_the_last_choice_is_told_so(town, client):
    choice = town.choice("offered")
    client.force_login(town.amina.user)
    assert "After this nothing is under way for you" in client.get(url("choice-turn-down", choice)).text
    town.choice("sent", town.run("Art"))
    assert "After this nothing is under way for you" not in client.get(url("choice-turn-down", choice)).text


def test_what_changed_after_the_page_was_opened_is_told_and_nothing_is_done(town, client):
    wanted = town.choice("offered", town.run("Plumbing"))
    client.force_login(town.amina.user)
    seen = seen_on(client.get(url("choice-accept", wanted)))
    town.choice("offered", town.run("Joinery", provider=town.southbank))

    page = client.post(url("choice-accept", wanted), {"seen": seen})

    assert page.status_code == 200
    assert "Something changed after you opened this page, so nothing was done." in page.text
    assert "Joinery at Southbank Sixth Form" in page.text
    assert again(wanted).status == "offered"
    # The page as it is now is about the world as it is now.
    assert client.post(url("choice-accept", wanted), {"seen": seen_on(page)}).status_code == 302
    assert again(wanted).status == "accepted"


def test_a_changed_offer_is_read_before_it_is_answered(town):
    choice = town.choice("offered")
    seen = consequences_of("accept", choice).seen
    actions.change_offer(choice=choice, by=town.admissions, conditions=[])
    answers = {
        "accept": actions.accept_offer,
        "hold": actions.hold_offer,
        "turn_down": actions.turn_down_offer,
    }
    for act in answers.values():
        with pytest.raises(RuleBroken) as refused:
            act(choice=choice, by=town.amina.user, seen=seen)
        assert refused.value.code == "changed_since"
    with pytest.raises(RuleBroken) as refused:
        actions.withdraw_choice(choice=choice, by=town.amina.user, reason="travel", seen=seen)
    assert refused.value.code == "changed_since"
    assert again(choice).status == "offered"


def test_another_suggestion_than_the_one_that_was_read_is_not_answered(town):
    choice = town.choice("sent")
    actions.refer_choice(choice=choice, by=town.admissions, runs=[town.run("Heating")])
    seen = consequences_of("take_referral", again(choice)).seen
    actions.decline_referral(choice=choice, by=town.amina.user, seen=seen)
    actions.refer_choice(choice=choice, by=town.admissions, runs=[town.run("Gas")])
    for act in (actions.take_referral, actions.decline_referral):
        with pytest.raises(RuleBroken) as refused:
            act(choice=choice, by=town.amina.user, seen=seen)
        assert refused.value.code == "changed_since"
    assert len(again(choice).open_referrals) == 1


def test_home_puts_apart_what_is_under_way_not_sent_and_over_and_counts(town, client):
    town.choice("sent", town.run("Art"))
    offered = town.choice("offered", town.run("Plumbing"))
    town.choice("unsuccessful", town.run("Drama"))
    town.draft(town.run("Music"))
    client.force_login(town.amina.user)
    page = client.get(url("home"))
    (part,) = page.context["parts"]
    titles = [[each.choice.programme for each in some] for some in (part.live, part.drafts, part.over)]
    assert titles == [["Art", "Plumbing"], ["Music"], ["Drama"]]
    assert f"<strong>2 of {town.cycle.choice_limit}</strong> choices are under way." in page.text
    assert f"You may send {town.cycle.choice_limit - 2} more." in page.text
    assert "Over: 1 choice" in page.text
    # The offer ends first: it is the one thing with a button, here and on the page after signing in.
    assert [each.choice.programme for each in page.context["todo"]] == ["Plumbing", "Music"]
    assert page.text.count("Do this now") == 1
    welcome = client.get(reverse("accounts:welcome")).text
    assert f'href="{url("choice", offered)}"' in welcome
    assert "Answer the offer from Northfield College" in welcome


def test_who_withdrew_last_is_led_to_what_was_refused_where_other_courses_are(town, client):
    refused = town.choice("unsuccessful", town.run("Art"))
    town.choice("withdrawn", town.run("Drama"))
    client.force_login(town.amina.user)
    assert f'href="{url("choice", refused)}#others"' in client.get(url("home")).text
    assert 'id="others"' in client.get(url("choice", refused)).text


def test_who_only_withdrew_is_not_led_to_a_page_without_other_courses(town, client):
    withdrawn = town.choice("withdrawn")
    client.force_login(town.amina.user)
    assert "#others" not in client.get(url("home")).text
    assert 'id="others"' not in client.get(url("choice", withdrawn)).text


def test_home_counts_what_waits_too_long_apart(town, client):
    choice = town.choice("sent")
    type(choice).objects.filter(pk=choice.pk).update(answer_due_on="2026-11-17")
    client.force_login(town.amina.user)
    page = client.get(url("home")).text
    assert f"<strong>0 of {town.cycle.choice_limit}</strong>" in page
    assert "One waits too long for an answer and does not count." in page


def test_an_offer_is_accepted_in_three_presses_from_the_page_after_signing_in(town, client):
    choice = town.choice("offered")
    client.force_login(town.amina.user)
    landing = client.get(reverse("accounts:welcome"))
    assert f'href="{url("choice", choice)}"' in landing.text  # one
    assert f'href="{url("choice-accept", choice)}"' in client.get(url("choice", choice)).text  # two
    seen = seen_on(client.get(url("choice-accept", choice)))
    client.post(url("choice-accept", choice), {"seen": seen})  # three
    assert again(choice).status == "accepted"
