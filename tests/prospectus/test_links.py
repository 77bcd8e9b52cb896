"""Whether somebody is still at the addresses that courses lead to: asked at night, politely, and never in the way."""

import datetime as dt

import pytest
from django.db import connection

from core import clock
from prospectus.actions import links
from prospectus.actions.editing import edit_course
from prospectus.actions.health import refresh_health
from prospectus.actions.links import LIMITS, Asked, ask_link, keep_answer, sweep_links
from prospectus.models import Course, CourseHealth, CourseRun, LinkAnswer, WebLink
from prospectus.queries.health import Problem
from prospectus.tasks import sweep_links as nightly
from tests.factories import CycleFactory, ProviderFactory, RoleKind, StaffRoleFactory
from tests.outside import LOCAL, running
from tests.prospectus.test_health import course, problems
from tests.prospectus.test_health_pages import list_of, words
from tests.prospectus.test_mending import mend_url
from tests.races import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def outside(settings):
    settings.OUTGOING_PRIVATE_NETWORKS = [LOCAL]
    with running() as server:
        yield server


@pytest.fixture
def northfield():
    CycleFactory()
    return ProviderFactory(name="Northfield College")


@pytest.fixture
def editor(northfield):
    return StaffRoleFactory(kind=RoleKind.EDITOR, organisation=northfield).user


@pytest.fixture
def unasked(monkeypatch):
    """The addresses that would be asked, and what each of them says; there is nobody outside."""
    asked, says = [], {}

    def answer(address):
        asked.append(address)
        return Asked(says.get(address, LinkAnswer.THERE), None)

    monkeypatch.setattr(links, "ask_link", answer)
    return asked, says


def nights(*days):
    for day in days:
        with clock.at(dt.date.fromisoformat(day)):
            sweep_links()


# --- one question


@pytest.mark.parametrize(
    ("status", "answer"),
    [
        (200, "there"), (204, "there"), (401, "there"), (403, "there"), (429, "there"), (503, "there"),
        (404, "missing"), (410, "missing"), (500, "broken"), (502, "broken"),
    ],
)  # fmt: skip
def test_what_each_status_means(outside, status, answer):
    assert ask_link(outside.serve("/page", status=status)) == (answer, status)


def test_a_page_is_asked_for_its_head_alone_and_properly_only_where_that_says_no(outside):
    ask_link(outside.serve("/page", b"Much to read"))
    ask_link(outside.serve("/gone", status=404))

    assert [(method, path) for method, path, _headers in outside.asked] == [
        ("HEAD", "/page"), ("HEAD", "/gone"), ("GET", "/gone"),
    ]  # fmt: skip


def test_a_site_that_answers_only_proper_questions_is_there(outside):
    def page(handler):
        handler.send_response(405 if handler.command == "HEAD" else 200)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    outside.pages["/page"] = page

    assert ask_link(outside.url("/page")) == ("there", 200)


def test_nobody_there_is_silent_and_a_private_address_is_never_asked(outside):
    address = outside.url("/page")
    outside.server.server_close()

    assert ask_link("https://nobody.invalid/") == ("silent", None)
    assert ask_link("http://192.168.0.1/") == ("silent", None)
    assert ask_link("nonsense") == ("silent", None)
    assert address


def test_a_page_that_is_too_long_to_read_is_there(outside):
    def page(handler):
        handler.send_response(405 if handler.command == "HEAD" else 200)
        handler.send_header("Content-Length", str(LIMITS.bytes + 1) if handler.command == "GET" else "0")
        handler.end_headers()

    outside.pages["/page"] = page

    assert ask_link(outside.url("/page")).answer == "there"


# --- a night


def test_addresses_of_published_courses_and_dates_are_asked_once_a_night(northfield, unasked):
    course(northfield, website="https://a.example/", run={"apply_url": "https://b.example/apply"})
    course(northfield, website="https://a.example/")
    course(northfield, website="https://draft.example/", state="draft")
    course(northfield, website="https://c.example/", run={"apply_url": "https://d.example/", "state": "draft"})

    assert sweep_links() == 3
    assert sweep_links() == 0

    assert sorted(unasked[0]) == ["https://a.example/", "https://b.example/apply", "https://c.example/"]


