"""A college's manager has its system told of changes; the system fails for three days, and then misses nothing."""

import datetime as dt
from types import SimpleNamespace

import pytest
from django.core import mail
from playwright.sync_api import expect

from activity.actions import sweep_outbox
from applications.models import Webhook
from tests.applications.hooks import Receiver, work
from tests.applications.systems import System
from tests.applications.walk import Town
from tests.look import fits
from tests.outside import LOCAL, running

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture(params=[360, 1280], ids=["phone", "desktop"])
def story(request, open_page, axe, transactional_db, settings, school_day):
    settings.OUTGOING_PRIVATE_NETWORKS = [LOCAL]
    town = Town()
    system = System(town, name="Student records")
    page = open_page("/desk/system/", width=request.param, user=system.manager)

    def look():
        axe(page)
        fits(page)

    with running() as outside:
        yield SimpleNamespace(
            page=page, look=look, town=town, system=system, receiver=Receiver(outside), clock=school_day
        )


def test_a_college_is_told_of_changes_and_misses_nothing_when_its_system_fails(story):
    when_the_manager_adds_an_address_and_copies_its_secret(story)
    when_she_sends_a_test(story)
    then_the_system_knows_whom_it_is_from(story)
    when_amina_applies(story)
    then_the_system_is_told_and_fetches_it(story)
    when_she_makes_a_new_secret(story)
    then_both_sign(story)
    when_the_system_fails_for_three_days(story)
    then_the_manager_is_told_once_and_reads_why(story)
    when_the_system_works_again_and_she_switches_it_on(story)
    then_it_is_told_what_it_missed(story)
    when_she_ends_the_address(story)
    then_nothing_is_sent_any_more(story)


# --- the steps


def when_the_manager_adds_an_address_and_copies_its_secret(story):
    page = story.page
    page.get_by_role("link", name="addresses told of changes").click()
    story.look()
    page.get_by_role("button", name="Add an address").click()
    page.get_by_label("Web address").fill("https://192.168.0.10/hooks")
    page.get_by_role("button", name="Add this address").click()
    expect(page.get_by_text("does not ask computers inside a private network").first).to_be_visible()
    story.look()
    page.get_by_label("Web address").fill(story.receiver.address)
    page.get_by_role("button", name="Add this address").click()
    story.look()
    story.secret = page.get_by_label("127.0.0.1").input_value()
    page.get_by_role("link", name="I have copied it").click()
    expect(page.get_by_text("Nothing has been sent yet.")).to_be_visible()
    story.address_page = page.url


def when_she_sends_a_test(story):
    story.page.get_by_role("button", name="Send a test").click()
    expect(story.page.get_by_text("A test is being sent.")).to_be_visible()
    work()
    story.page.goto(story.address_page)
    expect(story.page.get_by_text("Taken (204)")).to_be_visible()
    story.look()


def then_the_system_knows_whom_it_is_from(story):
    assert [said["type"] for said in story.receiver.said] == ["test"]
    assert story.receiver.is_signed(story.secret)


def when_amina_applies(story):
    story.choice = story.town.choice("sent")
    work()


def then_the_system_is_told_and_fetches_it(story):
    said = story.receiver.said[-1]
    assert (said["type"], said["changed"]) == ("applications.changed", [story.choice.reference])
    assert story.system.walk(said["since"])[0] == said["changed"]
    assert story.system.get(f"/choices/{said['changed'][0]}").json()["state"] == "sent"


def when_she_makes_a_new_secret(story):
    page = story.page
    page.get_by_role("button", name="Make a new secret").click()
    story.look()
    page.get_by_role("button", name="Make a new secret").click()
    expect(page.get_by_text("The secret before signs as well until")).to_be_visible()
    story.new_secret = page.get_by_label("127.0.0.1").input_value()
    page.get_by_role("link", name="I have copied it").click()


def then_both_sign(story):
    story.page.get_by_role("button", name="Send a test").click()
    expect(story.page.get_by_text("A test is being sent.")).to_be_visible()
    work()
    assert story.receiver.is_signed(story.secret)
    assert story.receiver.is_signed(story.new_secret)


def when_the_system_fails_for_three_days(story):
    story.receiver.status = 503
    story.missed = story.town.choice("sent", story.town.run("Joinery"), learner=story.town.ben)
    while Webhook.objects.get().state == "on":
        work()
        story.clock.shift(dt.timedelta(hours=12))
    sweep_outbox()
    sweep_outbox()


def then_the_manager_is_told_once_and_reads_why(story):
    (told,) = [one for one in mail.outbox if one.subject == "Next Step: an address of your own system does not answer"]
    assert told.bcc == ["mo@example.org"]
    story.page.goto(story.address_page)
    expect(story.page.get_by_text("It did not take what was sent for three days")).to_be_visible()
    expect(story.page.get_by_text("It answered 503.").first).to_be_visible()
    story.look()
    story.page.get_by_role("link", name="Given up (1)").click()
    expect(story.page.get_by_text("Taken (204)")).to_have_count(0)


def when_the_system_works_again_and_she_switches_it_on(story):
    story.receiver.status = 200
    story.receiver.heard.clear()
    story.page.get_by_role("button", name="Switch on").click()
    expect(story.page.get_by_text("The address is switched on.")).to_be_visible()
    work()


def then_it_is_told_what_it_missed(story):
    assert [said["changed"] for said in story.receiver.said] == [[story.missed.reference]]


def when_she_ends_the_address(story):
    story.page.get_by_role("button", name="End this address").click()
    story.look()
    story.page.get_by_role("button", name="End this address").click()
    expect(story.page.get_by_text("The address is ended.")).to_be_visible()


def then_nothing_is_sent_any_more(story):
    story.receiver.heard.clear()
    story.town.choice("sent", story.town.run("Art"))
    work()
    assert story.receiver.heard == []
