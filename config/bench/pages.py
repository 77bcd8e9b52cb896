"""What a learner's pages weigh and how soon they stand, on a phone with a slow connection and a slow processor."""

import os
import statistics
import tempfile
from collections.abc import Iterator
from typing import Any

from config.bench import line
from config.bench.setup import cloned, running_demo
from config.management.commands.screenshots import find_browser

ROUNDS = 5
PHONE = {"width": 360, "height": 740}
# 1.6 Mbit/s down, 750 kbit/s up, 150 ms there and back, and a processor of a quarter of this one's speed.
SLOW = {"offline": False, "latency": 150, "downloadThroughput": 200_000, "uploadThroughput": 93_750}
SLOWER = 4
FIRST_KB, NEXT_KB, MOST_LCP_MS, MOST_CLS = 100, 15, 2500, 0.05
# One visit: the first page with an empty cache, then whatever comes next with what it left in the cache.
VISIT = (
    ("home", "/"),
    ("results", "/courses/?q=plumbing"),
    ("results of another search", "/courses/?q=hair"),
    ("course", ""),  # the first of the results
    ("map", "/courses/map/?q=hair"),
    ("start now", "/start-now/"),
)
SEEN = """
window.seen = {lcp: 0, cls: 0};
new PerformanceObserver((list) => { for (const one of list.getEntries()) seen.lcp = one.startTime; })
    .observe({type: "largest-contentful-paint", buffered: true});
new PerformanceObserver((list) => {
    for (const one of list.getEntries()) if (!one.hadRecentInput) seen.cls += one.value;
}).observe({type: "layout-shift", buffered: true});
"""


def run() -> Iterator[dict[str, Any]]:
    """For each page of a visit to the demo of a fresh clone: KB over the wire, largest paint and shift of layout."""
    with tempfile.TemporaryDirectory(prefix="portal bench ") as folder, running_demo(cloned(folder)) as (address, _):
        visits = list(_visits(address))
    for at, (name, _) in enumerate(VISIT):
        kb, lcp, cls = (statistics.median(visit[at][part] for visit in visits) for part in range(3))
        workload = f"{name}, {'nothing' if not at else 'the pages before'} in the cache, median of {ROUNDS}"
        for metric, ours, most, unit in (
            ("page.kb_over_the_wire", kb, NEXT_KB if at else FIRST_KB, "KB"),
            ("page.largest_paint_ms", lcp, MOST_LCP_MS, "ms on a slow phone"),
            ("page.layout_shift", cls, MOST_CLS, "of the screen"),
        ):
            yield line(
                metric=metric, workload=workload, ours=ours, limit=most, goal=f"<= {most} {unit}", met=ours <= most
            )


def _visits(address: str) -> Iterator[list[tuple[float, float, float]]]:
    from playwright.sync_api import sync_playwright

    root = hasattr(os, "geteuid") and os.geteuid() == 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=find_browser(), args=["--no-sandbox", "--disable-gpu"] if root else []
        )
        for _ in range(ROUNDS):
            with browser.new_context(base_url=address, viewport=PHONE) as context:
                context.add_init_script(SEEN)
                page = context.new_page()
                devtools = context.new_cdp_session(page)
                devtools.send("Network.enable")
                devtools.send("Network.emulateNetworkConditions", SLOW)
                devtools.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
                arrived: list[float] = []
                devtools.on("Network.loadingFinished", lambda one, to=arrived: to.append(one["encodedDataLength"]))
                yield [_visit(page, path, arrived) for _, path in VISIT]
        browser.close()


def _visit(page: Any, path: str, arrived: list[float]) -> tuple[float, float, float]:
    """KB, milliseconds and share of one page."""
    if not path:
        page.goto("/courses/?q=hair", wait_until="networkidle")
        path = page.locator("main h2 a, main h3 a").first.get_attribute("href")
    arrived.clear()
    page.goto(path, wait_until="networkidle")
    seen = page.evaluate("window.seen")
    return sum(arrived) / 1000, seen["lcp"], seen["cls"]
