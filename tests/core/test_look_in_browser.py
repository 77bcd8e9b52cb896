"""The look in a real browser: every part in every theme, narrow and wide, by keyboard, and without scripts."""

import re

import pytest
from playwright.sync_api import expect

from core import display
from tests.core.patterns import Asked
from tests.look import CONTROLS, fits, small_targets

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("pattern_library"),
]

PAGES = ["/", "/parts/", "/desk/", "/search/", "/form/", "/upload/", "/display/", "/privacy/", "/no-such-page/"]


def prefer(page, live_server, **choices):
    page.context.add_cookies([{"name": "display", "value": display.encode(choices), "url": live_server.url}])


@pytest.mark.parametrize("width", [320, 1200])
@pytest.mark.parametrize("path", PAGES)
def test_a_page_breaks_no_rule_of_access_and_does_not_scroll_sideways(open_page, axe, path, width):
    page = open_page(path, width=width)
    axe(page)
    fits(page)
    assert page.locator("h1").count() == 1


@pytest.mark.parametrize("theme", list(display.CHOICES["theme"])[1:])
def test_every_theme_can_be_read_at_the_largest_size(open_page, axe, live_server, theme):
    page = open_page("/privacy/", width=360)
    prefer(page, live_server, theme=theme, size="130", spacing="wide")
    for path in ("/", "/parts/", "/desk/", "/search/", "/form/"):
        page.goto(path)
        assert page.get_attribute("html", "data-theme") == theme
        axe(page)
        fits(page)
    page.click("main button[type=submit]:has-text('Save and continue')")
    expect(page.locator(".govuk-error-summary")).to_be_focused()
    axe(page)
    fits(page)


@pytest.mark.parametrize("path", PAGES)
def test_everything_to_press_is_large_enough(open_page, path):
    assert small_targets(open_page(path)) == []


@pytest.mark.parametrize("path", ["/", "/parts/", "/desk/", "/search/", "/form/"])
def test_the_keyboard_reaches_everything_and_shows_where_it_is(open_page, path):
    page = open_page(path, width=1200)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "govuk-skip-link"
    seen = {}
    for _press in range(150):
        found = page.evaluate(
            """() => {
                const element = document.activeElement;
                if (!element || element === document.body) return null;
                element.dataset.seen ??= String(Math.random());
                const style = getComputedStyle(element);
                const shown = style.outlineStyle !== "none" || style.boxShadow !== "none" || element.type === "file"
                    || getComputedStyle(element, "::before").boxShadow !== "none";
                return [element.dataset.seen, shown, element.outerHTML.slice(0, 100)];
            }"""
        )
        if found is None or found[0] in seen:
            break
        seen[found[0]] = (found[1], found[2])
        page.keyboard.press("Tab")
    assert [html for shown, html in seen.values() if not shown] == []
    unreached = page.evaluate(
        """(controls) => [...document.querySelectorAll(controls)].filter((element) => element.checkVisibility()
            && !element.disabled && element.tabIndex >= 0 && !element.dataset.seen
            && !(element.type === "radio" && document.querySelector(`[name="${element.name}"][data-seen]`))
        ).map((element) => element.outerHTML.slice(0, 120))""",
        CONTROLS,
    )
    assert unreached == []


def test_errors_take_the_keyboard_to_what_is_wrong(open_page):
    page = open_page("/form/")
    page.click("main button[type=submit]:has-text('Save and continue')")
    expect(page).to_have_title(re.compile("^Error: "))
    expect(page.locator(".govuk-error-summary")).to_be_focused()
    links = page.locator(".govuk-error-summary a").all()
    assert len(links) == 11
    for link in links:
        link.click()
        target = link.get_attribute("href").removeprefix("#")
        # The enhanced file input gives its id to the button that stands for it.
        assert page.evaluate("document.activeElement.id") == target


def test_the_menu_opens_on_a_phone_and_moves_nothing_on_the_way(open_page):
    page = open_page("/desk/")
    toggle = page.get_by_role("button", name="Menu")
    expect(toggle).to_be_visible()
    expect(page.get_by_role("link", name="Your application")).to_be_hidden()
    toggle.click()
    expect(page.get_by_role("link", name="Your application")).to_be_visible()
    shift = """() => new Promise((done) => new PerformanceObserver((list) => done(
        list.getEntries().reduce((sum, entry) => sum + (entry.hadRecentInput ? 0 : entry.value), 0))
    ).observe({type: "layout-shift", buffered: true}) || setTimeout(() => done(0), 300))"""
    fresh = open_page("/desk/")
    fresh.wait_for_timeout(300)
    assert fresh.evaluate(shift) <= 0.05


