"""The form in a real browser: its six sections, the check, what is sent, and the same on paper. No barrier, nothing too
wide, on a phone and on a desk."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from applications import actions
from applications.models import FormSection
from applications.views.written import SECTION_PAGES
from tests.applications.test_written import planned
from tests.applications.walk import Town
from tests.look import fits, look

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
PAPER = 700  # about the width of A4 in CSS pixels


def look_at_both(page, axe, name):
    page.set_viewport_size({"width": 1280, "height": 740})
    if name in ("profile", "check"):
        axe(page)  # the others are the same column, only wider
    fits(page)
    page.set_viewport_size({"width": 360, "height": 740})
    look(page, axe)


def test_the_six_sections_the_check_and_what_is_sent(transactional_db, open_page, axe):
    town = Town()
    planned(town, title="Mending bicycles")
    for number, kind in enumerate(("short", "yes_no", "date")):
        said = {"kind": kind, "words": f"Question {number}?", "is_required": not number}
        actions.ask_question(provider=town.northfield, cycle=town.cycle, by=town.admissions, **said)
    draft = town.draft(town.run("A level English Language and Literature"), town.run("A level Maths", places=0))
    form = draft.application.reference
    page = open_page(reverse("applications:profile", args=[form]), width=360, user=town.amina.user)
    look_at_both(page, axe, "profile")
    for section in FormSection:
        page.goto(reverse(SECTION_PAGES[section], args=[form]))
        look_at_both(page, axe, section)
    page.goto(reverse("applications:questions-answer", args=[draft.reference]))
    look_at_both(page, axe, "questions")
    page.goto(reverse("applications:choice-send", args=[draft.reference]))
    look_at_both(page, axe, "check")
    actions.answer_questions(
        choice=draft, answers={draft.provider.questions.get(position=1).reference: "Soon"}, by=town.amina.user
    )
    page.reload()
    with page.expect_navigation():
        page.get_by_role("button", name="Send this choice").click()
    expect(page.get_by_text("Sent. Northfield College has it")).to_be_visible()
    look_at_both(page, axe, "sent")
    page.emulate_media(media="print")
    page.set_viewport_size({"width": PAPER, "height": 990})
    for name, args in (
        ("profile-print", [form]),
        ("how-it-works", ["northmoor", 2027, "post_16"]),
        ("elsewhere", []),
        ("home", []),
    ):
        page.goto(reverse(f"applications:{name}", args=args))
        look(page, axe)
        for hidden in page.locator(".no-print").all():
            assert not hidden.is_visible(), name
