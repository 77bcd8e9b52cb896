"""Reviews in a real browser: kept while they are written, planned for a class, and narrow as well as wide."""

import datetime as dt

import pytest
from playwright.sync_api import expect

from ilp.models import Review, ReviewDraft
from tests.ilp.reviewing import finished, planned, target
from tests.look import held_back, look

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
TODAY = dt.date(2026, 11, 18)


@pytest.mark.parametrize("width", [360, 1280])
def test_a_learner_prepares_and_a_tutor_writes(open_page, axe, people, width):
    finished(people, on=TODAY - dt.timedelta(days=90))
    review = planned(people)
    target(people, review)
    page = open_page(f"/reviews/{review.reference}/", width=width, user=people.amina.user)
    look(page, axe)
    page.get_by_role("button", name="Write what I want to say").click()
    page.get_by_label("What has gone well?").fill("Maths is hard")
    expect(page.locator("[data-kept]")).to_contain_text("Kept at")
    look(page, axe)
    assert ReviewDraft.objects.get().text == "Maths is hard"
    with page.expect_navigation():
        page.get_by_role("button", name="Show it in the review").click()
    expect(page.locator("main")).to_contain_text("Maths is hard")
    assert not ReviewDraft.objects.exists()
    page = open_page("/desk/reviews/", width=width, user=people.tutor)
    look(page, axe)
    page.locator("input[name=who]").first.check()
    with page.expect_navigation():
        page.get_by_role("button", name="Plan reviews for these").click()
    look(page, axe)
    page.get_by_label("Annual review").check()
    for name, number in (("Day", "26"), ("Month", "11"), ("Year", "2026")):
        page.get_by_label(name, exact=True).fill(number)
    with page.expect_navigation():
        page.get_by_role("button", name="Plan this review").click()
    expect(page.locator("main")).to_contain_text("One review is planned.")
    assert Review.objects.filter(kind="annual").count() == 1
    page.goto("/desk/plans/figures/")
    look(page, axe)


def test_what_is_written_before_the_script_has_come_is_kept(open_page, people):
    review = planned(people)
    page = open_page(f"/reviews/{review.reference}/", user=people.amina.user)
    let_come = held_back(page, "draft.js")
    page.goto(f"/reviews/{review.reference}/write/", wait_until="commit")
    page.get_by_label("What has gone well?").fill("Maths is hard")
    let_come()
    expect(page.locator("[data-kept]")).to_contain_text("Kept at")
    assert ReviewDraft.objects.get().text == "Maths is hard"
