"""What a browser shows of a page that has arrived: nobody looks at one that is still on its way."""

from playwright.sync_api import Error as PlaywrightError

CONTROLS = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']"
SMALL_TARGETS = """(controls) => [...document.querySelectorAll(controls)].filter((element) => {
    let box = element.getBoundingClientRect();
    const label = element.labels && element.labels[0];
    if (label && ["radio", "checkbox"].includes(element.type)) {
        const beside = label.getBoundingClientRect();
        box = {width: box.width + beside.width, height: Math.max(box.height, beside.height)};
    }
    if (!element.checkVisibility() || box.width <= 1 || element.classList.contains("govuk-skip-link")) return false;
    const inSentence = getComputedStyle(element).display === "inline"
        && element.parentElement.textContent.trim() !== element.textContent.trim();
    return !inSentence && (box.width < 24 || box.height < 24);
}).map((element) => element.outerHTML.slice(0, 120))"""
WIDTHS = "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"


def arrived(page, look):
    """What ``look(page)`` gives on a whole page. Where the page left for the next one meanwhile, that one is looked at.

    What was pressed before may not have begun to leave: whoever presses waits for what they expect to see.
    """
    page.wait_for_load_state("load")
    try:
        return look(page)
    except PlaywrightError as error:
        if "Execution context was destroyed" not in error.message:
            raise
        page.wait_for_load_state("load")
        return look(page)


def beside(page):
    """How many pixels of the page are beside the screen."""
    content, room = arrived(page, lambda there: there.evaluate(WIDTHS))
    return max(0, content - min(room, page.viewport_size["width"]))


def fits(page):
    """Nothing of the page is beside the screen."""
    assert beside(page) == 0, (page.url, page.viewport_size["width"])


def small_targets(page):
    """What is to be pressed and is smaller than a finger needs."""
    return arrived(page, lambda there: there.evaluate(SMALL_TARGETS, CONTROLS))


def look(page, axe):
    """The page breaks no rule that axe knows, and nothing of it is beside the screen."""
    axe(page)
    fits(page)


def held_back(page, script):
    """The script comes when what this gives is called, as on a slow line."""
    waiting = []
    page.route(f"**/{script}", lambda route: waiting.append(route))

    def let_come():
        page.route(f"**/{script}", lambda route: route.continue_())
        while waiting:
            waiting.pop().continue_()

    return let_come
