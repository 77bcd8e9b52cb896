"""The read API: what it holds, how it goes on, and what it says when it cannot."""

import datetime as dt
import json
import re
from pathlib import Path
from urllib.parse import quote

import pytest
from django.conf import settings as django_settings
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from prospectus.models import Course, EntryRequirement
from providers.models import Organisation
from tests.factories import CourseFactory, CourseRunFactory, SiteFactory

API = "/api/v1"


def got(client, path, **query):
    response = client.get(f"{API}{path}", query)
    assert response.status_code == 200, response.content
    return response.json()


def walk(client, url):
    """Every item of a list and how many pages it took."""
    items, pages = [], 0
    while url:
        page = client.get(url).json()
        items += page["items"]
        pages += 1
        url = page["next"]
    return items, pages


# What it holds


def test_the_small_lists(town, client):
    assert [area["slug"] for area in got(client, "/areas")] == [town.eastvale.slug, town.northmoor.slug]
    assert [level["code"] for level in got(client, "/levels")] == list("E12345678")
    building = next(subject for subject in got(client, "/subjects") if subject["code"] == "05.2")
    assert (building["name"], building["parent"]) == ("Building and construction", "05")
    assert "gcse" in [kind["code"] for kind in got(client, "/qualification-types")]
    assert [one["name"] for one in got(client, "/providers", area=town.northmoor.slug)] == [
        "Northfield College",
        "Southbank Sixth Form",
    ]
    southbank = got(client, f"/providers/{town.southbank.reference}")
    assert southbank["url"] == f"http://testserver/providers/{town.southbank.reference}/"


def test_a_course_whole(town, client):
    site = SiteFactory(organisation=town.northfield, latitude=53.5, longitude=-1.5, is_exact=False)
    course = CourseFactory(provider=town.northfield, title="Welding", other_texts=[["Rules", "<p>Boots.</p>"]])
    run = CourseRunFactory(course=course, site=site, starts_on=dt.date(2027, 1, 11), cost_pence=12_050)
    EntryRequirement.objects.create(course=course, position=1, how_many=5, qualification_type_id="gcse", grade="4")

    found = got(client, f"/courses/{course.reference}")

    assert found["url"] == f"http://testserver{course.get_absolute_url()}"
    assert (found["title"], found["area"], found["other_texts"]) == (
        "Welding",
        town.northmoor.slug,
        [{"heading": "Rules", "html": "<p>Boots.</p>"}],
    )
    assert found["requirements"][0]["words"] == "5 GCSEs at grade 4 or above"
    assert (found["runs"][0]["reference"], found["runs"][0]["starts_on"]) == (run.reference, "2027-01-11")
    assert (found["runs"][0]["cost_pence"], found["runs"][0]["site"]["latitude"]) == (12_050, None)


def test_what_is_not_published_does_not_exist(town, client):
    CourseRunFactory(course=town.plumbing, state="draft", provider_reference="DRAFT")
    Organisation.objects.filter(pk=town.eastgate.pk).update(ended_on="2026-01-01")

    items, _pages = walk(client, f"{API}/courses")

    assert sorted(item["title"] for item in items) == [
        "A Level Computer Science", "Mathematics GCSE", "Motor Vehicle Maintenance", "Plumbing Level 2",
    ]  # fmt: skip
    assert "DRAFT" not in json.dumps(items)
    assert client.get(f"{API}/courses/{town.draft.reference}").status_code == 404


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ({"subject": "05"}, ["Plumbing Level 2", "Plumbing and Heating"]),
        ({"level": "1"}, ["Mathematics GCSE", "Motor Vehicle Maintenance"]),
        ({"type": "gcse"}, ["Mathematics GCSE"]),
        ({"kind": "taster"}, []),
        ({"stage": "post_16", "level": "2", "subject": "05.2"}, ["Plumbing Level 2"]),
    ],
)
def test_filters(town, client, query, titles):
    assert sorted(item["title"] for item in got(client, "/courses", **query)["items"]) == titles


