"""The open-data table, its dictionary, and what search engines are told."""

import csv
import datetime as dt
import io
import re
import tracemalloc

import pytest
from django.contrib.auth.models import AnonymousUser
from lxml import etree

from core import clock
from core.sheets import FORMULA_STARTS, harmless
from prospectus.exports import COLUMNS
from prospectus.models import Course, CourseRun
from prospectus.views import open_data
from tests.factories import CourseFactory, CourseRunFactory, ProviderFactory, SiteFactory


def table(client):
    text = client.get("/open-data/courses.csv").getvalue().decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_a_line_for_each_run_and_one_for_a_course_without(town, client):
    rows = table(client)

    assert sorted((row["title"], row["study_mode"]) for row in rows if row["provider"] == "Northfield College") == [
        ("Motor Vehicle Maintenance", "full_time"),
        ("Plumbing Level 2", "full_time"),
        ("Plumbing Level 2", "part_time"),
    ]
    assert [row["run_reference"] for row in rows if row["title"] == "Mathematics GCSE"] == [""]


def test_the_table_holds_what_a_visitor_may_see_and_nothing_else(town, client):
    CourseFactory(title="Of a closed college", provider=ProviderFactory(name="Closed", ended_on="2026-01-01"))
    CourseRunFactory(course=town.plumbing, state="draft")
    CourseRunFactory(course=town.plumbing, ended_on="2026-01-01")
    courses = Course.objects.visible_to(AnonymousUser()).filter(provider__ended_on=None)
    runs = CourseRun.objects.shown().filter(course__in=courses)

    rows = table(client)

    assert {row["course_reference"] for row in rows} == set(courses.values_list("reference", flat=True))
    assert {row["run_reference"] for row in rows} - {""} == set(runs.values_list("reference", flat=True))


def test_a_line_says_what_the_database_says(town, client):
    site = SiteFactory(organisation=town.northfield, name="Dock Site", latitude=53.5, longitude=-1.5, is_exact=True)
    course = CourseFactory(
        provider=town.northfield, title='Welding, "basic"', summary="One\nline.", levels=["E", "1"], subject_id="05.2"
    )
    run = CourseRunFactory(
        course=course,
        site=site,
        starts_on="2027-01-11",
        cost_pence=12_050,
        extra_cost_pence=0,
        takes_applications=False,
    )

    row = next(row for row in table(client) if row["run_reference"] == run.reference)

    assert (row["title"], row["summary"], row["levels"]) == ('Welding, "basic"', "One\nline.", "E 1")
    assert (row["subject_code"], row["subject"]) == ("05.2", "Building and construction")
    assert (row["starts_on"], row["cost_pounds"], row["extra_cost_pounds"]) == ("2027-01-11", "120.50", "0.00")
    assert (row["site_latitude"], row["site_longitude"], row["apply_here"]) == ("53.5", "-1.5", "no")
    assert row["course_changed_at"] == course.changed_at.strftime("%Y-%m-%dT%H:%M:%SZ")


@pytest.mark.parametrize(
    ("whose", "day", "said"),
    [("provider", 19, "no"), ("provider", 18, "yes"), ("area", 19, "no")],
)
def test_one_applies_here_from_the_day_that_the_provider_or_its_area_opens(town, client, whose, day, said):
    run = CourseRunFactory(course=town.plumbing)
    opening = town.northfield if whose == "provider" else town.northfield.area
    opening.applying_from_on = dt.date(2026, 11, day)
    opening.save()
    row = next(row for row in table(client) if row["run_reference"] == run.reference)
    assert row["apply_here"] == said
    course = client.get(f"/api/v1/courses/{town.plumbing.reference}").json()
    assert {one["apply_here"] for one in course["runs"] if one["reference"] == run.reference} == {said == "yes"}


@pytest.mark.parametrize("sign", FORMULA_STARTS)
def test_a_formula_in_a_cell_is_shown_and_never_run(reference, client, sign):
    CourseFactory(title=f"{sign}cmd()")

    assert table(client)[0]["title"].lstrip("\r\n") == harmless(f"{sign}cmd()").lstrip("\r\n")


def test_the_dictionary_has_every_column_in_order(town, client):
    header = client.get("/open-data/courses.csv").getvalue().decode("utf-8-sig").splitlines()[0].split(",")
    rows = list(csv.DictReader(io.StringIO(client.get("/open-data/dictionary.csv").getvalue().decode("utf-8-sig"))))

    assert header == [column.name for column in COLUMNS] == [row["name"] for row in rows]
    assert all(row["meaning"] and row["holds"] and row["source"] for row in rows)


def test_the_page_explains_every_column_and_names_the_licence(town, client, settings):
    settings.OPEN_DATA_LICENCE = "Northmoor Licence"

    page = client.get("/open-data/").content.decode()

    assert [column.name for column in COLUMNS if f"<code>{column.name}</code>" not in page] == []
    assert "Northmoor Licence" in page
    assert f"/feeds/xcri-1.2.xml?area={town.eastvale.slug}" in page


