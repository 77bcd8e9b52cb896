"""A college's own system hands out its courses: the feed works, fails three times, recovers, and is looked at once."""

import re
from types import SimpleNamespace

import pytest
from django.core import mail
from playwright.sync_api import expect

from activity.actions import sweep_outbox
from prospectus.models import Feed
from providers.models import RoleKind, Upload
from tests.factories import StaffRoleFactory, UserFactory
from tests.look import fits
from tests.outside import LOCAL, running
from tests.prospectus.conftest import Town, reference
from tests.prospectus.fetched import catalogue, courses, fetch_now, provider, work

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
__all__ = ["reference"]  # a fixture of the prospectus


@pytest.fixture(params=[(360, True), (1280, True), (360, False)], ids=["phone", "desktop", "phone without scripts"])
def story(request, open_page, axe, reference, transactional_db, settings):
    width, has_scripts = request.param
    settings.OUTGOING_PRIVATE_NETWORKS = [LOCAL]
    town = Town()
    marion = UserFactory(name="Marion Clarke", email="marion@southbank.example")
    StaffRoleFactory(organisation=town.southbank, kind=RoleKind.EDITOR, user=marion)
    page = open_page("/desk/feeds/", width=width, js=has_scripts, user=marion)

    def look():
        if has_scripts:
            axe(page)
        fits(page)

    with running() as outside:
        yield SimpleNamespace(
            page=page, look=look, town=town, marion=marion, outside=outside, open_page=open_page, width=width,
            has_scripts=has_scripts,
        )  # fmt: skip


def test_a_feed_works_fails_three_times_recovers_and_what_would_end_much_waits(story):
    given_the_colleges_system_hands_out_ten_courses(story)
    when_marion_adds_it(story)
    then_she_reads_what_it_would_do_and_nothing_is_published(story)
    when_she_switches_it_on_and_it_is_fetched(story)
    then_learners_find_the_courses_and_read_where_they_come_from(story)
    when_the_system_is_in_trouble_three_times(story)
    then_marion_is_told_once_and_sees_why(story)
    when_the_system_works_again_with_one_more_course(story)
    then_the_feed_is_well_and_the_course_is_there(story)
    when_the_system_hands_out_two_courses_only(story)
    then_nothing_has_gone_and_marion_is_asked(story)
    when_she_confirms_it_knowingly(story)
    then_the_others_are_gone(story)
    when_she_ends_the_feed(story)
    then_it_is_never_fetched_again(story)


# --- the steps


def hands_out(story, number):
    body = catalogue(provider(story.town.southbank.ukprn, "Southbank Sixth Form", *courses(number, "Welding")))
    story.address = story.outside.serve(body=body)


def page_of_the_feed(story):
    story.page.goto("/desk/feeds/")
    story.look()
    story.page.get_by_role("link", name="Southbank Sixth Form").click()
    story.page.wait_for_url("**/desk/feeds/*/")


def found(story, words):
    visitor = story.open_page(f"/courses/?q={words}", width=story.width, js=story.has_scripts)
    return visitor.locator("main").inner_text()


def given_the_colleges_system_hands_out_ten_courses(story):
    hands_out(story, 10)


def when_marion_adds_it(story):
    page = story.page
    expect(page.get_by_role("heading", name="No feeds yet")).to_be_visible()
    story.look()
    with page.expect_navigation():
        page.get_by_role("link", name="Add a feed").or_(page.get_by_role("button", name="Add a feed")).first.click()
    story.look()
    page.get_by_role("button", name="Add it and try it").click()
    expect(page.get_by_role("heading", name="There is a problem")).to_be_visible()
    story.look()
    page.get_by_label("A web address").check()
    page.get_by_label("Web address of the file").fill(story.address)
    page.get_by_role("button", name="Add it and try it").click()
    expect(page.get_by_text("It is being tried")).to_be_visible()


def then_she_reads_what_it_would_do_and_nothing_is_published(story):
    work()
    expect(story.page.get_by_role("heading", name="It was tried")).to_be_visible()  # by itself, in seconds
    expect(story.page.locator("main")).to_contain_text("20 courses and dates would be added")
    story.look()
    assert "Welding 3" not in found(story, "welding")
    story.page.get_by_role("link", name="Read what was in the file").click()
    expect(story.page.get_by_role("cell", name="Would be used")).to_be_visible()
    story.look()
    story.page.get_by_role("link", name="The feed").click()


def when_she_switches_it_on_and_it_is_fetched(story):
    story.page.get_by_role("button", name="Switch it on").click()
    expect(story.page.get_by_text("It is fetched within a minute")).to_be_visible()
    story.feed = Feed.objects.get()
    fetch_now(story.feed)


def then_learners_find_the_courses_and_read_where_they_come_from(story):
    assert "Welding 3" in found(story, "welding")
    visitor = story.open_page(f"/providers/{story.town.southbank.reference}/", width=story.width, js=story.has_scripts)
    expect(visitor.get_by_text("Its courses come from another system")).to_be_visible()


def when_the_system_is_in_trouble_three_times(story):
    story.outside.serve(status=503)
    for _ in range(3):
        fetch_now(story.feed)
    sweep_outbox()


def then_marion_is_told_once_and_sees_why(story):
    assert [message.to for message in mail.outbox] == [["marion@southbank.example"]]
    assert "could not be fetched" in mail.outbox[0].subject
    page_of_the_feed(story)
    expect(story.page.get_by_role("heading", name="It did not work")).to_be_visible()
    expect(story.page.locator("main")).to_contain_text("The other side is in trouble (503)")
    expect(story.page.locator("main")).to_contain_text("That is 3 times in a row")
    story.look()
    assert "Welding 3" in found(story, "welding")


def when_the_system_works_again_with_one_more_course(story):
    hands_out(story, 11)
    fetch_now(story.feed)


def then_the_feed_is_well_and_the_course_is_there(story):
    story.page.reload()
    expect(story.page.get_by_role("heading", name="The last fetch worked")).to_be_visible()
    assert "Welding 10" in found(story, "welding")


def when_the_system_hands_out_two_courses_only(story):
    hands_out(story, 2)
    fetch_now(story.feed)
    sweep_outbox()


def then_nothing_has_gone_and_marion_is_asked(story):
    assert "Welding 10" in found(story, "welding")
    story.upload = Upload.objects.get(state="held")
    assert "waits for you" in mail.outbox[1].subject
    address = re.search(r"https?://\S+(/desk/uploads/\S+)", mail.outbox[1].body)[1]
    story.page.goto(address)
    story.look()


def when_she_confirms_it_knowingly(story):
    page = story.page
    page.get_by_role("button", name="Go on to publish").click()
    page.get_by_role("checkbox").check()
    page.locator("main").get_by_role("button").first.click()
    page.wait_for_url(f"**/desk/uploads/{story.upload.reference}/")
    work()
    expect(page.get_by_role("heading", name="The file has been read and used")).to_be_visible()


def then_the_others_are_gone(story):
    listed = found(story, "welding")
    assert "Welding 1" in listed
    assert "Welding 10" not in listed


def when_she_ends_the_feed(story):
    page_of_the_feed(story)
    with story.page.expect_navigation():
        story.page.get_by_role("button", name="End it").click()
    story.look()
    story.page.get_by_role("button", name="End this feed").click()
    expect(story.page.get_by_text("The feed has ended")).to_be_visible()


def then_it_is_never_fetched_again(story):
    story.feed.refresh_from_db()
    assert (story.feed.state, story.feed.next_at) == ("ended", None)
    assert "Welding 1" in found(story, "welding")
