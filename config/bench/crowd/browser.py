"""Somebody with a browser: what they ask for is written down, and so is every click before and after it is answered."""

import json
import os
import random
import time
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlencode

import django
import gevent
from locust import FastHttpUser, between, events
from locust.exception import StopUser

from config.bench.crowd.pages import Page, filled, kind_of

django.setup()

from allauth.mfa.totp.internal import auth as totp  # noqa: E402 - reads the settings

from config.demo.signins import KEY, PASSWORD  # noqa: E402

PLAN = json.loads(Path(os.environ["PORTAL_BENCH_PLAN"]).read_text(encoding="utf-8"))
LUCK = random.Random()  # noqa: S311 - how long somebody thinks
Stands = list[list[str | None]]  # what a click leaves: what, where, words


class Answer(NamedTuple):
    status: int
    location: str
    text: str

    @property
    def page(self) -> Page:
        return Page(self.text)


class Crew:
    """Who is in, when it begins and when it is over; and the log."""

    def __init__(self) -> None:
        self.log = Path(PLAN["log"]).open("a", buffering=1, encoding="utf-8")  # noqa: SIM115 - open until the end
        self.numbers = count(1)
        self.waiting = len(PLAN["learners"]) + len(PLAN["staff"])
        self.learners = iter(enumerate(PLAN["learners"]))
        self.staff = iter(enumerate(PLAN["staff"]))
        self.is_over = False

    def write(self, what: str, **said: Any) -> None:
        self.log.write(json.dumps({"what": what, "at": time.time()} | said) + "\n")

    def arrived(self) -> None:
        self.waiting -= 1
        if not self.waiting and not PLAN["peak"]:
            self.begin()

    def begin(self) -> None:
        """From now on it counts, for so many minutes. Nobody is cut off in the middle of a press."""
        self.write("begin")
        gevent.spawn_later(PLAN["minutes"] * 60, self.end)

    def end(self) -> None:
        self.write("end")
        self.is_over = True


CREW = Crew()
SIGNED_IN: set[str] = set()


@events.test_start.add_listener
def watch(environment: Any, **_said: Any) -> None:
    """Locust ends once everybody has gone."""

    def leave() -> None:
        while not CREW.is_over or environment.runner.user_count:
            gevent.sleep(0.5)
        environment.runner.quit()

    gevent.spawn(leave)
    if PLAN["peak"]:
        gevent.spawn_later(PLAN["learners_from"], CREW.begin)


class Person(FastHttpUser):
    """Somebody with a browser, a name and a password."""

    abstract = True
    host = PLAN["host"]
    wait_time = between(0, 0)
    insecure = True
    network_timeout = connection_timeout = 60
    think_seconds = 20.0
    network = 0
    name = ""
    next_name: Callable[[], tuple[int, str]]  # each kind of person has its own

    def on_start(self) -> None:
        self.files: set[str] = set()
        self.at, self.name = self.next_name()
        # One connection for each request, as a proxy in front has them with a server behind it.
        self.said = {
            "Connection": "close",
            "X-Forwarded-Proto": "https",
            "X-Forwarded-For": f"10.{self.network}.{self.at // 250}.{self.at % 250 + 1}",
            "Origin": PLAN["host"].replace("http:", "https:"),
            "Sec-Fetch-Site": "same-origin",
            "Content-Type": "application/x-www-form-urlencoded",
            "User-Agent": "Mozilla/5.0 (Linux; Android 14) Chrome/140.0 Mobile",
        }
        self.come()

    def come(self) -> None:
        gevent.sleep(self.at / PLAN["arrivals_a_second"])
        try:
            self.sign_in()
        finally:
            CREW.arrived()

    def think(self) -> None:
        """Some seconds, by this person's kind. Whoever is thinking when it is over goes."""
        until = time.monotonic() + LUCK.uniform(0.5, 1.5) * self.think_seconds
        while time.monotonic() < until and not CREW.is_over:
            gevent.sleep(min(1.0, max(0.0, until - time.monotonic())))
        if CREW.is_over:
            raise StopUser

    # What a browser does

    def ask(self, method: str, address: str, *, data: Any = None, **headers: str) -> Answer:
        """One request, written down."""
        began = time.perf_counter()
        response = self.client.request(
            method, address, name=kind_of(address), data=data, headers=self.said | headers, allow_redirects=False
        )
        milliseconds = (time.perf_counter() - began) * 1000
        status = int(response.status_code or 0)
        location = (response.headers or {}).get("Location") or ""
        problem = self.problem(status, location)
        CREW.write(
            "request", kind=f"{method} {kind_of(address)}", status=status, ms=round(milliseconds, 1), problem=problem
        )
        return Answer(status, location, (response.text or "") if status else "")

    def problem(self, status: int, location: str) -> str:
        """What must not be answered to somebody who does nothing wrong; empty when all is well. 409 is a kind page."""
        if status in {200, 409, 302, 303, 301}:
            is_out = self.name in SIGNED_IN and "/sign-in/" in location
            return "sent to sign in" if is_out else ""
        return f"status {status}" if status else "no answer"

    def open(self, address: str) -> Page:
        """The page at an address, wherever it leads, with what it needs."""
        answer = self.ask("GET", address)
        for _ in range(4):
            if not answer.location:
                break
            answer = self.ask("GET", answer.location)
        page = answer.page
        for file in page.files:
            if file not in self.files:  # they say that they never change
                self.files.add(file)
                self.ask("GET", file)
        return page

    def press(
        self,
        address: str,
        values: list[tuple[str, str]],
        *meaning: str,
        stands: Stands | None = None,
        done_at: str = "",
        **headers: str,
    ) -> Answer:
        """A click. Without a meaning it is sent and not reckoned with."""
        number = next(CREW.numbers)
        if meaning:
            CREW.write("asked", number=number, meaning=[meaning[0], self.name, *meaning[1:]], stands=stands or [])
        answer = self.ask("POST", address, data=urlencode(values), **headers)
        if meaning and answer.status:
            is_done = answer.status in {200, 302} and bool(answer.location or headers)
            is_done = is_done and "/sign-in/" not in answer.location and answer.location.startswith(done_at)
            said = {} if is_done else {"words": answer.page.refusal or answer.location or str(answer.status)}
            CREW.write("answered", number=number, answer="done" if is_done else "refused", **said)
        if answer.location:
            self.open(answer.location)
        return answer

    def press_on(self, page: Page, address: str, *meaning: str, **said: str) -> bool:
        """The form of a page that posts to itself, filled in. Whether there was one."""
        form = page.form("") or page.form(address)
        if form is None:
            return False
        self.think()
        self.press(address, filled(form[1], **said), *meaning)
        return True

    def sign_in(self) -> None:
        """With name, password and, for staff, the code of their app: as everybody does."""
        page = self.open("/sign-in/")
        form = page.form("", having="login") or page.form("/sign-in/", having="login")
        if form is None:
            raise StopUser
        answer = self.ask("POST", "/sign-in/", data=urlencode(filled(form[1], login=self.name, password=PASSWORD)))
        page = self.open(answer.location or "/sign-in/")
        code = page.form("", having="code") or page.form("/sign-in/code/", having="code")
        if code is not None:
            step = list(totp.yield_hotp_counters_from_time())[1]
            said = totp.format_hotp_value(totp.hotp_value(KEY, step))
            answer = self.ask("POST", "/sign-in/code/", data=urlencode(filled(code[1], code=said)))
            self.open(answer.location or "/sign-in/")
        SIGNED_IN.add(self.name)
