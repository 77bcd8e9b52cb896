"""Use of the site: what counts as a page, that nobody is behind a row, and what the night makes of a day."""

import datetime as dt
from types import SimpleNamespace

import pytest

from accounts.models import Supporter
from core import clock
from core.visitors import DEVICES_AT_AN_ADDRESS, device_of
from prospectus.actions import counting
from prospectus.models import SearchMiss
from providers.models import RoleKind
from reporting.actions import count_page, fold_use, use
from reporting.middleware import kind_of
from reporting.models import DaySalt, PageKind, PageShown, ReaderKind, SiteUse
from reporting.queries.reports import REPORTS, asked_of, scope_of
from tests.factories import AreaFactory, LearnerFactory, OrganisationFactory, StaffRoleFactory, UserFactory
from tests.races import at_once

pytestmark = pytest.mark.django_db
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
TODAY = dt.date(2026, 11, 18)
DAY, MINUTE = dt.timedelta(days=1), dt.timedelta(minutes=1)
PAGE = "/desk/reports/site-use/"


def seen(*, at=None, **said):
    """A visitor is shown the front page at this moment, and it is written down."""
    with clock.at(at or clock.now()):
        count_page(**{"host": "next-step.example", "page": PageKind.HOME, "reader": ReaderKind.VISITOR} | said)
        counting.flush()


