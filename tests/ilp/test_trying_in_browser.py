"""Tasters and documents in a real browser, narrow and wide."""

import datetime as dt

import pytest
from playwright.sync_api import expect

from ilp import actions
from ilp.models import Booking, Document
from providers.models import RoleKind
from tests.factories import ExperienceFactory, ProviderFactory, StaffRoleFactory
from tests.look import fits

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def look(page, axe):
    """Rules at the narrow width, where everything is folded; nothing sticks out at the wide one either."""
    for width in (1280, 360):
        page.set_viewport_size({"width": width, "height": 740})
        fits(page)
    axe(page)


def test_a_learner_books_and_makes_a_cv_while_it_is_shown(open_page, axe, people, add):
    entry = add()
    actions.validate_entry(entry=entry, seen=1, by=people.tutor)
    provider = ProviderFactory(name="Northfield College", area=people.amina.area)
    editor = StaffRoleFactory(organisation=provider, kind=RoleKind.EDITOR).user
    taster = ExperienceFactory(organisation=provider, by=editor, is_in_school_time=True)
    page = open_page("/experiences/", user=people.amina.user)
    look(page, axe)
    page.get_by_role("link", name="Bricklaying taster").click()
    page.get_by_role("button", name="Book a place").click()
    page.get_by_label("A quiet place to go to").check()
    look(page, axe)
    with page.expect_navigation():
        page.get_by_role("button", name="Book my place").click()
    expect(page.locator("main")).to_contain_text("Your school has not said yes yet.")
    look(page, axe)
    page.goto("/my-plan/bookings/")
    look(page, axe)
    school = open_page(f"/desk/bookings/{taster.reference}/", user=people.tutor)
    look(school, axe)
    document = actions.start_document(plan=people.plan, kind="cv", name="For a job", by=people.amina.user)
    page.goto(f"/my-plan/documents/{document.reference}/")
    page.get_by_label("Your own words to begin with").fill("I mend what others throw away.")
    expect(page.locator("#preview")).to_contain_text("I mend what others throw away.")
    page.get_by_label("Say what an adult has validated").check()
    expect(page.locator("#preview")).to_contain_text("Validated")
    look(page, axe)
    assert Document.objects.get().opening == "I mend what others throw away."
    taster.starts_at -= dt.timedelta(days=7, hours=4)
    taster.save()
    desk = open_page(f"/desk/experiences/{taster.reference}/", user=editor)
    look(desk, axe)
    desk.get_by_label("Came (", exact=False).check()
    with desk.expect_navigation():
        desk.get_by_role("button", name="Save who came").click()
    assert Booking.objects.get().state == "came"
    desk.goto(f"/desk/experiences/{taster.reference}/sheet/")
    look(desk, axe)
