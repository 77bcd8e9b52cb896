"""A visitor keeps two courses, holds them side by side, signs in, and finds them again."""

import re
from types import SimpleNamespace

import pytest
from playwright.sync_api import expect

from prospectus.models import Course, ShortlistItem
from prospectus.queries.shortlist import shortlist_of
from tests.factories import LearnerFactory, UserFactory
from tests.look import fits
from tests.prospectus.conftest import Town, reference

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
__all__ = ["reference"]  # a fixture of the prospectus


@pytest.fixture(params=[(360, True), (1280, True), (360, False)], ids=["phone", "desktop", "phone without scripts"])
def story(request, open_page, axe, reference, transactional_db):
    width, has_scripts = request.param
    town = Town()
    user = UserFactory(username="amina")
    user.set_password("sunny river stone 42")
    user.save()
    amina = LearnerFactory(user=user, area=town.northmoor)

    def look(page):
        if has_scripts:
            axe(page)
        fits(page)
        return page

    page = open_page("/courses/", width=width, js=has_scripts)
    return SimpleNamespace(page=page, look=look, town=town, amina=amina, has_scripts=has_scripts, width=width)


def test_a_visitor_keeps_two_courses_compares_them_signs_in_and_finds_them(story):
    when_she_keeps_plumbing_and_hairdressing(story)
    then_they_are_on_her_shortlist(story)
    when_she_ticks_both_to_compare(story)
    then_she_sees_them_side_by_side(story)
    when_she_signs_in(story)
    then_they_are_on_the_shortlist_of_her_account_and_the_cookie_is_gone(story)
    when_she_writes_a_note(story)
    when_plumbing_is_withdrawn(story)
    then_her_shortlist_says_so_and_offers_another(story)
    when_she_takes_hairdressing_off_and_puts_it_back(story)
    then_her_note_is_still_there(story)


# --- the steps


def when_she_keeps_plumbing_and_hairdressing(story):
    page = story.page
    for title in ("Plumbing Level 2", "Hairdressing"):
        button = page.get_by_role("button", name=f"Keep this course {title}")
        button.click()
        expect(page.get_by_role("button", name=f"Take it off {title}")).to_be_visible()
        if story.has_scripts:  # the button that was pressed keeps the keyboard
            expect(page.get_by_role("button", name=f"Take it off {title}")).to_be_focused()
    expect(page).to_have_url(re.compile("/courses/"))
    story.look(page)


def then_they_are_on_her_shortlist(story):
    page = story.page
    if story.has_scripts and story.width < 600:
        page.get_by_role("button", name="Menu").click()
    page.get_by_role("link", name="Shortlist (2)").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your shortlist")
    expect(page.locator(".kept > li")).to_have_count(2)
    story.look(page)


def when_she_ticks_both_to_compare(story):
    page = story.page
    page.get_by_label("Compare Plumbing Level 2").check()
    page.get_by_label("Compare Hairdressing").check()
    page.get_by_role("button", name="Compare the ticked courses").click()


def then_she_sees_them_side_by_side(story):
    page = story.look(story.page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Courses side by side")
    expect(page.locator("main")).to_contain_text("Hill Site")
    expect(page.locator("main")).to_contain_text("Valley Site")
    page.get_by_role("link", name="Show only what differs").click()
    expect(page.locator("main")).to_contain_text("Only what differs is shown")
    story.look(page)


def when_she_signs_in(story):
    page = story.page
    page.goto("/shortlist/")
    page.locator("main").get_by_role("link", name="Sign in").click()
    page.locator("input[name=login]").fill("amina")
    page.locator("input[name=password]").fill("sunny river stone 42")
    page.locator("main").get_by_role("button", name="Sign in").click()


def then_they_are_on_the_shortlist_of_her_account_and_the_cookie_is_gone(story):
    page = story.page
    expect(page.get_by_role("heading", level=1)).to_have_text("Your shortlist")
    expect(page.locator(".kept > li")).to_have_count(2)
    story.look(page)
    kept = [item.course.title for item in shortlist_of(story.amina.user)]
    assert kept == ["Plumbing Level 2", "Hairdressing"]
    assert "shortlist" not in [cookie["name"] for cookie in page.context.cookies()]


def when_she_writes_a_note(story):
    page = story.page
    page.get_by_role("link", name="Add a note about Hairdressing").click()
    story.look(page)
    page.get_by_label("Your note").fill("Ask what kit costs")
    page.get_by_role("button", name="Save this note").click()
    expect(page.locator("main")).to_contain_text("Ask what kit costs")


def when_plumbing_is_withdrawn(story):
    Course.objects.filter(pk=story.town.plumbing.pk).update(state="withdrawn")


def then_her_shortlist_says_so_and_offers_another(story):
    page = story.page
    page.goto("/shortlist/")
    expect(page.locator("main")).to_contain_text("This course is no longer in the prospectus")
    expect(page.locator("main")).to_contain_text("Plumbing and Heating")
    story.look(page)


def when_she_takes_hairdressing_off_and_puts_it_back(story):
    page = story.page
    page.get_by_role("button", name="Take it off Hairdressing").click()
    expect(page.locator("main")).to_contain_text("Taken off your shortlist")
    story.look(page)
    page.get_by_role("button", name="Put it back Hairdressing").click()


def then_her_note_is_still_there(story):
    expect(story.page.locator("main")).to_contain_text("Ask what kit costs")
    assert ShortlistItem.objects.get(course=story.town.hair).note == "Ask what kit costs"
