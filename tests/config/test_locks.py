"""What is installed is pinned by content, and the files that pin it name no place to fetch it from."""

import json
import re

import pytest

from config.env import BASE_DIR

LOCKS = sorted((BASE_DIR / "requirements").glob("*.lock"))


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_a_python_lock_names_no_host_and_has_a_hash_for_each_package(lock):
    text = lock.read_text(encoding="utf-8")
    assert "://" not in text
    assert "index-url" not in text
    packages = [line for line in text.splitlines() if re.match(r"[A-Za-z0-9]", line)]
    assert packages
    assert [line for line in packages if "==" not in line or not line.endswith("\\")] == []


@pytest.mark.parametrize("source", sorted((BASE_DIR / "requirements").glob("*.in")), ids=lambda path: path.name)
def test_each_list_of_packages_has_its_lock(source):
    lock = source.with_suffix(".lock").read_text(encoding="utf-8")
    names = re.findall(r"^([A-Za-z0-9_.-]+)", source.read_text(encoding="utf-8"), flags=re.MULTILINE)
    wanted = {re.sub(r"[-_.]+", "-", name).lower() for name in names if not name.startswith("-")}
    locked = {
        re.sub(r"[-_.]+", "-", name).lower() for name in re.findall(r"^([A-Za-z0-9_.-]+)==", lock, flags=re.MULTILINE)
    }
    assert wanted - locked == set()


def test_the_npm_lock_names_no_registry_and_has_a_hash_for_each_package():
    lock = json.loads((BASE_DIR / "package-lock.json").read_text(encoding="utf-8"))
    packages = {name: facts for name, facts in lock["packages"].items() if name}
    assert packages
    assert [name for name, facts in packages.items() if "resolved" in facts] == []
    assert [name for name, facts in packages.items() if not facts.get("integrity", "").startswith("sha512-")] == []
