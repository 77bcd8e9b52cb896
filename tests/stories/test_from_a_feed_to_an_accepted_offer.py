"""A college hands over its feed; Zara gets a letter, unlocks, applies and takes a place; two desks see it."""

import datetime as dt
import os
import re
from functools import partial
from io import BytesIO
from types import SimpleNamespace

import pytest
from playwright.sync_api import expect
from pypdf import PdfReader

from accounts.models import Learner, User
from activity.actions import run_job
from activity.models import Job
from applications.models import Choice
from applications.queries import broken_invariants
from config.demo.feeds import write_feed, write_roll
from config.demo.town import build
from config.demo.words import PROVIDERS, SCHOOLS, Site
from config.demo.year import ENTRY_YEAR
from prospectus.models import CourseRun
from tests.kept import built_once
from tests.look import fits

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture(params=[(360, True), (1280, True), (360, False)], ids=["phone", "desktop", "phone without scripts"])
def story(request, open_page, axe, school_day, tmp_path, tmp_path_factory, settings):
    width, has_scripts = request.param
    pages = {}

    def page_of(user):
        """The person's browser, opened when they first need it. ``None`` is a visitor."""
        if user not in pages:
            person = User.objects.get(username=user) if user else None
            pages[user] = open_page("/", width=width, js=has_scripts, user=person)
        return pages[user]

    def look(page):
        """Every page of the story is looked at as a screen reader's user and a phone's owner would."""
        if has_scripts:  # axe itself is a script; without scripts the same pages are walked
            axe(page)
        fits(page)
        return page

    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    return SimpleNamespace(
        page_of=page_of, look=look, clock=school_day, folder=tmp_path, shared=shared, has_scripts=has_scripts
    )


def test_from_a_feed_to_an_accepted_offer(story):
    given_the_demo_town_in_october(story)
    when_the_editor_uploads_the_colleges_new_feed(story)
    when_the_editor_sees_what_it_would_change_and_publishes_it(story)
    then_every_line_that_needs_a_look_is_listed(story)
    then_a_visitor_finds_the_new_course(story)
    when_the_coordinator_uploads_a_roll_with_zara_in_it(story)
    when_the_coordinator_prints_the_letters_of_her_group(story)
    when_zara_unlocks_with_the_code_from_her_letter(story)
    then_she_is_back_the_next_day_with_her_own_password(story)
    when_she_applies_for_two_courses_at_northfield_and_one_at_southbank(story)
    when_her_school_endorses_both(story)
    when_both_providers_offer_her_a_place(story)
    when_she_accepts_northfield(story)
    then_southbank_is_turned_down(story)
    then_her_adviser_sees_what_she_has(story)
    then_one_more_learner_has_an_offer_under_the_guarantee(story)
    then_nothing_impossible_is_true()


# --- the steps


def given_the_demo_town_in_october(story):
    built_once(partial(build, stage="october", size="tiny", say=lambda _text: None), folder=story.shared, name="town")
    story.offers_before = offers_under_the_guarantee(story)


def when_the_editor_uploads_the_colleges_new_feed(story):
    path = story.folder / "northfield.xml"
    northfield = PROVIDERS[0]._replace(sites=(*PROVIDERS[0].sites, Site("Beacon House")))
    write_feed(northfield, entry_year=ENTRY_YEAR, path=path, copies=1)
    feed = path.read_text(encoding="utf-8")
    # A course that was not there before, and a start that is no date.
    feed = feed.replace("Animal Care Level 2 Diploma", "Falconry Level 2 Diploma")
    feed = feed.replace(f'dtf="{ENTRY_YEAR}-09-06"', f'dtf="{ENTRY_YEAR}-09-31"', 1)
    path.write_text(feed, encoding="utf-8")
    page = story.page_of("editor")
    page.goto("/desk/uploads/")
    story.look(page)
    page.get_by_role("button", name="Upload courses").click()
    story.look(page)
    page.set_input_files("input[type=file]", path)
    page.get_by_label("It is everything").check()
    page.get_by_role("button", name="Upload this file").click()
    expect(page.get_by_role("heading", name="northfield.xml")).to_be_visible()
    expect(page.locator("main")).to_contain_text("You can close this page")
    story.look(page)
    work_off_the_jobs()


def when_the_editor_sees_what_it_would_change_and_publishes_it(story):
    page = story.page_of("editor")
    see_the_result(story, page, "Nothing has been changed yet")
    page.get_by_role("link", name="See all changes").click()
    page.get_by_role("link", name="Changed (").click()
    expect(page.locator("main")).to_contain_text("Beacon House")
    story.look(page)
    page.get_by_role("link", name="Back to the file").click()
    page.get_by_role("button", name="Go on to publish").click()
    story.look(page)
    page.get_by_role("button", name="Publish this file").click()
    expect(page.get_by_role("heading", name="northfield.xml")).to_be_visible()
    work_off_the_jobs()


