"""The access table of this app against its addresses, on a world of its own."""

from types import SimpleNamespace

import pytest
from django.urls import get_resolver, reverse

from applications import actions
from tests.applications.access import ACCESS, ARGS, POST_ONLY
from tests.applications.walk import again
from tests.factories import StaffRoleFactory, UserFactory


@pytest.fixture
def world(town):
    def choice(state, title):
        return town.choice(state, town.run(title))

    accepted = choice("accepted", "Accepted")
    # The others come after it, because accepting ends what is under way; two firm places need companions.
    accepted.companion_group = 1
    accepted.save()
    confirmed = town.choice("sent", town.run("Confirmed"))
    confirmed.companion_group = 1
    confirmed.save()
    actions.make_offer(choice=confirmed, by=town.admissions)
    actions.accept_offer(choice=confirmed, by=town.amina.user)
    town.cycle.choice_limit = 20
    town.cycle.save()
    sent = choice("sent", "Sent")
    referred = choice("sent", "Referred")
    actions.refer_choice(choice=referred, by=town.admissions, runs=[town.run("Suggested")])
    return SimpleNamespace(
        amina=town.amina,
        run=town.run("Open"),
        application=sent.application,
        choice=sent,
        referred=referred,
        draft=choice("draft", "Draft"),
        offered=choice("offered", "Offered"),
        interviewing=choice("interviewing", "Interviewing"),
        with_school=choice("with_school", "With school"),
        accepted=again(accepted),
        confirmed=again(confirmed),
    )


@pytest.fixture
def people(town):
    officer = StaffRoleFactory(user=UserFactory(), kind="officer", organisation__area=town.area).user
    return {
        "anonymous": None,
        "learner": town.amina.user,
        "other_learner": town.ben.user,
        "coordinator": town.coordinator,
        "other_coordinator": town.other_coordinator,
        "adviser": town.adviser,
        "admissions": town.admissions,
        "other_admissions": town.other_admissions,
        "editor": town.staff("Edie Moss", town.northfield, "editor"),
        "officer": officer,
    }


def test_every_address_is_in_the_table():
    names = {
        f"applications:{name}"
        for name in get_resolver().namespace_dict["applications"][1].reverse_dict
        if isinstance(name, str)
    }
    assert names == set(ACCESS)


@pytest.mark.parametrize("name", sorted(ACCESS))
def test_each_person_gets_the_answer_of_the_table(world, people, client, name):
    address = reverse(name, args=ARGS[name](world) if name in ARGS else [])
    ask = client.post if name in POST_ONLY else client.get
    answers = {}
    for role, user in people.items():
        client.logout()
        if user:
            client.force_login(user)
        answers[role] = ask(address).status_code
    assert answers == ACCESS[name]
