"""Every page of the admissions desk beside its answers, in one browser session: no barrier that axe can find, and
nothing wider than the screen, with nothing there and in the middle of the work."""

import datetime as dt

import pytest
from django.urls import reverse

from applications import actions
from core import clock
from prospectus.actions.consortia import create_consortium, join_consortium
from tests.applications.test_pages_in_browser import address
from tests.applications.test_results_day import ENGLISH, MATHS, REFERENCE, offered, results_for
from tests.applications.walk import Town
from tests.look import fits, look

# Two sessions of some twenty-five pages in two widths; each by itself would start the browser and the town again.
pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def town(transactional_db):
    town = Town(choice_limit=20)
    town.manager = town.staff("Mina Roy", town.northfield, "manager")
    return town


@pytest.fixture
def see(open_page, axe, town):
    """``see(name, thing)``: the page as the manager of Northfield has it, on a wide screen and on a narrow one."""
    page = open_page(address("received"), user=town.manager)

    def see_(name, thing=None, *, url="", on=None, is_list=False):
        on = on or page
        on.set_viewport_size({"width": 1280, "height": 740})
        on.goto(url or address(name, thing))
        if is_list:  # a table on a wide screen, cards on a narrow one
            axe(on)
        fits(on)
        on.set_viewport_size({"width": 360, "height": 740})
        look(on, axe)

    return see_


def session(town):
    starts_at = clock.now() + dt.timedelta(days=2)
    return actions.add_session(
        provider=town.northfield, by=town.manager, room="Room 12", slot_minutes=20, places=2, interviewers="Ms Dunn",
        starts_at=starts_at, ends_at=starts_at + dt.timedelta(hours=1),
    )  # fmt: skip


def test_the_desk_with_nothing_and_in_the_middle_of_its_work(town, see):
    for name in ("received", "interviews", "releases", "usual-conditions", "tokens"):
        see(name)
    lead, partner = town.staff("Eve Lund", town.northfield, "editor"), town.staff("Sam Ito", town.southbank, "editor")
    line = create_consortium(lead=town.northfield, name="Engineering line", partners=[town.southbank], by=lead)
    join_consortium(consortium=line, by=partner)
    run = town.run("Engineering and Manufacturing Extended Diploma", places=1)
    run.course.consortium = line
    run.course.save()
    names = ["Bartholomew-Featherstonehaugh", "Bell", "Okonkwo", "Li"]
    people = [town.learner("Amina", name, school=town.hollins) for name in names]
    placed, talks, offered, decided = (
        town.choice(state, run, learner=one)
        for state, one in zip(["sent", "sent", "offered", "sent"], people, strict=True)
    )
    actions.write_note(choice=placed, words="Rang the school: the reference comes on Friday.", by=town.manager)
    actions.assign_choice(choice=placed, to=town.manager, by=town.manager)
    actions.place_choice(choice=placed, partner=town.southbank, by=town.manager)
    actions.refer_choice(choice=placed, runs=[town.run("Heating")], message="Closer to you.", by=town.manager)
    made = session(town)
    actions.invite_to_interview(choice=talks, by=town.manager)
    actions.book_interview(choice=talks, slot=made.slots.first(), by=talks.application.learner.user)
    release = actions.open_release(provider=town.northfield, name="First offers", by=town.manager)
    decision = actions.stage_decision(release=release, choice=decided, verb="offer", by=town.manager)
    usual = [actions.Condition("grade", subject="English", grade="4")]
    actions.set_usual_conditions(provider=town.northfield, by=town.manager, conditions=usual)
    see("received")
    for choice in (placed, talks, offered, decided):
        see("received-choice", choice)
    for name in ("received-assign", "received-note", "received-place", "choice-refer"):
        see(name, placed)
    see("interview-rearrange", talks)
    see("conditions-mark", offered)
    for name in ("interviews", "releases", "usual-conditions"):
        see(name)
    for name in ("session-add", "usual-conditions-set", "token-make"):
        see(name, town.northfield)
    for name in ("session", "session-change", "session-end"):
        see(name, made)
    see("interviews-day", url=reverse("applications:interviews-day", args=["2026-11-20"]))
    for name in ("release", "release-set", "release-end"):
        see(name, release)
    see("decision-drop", decision)
    for verb in ("invite", "refuse", "assign"):
        picked = actions.pick_choices(verb=verb, choices=[placed, talks, offered, decided], by=town.manager)
        see("received-together", picked)
    refused = actions.confirm_bulk(run=actions.pick_choices(verb="refuse", choices=[placed, offered], by=town.manager),
                                   answers={"reason": "full", "words": ""}, by=town.manager)  # fmt: skip
    see("received-together", refused)  # still to come
    actions.work_off(run=refused)
    see("received-together", refused)


# One page of each template that an answer has.
ANSWERS = {
    "sent": ["choice-put-on-reserve", "choice-invite", "choice-offer", "received-withdraw"],
    "offered": ["choice-withdraw-offer"],
    "accepted": ["choice-confirm-anyway", "choice-fail-conditions"],
    "enrolled": ["received-leave"],
}


def test_results_day_clearing_and_pages_of_answers(town, see, open_page):
    run = town.run("Engineering and Manufacturing Extended Diploma", places=9)
    see("clearing")
    see("received-by-file")
    names = ["Mia", "Noa", "Una", "Ola", "Kit"]
    mia, noa, una, ola, kit = (
        town.learner(name, "Bartholomew-Featherstonehaugh", school=town.hollins) for name in names
    )
    met, missed, _look = (
        offered(town, learner, *conditions, run=run)
        for learner, conditions in ((mia, [ENGLISH]), (noa, [ENGLISH, MATHS]), (una, [REFERENCE]))
    )
    results_for(town, mia, English_Language="5")
    results_for(town, noa, English_Language="2", Maths="4")
    results_for(town, una, English="7")
    for shown in ("met", "missed", "look", "changed"):
        see(shown, url=f"{address('results-day')}?show={shown}", is_list=True)
    see("rehearsal", town.northfield)
    actions.start_rehearsal(provider=town.northfield, by=town.manager)
    see("rehearsal", town.northfield, is_list=True)
    choices = {
        "sent": town.choice("sent", run, learner=ola),
        "offered": town.choice("offered", run, learner=kit),
        "accepted": missed,
        "enrolled": town.choice("enrolled", run, learner=town.ben),
    }
    for state, pages in ANSWERS.items():
        for name in pages:
            see(name, choices[state])
    for verb in ("confirm_met", "offer"):
        see("received-together", actions.pick_choices(verb=verb, choices=[met, *choices.values()], by=town.manager))
    application = town.choice("unsuccessful", town.run("Plumbing", provider=town.southbank)).application
    listing = actions.agree_to_clearing(application=application, by=town.amina.user)
    see("clearing-invite", listing)
    actions.invite_from_clearing(listing=listing, run=town.run("Pipes", places=2), by=town.manager)
    see("clearing", is_list=True)
    see("places", application, on=open_page(address("home"), user=town.amina.user))