def test_the_menu_starts_even_when_nothing_waits_for_the_page_to_be_ready(chromium, live_server):
    with chromium.new_context(viewport={"width": 360, "height": 740}, base_url=live_server.url) as phone:
        page = phone.new_page()
        page.route("**/boot.js", lambda route: route.fulfill(body="", content_type="text/javascript"))
        page.goto("/desk/")
        expect(page.get_by_role("button", name="Menu")).to_be_visible()


def test_without_scripts_the_menu_is_open_and_a_form_still_answers(open_page):
    page = open_page("/form/", js=False)
    expect(page.get_by_role("link", name="Find a course")).to_be_visible()
    page.click("main button[type=submit]:has-text('Save and continue')")
    expect(page.locator(".govuk-error-summary")).to_be_visible()
    fits(page)


def test_a_table_is_cards_on_a_phone_and_a_table_on_a_desk(open_page):
    def shown_as(width):
        return open_page("/desk/", width=width).evaluate("getComputedStyle(document.querySelector('td')).float !== ''"
            " && getComputedStyle(document.querySelector('td')).display")  # fmt: skip

    assert shown_as(360) == "flow-root"
    assert shown_as(1200) == "table-cell"


def test_a_choice_of_looks_is_saved_and_seen(open_page):
    page = open_page("/display/")
    page.get_by_label("Dark").check()
    page.get_by_label("Largest").check()
    page.click("main button[type=submit]")
    expect(page.get_by_text("Saved. Pages now look the way you chose.")).to_be_visible()
    page.goto("/parts/")
    assert page.get_attribute("html", "data-theme") == "dark"
    assert page.evaluate("getComputedStyle(document.documentElement).fontSize") == "20.8px"


@pytest.mark.parametrize("js", [True, False])
def test_an_upload_arrives_with_and_without_scripts(open_page, tmp_path, js):
    big = tmp_path / "courses.csv"
    big.write_bytes(b"x" * 3_000_000)
    page = open_page("/upload/", js=js)
    said = []
    if js:
        network = page.context.new_cdp_session(page)
        network.send("Network.enable")
        speed = {"offline": False, "latency": 20, "downloadThroughput": 5_000_000, "uploadThroughput": 2_000_000}
        network.send("Network.emulateNetworkConditions", speed)
    page.set_input_files("input[type=file]", str(big))
    page.get_by_role("button", name="Upload").click()
    if js:
        status = page.locator("[data-progress] [role=status]")
        expect(status).to_have_text(re.compile(r"^\d+% sent"))
        said.append(status.text_content())
    expect(page.get_by_text("Received 3000000 bytes")).to_be_visible()
    assert len(said) == js


def test_a_refused_upload_shows_its_error_on_the_page(open_page, axe):
    page = open_page("/upload/")
    page.get_by_role("button", name="Upload").click()
    expect(page.locator(".govuk-error-summary")).to_contain_text("Choose a file")
    expect(page).to_have_title(re.compile("^Error: "))
    axe(page)


def test_polling_shows_progress_and_stops(open_page, axe):
    Asked.times = iter(range(1, 100))
    page = open_page("/poll/", width=1200)
    axe(page)
    expect(page.get_by_text("All 3 rows are checked.")).to_be_visible()
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.wait_for_timeout(1000)
    assert asked == []
    answer = "() => document.body.dispatchEvent(new Event('htmx:beforeOnLoad', {bubbles: true, cancelable: true}))"
    assert page.evaluate(answer)
    page.evaluate("dispatchEvent(new Event('beforeunload'))")
    assert not page.evaluate(answer), "an answer may not reload the page under somebody who is leaving it"


@pytest.mark.parametrize("js", [True, False])
def test_signing_out_is_one_press_from_every_page(open_page, axe, django_user_model, js):
    person = django_user_model.objects.create_user(username="amina", name="Amina Hassan")
    page = open_page("/desk/", width=320, user=person, js=js)
    expect(page.locator(".portal-header")).to_contain_text("Amina Hassan")
    if js:
        axe(page)
    fits(page)
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("link", name="Sign in")).to_be_visible()


def test_paper_shows_the_words_without_the_controls(open_page):
    page = open_page("/search/", width=1200)
    page.emulate_media(media="print")
    expect(page.get_by_role("heading", name="Plumbing")).to_be_visible()
    expect(page.locator(".filters")).to_be_hidden()
    expect(page.locator(".govuk-service-navigation")).to_be_hidden()
