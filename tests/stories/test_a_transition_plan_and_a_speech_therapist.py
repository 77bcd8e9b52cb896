"""Amina asks her speech therapist to write in her transition plan, reads it in easy read, and ends it."""

import re
from types import SimpleNamespace

import pytest
from playwright.sync_api import expect

from accounts.models import Characteristics, Receipt
from ilp import actions
from tests.applications.walk import Town
from tests.look import fits

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def story(open_page, axe):
    town = Town()
    actions.load_plan_templates()
    Characteristics.objects.create(learner=town.amina, sen_provision="E")
    actions.start_plan(learner=town.amina, by=town.amina.user)

    def look(page):
        axe(page)
        fits(page)
        return page

    return SimpleNamespace(
        learner=town.amina,
        amina=open_page("/my-plan/", width=360, user=town.amina.user),
        therapist=open_page("/supporting/code/", width=1280),
        look=look,
    )


def test_a_transition_plan_and_a_speech_therapist(story):
    when_amina_says_what_helps_her(story)
    when_she_lets_her_therapist_in_with_a_code(story)
    when_she_asks_her_to_write(story)
    when_the_therapist_writes_her_section(story)
    then_amina_reads_it_in_easy_read_and_prints_it(story)
    when_amina_ends_it(story)
    then_the_therapist_sees_nothing_and_the_receipt_stands(story)


def when_amina_says_what_helps_her(story):
    page = story.look(story.amina)
    page.get_by_role("link", name="What helps me").click()
    story.look(page).get_by_label("What helps you to learn?").fill("A quiet room. More time.")
    page.get_by_label("With pictures or signs").check()
    with page.expect_navigation():
        page.get_by_role("button", name="Save in my plan").click()
    expect(page.get_by_text("Somebody who helps you will read it.")).to_be_visible()
    expect(page.get_by_text("1 of 5 parts answered")).to_be_visible()


def when_she_lets_her_therapist_in_with_a_code(story):
    page = story.amina
    page.goto("/my-information/people/add/")
    page.get_by_label("Somebody who works with me").check()
    page.get_by_label("What do you call them?").fill("Robin, my therapist")
    page.get_by_label("My transition plan").check()
    page.get_by_label("With a code that I give them myself").check()
    with page.expect_navigation():
        page.get_by_role("button", name="Ask them").click()
    code = re.search(r"[A-Z0-9]{4}-[A-Z0-9]{4}-[A-Z0-9]{4}", page.content())[0]
    page = story.therapist
    page.get_by_label("Your code").fill(code)
    with page.expect_navigation():
        page.get_by_role("button", name="Continue").click()
    page.get_by_label("Your name").fill("Robin Fern")
    page.get_by_label("Sign-in name").fill("robin.f")
    page.get_by_label("Password", exact=True).fill("seven green bicycles")
    page.get_by_label("The same password again").fill("seven green bicycles")
    with page.expect_navigation():
        page.get_by_role("button", name="Make my account").click()
    expect(page.get_by_text("A quiet room. More time.")).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("^Write in"))).to_have_count(0)


def when_she_asks_her_to_write(story):
    page = story.amina
    page.goto("/my-plan/")
    page.get_by_role("link", name="What helps me").click()
    page.get_by_role("link", name="Ask somebody to write here").click()
    story.look(page).get_by_label("Robin, my therapist").check()
    with page.expect_navigation():
        page.get_by_role("button", name="Ask them").click()
    expect(page.get_by_text("They can write in this part from now on.")).to_be_visible()


def when_the_therapist_writes_her_section(story):
    page = story.therapist
    page.reload()
    story.look(page).get_by_role("button", name="Write in “What helps me”").click()
    story.look(page).get_by_label("As whom do you write?").fill("Speech and language therapist")
    page.get_by_label("Your words").fill("Short sentences help. Show her how.")
    with page.expect_navigation():
        page.get_by_role("button", name="Put it into the plan").click()
    expect(page.get_by_text("Robin Fern, Speech and language therapist: What helps me")).to_be_visible()
    story.look(page)


def then_amina_reads_it_in_easy_read_and_prints_it(story):
    page = story.amina
    page.goto("/my-plan/easy-read/")
    for line in ("A quiet room.", "More time.", "Short sentences help.", "Show her how."):
        expect(page.get_by_text(line, exact=True)).to_be_visible()
    expect(page.get_by_text("Robin Fern wrote about “What helps me”")).to_be_visible()
    story.look(page)
    page.emulate_media(media="print")
    expect(page.get_by_text("Show her how.", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="Print")).to_be_hidden()
    page.emulate_media(media="screen")


def when_amina_ends_it(story):
    page = story.amina
    page.goto("/my-information/")
    page.get_by_role("link", name=re.compile("^End it")).click()
    with page.expect_navigation():
        page.get_by_role("button", name="End this now").click()


def then_the_therapist_sees_nothing_and_the_receipt_stands(story):
    page = story.therapist
    page.reload()
    expect(page.get_by_text("A quiet room")).to_have_count(0)
    page.goto("/supporting/")
    expect(page.get_by_role("heading", name="Nobody yet")).to_be_visible()
    assert Receipt.objects.filter(learner=story.learner, section="transition", role=None).exists()
    story.amina.goto("/my-information/looked-at/")
    expect(story.amina.get_by_text("your transition plan").first).to_be_visible()
    story.amina.goto("/my-plan/easy-read/")
    expect(story.amina.get_by_text("Show her how.", exact=True)).to_be_visible()
