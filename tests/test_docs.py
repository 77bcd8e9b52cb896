"""What the documents say is true: numbers, commands, files."""

import re
import subprocess
from pathlib import Path

import pytest
from django.core.management import get_commands

ROOT = Path(__file__).parent.parent
DOCUMENTS = sorted(
    path
    for path in (*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("*/README.md"))
    if "node_modules" not in path.parts
)


def test_decisions_are_numbered_without_a_gap():
    numbers = sorted(int(path.name[:4]) for path in (ROOT / "docs" / "decisions").glob("*.md"))

    assert numbers == list(range(1, len(numbers) + 1))


def test_every_decision_says_context_choice_and_what_follows():
    for path in (ROOT / "docs" / "decisions").glob("*.md"):
        text = path.read_text(encoding="utf-8")
        assert text.startswith(f"# {path.name[:4]} "), path.name
        for part in ("**Context.**", "**Choice.**", "**What follows.**"):
            assert part in text, f"{path.name} has no {part}"


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_command_in_a_document_exists(path):
    text = path.read_text(encoding="utf-8")
    told = subprocess.run(["./portal", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    known = set(re.findall(r"^  ([a-z]+) ", told, re.MULTILINE))

    assert set(re.findall(r"\./portal ([a-z]+)", text)) <= known
    assert set(re.findall(r"\./portal manage ([a-z_]+)", text)) <= set(get_commands())


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_file_a_document_names_exists(path):
    text = path.read_text(encoding="utf-8")
    named = re.findall(r"`((?:docs|config|tests|core|\.ci)/[\w./-]+)`", text)

    assert [name for name in named if not (ROOT / name).exists() and not list(ROOT.glob(f"{name}*"))] == []


def test_no_document_is_hidden_from_these_tests():
    assert {path.name for path in ROOT.glob("*.md")} == {"README.md", "CONTRIBUTING.md", "CHANGELOG.md"}