def test_the_table_comes_again_only_when_something_changed(town, client):
    etag = client.get("/open-data/courses.csv")["ETag"]
    again = client.get("/open-data/courses.csv", headers={"if-none-match": etag})
    Course.objects.update(checked_on=clock.today())
    checked = client.get("/open-data/courses.csv", headers={"if-none-match": etag})

    assert (again.status_code, checked.status_code) == (304, 200)


def test_a_long_table_passes_through_little_memory(town, client):
    course = CourseFactory(summary="words " * 500)
    CourseRun.objects.bulk_create(CourseRun(course=course, provider_reference=f"M{at}") for at in range(3000))
    response = client.get("/open-data/courses.csv")

    tracemalloc.start()
    try:
        size = sum(len(part) for part in response.streaming_content)
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert size > 9_000_000
    assert peak < 2_000_000


# Search engines


def locations(client, url):
    return etree.fromstring(client.get(url).content).xpath("//*[local-name()='loc']/text()")


def test_the_site_map_has_every_published_course_and_no_other(town, client):
    expected = Course.objects.visible_to(AnonymousUser())

    assert locations(client, "/sitemaps/courses.xml") == [
        f"http://testserver{course.get_absolute_url()}" for course in expected.order_by("pk")
    ]
    assert town.draft.reference not in str(locations(client, "/sitemaps/courses.xml"))


def test_a_long_site_map_is_several(town, client, monkeypatch):
    monkeypatch.setattr(open_data.CourseSitemap, "limit", 3)

    listed = locations(client, "/sitemap.xml")

    assert listed[-3:] == [
        "http://testserver/sitemaps/courses.xml",
        "http://testserver/sitemaps/courses.xml?p=2",
        "http://testserver/sitemaps/courses.xml?p=3",
    ]
    assert sum(len(locations(client, url)) for url in listed[-3:]) == 7
    assert client.get("/sitemaps/nothing.xml").status_code == 404


def test_the_site_map_has_the_pages_that_are_always_there(town, client):
    pages = locations(client, "/sitemaps/pages.xml")

    assert {page.removeprefix("http://testserver") for page in pages} == {
        "/", "/courses/", "/courses/map/", "/start-now/", "/courses/together/", "/areas/", "/levels/", "/open-data/",
        "/open-data/api/",
    }  # fmt: skip
    assert [client.get(page).status_code for page in pages] == [200] * len(pages)


def test_robots_may_read_what_the_site_map_lists(town, client):
    """RFC 9309: the longest rule that fits wins, and there are only refusals here."""
    lines = client.get("/robots.txt").content.decode().splitlines()
    refused = [
        re.compile(re.escape(line.removeprefix("Disallow: ")).replace(r"\*", ".*"))
        for line in lines
        if line.startswith("Disallow: ")
    ]
    listed = [
        address.removeprefix("http://testserver")
        for part in locations(client, "/sitemap.xml")
        for address in locations(client, part)
    ]

    assert len(listed) > 15
    assert [address for address in listed if any(rule.match(address) for rule in refused)] == []
    for kept_out in ("/courses/?level=2", f"/courses/{town.plumbing.reference}/apply/x/", "/desk/courses/"):
        assert any(rule.match(kept_out) for rule in refused), kept_out


@pytest.mark.parametrize(
    ("asked", "canonical"),
    [
        ("", ""),
        ("?after=1&utm_source=mail", ""),
        ("?sort=title&level=3&level=2&q=plumbing&from=mail", "?level=2&amp;level=3&amp;q=plumbing"),
    ],
)
def test_a_search_has_one_address_whatever_else_came_with_it(town, client, asked, canonical):
    page = client.get(f"/courses/{asked}").content.decode()

    assert f'<link rel="canonical" href="http://testserver/courses/{canonical}">' in page


def test_every_page_leads_to_the_open_data(town, client):
    for page in ("/", "/courses/", town.plumbing.get_absolute_url()):
        assert '<a class="govuk-link" href="/open-data/">Open data</a>' in client.get(page).content.decode()


def test_the_site_map_says_when_a_course_changed(town, client):
    text = client.get("/sitemaps/courses.xml").content.decode()

    assert f"<lastmod>{town.plumbing.changed_at.date().isoformat()}" in text


def test_robots_are_told_what_to_leave_alone(db, client):
    text = client.get("/robots.txt").content.decode()

    assert {"/desk/", "/courses/?", "/shortlist/", "/compare/", "/saved-searches/", "/courses/*/apply/"} <= {
        line.removeprefix("Disallow: ") for line in text.splitlines()
    }
    assert text.endswith("Sitemap: http://testserver/sitemap.xml\n")