def then_every_line_that_needs_a_look_is_listed(story):
    page = story.page_of("editor")
    see_the_result(story, page, "The file has been read and used")
    expect(page.locator("main")).to_contain_text(f"{ENTRY_YEAR}-09-31")
    story.look(page)


def then_a_visitor_finds_the_new_course(story):
    page = story.page_of(None)
    story.look(page)
    page.get_by_role("searchbox").or_(page.locator("main input[name=q]")).first.fill("falconery")
    page.get_by_role("button", name="Search").first.click()
    # Misspelt on purpose.
    expect(page.locator("main")).to_contain_text("Falconry Level 2 Diploma")
    story.look(page)
    page.get_by_role("link", name="Falconry Level 2 Diploma").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Falconry Level 2 Diploma")
    story.look(page)


def when_the_coordinator_uploads_a_roll_with_zara_in_it(story):
    path = story.folder / "hollins.csv"
    write_roll(SCHOOLS[0]._replace(year_11=4), academic_year=ENTRY_YEAR - 1, year_12=0, first_number=1, path=path)
    with path.open("a", encoding="utf-8", newline="") as file:
        file.write("99,Zieliński,Zara,1/9/10,Year 11,11Z,,zara@example.org,,1 Hill Street,HX1 2AB\r\n")
    page = story.page_of("coordinator")
    page.goto("/desk/uploads/new/roll/")
    story.look(page)
    page.set_input_files("input[type=file]", path)
    page.get_by_role("button", name="Upload this file").click()
    expect(page.get_by_role("heading", name="hollins.csv")).to_be_visible()
    work_off_the_jobs()
    see_the_result(story, page, "Nothing has been changed yet")
    page.get_by_role("button", name="Go on to publish").click()
    story.look(page)
    page.get_by_role("button", name="Publish this file").click()
    expect(page.get_by_role("heading", name="hollins.csv")).to_be_visible()
    work_off_the_jobs()
    see_the_result(story, page, "The file has been read and used")
    story.look(page)
    story.zara = Learner.objects.get(given_name="Zara", family_name="Zieliński")
    assert story.zara.birth_on == dt.date(2010, 9, 1)


def when_the_coordinator_prints_the_letters_of_her_group(story):
    page = story.page_of("coordinator")
    page.goto("/desk/roll/")
    expect(page.locator("main")).to_contain_text("Zieliński")
    story.look(page)
    page.goto("/desk/letters/new/")
    story.look(page)
    page.get_by_label(re.compile("11Z")).check()
    page.get_by_role("button", name="Continue").click()
    story.look(page)
    page.get_by_role("button", name="Print these letters").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Unlock letters")
    work_off_the_jobs()
    see_the_result(story, page, "Your letters are ready")
    story.look(page)
    with page.expect_download() as download:
        page.get_by_role("button", name=re.compile("Download the letters")).click()
    pages = [one.extract_text() for one in PdfReader(BytesIO(download.value.path().read_bytes())).pages]
    names_to_tick, letter = pages[:2]
    assert "Zara" in names_to_tick
    assert "Zara" in letter
    story.code = re.search(r"\b[A-Z0-9]{4}[ -][A-Z0-9]{4}[ -][A-Z0-9]{4}\b", letter).group()


def when_zara_unlocks_with_the_code_from_her_letter(story):
    page = story.page_of(None)
    page.goto("/unlock/")
    story.look(page)
    page.get_by_label("Unlock code").fill(story.code.lower())
    for part, number in (("Day", "1"), ("Month", "9"), ("Year", "2010")):
        page.get_by_label(part).fill(number)
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_label("Sign-in name")).to_be_visible()
    story.look(page)
    page.get_by_label("Sign-in name").fill("zara.z")
    page.get_by_label("Password", exact=True).fill("heron by the canal")
    page.get_by_label("The same password again").fill("heron by the canal")
    page.get_by_role("button", name="Save and continue").click()
    expect(page.get_by_label("Yes, share them")).to_be_visible()
    story.look(page)
    page.get_by_label("Yes, share them").check()
    page.get_by_role("button", name="Save my answer").click()
    expect(page.locator("main")).to_contain_text("Zara")
    story.look(page)


def then_she_is_back_the_next_day_with_her_own_password(story):
    page = story.page_of(None)
    with page.expect_navigation():
        page.get_by_role("button", name="Sign out").click()
    story.clock.shift(dt.timedelta(days=1))
    page.goto("/sign-in/")
    story.look(page)
    page.get_by_label("Sign-in name").fill("zara.z")
    page.get_by_label("Password", exact=True).fill("heron by the canal")
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    story.look(page)


