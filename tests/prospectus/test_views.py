import datetime as dt
import gzip
import re
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.auth.models import AnonymousUser
from django.urls import reverse

from prospectus.actions import refresh_search
from prospectus.models import Course, CourseSearch
from tests.factories import LearnerFactory, UserFactory

COURSES = "/courses/"


def words(response):
    """The page's text, without marks."""
    inner = re.sub(r"(?s)<script.*?</script>|<[^>]+>", " ", response.content.decode())
    return " ".join(inner.split())


def headings(response):
    return re.findall(r'<h3 class="card__heading"><a[^>]*>(.*?)</a>', response.content.decode())


# --- home


def test_the_first_page_asks_one_question_and_says_what_there_is(town, client):
    page = client.get("/")
    assert "What do you want to do next?" in words(page)
    assert "7 courses from 3 colleges, schools and training providers" in words(page)
    assert "Building and construction 2 courses" in words(page)
    assert page.content.decode().count("<h1") == 1


def test_the_first_page_without_courses_says_so(client, db):
    page = client.get("/")
    assert "No courses here yet" in words(page)


def test_the_first_page_asks_the_database_a_fixed_number_of_times(town, client, django_assert_num_queries):
    with django_assert_num_queries(4):
        client.get("/")


# --- search


def test_a_visitor_searches_as_she_speaks_and_opens_the_course(town, client):
    page = client.get(COURSES, {"q": "fixing cars"})
    assert headings(page) == ["Motor Vehicle Maintenance"]
    assert "1 course found" in words(page)
    course = client.get(town.cars.get_absolute_url())
    assert "Motor Vehicle Maintenance" in words(course)
    assert "Northfield College" in words(course)


def test_a_misspelt_word_is_corrected_and_can_be_searched_as_it_is(town, client):
    page = client.get(COURSES, {"q": "Hairdresing"})
    assert "Showing results for hairdressing . Search instead for Hairdresing" in words(page)
    exact = client.get(COURSES, {"q": "Hairdresing", "exact": "1"})
    assert headings(exact) == []


def test_a_filter_is_a_chip_that_can_be_taken_off(town, client):
    page = client.get(COURSES, {"q": "plumbing", "level": "3"})
    assert headings(page) == ["Plumbing and Heating"]
    (address,) = re.findall(r'chip--remove" href="([^"]+)"', page.content.decode())
    assert parse_qs(urlsplit(address).query) == {"q": ["plumbing"]}


def test_a_phrase_is_a_chip_too(town, client):
    page = client.get(COURSES, {"q": "plumbing level 3"})
    assert headings(page) == ["Plumbing and Heating"]
    assert "Remove filter: Level 3" in words(page)


@pytest.mark.parametrize(
    "asked",
    [
        {"level": "99"},
        {"subject": "nonsense", "level": "2"},
        {"provider": "NOBODY"},
        {"area": "' OR 1=1"},
        {"mode": "\x00"},
    ],
)
def test_a_filter_that_does_not_exist_is_left_out_with_a_word(town, client, asked):
    page = client.get(COURSES, asked)
    assert page.status_code == 200
    assert "We left out a filter that we do not know" in words(page)


@pytest.mark.parametrize(
    "asked",
    [
        "page=abc",
        "page=-1",
        "page=99999",
        "q=%00",
        "q=" + "a" * 1000,
        "miles=7",
        "postcode=%27",
        "home=none",
        "exact=x",
    ],
)
def test_an_odd_address_still_gives_a_page(town, client, asked):
    page = client.get(f"{COURSES}?{asked}")
    assert page.status_code == 200


def test_an_unknown_postcode_is_explained_and_everything_is_shown(town, client):
    page = client.get(COURSES, {"postcode": "QQ9 9QQ"})
    assert "We do not know that postcode" in words(page)
    assert len(headings(page)) == 7


def test_near_a_postcode_the_distance_is_said(town, client):
    page = client.get(COURSES, {"q": "plumbing", "postcode": "zn1"})
    assert headings(page) == ["Plumbing Level 2", "Plumbing and Heating"]
    assert "about 7 miles away" in words(page)
    assert "within 10 miles of ZN1" in words(page)


