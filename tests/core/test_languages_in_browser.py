"""Pages that run from right to left, as people see them on a phone, with the keyboard, and what axe says."""

import pytest

from tests.look import fits
from tests.world import build_world

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def speak(page, address, code):
    page.context.add_cookies([{"name": "language", "value": code, "url": address}])


def test_unlocking_runs_from_right_to_left_on_a_phone(open_page, axe, live_server):
    page = open_page("/parents/", width=360)
    page.get_by_role("button", name="اردو").click()
    page.get_by_role("heading", name="والدین اور سرپرستوں کے لیے").wait_for()

    assert page.url.endswith("/parents/")
    axe(page)
    fits(page)
    page.goto("/unlock/")
    # The first thing the keyboard reaches is at the right, where reading begins.
    name = page.locator(".portal-header__name").bounding_box()
    assert name["x"] + name["width"] > 180
    page.get_by_role("button", name="جاری رکھیں").click()
    page.get_by_role("heading", name="ایک مسئلہ ہے").wait_for()
    axe(page)
    fits(page)
    day, month, year = (page.locator(f"#id_birth_on_{number}").bounding_box()["x"] for number in range(3))
    assert day > month > year
    # Codes and passwords stay as they are printed, from left to right.
    assert page.locator("#id_code").evaluate("box => getComputedStyle(box).direction") == "ltr"


def test_a_learner_reads_their_own_page_from_right_to_left(open_page, axe, live_server):
    world = build_world()
    page = open_page("/welcome/", width=360, user=world.people["learner"])
    speak(page, live_server.url, "ur")

    for address in ("/welcome/", "/my-consent/", "/privacy/"):
        page.goto(address)
        assert page.locator("html").get_attribute("dir") == "rtl"
        axe(page)
        fits(page)
