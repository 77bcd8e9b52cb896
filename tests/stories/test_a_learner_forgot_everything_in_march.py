"""In March Amina knows neither her name nor her password. Her school helps; what she did in November is still there,
and on results day she signs in by herself."""

import datetime as dt
import re
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.urls import reverse
from playwright.sync_api import expect

from activity.actions import deliver
from activity.models import Event, OutboxMessage
from tests.factories import IdentityCheckFactory
from tests.look import fits
from tests.world import build_world

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
LONDON = ZoneInfo("Europe/London")
NEW = "nine purple umbrellas"


@pytest.fixture(params=[(360, False), (1280, True)], ids=["phone without scripts", "desktop"])
def story(request, open_page, axe, school_day):
    width, has_scripts = request.param
    world = build_world()
    world.recovery.delete()
    OutboxMessage.objects.all().delete()  # November's
    IdentityCheckFactory()
    amina = world.amina.user
    amina.email = "amina@example.org"
    amina.set_password("forgotten long ago")
    amina.save()
    school_day.move_to(dt.datetime(2027, 3, 10, 10, 0, tzinfo=LONDON))

    def look(page):
        if has_scripts:
            axe(page)
        fits(page)
        return page

    return SimpleNamespace(
        world=world,
        day=school_day,
        learner=open_page("/sign-in/", width=width, js=has_scripts),
        other_phone=open_page(reverse("applications:home"), width=width, js=has_scripts, user=amina),
        coordinator=open_page("/desk/roll/", width=width, js=has_scripts, user=world.people["coordinator"]),
        look=look,
    )


def test_a_learner_forgot_everything_in_march(story):
    when_she_says_what_is_wrong(story)
    when_the_coordinator_sees_her_and_makes_a_code(story)
    then_she_is_told_by_an_email_that_names_nobody(story)
    when_she_uses_the_code_and_chooses_a_password(story)
    then_her_choices_of_november_are_there(story)
    then_whoever_was_signed_in_as_her_is_not_any_more(story)
    then_the_history_says_who_helped_and_how(story)
    then_on_results_day_she_signs_in_by_herself(story)


def when_she_says_what_is_wrong(story):
    page = story.look(story.learner)
    with page.expect_navigation():
        page.get_by_role("link", name="I cannot sign in").click()
    story.look(page).get_by_label("I have forgotten my sign-in name").check()
    with page.expect_navigation():
        page.get_by_role("button", name="Continue").click()
    expect(story.look(page).get_by_text("your tutor brings you to the coordinator")).to_be_visible()


def when_the_coordinator_sees_her_and_makes_a_code(story):
    page = story.look(story.coordinator)
    with page.expect_navigation():
        page.get_by_role("link", name="Cannot sign in? Amina Yusuf").click()
    expect(story.look(page).get_by_text("amina", exact=True)).to_be_visible()  # her sign-in name
    page.get_by_label("I know them and have them in front of me").check()
    with page.expect_navigation():
        page.get_by_role("button", name="Make a code").click()
    expect(story.look(page).get_by_text("You see it only now")).to_be_visible()
    story.code = re.search(r"\b\w{4}-\w{4}-\w{4}\b", page.locator("main").inner_text())[0]


def then_she_is_told_by_an_email_that_names_nobody(story):
    for key in OutboxMessage.objects.filter(kind="recovery-made", sent_at=None).values_list("pk", flat=True):
        deliver(key)
    [message] = [one for one in mail.outbox if one.to == ["amina@example.org"]]
    assert ("10 March 2027" in message.body, "Amina" in message.body, story.code in message.body) == (
        True,
        False,
        False,
    )


def when_she_uses_the_code_and_chooses_a_password(story):
    page = story.learner
    with page.expect_navigation():
        page.get_by_role("link", name="Use it here").click()
    story.look(page).get_by_label("Code", exact=True).fill(story.code.lower())
    for label, value in (("Day", "31"), ("Month", "3"), ("Year", "2011")):
        page.get_by_label(label).fill(value)
    with page.expect_navigation():
        page.get_by_role("button", name="Continue").click()
    expect(story.look(page).get_by_text("Your sign-in name is amina")).to_be_visible()
    page.get_by_label("New password").fill(NEW)
    page.get_by_label("The same password again").fill(NEW)
    with page.expect_navigation():
        page.get_by_role("button", name="Save and sign in").click()


def then_her_choices_of_november_are_there(story):
    page = story.look(story.learner)
    expect(page.get_by_text("You have a new password")).to_be_visible()
    page.goto(reverse("applications:home"))
    expect(page.get_by_text("Northfield College").first).to_be_visible()


def then_whoever_was_signed_in_as_her_is_not_any_more(story):
    page = story.other_phone
    page.reload()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def then_the_history_says_who_helped_and_how(story):
    event = Event.objects.get(verb="recovery.issue", facts__check="seen", at__year=2027)
    assert event.by == story.world.people["coordinator"]


def then_on_results_day_she_signs_in_by_herself(story):
    story.day.move_to(dt.datetime(2027, 8, 26, 9, 0, tzinfo=LONDON))
    page = story.learner
    page.context.clear_cookies()
    page.goto("/sign-in/")
    page.get_by_label("Sign-in name").fill("amina")
    page.get_by_label("Password", exact=True).fill(NEW)
    with page.expect_navigation():
        page.get_by_role("button", name="Sign in").click()
    page.goto(reverse("applications:home"))
    expect(page.get_by_text("Northfield College").first).to_be_visible()