def test_the_search_is_the_portal_s(town, client):
    found = got(client, "/search", q="plumbng")

    assert (found["total"], sorted(item["title"] for item in found["items"])) == (
        2,
        ["Plumbing Level 2", "Plumbing and Heating"],
    )
    assert got(client, "/search", q="plumbing", level="3")["total"] == 1


def test_a_search_goes_on_to_its_end(town, client):
    from prospectus.actions import refresh_search

    for number in range(45):
        CourseFactory(provider=town.northfield, title=f"Pottery {number}")
    refresh_search()

    items, pages = walk(client, f"{API}/search?q=pottery")

    assert (len({item["reference"] for item in items}), len(items), pages) == (45, 45, 3)


# How it goes on


def test_pages_go_on_from_where_they_ended_whatever_is_added(town, client):
    first = client.get(f"{API}/courses?limit=3").json()
    CourseFactory(provider=town.northfield, title="New meanwhile")
    rest, pages = walk(client, first["next"])

    titles = [item["title"] for item in first["items"] + rest]
    assert len(titles) == len(set(titles)) == 8
    assert titles[-1] == "New meanwhile"
    assert pages == 2


def test_what_changed_since(town, client):
    since = dt.datetime(2027, 1, 1, tzinfo=dt.UTC)
    Course.objects.filter(pk=town.hair.pk).update(changed_at=since)

    items = got(client, "/courses", changed_since=since.isoformat())["items"]
    assert [item["title"] for item in items] == ["Hairdressing"]


@pytest.mark.parametrize("count", [1, 5])
def test_a_page_takes_the_same_queries_for_one_course_and_five(town, client, django_assert_num_queries, count):
    with django_assert_num_queries(3):  # courses, runs, requirements
        assert len(got(client, "/courses", limit=count)["items"]) == count


# How it behaves


def test_an_answer_that_has_not_changed_is_short(town, client):
    url = f"{API}/courses/{town.plumbing.reference}"
    first = client.get(url)
    again = client.get(url, headers={"if-none-match": first["ETag"]})
    Course.objects.filter(pk=town.plumbing.pk).update(title="Plumbing, renewed")
    changed = client.get(url, headers={"if-none-match": first["ETag"]})

    assert (first.status_code, again.status_code, again.content, changed.status_code) == (200, 304, b"", 200)
    assert first["Last-Modified"] == "Wed, 18 Nov 2026 10:00:00 GMT"
    assert first["Cache-Control"] == "public, max-age=60"


def test_no_cookie_no_session_and_open_to_other_sites(town, client, admin_client, django_assert_num_queries):
    for asking in (client, admin_client):
        response = asking.get(f"{API}/areas")
        assert response["Access-Control-Allow-Origin"] == "*"
        assert not response.cookies
        assert "Cookie" not in response.get("Vary", "")
    with django_assert_num_queries(1):  # a signed-in person's session is not even looked at
        admin_client.get(f"{API}/areas")


def test_head_and_options(town, client):
    head, options = client.head(f"{API}/areas"), client.options(f"{API}/areas")

    assert (head.status_code, head.content, head["ETag"]) == (200, b"", client.get(f"{API}/areas")["ETag"])
    assert (options.status_code, options["Allow"]) == (204, "GET, HEAD, OPTIONS")


@pytest.mark.parametrize(
    ("method", "path", "status", "detail"),
    [
        ("get", "/courses?limit=101", 400, "limit: input should be less than or equal to 100"),
        ("get", "/courses?cursor=abc", 400, "This cursor is not one of ours."),
        ("get", "/courses?cursor=WzEsIDJd", 400, "This cursor is not one of ours."),
        ("get", "/courses?kind=spaceship", 400, "kind: input should be 'course', 'apprenticeship'"),
        ("get", "/courses?area=%00", 400, "area: string should match pattern"),
        ("get", "/courses/NOSUCH", 404, "There is nothing published with this reference."),
        ("get", "/nothing", 404, "The API has no such address."),
        ("post", "/courses", 405, "This API is only for reading."),
        ("delete", "/nothing", 405, "This API is only for reading."),
    ],
)
def test_what_goes_wrong_is_said_in_a_sentence(town, client, method, path, status, detail):
    response = getattr(client, method)(f"{API}{path}")

    assert (response.status_code, response["Content-Type"]) == (status, "application/problem+json")
    assert response.json()["status"] == status
    assert detail in response.json()["detail"]
    assert response["Access-Control-Allow-Origin"] == "*"


