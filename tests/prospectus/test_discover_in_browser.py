"""The map, subjects together, start now, areas and the first page in a real browser."""

import re

import pytest
from playwright.sync_api import expect

from tests.look import fits, small_targets
from tests.prospectus.test_discover import more_providers

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PAGES = [
    "/",
    "/courses/map/?postcode=ZN1&miles=20",
    "/courses/map/?move=1",
    "/courses/together/",
    "/courses/together/?subject=plumbing&subject=maths&subject=hair",
    "/courses/together/?subject=plumbing&subject=maths&subject=hair&subject=computing",
    "/start-now/?postcode=ZN1&miles=20",
    "/areas/",
]


@pytest.mark.parametrize("path", PAGES)
def test_a_way_to_find_breaks_no_rule_of_access_narrow_or_wide(town, open_page, axe, path):
    more_providers(town, 12)
    for width in (320, 1200):
        page = open_page(path, width=width)
        axe(page)
        fits(page)
        assert page.locator("h1").count() == 1
        assert small_targets(page) == [], width


def test_without_scripts_three_subjects_become_a_picture_and_a_table(town, open_page):
    page = open_page("/courses/together/", js=False)
    page.get_by_label("Subject 1").fill("plumbing")
    page.get_by_label("Subject 2").fill("hair")
    page.get_by_role("button", name="Show who has them").click()
    expect(page.get_by_role("img", name="Who has which subjects")).to_be_visible()
    page.get_by_label("Add a subject").fill("animals")
    page.get_by_role("button", name="Show").click()
    expect(page.locator(".venn__circle").nth(2)).to_be_visible()
    expect(page.get_by_role("heading", name="1 provider has all 3")).to_be_visible()
    page.get_by_role("link", name=re.compile("Remove filter: Hair")).click()
    expect(page.get_by_role("heading", name="1 provider has both")).to_be_visible()
    page.get_by_role("link", name="2 courses in Plumbing").or_(
        page.get_by_role("link", name="1 course in Plumbing")
    ).first.click()
    expect(page).to_have_url(re.compile(r"/courses/\?.*q=plumbing"))


def test_without_scripts_a_pin_leads_to_its_place_and_on_to_its_courses(town, open_page):
    page = open_page("/courses/map/?q=plumbing&move=1", js=False)
    expect(page.locator("#moving-map")).to_be_hidden()
    page.get_by_role("link", name="1: ").click()
    expect(page).to_have_url(re.compile("#pin-1$"))
    page.locator("#pin-1").get_by_role("link", name="see what").click()
    expect(page.get_by_role("heading", name="1 course found")).to_be_visible()


def test_without_scripts_somebody_finds_what_starts_now(town, open_page):
    page = open_page("/start-now/", js=False)
    page.get_by_label("Where do you live?").fill("ZN1")
    page.get_by_label("What would you like to do?").fill("hair")
    page.get_by_role("button", name="Show what I can start").click()
    expect(page.get_by_role("heading", name="1 course you can start this school year")).to_be_visible()
    page.get_by_role("link", name="Hairdressing").click()
    expect(page.get_by_role("heading", name="Hairdressing", level=1)).to_be_visible()


def test_the_map_that_moves_shows_the_same_places_and_asks_nobody_else(town, open_page):
    page = open_page("/courses/map/?move=1", width=1200)
    pins = page.locator(".moving-map__pin")
    expect(pins).to_have_count(2)
    expect(page.locator("#still-map")).to_be_hidden()
    pins.first.click()
    link = page.locator(".leaflet-popup").get_by_role("link", name="Valley Site, Eastgate Training")
    expect(link).to_be_visible()
    link.click()
    expect(page).to_have_url(re.compile("#pin-1$"))
    page.get_by_role("link", name="Back to the simple map").click()
    expect(page.locator(".pin-map")).to_be_visible()


def test_a_map_on_paper_is_the_simple_one(town, open_page):
    page = open_page("/courses/map/?move=1", width=1200)
    expect(page.locator(".moving-map__pin")).to_have_count(2)
    page.emulate_media(media="print")
    expect(page.locator(".pin-map")).to_be_visible()
    expect(page.locator("#moving-map")).to_be_hidden()