def test_nothing_found_is_not_the_end(town, client):
    page = client.get(COURSES, {"q": "motor vehicle", "postcode": "ZN2 1AA", "miles": "3", "level": "3"})
    assert headings(page) == []
    assert "Look through all courses" in words(page)
    assert "Or look around by subject" in words(page)
    near = client.get(COURSES, {"q": "motor vehicle", "postcode": "ZN2 1AA", "miles": "3"})
    assert "Within 10 miles : 1 course" in words(near)
    level = client.get(COURSES, {"q": "motor vehicle", "level": "3"})
    assert "Any level: 1 course" in words(level)


def test_the_own_area_is_marked_off(town, client):
    page = client.get(COURSES, {"q": "plumbing", "home": "eastvale"})
    assert headings(page) == ["Plumbing and Heating", "Plumbing Level 2"]
    text = words(page)
    assert text.index("In Eastvale") < text.index("Plumbing and Heating") < text.index("In other areas")


def test_a_learner_sees_the_own_area_first_without_asking(town, client):
    learner = LearnerFactory(area=town.eastvale)
    client.force_login(learner.user)
    page = client.get(COURSES, {"q": "plumbing"})
    assert headings(page) == ["Plumbing and Heating", "Plumbing Level 2"]
    assert "no-store" in page["Cache-Control"]


def test_a_script_gets_the_inner_part_and_a_visitor_a_page_to_keep(town, client):
    for number in range(30):
        town.run(town.course(f"Bricklaying {number}", "05.2", "12", town.northfield), town.near)
    refresh_search()
    part = client.get(COURSES, {"q": "bricklaying"}, headers={"HX-Request": "true"})
    assert "<html" not in part.content.decode()
    assert len(headings(part)) > 5
    whole = client.get(COURSES, {"q": "bricklaying"})
    assert {"Cookie", "HX-Request"} <= {name.strip() for name in whole["Vary"].split(",")}
    assert whole["Cache-Control"] == "public, max-age=60"
    assert len(gzip.compress(part.content)) < 5_000  # 15 courses with their filters; the budget is 15,000


def test_a_page_without_a_secret_is_compressed_and_one_with_a_token_is_not(town, client):
    packs = {"Accept-Encoding": "gzip"}
    plain, packed = client.get(COURSES), client.get(COURSES, headers=packs)
    assert gzip.decompress(packed.content) == plain.content
    assert packed["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in packed["Vary"]

    client.post("/shortlist/keep/", {"course": town.plumbing.reference})
    for address in (COURSES, "/shortlist/"):  # each visitor's own from now on
        own = client.get(address, headers=packs)
        assert "public" not in own.get("Cache-Control", "")
        assert "Content-Encoding" not in own


def test_a_page_with_a_message_for_one_visitor_is_not_kept_for_others(town, client):
    client.force_login(UserFactory())
    client.post(reverse("accounts:sign-out"))
    page = client.get("/")
    assert "signed out" in words(page)
    assert "public" not in page.get("Cache-Control", "")
    client.cookies.clear()
    assert client.get("/")["Cache-Control"] == "public, max-age=60"


def test_results_ask_the_database_as_often_for_one_course_as_for_many(town, client, django_assert_num_queries):
    for number in range(30):
        course = town.course(f"Bricklaying {number}", "05.2", "1", town.northfield)
        town.run(course, town.near)
        town.run(course, town.near, starts_on=dt.date(2028, 9, 1))
    refresh_search()
    client.get(COURSES)  # a process reads a set of facets once
    for text in ("motor vehicle", "vehicle", "bricklaying"):
        with django_assert_num_queries(11):
            client.get(
                COURSES, {"q": text, "postcode": "ZN1", "provider": town.northfield.reference, "home": "northmoor"}
            )


def test_the_public_prospectus_is_what_visible_to_says(town):
    visible = Course.objects.visible_to(AnonymousUser())
    assert set(visible.values_list("pk", flat=True)) == set(CourseSearch.objects.values_list("course", flat=True))
