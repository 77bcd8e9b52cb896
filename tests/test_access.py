"""The access table: every address against every kind of person. An address that is not in the table fails."""

import contextlib
import copy
import importlib
import itertools
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
from django.apps import apps
from django.db import DatabaseError, transaction
from django.db.models import Value
from django.http import HttpResponse
from django.template import Template
from django.test import Client
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse

from accounts.models import Learner, Receipt
from config import urls
from providers.querysets import ask_roles_once
from tests.ground import ground
from tests.world import build_world

PEOPLE = (
    "anonymous",
    "learner",
    "other_learner",
    "coordinator",
    "other_coordinator",
    "adviser",
    "admissions",
    "other_admissions",
    "editor",
    "officer",
)
# People the tables say nothing about where they get what the column named here gets: somebody with an account and no
# record, whom Amina lets see her choices and statement; the same once she has ended it; a learner who registered.
ALSO = {"parent": "other_learner", "ended_parent": "other_learner", "registered": "other_learner"}
# What is for a learner with a record, even somebody else's, is for nobody without one.
LEARNERS_ONLY = {302: 404, 200: 404}
# Who between them can open every page.
OWNERS = ("parent", "anonymous", "learner", "coordinator", "adviser", "admissions", "editor", "officer")
APPS = ("core", "providers", "accounts", "prospectus", "ilp", "applications", "reporting")
TABLES = [importlib.import_module(f"tests.{app}.access") for app in APPS]
ACCESS: dict[str, dict[str, int]] = {name: row for table in TABLES for name, row in table.ACCESS.items()}
ARGS: dict[str, Any] = {name: args for table in TABLES for name, args in table.ARGS.items()}
# Addresses that only take a POST are asked with an empty one.
POSTED: set[str] = {name for table in TABLES for name in getattr(table, "POSTED", ())}


def names_in(resolver: URLResolver, namespace: str = "") -> Iterator[str]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            yield from names_in(pattern, f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace)
        elif isinstance(pattern, URLPattern):
            yield f"{namespace}{pattern.name}"


def test_every_address_is_in_the_access_table_and_nothing_else_is():
    assert set(names_in(get_resolver())) == set(ACCESS)


@pytest.mark.parametrize("name", ACCESS)
def test_every_row_says_something_about_everybody(name):
    assert set(PEOPLE) <= set(ACCESS[name]) <= {*PEOPLE, *ALSO}


def expected(name: str) -> dict[str, int]:
    """The row of the table, with what follows for those it does not name."""
    row = ACCESS[name]
    follows = {}
    for person, like in ALSO.items():
        is_for_records = person != "registered" and row[like] != row["other_admissions"]
        follows[person] = LEARNERS_ONLY.get(row[like], row[like]) if is_for_records else row[like]
    return follows | row


@ground
def town(db):
    return build_world()


@pytest.fixture
def world(town, monkeypatch, settings):
    """The world with everybody signed in. A refusal is a bare number here: its page has tests of its own, and setting
    ten thousand of them takes minutes. So does counting new messages for the menu ten thousand times, and keeping what
    each of the hundred components of a page was drawn with, at which nobody looks here."""
    settings.REMEMBERED_SECONDS = 60
    monkeypatch.setattr(Template, "_render", lambda page, context: page.nodelist.render(context))
    for status in (403, 404):
        bare = partial(HttpResponse, "", status=status)
        monkeypatch.setattr(urls, f"handler{status}", lambda _request, exception, bare=bare: bare(), raising=False)
    world = town
    world.clients = {person: Client(raise_request_exception=False) for person in (*PEOPLE, *ALSO)}
    for person, client in world.clients.items():
        if person != "anonymous":
            client.force_login(world.people[person])
    return world


@contextlib.contextmanager
def afterwards_as_before() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@contextlib.contextmanager
def asking(client: Client, url: str, is_posted: bool) -> Iterator[Any]:
    """The answer; afterwards everything, the visitor's session too, is as it was before."""
    cookies = copy.deepcopy(client.cookies)
    with afterwards_as_before():
        yield client.post(url) if is_posted else client.get(url)
    client.cookies = cookies


def status_of(client: Client, url: str, is_posted: bool) -> int:
    with asking(client, url, is_posted) as response:
        return response.status_code


def args_of(name: str, world: Any) -> list[Any]:
    """What the address takes; a thing that is made for it goes with the savepoint around it."""
    return ARGS.get(name, lambda _world: [])(world)


PATHS_TO_LEARNER = (
    "",
    "learner",
    "plan.learner",
    "entry.plan.learner",
    "application.learner",
    "choice.application.learner",
    "conversation.learner",
    "message.conversation.learner",
)


MODELS_WITH_REFERENCE = [
    model for model in apps.get_models() if any(field.name == "reference" for field in model._meta.fields)
]


def learner_of(reference: str) -> Learner | None:
    """Whose thing has this public reference, whatever kind of thing it is; None for what is nobody's."""
    has_it = [
        model._default_manager.filter(reference=reference).order_by().values(model_number=Value(number))
        for number, model in enumerate(MODELS_WITH_REFERENCE)
    ]
    for row in has_it[0].union(*has_it[1:], all=True):
        thing = MODELS_WITH_REFERENCE[row["model_number"]]._default_manager.filter(reference=reference).first()
        for path in PATHS_TO_LEARNER:
            found = thing
            for step in filter(None, path.split(".")):
                found = getattr(found, step, None)
            if isinstance(found, Learner):
                return found
    return None


