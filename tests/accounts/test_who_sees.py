"""Whose relation is over, who is of somewhere else, who was refused: table by table and page by page."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from accounts import actions
from accounts.models import Attendance, Characteristics, ConsentKind, SchoolGrade
from core import personal
from providers.models import Cycle, RoleKind
from tests.factories import (
    AreaFactory,
    CaseloadSchoolFactory,
    OrganisationFactory,
    StaffRoleFactory,
)
from tests.ground import ground
from tests.rows import row_of
from tests.test_access import ACCESS, ARGS, POSTED, learner_of
from tests.world import build_world

pytestmark = pytest.mark.django_db
YESTERDAY = dt.date(2026, 11, 17)


@ground
def world():
    """The usual world, where Amina's school has said something of everything, with people whose time is over."""
    world = build_world()
    elsewhere = OrganisationFactory(kind="authority", area=AreaFactory(name="Elsewhere"))
    world.people["officer elsewhere"] = StaffRoleFactory(organisation=elsewhere, kind=RoleKind.OFFICER).user
    began = dt.date(2026, 9, 1)
    for kind in ("coordinator", "adviser", "officer"):
        organisation = world.people[kind].staff_roles.get().organisation
        role = StaffRoleFactory(organisation=organisation, kind=kind, started_on=began, ended_on=YESTERDAY)
        world.people[f"{kind} until yesterday"] = role.user
        if kind == "adviser":
            CaseloadSchoolFactory(adviser=role, school=world.hollins)
    moved = StaffRoleFactory(organisation=organisation, kind=RoleKind.ADVISER)
    CaseloadSchoolFactory(adviser=moved, school=world.hollins, started_on=began, ended_on=YESTERDAY)
    world.people["adviser of the school until yesterday"] = moved.user
    for model in (SchoolGrade, Attendance, Characteristics):
        said = {"school": world.hollins} if model is not Characteristics else {}
        row_of(model, learner=world.amina, **said)
    return world


def refuse(world):
    actions.answer_consent(
        learner=world.amina, kind=ConsentKind.ADVICE_SERVICE, is_given=False, words="May we?", by=world.amina.user
    )


def seen_by(person, learner):
    """Every kind of thing of this learner's of which the person sees at least one."""
    found = set()
    for table in personal.TABLES.values():
        rows = table.model._default_manager.all()
        if not hasattr(rows, "visible_to"):
            continue
        of_hers = table.rows(learner).values("pk")
        found |= {table.model.__name__} if rows.visible_to(person).filter(pk__in=of_hers).exists() else set()
    return found


GONE = (
    "officer elsewhere",
    "coordinator until yesterday",
    "adviser until yesterday",
    "officer until yesterday",
    "adviser of the school until yesterday",
)


@pytest.mark.parametrize("who", GONE)
def test_of_another_area_or_when_it_is_over_nobody_sees_anything_of_hers(world, who):
    assert seen_by(world.people[who], world.amina) == set()


def test_none_of_the_pages_about_her_that_opened_until_then_opens_to_them(world):
    Cycle.objects.update(choice_limit=500)  # the table sends a choice for every page about one
    clients = {who: Client() for who in GONE}
    for who, client in clients.items():
        client.force_login(world.people[who])
    opened, asked = [], set()
    for name in sorted(set(ACCESS) - POSTED):
        kinds = [kind for kind in ("coordinator", "adviser", "officer") if ACCESS[name][kind] == 200]
        args = ARGS[name](world) if kinds and name in ARGS else []
        if not any(learner_of(str(arg)) == world.amina for arg in args):
            continue
        url = reverse(name, args=args)
        for who in (who for who in GONE for kind in kinds if who.startswith(kind)):
            asked.add(who)
            opened += [(name, who)] * (clients[who].get(url).status_code not in {403, 404})
    assert opened == []
    assert asked == set(GONE)


def test_what_the_statutory_minimum_is_what_a_yes_opens_and_what_only_school_and_officer_see(world):
    people = world.people
    seen = {who: seen_by(people[who], world.amina) for who in ("coordinator", "adviser", "officer", "admissions")}
    refuse(world)
    seen["adviser who was refused"] = seen_by(people["adviser"], world.amina)

    minimum = {"Learner", "LearnerContact", "Consent", "CurrentActivity", "RecordedStatus"}
    of_conversations = {"Conversation", "Message", "MessageAttachment"}  # of the world's, with her school
    of_school = {"SchoolGrade", "Attendance"}
    assert seen == {
        "coordinator": {
            "Learner", "LearnerContact", "RollEntry", "LearnerDoubt", "Recovery", "Characteristics", "Choice",
            "RecordedStatus",
            *of_school, *of_conversations,
        },
        "adviser": minimum | of_school | {"Choice"},
        "adviser who was refused": minimum,
        "officer": {"Learner", "Characteristics", "CurrentActivity", "RecordedStatus"},
        "admissions": {"Choice"},
    }  # fmt: skip


def test_what_an_adviser_is_shown_with_her_yes_and_after_her_no(world):
    url = reverse("reporting:learner", args=[world.amina.reference])
    row_of(SchoolGrade, learner=world.amina, school=world.hollins, kind="predicted", subject="Welding", value="Merit 9")
    client = Client()
    client.force_login(world.people["adviser"])

    with_yes = client.get(url).content.decode()
    refuse(world)
    with_no = client.get(url).content.decode()

    for words in ("Northfield College", "Plumbing Level 2"):
        assert words in with_yes
        assert words not in with_no
    assert "Amina" in with_no
