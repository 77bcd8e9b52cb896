"""The caseload and what is done from it, in one browser session: no barrier that axe can find, nothing wider than the
screen, with nobody there and with somebody for every reason; each press goes through as a browser sends it."""

import datetime as dt

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from accounts.actions import set_absence, set_duty
from ilp.models import Contact
from tests.factories import StaffRoleFactory
from tests.look import look
from tests.reporting.test_caseload import TODAY, build_town, one, the_whole_town

# One session of nine pages; each by itself would start the browser and the town again.
pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def test_an_advisers_pages_have_no_barrier(open_page, axe, transactional_db):
    town = build_town()
    page = open_page(reverse("reporting:caseload"), user=town.adviser)

    def see(*widths):
        for width in widths or (360,):
            page.set_viewport_size({"width": width, "height": 740})
            look(page, axe)

    see()
    the_whole_town(town)
    ella = StaffRoleFactory(kind="adviser", organisation=town.role.organisation, user__name="Ella Novak")
    set_absence(adviser=ella, cover=town.role, started_on=TODAY, ended_on=TODAY + dt.timedelta(days=9), by=ella.user)
    page.reload()
    page.locator("details.govuk-details").first.click()
    see(1280, 360)
    with page.expect_navigation():
        page.locator("details[open] button[value=phone]").click()
    assert Contact.objects.filter(kind="phone", on=TODAY).count() == 1
    page.get_by_label("All 12 on this list").check()
    with page.expect_navigation():
        page.get_by_role("button", name="Write to them", exact=True).last.click()
    see()
    page.get_by_label("Your message").fill("Open evening on Thursday.")
    with page.expect_navigation():
        page.get_by_role("button", name="Send it to 11 learners").click()
    see()
    page.goto(reverse("reporting:caseload"))
    page.get_by_label("All 12 on this list").check()
    with page.expect_navigation():
        page.get_by_role("button", name="Home-visit sheet").click()
    see(1280)
    page.goto(reverse("reporting:caseload"))
    page.locator("tbody .govuk-checkboxes__item").nth(1).click()
    with page.expect_navigation():
        page.get_by_role("button", name="Hand over to a colleague").click()
    page.get_by_label("Who takes over?").select_option("Ella Novak")
    see(1280, 360)
    page.get_by_role("button", name="Hand over", exact=True).click()
    expect(page.get_by_text("1 learner is handed over.")).to_be_visible()
    set_absence(adviser=town.role, started_on=TODAY, ended_on=TODAY, by=town.adviser)
    manager = StaffRoleFactory(kind="manager", organisation=town.role.organisation)
    set_duty(adviser=town.role, started_on=TODAY, ended_on=TODAY, by=manager.user)
    learner = one(town, "Abbott")
    for name, args in (
        ("caseloads", []),
        ("absence-set", [town.role.reference]),
        ("learner-hand-over", [learner.reference]),
    ):
        page.goto(reverse(f"accounts:{name}", args=args))
        see(1280, 360) if name == "caseloads" else see()
