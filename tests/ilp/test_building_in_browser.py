"""A template is built, tried out, published and answered in a real browser, narrow and wide."""

import pytest
from playwright.sync_api import expect

from ilp import actions
from ilp.models import Answer, Question
from tests.look import fits

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def look(page, axe):
    """Rules at the narrow width, where everything is folded; nothing sticks out at the wide one either."""
    for width in (1280, 360):
        page.set_viewport_size({"width": width, "height": 740})
        fits(page)
    axe(page)


def press(page, name, role="button"):
    with page.expect_navigation():
        page.get_by_role(role, name=name).first.click()


def test_the_help_desk_builds_and_a_learner_answers(open_page, axe, people, desk):
    actions.start_template(kind="section", area=people.amina.area, by=desk)
    page = open_page("/desk/plan-templates/", user=desk)
    press(page, "Questions for every plan", role="link")
    press(page, "Add a section")
    page.get_by_label("Title").fill("Where I work best")
    press(page, "Save the section")
    for asked, kind, options in (
        ("What helps you?", "A longer text", ""),
        ("Where is it best?", "One of several answers", "At home\nAt school"),
        ("How sure are you?", "A scale from 1 to 5", ""),
    ):
        press(page, "Add a question", role="link")
        page.get_by_label("The question").fill(asked)
        page.get_by_label(kind, exact=True).check()
        page.get_by_label("Answers to choose from").fill(options)
        press(page, "Save the question")
    press(page, "Move up How sure are you?")
    assert list(Question.objects.values_list("kind", flat=True)) == ["long", "scale", "one"]
    look(page, axe)
    press(page, "See it as a learner")
    look(page, axe)
    page.go_back()
    press(page, "Publish")
    press(page, "Publish it")
    expect(page.locator("main")).to_contain_text("Learners are asked this from now on.")
    learner = open_page("/my-plan/", user=people.amina.user)
    press(learner, "Where I work best", role="link")
    learner.get_by_label("What helps you?").fill("Time,\nand quiet")
    learner.get_by_label("4", exact=True).check()
    learner.get_by_label("At home").check()
    look(learner, axe)
    press(learner, "Save in my plan")
    expect(learner.locator("main")).to_contain_text("Saved.")
    assert set(Answer.objects.values_list("text", flat=True)) == {"Time,\nand quiet", "4 out of 5", "At home"}