def when_she_applies_for_two_courses_at_northfield_and_one_at_southbank(story):
    page = story.page_of(None)
    first, second = northfield_runs()[:2]
    southbank = CourseRun.objects.open_for_applications().filter(course__provider__name="Southbank Sixth Form").first()
    add(story, page, first, "Add to my application")
    add(story, page, second, "Add to choice 1 at the same provider")
    add(story, page, southbank, "Add to my application")
    page.goto("/my-application/")
    story.look(page)
    page.get_by_role("button", name="Your application form").click()
    story.look(page)
    page.locator("main").get_by_role("link", name="statement").first.click()
    story.look(page)
    page.get_by_label("Your statement").fill("I look after three hens and I never give up on a broken bicycle. " * 6)
    with page.expect_navigation():
        page.get_by_role("button", name="Save").click()
    for choice in Choice.objects.filter(application__learner=story.zara).order_by("rank"):
        page.goto(f"/my-application/choices/{choice.reference}/send/")
        story.look(page)
        with page.expect_navigation():
            page.locator("main form").get_by_role("button").last.click()
        expect(page.locator("main")).not_to_contain_text("There is a problem")
    story.northfield, story.southbank = Choice.objects.filter(application__learner=story.zara).order_by("rank")
    assert [choice.status for choice in (story.northfield, story.southbank)] == ["with_school", "with_school"]
    assert [part.run for part in story.northfield.choice_runs.all()] == [first, second]


def when_her_school_endorses_both(story):
    page = story.page_of("coordinator")
    for choice in (story.northfield, story.southbank):
        page.goto("/desk/endorsements/")
        expect(page.locator("main")).to_contain_text("Zara Zieliński")
        page.goto(f"/desk/endorsements/{choice.reference}/")
        story.look(page)
        page.get_by_role("button", name="Endorse").click()
        story.look(page)
        with page.expect_navigation():
            page.locator("main form").get_by_role("button").last.click()
        choice.refresh_from_db()
        assert choice.status == "sent"


def when_both_providers_offer_her_a_place(story):
    for username, choice in (("admissions", story.northfield), ("sixthform", story.southbank)):
        page = story.page_of(username)
        page.goto("/desk/applications/")
        expect(page.locator("main")).to_contain_text("Zara Zieliński")
        story.look(page)
        page.goto(f"/desk/applications/{choice.reference}/")
        story.look(page)
        page.get_by_role("button", name="Make an offer").click()
        story.look(page)
        page.get_by_label("In words", exact=True).first.fill("Grade 4 or above in English")
        page.get_by_role("button", name="Make this offer").click()
        expect(page.locator("main")).to_contain_text("Grade 4 or above in English")
        story.look(page)


def when_she_accepts_northfield(story):
    page = story.page_of(None)
    page.goto("/my-application/")
    story.look(page)
    page.goto(f"/my-application/choices/{story.northfield.reference}/")
    story.look(page)
    page.get_by_role("button", name="Accept").click()
    expect(page.locator("main")).to_contain_text("Southbank Sixth Form")
    story.look(page)
    page.locator("main form").get_by_role("button").last.click()
    expect(page.locator("main")).to_contain_text("Accepted")
    story.look(page)


def then_southbank_is_turned_down(story):
    story.northfield.refresh_from_db()
    story.southbank.refresh_from_db()
    assert (story.northfield.status, story.southbank.status) == ("accepted", "turned_down")
    page = story.page_of("sixthform")
    page.goto(f"/desk/applications/{story.southbank.reference}/")
    expect(page.locator("main")).to_contain_text("Turned down")
    assert "Northfield" not in page.locator("main").inner_text()


def then_her_adviser_sees_what_she_has(story):
    page = story.page_of("adviser")
    page.goto("/desk/caseload/")
    page.get_by_label("Name").fill("zara")
    page.get_by_role("button", name="Show").click()
    row = page.locator("tbody tr", has_text="Zara Zieliński")
    expect(row).to_contain_text("Has an offer")
    expect(row).to_contain_text("Northfield College")
    story.look(page)
    row.get_by_role("link", name="Zara Zieliński", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Zara Zieliński")
    story.look(page)


def then_one_more_learner_has_an_offer_under_the_guarantee(story):
    assert offers_under_the_guarantee(story) == story.offers_before + 1
    story.look(story.page_of("officer"))


def then_nothing_impossible_is_true():
    assert broken_invariants() == []


# --- what several steps do


def work_off_the_jobs():
    """What a worker does; workers that are killed are tests/activity's business."""
    for job in Job.objects.filter(state="queued").order_by("pk"):
        run_job(job.pk)


def see_the_result(story, page, words):
    if not story.has_scripts:
        page.reload()
    expect(page.locator("main")).to_contain_text(words)


def add(story, page, run, button):
    page.goto(f"/courses/{run.course.reference}/")
    story.look(page)
    with page.expect_navigation():
        page.get_by_role("button", name=button).first.click()
    expect(page.locator("main")).to_contain_text(run.course.title)


def northfield_runs():
    runs = CourseRun.objects.open_for_applications().filter(
        course__provider__name="Northfield College", option_block=""
    )
    return runs.select_related("course").order_by("course__title", "pk")


def offers_under_the_guarantee(story):
    page = story.page_of("officer")
    page.goto("/desk/guarantee/")
    text = page.locator("tr", has_text="All schools").first.locator("td[data-label='Has an offer']").inner_text()
    return int(re.search(r"\d+", text.replace("Has an offer", "")).group())
