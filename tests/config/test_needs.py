"""What a test needs and the machine lacks is skipped aloud, or fails where it is required."""

import os
import subprocess
import sys

import pytest
from django.contrib.auth import get_user_model

from config.env import BASE_DIR

THIS = "tests/config/test_needs.py"
# test, what the machine is made to lack, mark, words
LACKS = [
    ("test_a_page_opens_without_scripts", {"PORTAL_BROWSER": "/nowhere/chromium"}, "browser", "IN A BROWSER"),
    ("test_redis_answers", {"PATH": "/nowhere", "REDIS_URL": ""}, "redis", "WITH REDIS"),
    ("test_a_certificate_can_be_made", {"PATH": "/nowhere"}, "tls", "WITH ENCRYPTION"),
    ("test_the_real_files_are_there", {"PORTAL_SHARED_DATA": "/nowhere/data"}, "data", "ON REAL FILES"),
]


def run_lacking_everything(**environment):
    names = [name for name, _lack, _need, _words in LACKS]
    lacks = {key: value for _name, lack, _need, _words in LACKS for key, value in lack.items()}
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *(f"{THIS}::{name}" for name in names)],
        cwd=BASE_DIR,
        env=os.environ | {"PORTAL_REQUIRE": ""} | lacks | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_each_lack_is_counted_in_the_summary():
    answer = run_lacking_everything()
    assert answer.returncode == 0, answer.stdout
    for _name, _lack, _need, words in LACKS:
        assert f"NOT CHECKED {words}: 1 test skipped" in answer.stdout


def test_each_lack_of_what_is_required_is_a_failure():
    answer = run_lacking_everything(PORTAL_REQUIRE="browser,redis,tls,data")
    assert answer.returncode == 1
    for name, _lack, need, _words in LACKS:
        assert f"PORTAL_REQUIRE names {need}" in answer.stdout
        assert f"ERROR {THIS}::{name}" in answer.stdout


@pytest.mark.redis
def test_redis_answers(redis_server):
    assert redis_server.startswith("redis")


@pytest.mark.tls
def test_a_certificate_can_be_made():
    assert subprocess.run(["openssl", "version"], capture_output=True, check=True).stdout.startswith(b"OpenSSL")


@pytest.mark.data
def test_the_real_files_are_there(shared_data):
    assert [folder.name for folder in shared_data.iterdir() if folder.name.startswith("xcri_")] != []


@pytest.mark.browser
def test_a_page_opens_without_scripts(open_page):
    page = open_page("/accessibility/", js=False)
    assert page.viewport_size["width"] == 360
    assert page.locator("h1").count() == 1


@pytest.mark.browser
def test_a_page_opens_for_somebody_signed_in_and_for_nobody_after(open_page):
    amina = get_user_model().objects.create_user("amina.example")
    signed_in = open_page("/accessibility/", user=amina)
    assert signed_in.get_by_role("button", name="Sign out").count() == 1
    signed_out = open_page("/accessibility/")
    assert signed_out.get_by_role("button", name="Sign out").count() == 0


@pytest.mark.browser
def test_a_refused_navigation_is_no_fault_of_the_page(open_page):
    page = open_page("/there-is-no-such-page/")
    assert page.locator("h1").count() == 1
