"""Production refuses to start on settings that would put people's records at risk."""

import os
import subprocess
import sys

import pytest

from config.env import BASE_DIR

SAFE = {
    "PORTAL_SECRET_KEY": "a-long-and-made-up-key-0123456789-abcdefghijklmnop-XYZ",
    "PORTAL_UNLOCK_KEY": "another-long-and-made-up-key-9876543210-zyxw",
    "PORTAL_ALLOWED_HOSTS": "next-step.example",
    "DATABASE_URL": "postgresql://portal@db.example/portal",
    "REDIS_URL": "redis://redis.example/0",
}


def check(**environment):
    """The exit status and words of ``manage.py check --deploy`` in production with this environment."""
    run = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--tag", "security", "--fail-level", "WARNING"],
        cwd=BASE_DIR,
        env={"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "config.settings.production", **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    return run.returncode, run.stdout + run.stderr


def test_safe_settings_pass_every_check_of_ours_and_of_django():
    status, words = check(**SAFE)
    assert status == 0, words


@pytest.mark.parametrize(
    ("code", "change"),
    [
        ("E001", {"PORTAL_SECRET_KEY": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}),
        ("E002", {"PORTAL_DEBUG": "1"}),
        ("E003", {"PORTAL_ALLOWED_HOSTS": "*"}),
        ("E003", {"PORTAL_ALLOWED_HOSTS": ""}),
        ("E004", {"PORTAL_UNLOCK_KEY": ""}),
        ("E004", {"PORTAL_UNLOCK_KEY": SAFE["PORTAL_SECRET_KEY"]}),
        ("E005", {"PORTAL_SECURE_COOKIES": "0"}),
        ("E006", {"PORTAL_DEMO": "1"}),
        ("E007", {"DATABASE_URL": ""}),
        ("E008", {"PORTAL_OUTGOING_PRIVATE_NETWORKS": "127.0.0.0/8"}),
    ],
)
def test_an_unsafe_setting_is_refused_by_its_own_check(code, change):
    status, words = check(**SAFE | change)
    assert status == 1
    assert f"(portal.{code})" in words


def test_without_a_secret_key_nothing_starts():
    status, words = check(**SAFE | {"PORTAL_SECRET_KEY": ""})
    assert status == 1
    assert "SECRET_KEY" in words
