"""The access table: every address against every kind of person. An address that is not in the table fails."""

import contextlib
import importlib
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse

from providers.models import Cycle
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
# Who between them can open every page.
OWNERS = ("anonymous", "learner", "coordinator", "adviser", "admissions", "editor", "officer")
TABLES = [
    importlib.import_module(f"tests.{app}.access")
    for app in ("core", "providers", "accounts", "prospectus", "ilp", "applications", "reporting")
]
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
    assert set(ACCESS[name]) == set(PEOPLE)


@pytest.fixture
def world(db):
    return build_world()


@pytest.mark.parametrize("name", ACCESS)
def test_each_person_gets_what_the_table_says(world, name):
    url = reverse(name, args=ARGS.get(name, lambda _world: [])(world))

    got = {}
    for person in PEOPLE:
        client = Client()
        if person != "anonymous":
            client.force_login(world.people[person])
        got[person] = (client.post(url) if name in POSTED else client.get(url)).status_code

    assert got == ACCESS[name]


def test_no_address_breaks_on_what_the_database_cannot_even_compare(world):
    """A zero character in a reference or in any word of the query: PostgreSQL refuses it, the page must not."""
    Cycle.objects.update(choice_limit=500)  # the table sends a choice for every page about one
    words = "&".join(f"{word}=%00" for word in ("q", "name", "group", "school", "tutor_group", "provider", "next"))
    broken = []
    for name in ACCESS:
        args = ARGS.get(name, lambda _world: [])(world)
        spoilt = ["\0" if arg and isinstance(arg, str) and i == 0 else arg for i, arg in enumerate(args)]
        urls = {reverse(name, args=args) + f"?{words}"}
        with contextlib.suppress(NoReverseMatch):  # an address that takes only letters and digits
            urls.add(reverse(name, args=spoilt))
        for url in urls:
            for person in OWNERS:
                client = Client(raise_request_exception=False)
                if person != "anonymous":
                    client.force_login(world.people[person])
                try:
                    with transaction.atomic():
                        response = client.post(url) if name in POSTED else client.get(url)
                except DatabaseError:
                    broken.append((person, url))
                else:
                    broken += [(person, url)] if response.status_code >= 500 else []

    assert broken == []
