"""What every test can rely on. A test that needs a browser, Redis or the real files says so by a mark."""

import datetime as dt
import fcntl
import gc
import hashlib
import os
import shutil
import socket
import subprocess
import time
from pathlib import Path
from zoneinfo import ZoneInfo

import psycopg
import pytest
import redis
import time_machine
from django.conf import settings
from django.db import connections
from hypothesis import settings as hypothesis_settings

from config import env, words
from tests import ground

# Playwright's synchronous interface runs an event loop in the tests' thread, where Django would refuse to query.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

# How long an example takes says something of the machine, not of the portal.
hypothesis_settings.register_profile("portal", deadline=None)
hypothesis_settings.load_profile("portal")

BROWSER_NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "microsoft-edge")
BROWSER_PATHS = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
BROWSER_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SHARED_DATA = Path(env.text("PORTAL_SHARED_DATA") or env.BASE_DIR.parent / "shared" / "data")


def find_browser():
    """The path of a Chromium, or None."""
    if named := env.text("PORTAL_BROWSER"):
        return named if Path(named).exists() else None
    found = (shutil.which(name) for name in BROWSER_NAMES)
    installed = (path for path in BROWSER_PATHS if Path(path).exists())
    return next((path for path in (*found, *installed) if path), None)


BROWSER = find_browser()
# mark: whether this machine has it, the headline when it has not, what to do about it
NEEDS = {
    "browser": (BROWSER, "NOT CHECKED IN A BROWSER", "no Chromium or Chrome found: install one or set PORTAL_BROWSER"),
    "redis": (
        env.text("REDIS_URL") or shutil.which("redis-server"),
        "NOT CHECKED WITH REDIS",
        "no redis-server found: install one or set REDIS_URL",
    ),
    "tls": (
        shutil.which("openssl"),
        "NOT CHECKED WITH ENCRYPTION",
        "no openssl program found: install it",
    ),
    "data": (
        SHARED_DATA.is_dir(),
        "NOT CHECKED ON REAL FILES",
        f"no folder {SHARED_DATA.name}: set PORTAL_SHARED_DATA",
    ),
}


def pytest_runtest_setup(item):
    """A test without what it needs is skipped, or fails where PORTAL_REQUIRE names the need."""
    for mark, (is_here, headline, advice) in NEEDS.items():
        if not is_here and item.get_closest_marker(mark):
            if mark in env.words("PORTAL_REQUIRE"):
                pytest.fail(f"PORTAL_REQUIRE names {mark}, but {advice}")
            pytest.skip(f"{headline}: {advice}")


def pytest_terminal_summary(terminalreporter):
    """What was left out is said in bold, with its number."""
    skipped = [str(report.longrepr) for report in terminalreporter.stats.get("skipped", [])]
    for _, headline, advice in NEEDS.values():
        if count := sum(headline in reason for reason in skipped):
            tests = "1 test" if count == 1 else f"{count} tests"
            terminalreporter.write_line(f"{headline}: {tests} skipped ({advice})", yellow=True, bold=True)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    """The slow ones first among their like, so that none is begun when the other processes have nothing left; of one
    file those together that stand on the same ground."""

    def group(item):  # in the order that pytest-django has made: a transactional test empties the database
        if ground.is_transactional(item):
            return 1
        return 0 if item.get_closest_marker("django_db") or "db" in item.fixturenames else 2

    files = {item.path: None for item in items}
    places = {path: place for place, path in enumerate(files)}
    items.sort(
        key=lambda item: (
            group(item),
            item.get_closest_marker("slow") is None,
            places[item.path],
            [build.__name__ for build in ground.grounds_of(item)],
        )
    )


@pytest.hookimpl(tryfirst=True)
def pytest_fixture_setup(fixturedef, request):
    """What a test stands on is there before its own transaction begins, which pytest-django does in this fixture."""
    if fixturedef.argname == "_django_db_helper":
        with request.getfixturevalue("django_db_blocker").unblock():
            ground.under(request.node, SCHOOL_DAY)


