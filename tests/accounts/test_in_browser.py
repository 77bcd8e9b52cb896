"""The pages of this floor as people see them: on a phone and a desk, with and without scripts, and what axe says."""

import time

import pytest
from playwright.sync_api import expect

from accounts import actions
from accounts.models import Session
from accounts.sessions import SEEN_AT, SessionStore
from activity.actions import post, run_job, together
from tests.accounts.conftest import ADDRESS, code_for
from tests.factories import (
    IdentityCheckFactory,
    LearnerFactory,
    OrganisationFactory,
    RollEntryFactory,
    StaffRoleFactory,
    UserFactory,
)
from tests.look import fits, look

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PASSWORD = "seven green bicycles"


@pytest.mark.parametrize(("width", "js"), [(360, True), (1280, True), (360, False)])
def test_a_learner_unlocks_their_record(open_page, axe, amina, width, js):
    code, _ = code_for(amina)

    def looked_at(page):
        if js:
            axe(page)
        fits(page)

    page = open_page("/unlock/", width=width, js=js)
    looked_at(page)
    page.get_by_label("Unlock code").fill("wrong")
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("heading", name="There is a problem").wait_for()
    looked_at(page)
    page.get_by_label("Unlock code").fill(code.lower())
    for label, value in (("Day", "31"), ("Month", "3"), ("Year", "2011")):
        page.get_by_label(label).fill(value)
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("The same password again").wait_for()
    assert page.get_by_label("Sign-in name").input_value() == "amina.yusuf"
    looked_at(page)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("The same password again").fill(PASSWORD)
    page.get_by_role("button", name="Save and continue").click()
    page.get_by_label("Yes, share them").wait_for()
    looked_at(page)
    page.get_by_label("Yes, share them").check()
    page.get_by_role("button", name="Save my answer").click()
    page.get_by_role("heading", name="Welcome, Amina").wait_for()
    looked_at(page)
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("link", name="Sign in").first.wait_for()
    page.goto("/sign-in/")
    looked_at(page)
    page.get_by_label("Sign-in name").fill("amina.yusuf")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda url: "/sign-in/" not in url)


@pytest.mark.parametrize("width", [360, 1280])
def test_a_coordinator_prints_letters(open_page, axe, school, coordinator, amina, ben, width):
    for number in range(60):
        learner = LearnerFactory(user=UserFactory() if number % 3 else None, area=school.area)
        RollEntryFactory(learner=learner, school=school, tutor_group=f"11{'ABC'[number % 3]}")
    code_for(ben)

    def looked_at(page):
        axe(page)
        fits(page)

    page = open_page("/desk/roll/", width=width, user=coordinator)
    looked_at(page)
    page.goto("/desk/letters/")
    looked_at(page)
    page.goto("/desk/letters/new/")
    looked_at(page)
    page.get_by_label("11B", exact=True).check()
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("heading", name="Print 1 letter for 11B?").wait_for()
    looked_at(page)
    page.get_by_role("button", name="Print these letters").click()
    page.get_by_text("Waiting to start").wait_for()
    looked_at(page)
    letter_run = school.letter_runs.get()
    run_job(letter_run.job_id)
    page.get_by_text("Your letters are ready").wait_for()  # the page noticed by itself
    looked_at(page)
    with page.expect_download() as download:
        page.get_by_role("button", name="Download the letters").click()
    assert download.value.suggested_filename == f"unlock-letters-{letter_run.reference}.pdf"
    page.reload()
    page.get_by_text("no longer kept here").wait_for()
    looked_at(page)
    page.goto("/desk/letters/")
    looked_at(page)


def test_the_progress_of_letters_is_shown_without_scripts(open_page, school, coordinator, amina):
    letter_run = actions.request_letters(
        school=school, year_group=None, tutor_group="", address=ADDRESS, by=coordinator
    )
    page = open_page(f"/desk/letters/{letter_run.reference}/", js=False, user=coordinator)
    assert page.locator("meta[http-equiv=refresh]").count() == 1
    run_job(letter_run.job_id)
    page.reload()
    assert page.get_by_text("Your letters are ready").is_visible()
    assert page.locator("meta[http-equiv=refresh]").count() == 0


def test_somebody_who_does_nothing_is_asked_before_they_are_signed_out(open_page, axe, settings):
    settings.LEARNER_IDLE_MINUTES = 2  # the question comes two minutes before
    page = open_page("/privacy/", user=UserFactory())
    dialog = page.get_by_role("dialog", name="Are you still there?")
    assert not dialog.is_visible()
    [row] = Session.objects.exclude(user=None)
    session = SessionStore(row.session_key)
    session[SEEN_AT] = time.time() - 20  # less than the minute after which a request alone counts
    session.save()
    page.reload()
    dialog.wait_for()
    axe(page)
    with page.expect_response("**/sign-in/left/") as left:  # where staying leads
        page.get_by_role("button", name="Stay signed in").click()
    assert left.value.ok


@pytest.mark.slow  # four pages in two widths, each read by axe: one session for each width
@pytest.mark.parametrize("width", [360, 1280])
def test_the_pages_about_e_mails_are_readable(open_page, axe, width):
    authority = OrganisationFactory(kind="authority")
    desk = StaffRoleFactory(kind="help_desk", organisation=authority).user
    with together("bulk:abc", number=201):
        for number in range(3):
            post("choice-refused", key=f"choice-refused:{number}", choice_id=number)
    page = open_page("/account/e-mails/", user=desk, width=width)
    for address in ("/account/e-mails/", "/desk/e-mails/", "/desk/e-mails/choice-refused/", "/desk/outbox/"):
        page.goto(address)
        axe(page)
        fits(page)
    page.get_by_role("button", name="Do not send them").click()
    page.get_by_text("3 e-mails are not sent.").wait_for()


def test_ways_to_make_sure_and_who_helped_are_readable(open_page, axe, amina, school, coordinator):
    amina.user = UserFactory(name="Amina Yusuf")
    amina.save()
    actions.start_recovery(learner=amina, identity_check=IdentityCheckFactory(), by=coordinator)
    desk = StaffRoleFactory(kind="help_desk", organisation=OrganisationFactory(kind="authority", area=school.area)).user
    for user, path, words in (
        (desk, "/desk/recoveries/checks/", "Take away"),
        (amina.user, "/account/", "Who helped you to sign in"),
    ):
        page = open_page(path, user=user, width=360)
        expect(page.get_by_text(words).first).to_be_visible()
        look(page, axe)
        page.set_viewport_size({"width": 1280, "height": 900})
        fits(page)
