"""An editor drafts a course, mends what is missing and publishes it; a learner finds it; a year on, it is withdrawn."""

import datetime as dt
import re
from types import SimpleNamespace

import pytest
from playwright.sync_api import expect

from prospectus.models import Course, CourseRun
from providers.models import RoleKind
from tests.factories import LearnerFactory, ProviderFactory, SiteFactory, StaffRoleFactory
from tests.look import fits
from tests.reference import load_reference

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture(params=[(360, False), (1280, True)], ids=["phone without scripts", "desktop"])
def story(request, open_page, axe):
    width, has_scripts = request.param
    load_reference()
    provider = ProviderFactory(name="Northfield College")
    SiteFactory(organisation=provider, name="Hill Site")
    editor = StaffRoleFactory(kind=RoleKind.EDITOR, organisation=provider).user
    desk = open_page("/desk/courses/", width=width, js=has_scripts, user=editor)
    learner = open_page("/courses/", width=width, js=has_scripts, user=LearnerFactory().user)

    def look(page):
        if has_scripts:
            axe(page)
        fits(page)
        return page

    return SimpleNamespace(desk=desk, learner=learner, look=look)


def test_a_course_from_draft_to_next_year(story):
    when_the_editor_drafts_a_course_with_a_title_and_nothing_else(story)
    then_everything_missing_is_a_link_to_its_box(story)
    when_she_follows_each_link_and_mends_it(story)
    then_the_learner_does_not_find_it_yet(story)
    when_she_publishes_it(story)
    then_the_learner_finds_it_and_reads_it(story)
    when_she_rolls_its_date_over(story)
    then_next_years_date_is_a_draft_until_she_publishes_it(story)
    when_she_withdraws_it(story)
    then_the_learner_does_not_find_it_any_more(story)


def when_the_editor_drafts_a_course_with_a_title_and_nothing_else(story):
    page = story.look(story.desk)
    page.get_by_role("button", name="Add a course").first.click()
    story.look(page).get_by_label("Title").fill("Roof Thatching Level 2")
    page.get_by_role("button", name="Save the draft and go on").click()
    expect(story.look(page).get_by_role("heading", level=1)).to_contain_text("Subject and level")


def then_everything_missing_is_a_link_to_its_box(story):
    page = story.desk
    page.get_by_role("link", name="Back to the course").click()
    story.look(page).get_by_role("button", name="Check and publish").click()
    expect(story.look(page).get_by_text("6 things to put right")).to_be_visible()
    page.get_by_role("link", name="Choose a subject.").click()
    expect(page).to_have_url(re.compile("#id_subject$"))
    expect(page.locator("#id_subject")).to_be_in_viewport()


def when_she_follows_each_link_and_mends_it(story):
    page = story.desk
    page.get_by_label("Subject", exact=True).select_option(label="Building and construction")
    page.get_by_label("Level 2", exact=True).check()
    page.get_by_role("button", name="Save and go on").click()
    page.get_by_role("link", name="Say what learners do.").click()
    story.look(page).get_by_label("What you do").fill("You lay straw and reed.\n\n- ridges\n- eaves")
    page.get_by_label("How you are assessed").fill("You thatch a small roof.")
    page.get_by_role("button", name="Save and go on").click()
    page.get_by_role("link", name=re.compile("^Say what learners need")).click()
    story.look(page).get_by_label("What you need to get in").fill("A head for heights.")
    page.get_by_role("button", name="Save and go on").click()
    page.get_by_role("link", name="Add at least one date and place.").click()
    story.look(page)
    start = page.get_by_role("group", name="Start", exact=True)
    for part, number in (("Day", "6"), ("Month", "9"), ("Year", "2027")):
        start.get_by_label(part).fill(number)
    page.get_by_label("Site", exact=True).select_option(label="Hill Site, Northmoor, HX1 1AA")
    page.get_by_label("Full or part time").select_option(label="Full time")
    page.get_by_role("button", name="Save").click()
    expect(story.look(page).get_by_text("Saved as a draft. Nothing is missing.")).to_be_visible()


def find(story):
    page = story.learner
    page.goto("/courses/?q=thatching")
    return story.look(page)


def then_the_learner_does_not_find_it_yet(story):
    expect(find(story).get_by_role("link", name="Roof Thatching Level 2")).to_have_count(0)


def when_she_publishes_it(story):
    page = story.desk
    page.get_by_role("button", name="Publish this course").click()
    expect(story.look(page).get_by_text("Published. Everybody can find it now.")).to_be_visible()


def then_the_learner_finds_it_and_reads_it(story):
    page = find(story)
    page.get_by_role("link", name="Roof Thatching Level 2").first.click()
    expect(story.look(page).get_by_text("A head for heights.")).to_be_visible()
    expect(page.get_by_role("listitem").filter(has_text="ridges")).to_be_visible()


def when_she_rolls_its_date_over(story):
    page = story.desk
    page.goto("/desk/courses/roll-over/")
    story.look(page).get_by_role("button", name="Copy 1 date to next year").click()
    expect(story.look(page).get_by_text("1 date is copied to next year.")).to_be_visible()


def then_next_years_date_is_a_draft_until_she_publishes_it(story):
    assert [(run.starts_on, run.state) for run in CourseRun.objects.order_by("starts_on")] == [
        (dt.date(2027, 9, 6), "published"), (dt.date(2028, 9, 4), "draft"),
    ]  # fmt: skip
    page = story.learner
    page.reload()
    expect(page.get_by_text("4 September 2028")).to_have_count(0)
    story.desk.get_by_role("button", name="Publish the one that is right").click()
    expect(story.look(story.desk).get_by_text("1 date is published.")).to_be_visible()
    page.reload()
    expect(page.get_by_text("4 September 2028").first).to_be_visible()


def when_she_withdraws_it(story):
    page = story.desk
    page.goto(f"/desk/courses/{Course.objects.get().reference}/")
    story.look(page).get_by_role("button", name="Withdraw").click()
    story.look(page).get_by_role("button", name="Withdraw this course").click()
    expect(story.look(page).get_by_text("Withdrawn. Nobody finds it any more.")).to_be_visible()


def then_the_learner_does_not_find_it_any_more(story):
    expect(find(story).get_by_role("link", name="Roof Thatching Level 2")).to_have_count(0)