def test_a_page_that_somebody_is_shown_counts_once_and_asks_nothing(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        for _number in range(2):
            page = client.get("/privacy/", HTTP_USER_AGENT=FIREFOX)
    assert not PageShown.objects.exists()
    assert "At night we throw away the key to these code words" in page.text

    counting.flush()

    [row] = PageShown.objects.all()
    assert (row.day, row.area, row.reader, row.page, row.times) == (TODAY, None, "visitor", "about", 2)
    assert row.minute.second == 0


def test_what_is_not_a_page_or_asks_not_to_be_counted_is_not(client):
    ask = {"path": "/privacy/", "HTTP_USER_AGENT": FIREFOX}
    for said in (
        {"HTTP_DNT": "1"}, {"HTTP_SEC_GPC": "1"}, {"HTTP_SEC_PURPOSE": "prefetch"}, {"HTTP_HX_REQUEST": "true"},
        {"HTTP_USER_AGENT": ""}, {"HTTP_USER_AGENT": "Googlebot/2.1"}, {"HTTP_USER_AGENT": "curl/8"},
        {"path": "/nothing/"}, {"path": "/start/"}, {"path": "/robots.txt"}, {"path": "/nothing/%00"},
    ):  # fmt: skip
        client.get(**ask | said)
    client.head(**ask)
    client.post("/display/", {"size": "nonsense"}, HTTP_USER_AGENT=FIREFOX)
    counting.flush()
    assert not PageShown.objects.exists()


def test_readers_are_told_apart_by_their_accounts_and_visitors_by_their_devices(client, settings):
    moor, vale = AreaFactory(name="Northmoor"), AreaFactory(name="Eastvale")
    settings.AREA_HOSTS = {"testserver": "eastvale"}
    learners = [LearnerFactory(area=moor).user for _number in range(2)]
    officer = StaffRoleFactory(
        kind=RoleKind.OFFICER, organisation=OrganisationFactory(kind="authority", area=moor)
    ).user
    for person in (*learners, officer, learners[0]):
        client.force_login(person)
        client.get("/privacy/", HTTP_USER_AGENT=FIREFOX)
    client.logout()
    for agent in (FIREFOX, FIREFOX, FIREFOX.replace("140", "141")):
        client.get("/privacy/", HTTP_USER_AGENT=agent)
    counting.flush()

    found = PageShown.objects.values_list("area", "reader", "times").order_by("reader", "times")
    assert list(found) == [
        (moor.pk, "learner", 1), (moor.pk, "learner", 2), (moor.pk, "staff", 1),
        (vale.pk, "visitor", 1), (vale.pk, "visitor", 2),
    ]  # fmt: skip
    assert len(set(map(bytes, PageShown.objects.values_list("visitor", flat=True)))) == 5


def test_who_calls_the_browser_otherwise_on_each_page_is_no_crowd(client):
    """At one address, and in IPv6 at all those that one household has."""
    for number in range(3 * DEVICES_AT_AN_ADDRESS):
        address = f"2001:db8:1:200::{number:x}" if number % 2 else f"2001:db8:1:2{number:02x}::1"
        client.get("/privacy/", HTTP_USER_AGENT=f"{FIREFOX} {number}", REMOTE_ADDR=address)
    counting.flush()
    assert len(set(map(bytes, PageShown.objects.values_list("visitor", flat=True)))) <= DEVICES_AT_AN_ADDRESS
    assert device_of("::ffff:192.0.2.1", "A") == device_of("192.0.2.1", "A") != device_of("192.0.2.2", "A")
    assert device_of("2001:db8:1:200::1", "A") != device_of("2001:db8:1:300::1", "A")


def test_who_names_the_site_otherwise_on_each_page_is_no_crowd(client, settings):
    vale, _moor = AreaFactory(name="Eastvale"), AreaFactory(name="Northmoor")
    settings.ALLOWED_HOSTS, settings.AREA_HOSTS = [".example.org"], {"eastvale.example.org": "eastvale"}
    for name in ("eastvale", "EastVale", "eastvale.example.org.", "a", "b"):
        host = name if "." in name else f"{name}.example.org:443"
        assert client.get("/privacy/", HTTP_USER_AGENT=FIREFOX, HTTP_HOST=host).status_code == 200
    counting.flush()
    assert set(PageShown.objects.values_list("area", "times")) == {(vale.pk, 3), (None, 2)}
    with clock.at(TODAY + DAY):
        fold_use()
    assert set(SiteUse.objects.filter(page="").values_list("area", "visitors")) == {(vale.pk, 1), (None, 1)}


def test_who_was_let_in_counts_in_the_area_of_the_learner():
    learner, person = LearnerFactory(area=AreaFactory(name="Northmoor")), UserFactory()
    AreaFactory(name="Eastvale")
    Supporter.objects.create(
        learner=learner, user=person, kind="parent", known_as="Mum", sections=[], until_on=TODAY,
        expires_at=clock.now(), accepted_at=clock.now(),
    )  # fmt: skip
    seen(account=person.pk, reader=ReaderKind.LEARNER)
    assert PageShown.objects.get().area == learner.area


def test_every_page_has_a_kind_but_a_demonstrations():
    names = ("prospectus:home", "prospectus:course", "prospectus:courses", "ilp:plan", "applications:home", "core:help")
    assert [kind_of(name, False) for name in names] == ["home", "course", "finding", "plan", "applying", "about"]
    assert (kind_of("ilp:desk-plan", True), kind_of("demo-sign-in", False)) == ("desk", None)


def test_no_column_says_who_it_was_and_no_row_holds_address_browser_or_account():
    device = f"192.0.2.77 {FIREFOX}"
    seen(device=device)
    seen(account=4_711, reader=ReaderKind.LEARNER)
    columns = {model: {field.name for field in model._meta.get_fields()} for model in (DaySalt, PageShown, SiteUse)}
    assert columns == {
        DaySalt: {"day", "salt"},
        PageShown: {"id", "minute", "day", "visitor", "area", "reader", "page", "times"},
        SiteUse: {"id", "day", "area", "reader", "page", "visitors", "visits", "pages", "minutes"},
    }
    words = str([bytes(one["visitor"]) if one.pop("id") else one for one in PageShown.objects.values()])
    words += str(list(PageShown.objects.values("minute", "day", "area", "reader", "page", "times")))
    assert [one for one in ("192.0.2", "Firefox", "4711") if one in words] == []


def test_a_visitor_is_the_same_all_day_and_another_one_tomorrow_whose_salt_is_the_only_one():
    for at in (clock.now(), clock.now() + 5 * MINUTE, clock.now() + DAY):
        seen(at=at, device="one")

    first, again, tomorrow = (
        bytes(word) for word in PageShown.objects.order_by("pk").values_list("visitor", flat=True)
    )
    assert first == again != tomorrow
    assert list(DaySalt.objects.values_list("day", flat=True)) == [TODAY + DAY]


def test_last_seconds_of_yesterday_are_let_go_when_its_salt_is(school_day):
    midnight = dt.datetime(2026, 11, 19, tzinfo=dt.UTC)
    seen(at=midnight - MINUTE, device="one")
    with clock.at(midnight - MINUTE):
        count_page(host="", page=PageKind.HOME, reader=ReaderKind.VISITOR, device="late")
    seen(at=midnight, device="one")

    assert list(PageShown.objects.order_by("pk").values_list("day", flat=True)) == [TODAY, TODAY + DAY]


@pytest.mark.django_db(transaction=True)
def test_two_processes_know_a_visitor_by_the_same_word():
    page = use._Shown(clock.now(), "", None, "one", "visitor", "home")

    results = at_once(*[lambda: counting.Tally(use._write)._add({page: 1}) or flushed(page)] * 4)

    assert results == [1] * 4
    assert DaySalt.objects.count() == 1
    assert len(set(map(bytes, PageShown.objects.values_list("visitor", flat=True)))) == 1


def flushed(page):
    """What another process that was shown this page writes down."""
    tally = counting.Tally(use._write)
    tally._add({page: 1})
    return tally.flush()


def test_the_night_makes_numbers_of_a_day_and_keeps_nothing_else():
    nine = dt.datetime(2026, 11, 17, 9, tzinfo=dt.UTC)
    for minutes, page in ((0, "home"), (10, "course"), (10, "course"), (41, "course")):
        seen(at=nine + minutes * MINUTE, device="one", page=page)
    seen(at=nine, device="two", page="course")
    seen(at=nine, account=1, reader=ReaderKind.STAFF, page="desk")
    seen(device="one")

    assert fold_use() == 5
    assert fold_use() == 0

    numbers = SiteUse.objects.values_list("reader", "page", "visitors", "visits", "pages", "minutes")
    assert list(numbers.order_by("reader", "page")) == [
        ("staff", "", 1, 1, 1, 0), ("staff", "desk", 1, 1, 1, 0),
        ("visitor", "", 2, 3, 5, 10), ("visitor", "course", 2, 3, 4, 0), ("visitor", "home", 1, 1, 1, 0),
    ]  # fmt: skip
    assert list(PageShown.objects.values_list("day", flat=True)) == [TODAY]
    PageShown.objects.update(day=TODAY - DAY)  # as if a process had been late
    assert fold_use() == 2
    assert SiteUse.objects.get(reader="visitor", page="").visits == 4


# --- the report


@pytest.fixture
def town():
    """Two weeks of two areas, and of the addresses they share."""
    town = SimpleNamespace(area=AreaFactory(name="Northmoor"), other=AreaFactory(name="Eastvale"))
    council = OrganisationFactory(kind="authority", area=town.area)
    town.officer = StaffRoleFactory(kind=RoleKind.OFFICER, organisation=council).user
    town.help_desk = StaffRoleFactory(kind=RoleKind.HELP_DESK, organisation=council).user
    for area, day, reader, visits in (
        (town.area, dt.date(2026, 11, 2), "learner", 10), (town.area, dt.date(2026, 11, 5), "staff", 4),
        (town.area, dt.date(2026, 11, 16), "learner", 20), (town.other, dt.date(2026, 11, 3), "learner", 100),
        (None, dt.date(2026, 11, 3), "visitor", 1000),
    ):  # fmt: skip
        numbers = {"visitors": visits // 2, "visits": visits, "pages": visits * 3}
        SiteUse.objects.create(day=day, area=area, reader=reader, minutes=visits * 4, **numbers)
        SiteUse.objects.create(day=day, area=area, reader=reader, page="course", minutes=0, **numbers)
    SearchMiss.objects.create(day=dt.date(2026, 11, 16), area=town.area, words="falconry", times=3)
    return town


def rows_for(user, **asked):
    scope = scope_of(REPORTS["site-use"], user)
    return REPORTS["site-use"].rows(scope, asked_of(REPORTS["site-use"], scope, asked))


def test_use_is_what_a_person_would_count(town, django_assert_num_queries):
    with django_assert_num_queries(3):  # the role with its area, and two of the report
        found = rows_for(town.officer)
    assert found == [
        ("16 Nov 2026, so far", 20, 10, 60, 3.0, 4.0, 3),
        ("9 Nov 2026", 0, 0, 0, "none", "none", 0),
        ("2 Nov 2026", 14, 7, 42, 3.0, 4.0, 0),
    ]
    assert rows_for(town.officer, by="month", of="staff") == [
        ("Nov 2026, so far", 4, 2, 12, 3.0, 4.0, "not counted"),
    ]
    assert rows_for(town.officer, by="reader") == [
        ("Learners and people they have let in", 30, 15, 90, 3.0, 4.0, "not counted"),
        ("Staff", 4, 2, 12, 3.0, 4.0, "not counted"),
    ]
    assert rows_for(town.officer, by="page") == [
        ("A course or a provider", 34, 17, 102, "not counted", "not counted", "not counted")
    ]
    assert [row[:2] for row in rows_for(town.officer, by="day", last="30")][:2] == [
        ("17 Nov 2026", 0), ("16 Nov 2026", 20),
    ]  # fmt: skip


def test_an_officer_reads_of_their_own_area_and_the_help_desk_of_all(town):
    for where, visits in (("own", 34), ("shared", 1000), ("eastvale", 34), ("all", 34)):
        assert sum(row[1] for row in rows_for(town.officer, where=where)) == visits, where
    for where, visits in (("own", 34), ("shared", 1000), ("eastvale", 100), ("all", 1134)):
        assert sum(row[1] for row in rows_for(town.help_desk, where=where)) == visits, where


def test_the_page_draws_lines_with_a_sentence_and_without_any_use_says_so(client, town):
    client.force_login(town.officer)
    page = client.get(PAGE)
    assert page.context["picture"].over_time.labels == ["2 Nov 2026", "9 Nov 2026"]
    assert page.context["picture"].words == "Visits: 0 (9 Nov 2026); 14 (2 Nov 2026)."
    assert "Counted without cookies" in page.text
    SiteUse.objects.all().delete()
    SearchMiss.objects.all().delete()
    assert "can be read when it is over" in client.get(PAGE).text
