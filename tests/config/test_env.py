"""The environment becomes settings, and a typing error never switches something silently."""

import os
import stat

import pytest

from config import env


@pytest.mark.parametrize(
    ("text", "value"), [("1", True), ("yes", True), (" ON ", True), ("0", False), ("false", False), ("", False)]
)
def test_a_flag_understands_the_usual_words(monkeypatch, text, value):
    monkeypatch.setenv("PORTAL_TRIAL", text)
    assert env.flag("PORTAL_TRIAL") is value


def test_a_flag_refuses_a_word_it_does_not_know(monkeypatch):
    monkeypatch.setenv("PORTAL_TRIAL", "ture")
    with pytest.raises(ValueError, match="PORTAL_TRIAL must be 1 or 0, not 'ture'"):
        env.flag("PORTAL_TRIAL")


def test_words_are_parted_at_commas(monkeypatch):
    monkeypatch.setenv("PORTAL_TRIAL", "a.example, b.example,")
    assert env.words("PORTAL_TRIAL") == ["a.example", "b.example"]


def test_hosts_of_areas_are_found_in_small_letters(monkeypatch):
    monkeypatch.setenv("PORTAL_TRIAL", "Northmoor.example=northmoor, b.example=b")
    assert env.pairs("PORTAL_TRIAL") == {"northmoor.example": "northmoor", "b.example": "b"}


@pytest.mark.parametrize(
    ("before", "after"), [(None, "http://127.0.0.1:8123"), ("https://a.example", "https://a.example")]
)
def test_links_in_e_mails_lead_to_the_demo_unless_an_address_is_given(monkeypatch, before, after):
    monkeypatch.setattr(os, "environ", {} if before is None else {"PORTAL_ADDRESS": before})
    env.choose_address("http://127.0.0.1:8123")
    assert env.text("PORTAL_ADDRESS") == after


def test_a_database_address_becomes_settings():
    assert env.database_from_url("postgresql://ann:p%40ss@db.example:5433/portal?sslmode=require") == {
        "ENGINE": "config.postgresql",
        "NAME": "portal",
        "USER": "ann",
        "PASSWORD": "p@ss",
        "HOST": "db.example",
        "PORT": "5433",
        "OPTIONS": {"sslmode": "require"},
    }


def test_a_database_behind_a_socket_is_named_by_its_folder():
    settings = env.database_from_url("postgresql:///portal?host=/run/postgresql")
    assert (settings["HOST"], settings["NAME"], settings["OPTIONS"]) == ("/run/postgresql", "portal", {})


def test_another_kind_of_database_is_refused():
    with pytest.raises(ValueError, match="must start with postgresql://"):
        env.database_from_url("mysql://db/portal")


def test_an_address_with_blanks_is_checked_when_the_portal_starts(monkeypatch):
    monkeypatch.setenv("PORTAL_TRIAL", "https://{s}.tiles.example/{z}/{x}/{y}.png")
    pattern = env.address_pattern("PORTAL_TRIAL", "z", "x", "y")
    assert env.origin_of(pattern) == "https://*.tiles.example"
    monkeypatch.setenv("PORTAL_TRIAL", "https://tiles.example/{z}.png")
    with pytest.raises(ValueError, match=r"PORTAL_TRIAL needs \{x\} and \{y\} in it"):
        env.address_pattern("PORTAL_TRIAL", "z", "x", "y")
    monkeypatch.delenv("PORTAL_TRIAL")
    assert env.address_pattern("PORTAL_TRIAL", "z") == ""


@pytest.mark.parametrize(
    "text", ["javascript:alert(1)", "tiles.example/{z}", "https:///{z}", "https://a.example; x/{z}"]
)
def test_an_address_that_is_no_web_address_is_refused(monkeypatch, text):
    monkeypatch.setenv("PORTAL_TRIAL", text)
    with pytest.raises(ValueError, match="must be a whole web address"):
        env.address_pattern("PORTAL_TRIAL", "z")


def test_a_local_secret_is_made_once_and_only_its_owner_can_read_it(monkeypatch, tmp_path):
    monkeypatch.setattr(env, "VAR_DIR", tmp_path)
    secret = env.local_secret("trial")
    assert len(secret) >= 50
    assert env.local_secret("trial") == secret
    assert stat.S_IMODE((tmp_path / "secrets" / "trial").stat().st_mode) == 0o600