def pytest_collection_finish():
    """What is there now stays to the end: looking through it for garbage again and again was a fifth of a run."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


def pytest_configure(config):
    """The other languages are compiled: their files are built, not kept."""
    words.compile_all()


@pytest.fixture(scope="session", autouse=True)
def signed_in_as_staff_do():
    """``force_login`` stands for a whole sign-in: for staff with the second step, which pages ask of the session."""
    from django.contrib.auth.signals import user_logged_in

    from accounts import sessions

    def with_second_step(request, user, **kwargs):
        was_by_hand = "account_authentication_methods" in request.session or "REQUEST_METHOD" in request.META
        if was_by_hand:
            return
        # A story that moves the clock by days keeps its people signed in; tests of the limits say otherwise.
        request.session[sessions.SEEN_AT] = request.session[sessions.SIGNED_IN_AT] = time.time() + 10**8
        if request.session.get(sessions.STAFF):
            request.session[sessions.FACTOR] = "test"

    user_logged_in.connect(with_second_step, weak=False, dispatch_uid="tests.second_step")
    yield
    user_logged_in.disconnect(dispatch_uid="tests.second_step")


@pytest.fixture(autouse=True)
def nothing_counted():
    """What another test in this process has counted and not written is not this one's."""
    from prospectus.actions import counting

    for one in counting._tallies:
        one.forget()


SCHOOL_DAY = dt.datetime(2026, 11, 18, 10, 0, tzinfo=ZoneInfo("Europe/London"))


@pytest.fixture(autouse=True)
def school_day(request):
    """Every test runs on one Wednesday in term, from ten o'clock; a test of real processes says ``real_time``."""
    if request.node.get_closest_marker("real_time"):
        yield None
        return
    with time_machine.travel(SCHOOL_DAY, tick=True) as traveller:
        yield traveller


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_blocker):
    """Each process has a test database of its own, named after it, so no suffix is needed.

    It is a copy of one that has been through every migration: one process makes that, the others wait for it, and it
    stays until a migration changes. What Django does after migrating is still done in each copy.
    A database whose process is gone was left by a killed run and is dropped.
    """
    if settings.DATABASES["default"]["ENGINE"] != "config.embedded.postgresql":
        return
    from django.db import connection

    from config.embedded.cluster import Cluster, hold

    cluster = Cluster(name=settings.EMBEDDED_POSTGRES, root=env.BASE_DIR)
    hold(cluster)
    migrated = f"test_migrated_{_migrations_key()}"
    with cluster.lock("migrated") as lock, psycopg.connect(cluster.connection_string(), autocommit=True) as server:
        fcntl.flock(lock, fcntl.LOCK_EX)
        names = {name for (name,) in server.execute("SELECT datname FROM pg_database WHERE datname ~ '^test_'")}
        for name in names - {migrated}:
            pid = name.removeprefix("test_portal_")
            is_old = name.startswith("test_migrated_")
            if is_old or (pid.isdigit() and not _is_running(int(pid))):
                server.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        if migrated not in names:
            outside, made = connection.settings_dict["NAME"], settings.DATABASES["default"]["TEST"]["NAME"]
            with django_db_blocker.unblock():
                connection.creation.create_test_db(verbosity=0, serialize=False)
                connection.close()
            connection.settings_dict["NAME"] = settings.DATABASES["default"]["NAME"] = outside
            # Named last: what a killed run leaves half made is never taken for whole.
            server.execute(f'ALTER DATABASE "{made}" RENAME TO "{migrated}"')
    connection.settings_dict["TEST"]["TEMPLATE"] = migrated


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup):
    """Emptying the database keeps content types and permissions, so they need not be made again for every test."""
    from django.contrib.auth.management import create_permissions
    from django.contrib.contenttypes.management import create_contenttypes
    from django.db.models.signals import post_migrate

    if settings.DATABASES["default"]["ENGINE"] != "config.embedded.postgresql":
        return
    assert post_migrate.disconnect(create_permissions, dispatch_uid="django.contrib.auth.management.create_permissions")
    assert post_migrate.disconnect(create_contenttypes)