def test_too_many_calls_are_asked_to_wait_each_address_for_itself(town, client, monkeypatch):
    cache.clear()
    monkeypatch.setattr(django_settings, "API_CALLS_A_MINUTE", 2)
    answers = [client.get(f"{API}/areas", headers={"x-forwarded-for": f"10.0.0.{at}"}) for at in range(3)]
    other = client.get(f"{API}/areas", REMOTE_ADDR="10.9.9.9")
    monkeypatch.setattr(django_settings, "ALLAUTH_TRUSTED_PROXY_COUNT", 1, raising=False)
    behind = client.get(f"{API}/areas", headers={"x-forwarded-for": "1.1.1.1, 10.0.0.7"})

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[-1]["Retry-After"] == "60"
    assert answers[-1].json()["detail"].startswith("Wait 60 seconds.")
    assert (other.status_code, behind.status_code) == (200, 200)
    cache.clear()


# Its description


def test_the_description_is_openapi_3_1_and_the_page_says_all_of_it(town, client):
    schema = client.get(f"{API}/openapi.json").json()
    page = client.get("/open-data/api/").content.decode()

    assert schema["openapi"].startswith("3.1")
    assert [path for path in schema["paths"] if f"<code>GET {path}</code>" not in page] == []
    for methods in schema["paths"].values():
        names = [one["name"] for one in methods["get"].get("parameters", [])]
        assert [name for name in names if f"<code>{name}</code>" not in page] == []


NAMES = (
    "area", "provider", "subject", "level", "kind", "stage", "type", "changed_since", "limit", "cursor", "q",
    "postcode", "miles", "mode", "month", "start", "sort", "after", "page", "home", "apply",
)  # fmt: skip
WORDS = st.text(max_size=20) | st.sampled_from(
    [
        "05.2", "2", "gcse", "-1", "0", "101", "9" * 30, "2026-13-45", "0001-01-01T00:00:00+14:00", "WzEsIDJd", "W10=",
        "9999-12-31T23:59:59-14:00", "WyIyMDI2IiwgMV0", "ZN1 1AA", "\0", "'; --", "%", "course", "post_16", "2027-09",
    ]
)  # fmt: skip
PATHS = (
    "/areas", "/levels", "/subjects", "/qualification-types", "/providers", "/providers/{}", "/courses", "/courses/{}",
    "/search", "/{}",
)  # fmt: skip


@pytest.mark.slow
@settings(max_examples=150, deadline=None, database=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    path=st.sampled_from(PATHS),
    word=WORDS,
    query=st.dictionaries(st.sampled_from(NAMES), st.lists(WORDS, min_size=1, max_size=2), max_size=4),
)
def test_nothing_a_stranger_sends_breaks_it(town, path, word, query):
    with transaction.atomic():
        response = Client().get(f"{API}{path.format(quote(word, safe=''))}", query)

    assert response.status_code in (200, 400, 404)
    assert response["Content-Type"].startswith(
        "application/json" if response.status_code == 200 else "application/problem+json"
    )
    assert response.json() is not None


def test_the_examples_of_the_documentation_work(town, client):
    document = (Path(__file__).parents[2] / "docs" / "open-data.md").read_text(encoding="utf-8")
    examples = re.findall(r"^GET (/\S+)$", document, re.MULTILINE)

    assert len(examples) == 5
    assert {example: client.get(example).status_code for example in examples} == dict.fromkeys(examples, 200)
