"""Where somebody stands on a reserve list, in one sentence."""

import datetime as dt

from django.urls import reverse

from applications import actions
from applications.queries.reserve import reserve_place
from core import clock
from tests.applications.walk import again, walk_to
from tests.factories import CourseRunFactory, CycleFactory


def waiting(town, run, names):
    """These learners are on the reserve list of the run, one minute after another."""
    found = {}
    for minute, name in enumerate(names):
        learner = town.learner(name, "Reed", school=town.hollins)
        with clock.at(clock.now() + dt.timedelta(minutes=minute)):
            found[name] = walk_to(town.draft(run, learner=learner), "reserve_list")
    return found


def test_the_order_is_that_of_waiting_and_places_given_back_are_counted(town, client):
    run = town.run(places=2)
    holders = [
        walk_to(town.draft(run, learner=town.learner(name, "Low", school=town.hollins)), "offered")
        for name in ("Ola", "Pia")
    ]
    lists = waiting(town, run, ["Ana", "Bea", "Cem"])
    waiting(town, town.run("Art"), ["Dan"])  # of another course
    places = {name: reserve_place(again(choice)) for name, choice in lists.items()}
    assert {name: (place.number, place.freed, place.is_full) for name, place in places.items()} == {
        "Ana": (1, 0, True),
        "Bea": (2, 0, True),
        "Cem": (3, 0, True),
    }
    assert places["Cem"].words == (
        "This course is full. You are 3rd on the reserve list. No place has come free since."
    )
    with clock.at(clock.now() + dt.timedelta(hours=1)):
        # A changed offer gives no place back.
        actions.change_offer(choice=holders[0], by=town.admissions, message="Come and see us.")
        actions.turn_down_offer(choice=holders[1], by=holders[1].application.learner.user)
        actions.make_offer(choice=lists["Ana"], by=town.admissions)
    assert reserve_place(again(lists["Cem"])).words == (
        "This course is full. You are 2nd on the reserve list. 1 place has come free since."
    )
    assert reserve_place(again(lists["Ana"])) is None
    client.force_login(lists["Cem"].application.learner.user)
    assert (
        "You are 2nd on the reserve list"
        in client.get(reverse("applications:choice", args=[lists["Cem"].reference])).text
    )
    client.force_login(town.admissions)
    assert (
        "2nd on the reserve list"
        in client.get(reverse("applications:received-choice", args=[lists["Cem"].reference])).text
    )


def test_last_year_is_said_where_there_was_a_list(town):
    run = town.run()
    this_year = waiting(town, run, ["Ana"])["Ana"]
    before = CycleFactory(area=town.area, entry_year=2026, opens_on=dt.date(2025, 9, 15),
                          closes_on=dt.date(2026, 8, 31), ends_on=dt.date(2026, 10, 31))  # fmt: skip
    last = CourseRunFactory(course=run.course, starts_on=dt.date(2026, 9, 7))
    for name in ("Eve", "Fay"):
        choice = walk_to(town.draft(town.run(), learner=town.learner(name, "Low", school=town.hollins)), "reserve_list")
        if name == "Eve":
            actions.make_offer(choice=again(choice), by=town.admissions)
        choice.choice_runs.update(run=last)
        type(choice.application).objects.filter(pk=choice.application_id).update(cycle=before)
    assert reserve_place(again(this_year)).of_the_list == "No place has come free since; last year the list moved by 1."