def _migrations_key():
    """Another word for every other set of migrations, ours and those of packages."""
    from django.apps import apps

    files = sorted(path for app in apps.get_app_configs() for path in Path(app.path, "migrations").rglob("*.py"))
    digest = hashlib.sha256()
    for path in files:
        digest.update(f"{path.parent.parent.name} {path.name} {path.stat().st_size} ".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _is_running(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


@pytest.fixture(scope="session")
def shared_data():
    """The folder of real files, each folder with a note of its source. Use with the mark ``data``."""
    return SHARED_DATA


@pytest.fixture(scope="session")
def redis_server(tmp_path_factory):
    """The address of a real Redis: REDIS_URL, or a server of this run on a free port. Use with the mark ``redis``."""
    if url := env.text("REDIS_URL"):
        yield url
        return
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    arguments = ["--bind", "127.0.0.1", "--port", str(port), "--save", "", "--appendonly", "no"]
    folder = tmp_path_factory.mktemp("redis")
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(["redis-server", *arguments], cwd=folder, stdout=log, stderr=log)
    try:
        with redis.Redis(port=port) as client:
            for _ in range(100):
                try:
                    client.ping()
                    break
                except redis.ConnectionError:
                    time.sleep(0.05)
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        server.terminate()
        server.wait(10)


@pytest.fixture(scope="session")
def chromium(django_db_blocker):
    """A running browser without a window. Use with the mark ``browser``."""
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=15_000)  # a busy machine is slow, not wrong
    # To Django a thread with an event loop is another place, with a database connection of its own. The one before is
    # ended: a process that a test forks would be back there, and what it had locked would outlive it.
    with django_db_blocker.unblock():
        ground.leave()
        connections.close_all()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=BROWSER, args=BROWSER_ARGUMENTS)
        yield browser
        with django_db_blocker.unblock():
            ground.leave()
        browser.close()


@pytest.fixture
def open_page(chromium, live_server, client):
    """A function that opens an address of the running site in a new browser context and returns the page.

    ``open_page(path, width=360, js=True, user=None)``; with a user, already signed in. When the test ends it fails if
    any page had a script error, a refused resource (CSP) or a request to another site. An answer such as 403 or 409
    to a navigation is not an error of the page.
    """
    contexts, errors, outside, navigations = [], [], [], set()

    def heard(message):
        if message.type == "error":
            errors.append((message.text, message.location.get("url", "")))

    def asked(request):
        if not request.url.startswith((live_server.url, "data:", "blob:", "about:")):
            outside.append(request.url)
        if request.is_navigation_request():
            navigations.add(request.url)

    def open_(path="/", *, width=360, height=740, js=True, user=None, **options):
        context = chromium.new_context(
            viewport={"width": width, "height": height}, java_script_enabled=js, base_url=live_server.url, **options
        )
        contexts.append(context)
        context.set_default_timeout(20_000)
        context.on("request", asked)
        context.on("console", heard)
        context.on("weberror", lambda problem: errors.append((str(problem.error), "")))
        if user is not None:
            client.force_login(user)
            cookie = client.cookies[settings.SESSION_COOKIE_NAME]
            context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url, "httpOnly": True}])
            client.cookies.pop(settings.SESSION_COOKIE_NAME)
        page = context.new_page()
        page.goto(path)
        return page

    yield open_
    for context in contexts:
        context.close()
    problems = [text for text, url in errors if not (text.startswith("Failed to load resource") and url in navigations)]
    assert problems == []
    assert outside == []


@pytest.fixture
def axe():
    """``axe(page)`` asserts that the page as it stands breaks no rule of WCAG 2.2 A and AA, nor axe's best practice."""
    from axe_playwright_python.base import AXE_SCRIPT

    from tests.look import arrived

    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    # What passes is neither written down nor sent here: half of the time went there.
    options = {"runOnly": {"type": "tag", "values": tags}, "resultTypes": ["violations"]}

    def violations_on(page):
        page.evaluate(AXE_SCRIPT)
        return page.evaluate("options => axe.run(document, options).then(found => found.violations)", options)

    def check(page):
        found = arrived(page, violations_on)
        assert [(violation["id"], [node["html"][:200] for node in violation["nodes"]]) for violation in found] == [], (
            page.url
        )

    return check
