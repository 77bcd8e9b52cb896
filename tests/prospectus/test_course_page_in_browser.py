"""The pages of a course, a provider and the levels as people meet them: widths, themes, keyboard, scripts, paper."""

import datetime as dt
import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from core import display
from prospectus.models import Consortium, ConsortiumPartner, Course, EntryRequirement
from tests.look import fits

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

ONE_SHEET = {"format": "A4", "margin": dict.fromkeys(("top", "bottom", "left", "right"), "12mm")}


@pytest.fixture
def told(town, settings):
    """A course with all that a course can have, at a provider with two."""
    settings.JOURNEY_URL = "https://journeys.example.org/?to={to}"
    Course.objects.filter(pk=town.plumbing.pk).update(
        summary="Fit and mend pipes, baths and boilers.",
        what_you_do="<p>You work in a real workshop, with tools that you keep.</p><ul><li>Cut</li><li>Bend</li></ul>"
        * 3,
        who_it_is_for="<p>For people who like to make things.</p>",
        how_assessed="<p>Practical tasks and one test on a computer.</p>",
        entry_requirements="<p>We also ask for a report from your school.</p>",
        leads_to="<p>An apprenticeship, or a job with a plumber.</p>",
        costs_and_help="<p>Free if you are under 19. You need boots.</p>",
        other_texts=[["Trips", "<p>You see a house being built.</p>"]],
        qualification_title="City & Guilds Level 2 Diploma in Plumbing Studies",
        consortium=Consortium.objects.create(name="Northmoor Trades", lead=town.northfield),
    )
    ConsortiumPartner.objects.create(consortium=Consortium.objects.get(), provider=town.southbank)
    for position, subject in enumerate(("English", "maths"), start=1):
        EntryRequirement.objects.create(
            course=town.plumbing, position=position, qualification_type_id="gcse", grade="3", subject_words=subject
        )
    return town


@pytest.mark.parametrize("theme", ["standard", "dark"])
@pytest.mark.parametrize("width", [320, 1200])
def test_the_pages_can_be_read_at_every_width(open_page, axe, live_server, told, width, theme):
    page = open_page(told.plumbing.get_absolute_url(), width=width)
    page.context.add_cookies([{"name": "display", "value": display.encode({"theme": theme}), "url": live_server.url}])
    provider = reverse("prospectus:provider", args=[told.northfield.reference])
    for address in (told.plumbing.get_absolute_url(), provider, reverse("prospectus:levels")):
        page.goto(address)
        assert page.get_attribute("html", "data-theme") == theme
        assert page.locator("h1").count() == 1
        axe(page)
        fits(page)


def test_a_page_with_sixty_starts_and_a_title_without_end_fits_a_phone(open_page, axe, told):
    long = told.course(
        "Manufacturing" * 6, "04.1", "123", told.northfield, what_you_do="<p>" + "Words " * 2000 + "</p>"
    )
    for number in range(60):
        told.run(long, told.near, starts_on=dt.date(2027, 1, 4) + dt.timedelta(days=number), cost_text="x" * 200)
    page = open_page(long.get_absolute_url(), width=320, js=False)
    fits(page)
    page.get_by_role("link", name="Show all 60 starts").click()
    expect(page.locator("tbody tr")).to_have_count(60)
    fits(page)


def test_the_first_facts_stand_on_the_first_screen_of_a_phone(open_page, told):
    page = open_page(told.hair.get_absolute_url(), width=360, height=740)
    for key in ("Level", "Starts", "Where", "Cost"):
        box = page.locator(".facts dt", has_text=re.compile(f"^{key}$")).bounding_box()
        assert box["y"] + box["height"] < 740, key


def test_the_keyboard_reaches_the_starts_the_letter_and_the_print_button(open_page, told):
    page = open_page(told.plumbing.get_absolute_url(), width=1200)
    page.evaluate("window.print = () => { document.title = 'printed'; }")
    seen = []
    for _ in range(60):
        page.keyboard.press("Tab")
        seen.append(page.evaluate("document.activeElement.textContent.trim() || document.activeElement.id"))
        if seen[-1] == "Print or save as PDF":
            break
    page.keyboard.press("Enter")
    assert page.title() == "printed"
    assert "Choose a start" in seen
    assert "Send this to somebody by e-mail" in seen
    assert "address" in seen


@pytest.mark.parametrize("js", [True, False])
def test_a_course_is_kept_in_one_press_and_the_page_stays(open_page, told, js):
    page = open_page(told.plumbing.get_absolute_url(), js=js)
    page.get_by_role("button", name="Keep this course").click()
    page.get_by_text("On your shortlist").wait_for()
    assert page.url.partition("#")[0].endswith(told.plumbing.get_absolute_url())


def test_without_scripts_the_page_says_how_to_print(open_page, told):
    page = open_page(told.plumbing.get_absolute_url(), js=False)
    assert page.get_by_text("choose Print in your browser’s menu").is_visible()
    assert page.get_by_role("button", name="Print or save as PDF").is_hidden()


def test_a_course_is_printed_on_one_sheet(open_page, told):
    page = open_page(told.plumbing.get_absolute_url(), width=1200)
    sheets = re.findall(rb"/Type\s*/Page\b", page.pdf(**ONE_SHEET))
    assert len(sheets) == 1