def test_an_address_that_is_there_is_asked_again_after_a_month(northfield, unasked):
    course(northfield, website="https://a.example/")

    nights("2026-11-18", "2026-11-19", "2026-12-18", "2026-12-19")

    assert len(unasked[0]) == 2


def test_a_site_is_asked_a_few_addresses_a_night_in_turns_with_others(northfield, unasked, monkeypatch):
    monkeypatch.setattr(links, "MOST_OF_A_HOST", 2)
    for number in range(3):
        course(northfield, website=f"https://big.example/{number}")
    course(northfield, website="https://small.example/")

    nights("2026-11-18")
    assert [address[8:11] for address in unasked[0]] in (["big", "sma", "big"], ["sma", "big", "big"])
    nights("2026-11-19")
    assert len(unasked[0]) == 4


def test_a_night_has_an_end(northfield, unasked, monkeypatch):
    monkeypatch.setattr(links, "MOST_A_NIGHT", 2)
    for number in range(3):
        course(northfield, website=f"https://site{number}.example/")

    nights("2026-11-18")
    assert len(unasked[0]) == 2
    monkeypatch.setattr(links, "MOST_SECONDS", -1)
    nights("2026-11-19")
    assert len(unasked[0]) == 2


def test_addresses_inside_the_texts_are_asked_too_and_a_dead_one_is_looked_at(northfield, unasked):
    dead = "https://a.example/page?one=1&two=2"
    unasked[1][dead] = LinkAnswer.MISSING
    made = course(
        northfield,
        website="",
        what_you_do='<p>Read <a href="https://a.example/page?one=1&amp;two=2">this</a>.</p>',
        other_texts=[["What to bring", '<p><a href="https://b.example/list">A list</a></p>']],
    )
    course(northfield, website="", costs_and_help="<p>https://c.example/ is no link.</p>")
    refresh_health()

    nights("2026-11-18", "2026-11-19", "2026-11-20")

    assert sorted(set(unasked[0])) == [dead, "https://b.example/list"]
    assert problems(northfield) == {"links": 1}
    assert CourseHealth.objects.get(has_dead_link=True).course == made
    refresh_health(provider=northfield)
    assert CourseHealth.objects.get(has_dead_link=True).course == made


def test_an_address_nobody_uses_any_more_is_forgotten(northfield, unasked, editor):
    made = course(northfield, website="https://a.example/")
    sweep_links()
    edit_course(course=made, values={"website": "https://b.example/"}, by=editor)

    nightly()

    assert list(WebLink.objects.values_list("address", flat=True)) == ["https://b.example/"]


# --- three nights


@pytest.mark.parametrize(
    ("days", "is_dead"),
    [
        (["2026-11-18"], False),
        (["2026-11-18", "2026-11-19"], False),
        (["2026-11-18", "2026-11-19", "2026-11-20"], True),
        (["2026-11-18", "2026-11-20"], False),
        (["2026-11-18", "2026-11-18", "2026-11-18"], False),
    ],
)
def test_dead_is_three_failures_over_three_days(northfield, unasked, days, is_dead):
    unasked[1]["https://a.example/"] = LinkAnswer.MISSING
    course(northfield, website="https://a.example/")
    refresh_health()

    nights(*days)

    assert WebLink.objects.get().is_dead == is_dead
    assert problems(northfield) == ({"links": 1} if is_dead else {})


def test_one_good_answer_makes_it_alive(northfield, unasked):
    unasked[1]["https://a.example/"] = LinkAnswer.SILENT
    course(northfield, website="https://a.example/")
    refresh_health()
    nights("2026-11-18", "2026-11-19", "2026-11-20")
    assert CourseHealth.objects.get().has_dead_link

    unasked[1].clear()
    nights("2026-11-21")

    link = WebLink.objects.get()
    assert (link.is_dead, link.failures, link.failing_since, link.answer) == (False, 0, None, "there")
    assert not CourseHealth.objects.get().has_dead_link


