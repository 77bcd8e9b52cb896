"""A manager invites an editor, who joins by the link of the e-mail and edits a course; in the evening he is let go."""

import re
from types import SimpleNamespace

import pytest
from django.core import mail
from playwright.sync_api import expect

from activity.actions import deliver
from activity.models import OutboxMessage
from prospectus.models import Course
from providers.models import RoleKind
from tests.factories import CourseFactory, ProviderFactory, StaffRoleFactory, UserFactory
from tests.look import fits
from tests.reference import load_reference
from tests.second_step import code_of

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture(params=[(360, False), (1280, True)], ids=["phone without scripts", "desktop"])
def story(request, open_page, axe):
    width, has_scripts = request.param
    load_reference()
    college = ProviderFactory(name="Northfield College")
    manager = StaffRoleFactory(kind=RoleKind.MANAGER, organisation=college, user=UserFactory(name="Priya Shah")).user
    course = CourseFactory(provider=college, title="Plumbing Level 2")

    def look(page):
        if has_scripts:
            axe(page)
        fits(page)
        return page

    return SimpleNamespace(
        manager=open_page("/desk/staff/", width=width, js=has_scripts, user=manager),
        editor=open_page("/", width=width, js=has_scripts),
        course=course,
        look=look,
    )


def test_a_managers_first_day(story):
    when_the_manager_invites_an_editor(story)
    then_one_email_goes_out_that_names_nobody(story)
    when_the_editor_follows_the_link_and_makes_an_account(story)
    when_he_sets_up_his_second_step(story)
    then_he_is_at_the_desk_and_it_says_for_whom_he_acts(story)
    when_he_edits_a_course(story)
    then_the_manager_sees_him_and_no_invitation_waits(story)
    when_the_manager_ends_his_role_now(story)
    then_he_sees_the_college_no_more(story)


def when_the_manager_invites_an_editor(story):
    page = story.look(story.manager)
    page.get_by_role("button", name="Invite somebody").click()
    story.look(page).get_by_label("Their e-mail address at work").fill("tom.reed@example.org")
    page.get_by_label("Course editor").check()
    page.get_by_role("button", name="Send the invitation").click()
    expect(story.look(page).get_by_role("rowheader", name="tom.reed@example.org")).to_be_visible()


def then_one_email_goes_out_that_names_nobody(story):
    for key in OutboxMessage.objects.filter(sent_at=None).values_list("pk", flat=True):
        deliver(key)
    [message] = mail.outbox
    assert message.to == ["tom.reed@example.org"]
    assert "Priya" not in message.body
    story.link = re.search(r"(/invitation/\S+/)", message.body)[1]


def when_the_editor_follows_the_link_and_makes_an_account(story):
    page = story.editor
    page.goto(story.link)
    assert page.url.endswith("/invitation/")
    story.look(page).get_by_label("Your name").fill("Tom Reed")
    page.get_by_label("Sign-in name").fill("tom.reed")
    page.get_by_label("Password", exact=True).fill("seven green bicycles")
    page.get_by_label("The same password again").fill("seven green bicycles")
    page.get_by_role("button", name="Make my account and join").click()


def when_he_sets_up_his_second_step(story):
    page = story.editor
    expect(page.get_by_role("heading", name="One more step to sign in")).to_be_visible()
    story.look(page).get_by_role("link", name="An app on your phone").click()
    page.get_by_text("I cannot use the camera").click()
    secret = story.look(page).locator(".code-key").inner_text().replace(" ", "")
    page.get_by_label("A name for it").fill("My phone")
    page.get_by_label("The code the app shows now").fill(code_of(secret))
    page.get_by_role("button", name="Turn on").click()
    expect(page.get_by_role("heading", name="Codes to write down")).to_be_visible()
    expect(story.look(page).locator(".codes li")).to_have_count(10)
    page.get_by_role("button", name="I have them, go on").click()


def then_he_is_at_the_desk_and_it_says_for_whom_he_acts(story):
    page = story.editor
    expect(page.get_by_role("heading", name="Your courses", level=1)).to_be_visible()
    expect(story.look(page).get_by_text("Tom Reed, for Northfield College")).to_be_visible()


def when_he_edits_a_course(story):
    page = story.editor
    page.goto(f"/desk/courses/{story.course.reference}/edit/basics/")
    story.look(page).get_by_label("Title").fill("Plumbing and Heating Level 2")
    with page.expect_navigation():
        page.get_by_role("button", name="Save and go on").click()
    assert Course.objects.get().title == "Plumbing and Heating Level 2"


def then_the_manager_sees_him_and_no_invitation_waits(story):
    page = story.manager
    page.reload()
    expect(page.get_by_role("rowheader", name="Tom Reed")).to_be_visible()
    expect(page.get_by_text("tom.reed@example.org")).to_have_count(0)


def when_the_manager_ends_his_role_now(story):
    page = story.manager
    page.get_by_role("link", name="End the role of Tom Reed: Course editor").click()
    story.look(page).get_by_label("Now", exact=True).check()
    page.get_by_role("button", name="End this role").click()
    expect(story.look(page).get_by_text("The role of Tom Reed has ended: Course editor.")).to_be_visible()


def then_he_sees_the_college_no_more(story):
    page = story.editor
    page.goto("/desk/courses/")
    expect(page.get_by_text("Plumbing and Heating Level 2")).to_have_count(0)
    page.goto(story.link)
    expect(page.get_by_role("heading", name="This link no longer works")).to_be_visible()