STAFF = {person for person in (*PEOPLE, *ALSO) if person not in {"anonymous", "learner", "other_learner"}}


@pytest.mark.parametrize("app", APPS)
@pytest.mark.slow  # every address
def test_each_person_gets_what_the_table_says_and_whoever_reads_of_one_learner_leaves_a_receipt(world, app):
    got, silent, about_her = {}, [], set()
    for name in TABLES[APPS.index(app)].ACCESS:
        with afterwards_as_before():
            args, got[name] = args_of(name, world), {}
            url, is_posted = reverse(name, args=args), name in POSTED
            if not is_posted and any(learner_of(str(arg)) == world.amina for arg in args):
                about_her.add(name)
            for person, client in world.clients.items():
                with asking(client, url, is_posted) as response:
                    got[name][person] = response.status_code
                    is_reader = name in about_her and person in STAFF and response.status_code == 200
                    if is_reader and not has_left_a_receipt(world, person):
                        silent.append((name, person))

    assert got == {name: expected(name) for name in got}
    assert silent == []
    assert about_her >= ABOUT_HER.get(app, set())


# Some pages about one learner: were they not found to be, nothing would be asked of them.
ABOUT_HER = {
    "reporting": {"reporting:learner"},
    "applications": {"applications:received-choice", "applications:endorsement"},
}


def has_left_a_receipt(world: Any, person: str) -> bool:
    return Receipt.objects.filter(learner=world.amina, reader=world.people[person]).exists()


HERS = "HERSHERS2222"


def give_one_reference_to_a_thing_of_each_kind(learner: Learner) -> set[str]:
    """One thing of hers of each kind has the reference HERS: whatever an address takes, that is hers. The kinds."""
    kinds = set()
    for model in MODELS_WITH_REFERENCE:
        references = model._default_manager.values_list("reference", flat=True)
        hers = next((reference for reference in references if learner_of(reference) == learner), None)
        if hers:
            model._default_manager.filter(reference=hers).update(reference=HERS)
            kinds.add(model.__name__)
    return kinds


@pytest.mark.slow  # every address
def test_no_address_opens_to_another_persons_reference(world):
    """A thing of Amina's in each address that takes one, asked and sent by a learner with none."""
    kinds = give_one_reference_to_a_thing_of_each_kind(world.amina)
    client = world.clients["other_learner"]
    opened, tried = [], 0
    for name in ACCESS:
        with afterwards_as_before():
            args = args_of(name, world)
            places = [place for place, arg in enumerate(args) if isinstance(arg, str)]
            if not places:
                continue
            asked = [HERS if place == places[0] else arg for place, arg in enumerate(args)]
            try:
                url = reverse(name, args=asked)
            except NoReverseMatch:  # an address that takes something else than a reference
                continue
            for is_posted in (False, True):
                tried += 1
                status = status_of(client, url, is_posted)
                refusals = {401, 405} if name.startswith("applications:api:") else {302, 403, 404, 405}
                if status not in refusals:
                    opened.append((name, status))

    assert opened == []
    assert kinds >= {"Learner", "Application", "Choice", "Conversation", "Message", "Supporter", "Recovery"}
    assert tried > 400


@pytest.mark.slow  # every address
def test_no_address_breaks_on_what_the_database_cannot_even_compare(world):
    """A zero character in a reference or in any word of the query: PostgreSQL refuses it, the page must not.

    Whoever may open a page asks, and of those who are refused alike, one.
    """
    words = "&".join(f"{word}=%00" for word in ("q", "name", "group", "school", "tutor_group", "provider", "next"))
    broken = []
    for name in ACCESS:
        row = expected(name)
        refused = {row[person]: person for person in OWNERS if row[person] != 200}
        visitors = (*refused.values(), *(person for person in OWNERS if row[person] == 200))
        with afterwards_as_before():
            args = args_of(name, world)
            spoilt = ["\0" if arg and isinstance(arg, str) and i == 0 else arg for i, arg in enumerate(args)]
            urls = {reverse(name, args=args) + f"?{words}"}
            with contextlib.suppress(NoReverseMatch):  # an address that takes only letters and digits
                urls.add(reverse(name, args=spoilt))
            for person, url in itertools.product(visitors, urls):
                try:
                    status = status_of(world.clients[person], url, name in POSTED)
                except DatabaseError:
                    broken.append((person, url))
                else:
                    broken += [(person, url)] if status >= 500 else []

    assert broken == []


THINGS = ("ilp:entry", "ilp:review", "ilp:need-set", "ilp:contribution-write", "ilp:flag")


def models_people_see() -> Iterator[Any]:
    for model in apps.get_models():
        if hasattr(model._default_manager, "visible_to"):
            yield model


@pytest.mark.slow  # every address
def test_what_a_request_knows_of_roles_leaves_nothing_out_and_lets_nothing_in(world):
    """Rows somebody may see, with the roles asked by each statement, and asked once as in a request."""
    for name in THINGS:
        args_of(name, world)
    different, seen = [], set()
    for person in OWNERS:
        user = world.people[person]
        of_request = copy.copy(user)
        ask_roles_once(of_request)
        for model in models_people_see():
            always = set(model._default_manager.visible_to(user).values_list("pk", flat=True))
            if always != set(model._default_manager.visible_to(of_request).values_list("pk", flat=True)):
                different.append((person, model.__name__))
            if always:
                seen.add(model.__name__)

    assert different == []
    assert seen >= {"Learner", "Application", "Choice", "Plan", "Entry", "Review", "Conversation", "Supporter"}
