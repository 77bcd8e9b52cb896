import os
import shutil
from argparse import ArgumentParser
from pathlib import Path
from typing import Any, NamedTuple

from django.core.management.base import BaseCommand, CommandError

from config import env
from config.demo.signins import PASSWORD

BROWSERS = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "microsoft-edge")
PHONE, DESKTOP = (360, 740), (1280, 760)
LARGEST_BYTES = 300_000


class Picture(NamedTuple):
    name: str
    path: str
    size: tuple[int, int]
    who: str = ""  # a person of the demonstration; nobody signs in for a public page
    scroll: str = ""  # the part of the page that stands at the top; "" is the page's own top
    keeps: int = 0  # so many of the courses found there stand side by side


PICTURES = [
    Picture("home-phone", "/", PHONE),
    Picture("home-desktop", "/", DESKTOP),
    Picture("search-phone", "/courses/?q=building", PHONE),
    Picture("map-phone", "/courses/map/?q=hair", PHONE, scroll="#moving-map, .pin-map"),
    Picture("together-desktop", "/courses/together/?subject=maths&subject=plumbing", DESKTOP, scroll="[role=status]"),
    Picture("start-now-phone", "/start-now/", PHONE),
    Picture("compare-desktop", "/courses/?q=hair", DESKTOP, keeps=3),
    Picture("search-words-desktop", "/desk/search/synonyms/", DESKTOP, "help_desk"),
    Picture("application-phone", "/my-application/", PHONE, "amina"),
    Picture("admissions-desktop", "/desk/applications/", DESKTOP, "admissions"),
    Picture("guarantee-desktop", "/desk/guarantee/", DESKTOP, "officer"),
]


class Command(BaseCommand):
    help = "Photographs a running demonstration for the documentation. Needs ./portal demo, Playwright and a Chromium."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--out", type=Path, default=Path("docs/screenshots"), help="the folder to write into")
        parser.add_argument("--address", default="http://127.0.0.1:8000", help="where the demonstration runs")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            from playwright.sync_api import Error, sync_playwright
        except ImportError as problem:
            raise CommandError("Playwright is not installed: ./portal setup installs it.") from problem
        options["out"].mkdir(parents=True, exist_ok=True)
        # An administrator's browser, as in a container, starts only without its sandbox; it opens this site alone.
        arguments = ["--no-sandbox", "--disable-gpu"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
        try:
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=find_browser(), args=arguments)
                for picture in PICTURES:
                    context = browser.new_context(
                        base_url=options["address"],
                        viewport={"width": picture.size[0], "height": picture.size[1]},
                        reduced_motion="reduce",
                    )
                    context.set_default_timeout(15_000)
                    self._take(context.new_page(), picture, options["out"] / f"{picture.name}.png")
                    context.close()
                browser.close()
        except Error as problem:
            raise CommandError(f"The browser says: {problem.message}") from problem

    def _take(self, page: Any, picture: Picture, file: Path) -> None:
        """``file`` shows what that person sees first on that page, or there is no new file."""
        if picture.who:
            page.goto("/sign-in/")
            page.get_by_label("Sign-in name").fill(picture.who)
            page.get_by_label("Password", exact=True).fill(PASSWORD)
            page.locator("main").get_by_role("button", name="Sign in").click()
            page.wait_for_url(lambda url: "/sign-in/" not in url)
        answer = page.goto(picture.path)
        if answer.status != 200:
            raise CommandError(f"{picture.path} answers {answer.status}. Is a demonstration running there?")
        if picture.keeps:
            found = [button.get_attribute("value") for button in page.locator(".keep__button").all()]
            apart = found[:: len(found) // picture.keeps][: picture.keeps]  # not three that are much the same
            page.goto("/compare/?" + "&".join(f"course={course}" for course in apart))
        # Until the scripts are ready a phone shows the menu opened.
        page.wait_for_function("!document.documentElement.classList.contains('js-starting')")
        page.evaluate("document.fonts.ready")
        if picture.scroll:
            page.locator(picture.scroll).first.evaluate("part => part.scrollIntoView()")
        image = page.screenshot()
        if len(image) > LARGEST_BYTES:
            raise CommandError(f"{picture.name} is {len(image)} bytes; the repository takes {LARGEST_BYTES}.")
        file.write_bytes(image)
        self.stdout.write(f"{file} {len(image) // 1000} kB")


def find_browser() -> str | None:
    """The browser of this machine; ``None`` lets Playwright look for the one it downloaded."""
    return env.text("PORTAL_BROWSER") or next(filter(None, map(shutil.which, BROWSERS)), None)