def dead(address):
    link = WebLink.objects.create(address=address, host="a.example")
    for day in (18, 19, 20):
        with clock.at(dt.date(2026, 11, day)):
            keep_answer(link, Asked(LinkAnswer.MISSING, 404))
    return link


def test_another_address_is_well_at_once(northfield, editor):
    made = course(northfield, website="https://a.example/")
    dead("https://a.example/")
    assert problems(northfield) == {"links": 1}

    edit_course(course=made, values={"website": "https://b.example/"}, by=editor)

    assert not CourseHealth.objects.get().has_dead_link


def test_dead_addresses_are_listed_and_taken_out(client, northfield, editor):
    made = course(northfield, website="https://a.example/", run={"apply_url": "https://a.example/"})
    course(northfield, website="http://b.example/")
    dead("https://a.example/")
    refresh_health()
    client.force_login(editor)
    chosen = {"course": [made.reference], "dead": "take_out"}

    listed = words(client.get(list_of(northfield, "links")))
    kept = words(client.post(mend_url(northfield, "links"), chosen | {"dead": "keep"}))
    shown = client.post(mend_url(northfield, "links"), chosen)
    client.post(mend_url(northfield, "links"), chosen | {"seen": shown.context["seen"]})

    assert "At a web address nothing is there" in listed
    assert "A web address begins with http, not https" in listed
    assert "Nothing would change" in kept
    assert "Its page on your own site https://a.example/ Nothing" in words(shown)
    assert (Course.objects.get(pk=made.pk).website, CourseRun.objects.get(course=made).apply_url) == ("", "")
    assert len(client.get(list_of(northfield, Problem.LINKS)).context["courses"]) == 1


def test_a_dead_address_goes_out_of_the_texts_and_the_words_stay(client, northfield, editor):
    link = '<a href="{}" rel="nofollow noopener">{}</a>'
    gone, there = "https://a.example/?x=1&y=2", "http://b.example/"
    written, alive = link.format(gone.replace("&", "&amp;"), "<strong>Read</strong> more"), link.format(there, "B")
    bare = link.format(gone.replace("&", "&amp;"), "a.example/?x=1&amp;y=2")
    made = course(
        northfield, leads_to=f"<p>{written} or {alive}.</p>", other_texts=[["Rules", f"<p>Boots. {bare}</p>"]]
    )
    dead(gone)
    refresh_health()
    client.force_login(editor)
    chosen = {"course": [made.reference], "dead": "take_out"}

    shown = client.post(mend_url(northfield, "links"), chosen)
    client.post(mend_url(northfield, "links"), chosen | {"seen": shown.context["seen"]})

    assert f"Rules {gone.replace('&', '&amp;')} Taken out of the text" in words(shown)
    made.refresh_from_db()
    alive = alive.replace("http:", "https:")
    assert (made.leads_to, made.other_texts) == (
        f"<p><strong>Read</strong> more or {alive}.</p>",
        [["Rules", "<p>Boots.</p>"]],
    )
    assert problems(northfield) == {}


@pytest.mark.django_db(transaction=True)
def test_two_sweeps_at_once_ask_each_address_once(northfield, unasked):
    for number in range(5):
        course(northfield, website=f"https://site{number}.example/")
    # Both know the same addresses to be due.
    links_known = links.KNOWN
    with connection.cursor() as cursor:
        cursor.execute(links_known)

    results = at_once(sweep_links, sweep_links)

    assert sum(results) == 5
    assert len(unasked[0]) == 5
    connection.close()


def test_what_another_sweep_asked_meanwhile_is_not_asked_again(northfield, monkeypatch):
    for number in range(5):
        course(northfield, website=f"https://site{number}.example/")
    asked = []

    def answer(address):
        asked.append(address)
        if len(asked) == 1:
            sweep_links()  # somebody else's, all of it, while the first waits for its answer
        return Asked(LinkAnswer.THERE, None)

    monkeypatch.setattr(links, "ask_link", answer)

    sweep_links()

    assert sorted(asked) == [f"https://site{number}.example/" for number in range(5)]
