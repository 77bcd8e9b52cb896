"""Amina lets her mother see her choices, with a code, and ends it; her mother saw what was ticked and no more."""

import re
from types import SimpleNamespace

import pytest
from playwright.sync_api import expect

from tests.applications.walk import Town
from tests.look import fits

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture(params=[(360, False), (1280, True)], ids=["phone without scripts", "desktop"])
def story(request, open_page, axe):
    width, has_scripts = request.param
    town = Town()
    town.choice("sent", town.run("Plumbing"))

    def look(page):
        if has_scripts:
            axe(page)
        fits(page)
        return page

    return SimpleNamespace(
        amina=open_page("/my-information/", width=width, js=has_scripts, user=town.amina.user),
        mother=open_page("/supporting/code/", width=width, js=has_scripts),
        look=look,
    )


def test_a_parent_invited_and_uninvited(story):
    when_amina_lets_her_mother_in_with_a_code(story)
    when_her_mother_makes_an_account_with_it(story)
    then_she_sees_the_choices_and_not_the_statement(story)
    then_amina_sees_that_she_looked(story)
    when_amina_ends_it(story)
    then_her_mother_sees_nothing(story)


def when_amina_lets_her_mother_in_with_a_code(story):
    page = story.look(story.amina)
    page.get_by_role("button", name="Let somebody in").click()
    story.look(page).get_by_label("My parent or carer").check()
    page.get_by_label("What do you call them?").fill("Mum")
    page.get_by_label("The choices I have sent").check()
    page.get_by_label("With a code that I give them myself").check()
    page.get_by_role("button", name="Ask them").click()
    expect(page.get_by_role("heading", name="Your code to hand over")).to_be_visible()
    story.code = re.search(r"[A-Z0-9]{4}-[A-Z0-9]{4}-[A-Z0-9]{4}", story.look(page).content())[0]


def when_her_mother_makes_an_account_with_it(story):
    page = story.look(story.mother)
    page.get_by_label("Your code").fill(story.code.lower())
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", name="Support a young person")).to_be_visible()
    story.look(page).get_by_label("Your name").fill("Sahra Yusuf")
    page.get_by_label("Sign-in name").fill("sahra.y")
    page.get_by_label("Password", exact=True).fill("seven green bicycles")
    page.get_by_label("The same password again").fill("seven green bicycles")
    page.get_by_role("button", name="Make my account").click()


def then_she_sees_the_choices_and_not_the_statement(story):
    page = story.mother
    expect(page.get_by_role("heading", name="Amina Yusuf", level=1)).to_be_visible()
    expect(page.get_by_role("heading", name="Choices")).to_be_visible()
    expect(page.get_by_text("Plumbing")).to_be_visible()
    expect(page.get_by_role("heading", name="Statement")).to_have_count(0)
    story.look(page)


def then_amina_sees_that_she_looked(story):
    page = story.amina
    page.goto("/my-information/looked-at/")
    expect(page.get_by_text("Sahra Yusuf, whom you let in")).to_be_visible()
    story.look(page)


def when_amina_ends_it(story):
    page = story.amina
    page.goto("/my-information/")
    story.look(page).get_by_role("link", name=re.compile("^End it")).click()
    expect(story.look(page).get_by_role("heading", name="Stop Mum from looking?")).to_be_visible()
    page.get_by_role("button", name="End this now").click()
    expect(page.get_by_text("Ended. They see nothing of yours any more.")).to_be_visible()


def then_her_mother_sees_nothing(story):
    page = story.mother
    page.reload()
    expect(page.get_by_text("Plumbing")).to_have_count(0)
    page.goto("/supporting/")
    expect(page.get_by_role("heading", name="Nobody yet")).to_be_visible()
