"""What the page of results offers: filters, orders, places, wider circles, and the next page."""

import datetime as dt
import html
import re

import pytest

from prospectus.actions import refresh_search
from prospectus.models import CourseRun
from tests.prospectus.test_views import COURSES, headings, words


def links(response):
    return {
        " ".join(re.sub("<[^>]+>", "", text).split()): html.unescape(address)
        for address, text in re.findall(r'<a[^>]*href="([^"]*)"[^>]*>(.*?)</a>', response.content.decode(), re.DOTALL)
    }


@pytest.mark.parametrize(
    ("asked", "chip", "found"),
    [
        ({"month": "2027-01"}, "January 2027", ["Plumbing Level 2"]),
        ({"kind": "taster"}, "Taster or open day", ["Hairdressing"]),
        ({"stage": "key_stage_4"}, "In Years 10 and 11", ["Hairdressing"]),
        ({"places": "left"}, "Places left", ["Motor Vehicle Maintenance"]),
    ],
)
def test_a_new_filter_is_counted_chosen_and_a_chip(town, client, asked, chip, found):
    CourseRun.objects.update(places=None)
    town.cars.runs.update(places=3)
    town.hair.kind, town.hair.stage = "taster", "key_stage_4"
    town.hair.save()
    refresh_search()
    page = client.get(COURSES, asked)
    assert headings(page) == found
    assert f"Remove filter: {chip}" in words(page)
    assert re.search(rf"{chip} \(?{len(found)} ?found", words(client.get(COURSES)))


def test_a_month_that_has_passed_is_not_offered_and_an_odd_one_is_left_out_with_a_word(town, client):
    town.run(town.cars, town.near, starts_on=dt.date(2026, 9, 7))
    refresh_search()
    assert "September 2026" not in words(client.get(COURSES))
    assert "We left out a filter that we do not know" in words(client.get(COURSES, {"month": "2027-13"}))


def test_the_order_is_chosen_by_plain_links_and_kept_when_filters_change(town, client):
    page = client.get(COURSES, {"q": "plumbing", "level": "2"})
    assert links(page)["A to Z"] == "?q=plumbing&level=2&sort=title"
    by_title = client.get(COURSES, {"q": "plumbing", "sort": "title"})
    assert headings(by_title) == ["Plumbing and Heating", "Plumbing Level 2"]
    assert '<input type="hidden" name="sort" value="title">' in by_title.content.decode()
    near = client.get(COURSES, {"postcode": "ZN1"})
    assert "Order: Nearest" in words(near)


def test_the_next_page_goes_on_and_other_links_begin_again(town, client):
    for number in range(20):
        town.run(town.course(f"Bricklaying {number:02}", "05.2", "1", town.northfield), town.near)
    refresh_search()
    first = client.get(COURSES, {"q": "bricklaying", "sort": "title"})
    address = links(first)["Next page →"]
    assert "after=" in address
    second = client.get(COURSES + address)
    assert headings(second)[:5] == [f"Bricklaying {number:02}" for number in range(15, 20)]
    assert "after" not in links(second)["Soonest start"]
    assert links(second)["← Previous page"] == "?q=bricklaying&sort=title&page=1"
    assert "Next page" not in words(second)
    assert client.get(COURSES, {"q": "bricklaying", "after": "odd"}).status_code == 200


def test_a_town_in_the_box_and_wider_circles_beside_what_was_found(town, client):
    page = client.get(COURSES, {"q": "plumbing", "postcode": "eastvale", "miles": "3"})
    assert "1 course found within 3 miles of Eastvale" in words(page)
    assert "Look further: within 10 miles (2 courses)" in words(page)
    wider = client.get(COURSES + links(page)["within 10 miles"])
    assert headings(wider) == ["Plumbing and Heating", "Plumbing Level 2"]


def test_wider_circles_are_links_also_where_the_words_said_where(town, client):
    page = client.get(COURSES, {"q": "plumbing in eastvale", "miles": "3"})
    assert headings(page) == ["Plumbing and Heating"]
    assert headings(client.get(COURSES + links(page)["within 10 miles"])) == [
        "Plumbing and Heating",
        "Plumbing Level 2",
    ]


def test_near_me_asks_where_that_is(town, client):
    assert "To see what is near you, type your postcode or town" in words(client.get(COURSES, {"q": "hair near me"}))
    assert "To see what is near you" not in words(client.get(COURSES, {"q": "hair near me", "postcode": "ZN1"}))
