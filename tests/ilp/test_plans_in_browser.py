"""Plans in a real browser: kept while they are written, read with the keyboard, and narrow as well as wide."""

import pytest
from playwright.sync_api import expect

from ilp import actions
from ilp.models import Draft, Entry
from tests.look import look

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("width", [360, 1280])
def test_a_learner_writes_and_what_is_written_is_kept_meanwhile(open_page, axe, people, add, width):
    entry = add()
    actions.talk_about_entry(entry=entry, seen=1, by=people.tutor, words="When was it?")
    page = open_page("/my-plan/", width=width, user=people.amina.user)
    look(page, axe)
    page.locator("#goal").get_by_role("link", name="Add").click()
    page.get_by_label("What do you want to reach?").fill("A Saturday job")
    expect(page.locator("[data-kept]")).to_contain_text("Kept at")
    look(page, axe)
    assert Draft.objects.get().answers["title"] == "A Saturday job"
    with page.expect_navigation():
        page.get_by_role("button", name="Save in my plan").click()
    expect(page.locator("main")).to_contain_text("A Saturday job")
    assert not Draft.objects.exists()
    page.get_by_role("link", name="See what was said").first.click()
    look(page, axe)


@pytest.mark.parametrize("width", [360, 1280])
def test_a_tutor_reads_a_class_with_the_keyboard(open_page, axe, people, add, width):
    for at in range(3):
        add(title=f"Skill {at}")
    page = open_page("/desk/plans/", width=width, user=people.tutor)
    look(page, axe)
    with page.expect_navigation():
        page.get_by_role("button", name="Read what waits").click()
    look(page, axe)
    page.keyboard.press("j")
    page.keyboard.press("v")
    page.keyboard.press("t")
    page.keyboard.type("Very good. Jovial, too: xvt.")
    page.keyboard.press("Tab")
    page.keyboard.press("v")
    with page.expect_navigation():
        page.get_by_role("button", name="Say this").click()
    expect(page.locator("main")).to_contain_text("Nothing waits")
    assert list(Entry.objects.order_by("pk").values_list("state", flat=True)) == ["validated", "talk", "validated"]
    page.goto(f"/desk/plans/{people.amina.reference}/")
    look(page, axe)
