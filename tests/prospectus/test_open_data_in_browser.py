"""The pages of open data, as people who make other sites meet them."""

import pytest
from playwright.sync_api import expect

from tests.look import fits

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("address", ["/open-data/", "/open-data/api/"])
@pytest.mark.parametrize("width", [360, 1280])
def test_the_pages_can_be_read_at_every_width(open_page, axe, town, width, address):
    page = open_page(address, width=width)
    page.wait_for_load_state("load")

    assert page.locator("h1").count() == 1
    fits(page)
    axe(page)


def test_they_need_no_script(open_page, town):
    page = open_page("/", js=False)
    page.get_by_role("link", name="Open data").click()
    page.get_by_role("link", name="read-only API").click()

    expect(page.locator("h1")).to_have_text("Read-only API")
