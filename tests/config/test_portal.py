"""The one command of the project says what it can do, and does nothing for a word it does not know."""

import re
import socket
import subprocess
import sys

from config.env import BASE_DIR

COMMANDS = "demo test setup assets run worker seed lint fmt bench docs words manage help".split()


def portal(*arguments):
    return subprocess.run([BASE_DIR / "portal", *arguments], capture_output=True, text=True, check=False)


def test_help_lists_every_command():
    answer = portal("help")
    assert answer.returncode == 0
    assert re.findall(r"^  (\w+)  ", answer.stdout, flags=re.MULTILINE) == COMMANDS


def test_every_command_of_the_script_is_in_the_help():
    script = (BASE_DIR / "portal").read_text(encoding="utf-8")
    branches = re.findall(r"^  ([a-z |]+)\)", script.split("case $command in", 1)[1], flags=re.MULTILINE)
    assert sorted(name for branch in branches for name in branch.split(" | ")) == sorted(COMMANDS)


def test_an_unknown_command_fails_with_a_sentence():
    answer = portal("dmeo")
    assert answer.returncode == 1
    assert "there is no command called dmeo" in answer.stderr


def test_the_scripts_are_written_for_a_plain_shell():
    assert subprocess.run(["sh", "-n", BASE_DIR / "portal"], check=False).returncode == 0
    assert subprocess.run(["bash", "-n", BASE_DIR / ".ci" / "run"], check=False).returncode == 0


def test_the_demo_says_which_port_is_taken_before_it_prepares_anything():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        answer = subprocess.run(
            [sys.executable, "-m", "config.embedded.run", "--port", str(port), "--no-open"],
            cwd=BASE_DIR,
            capture_output=True,
            text=True,
            check=False,
        )
    assert answer.returncode == 1
    # Another demo of this clone may be running while its tests do, and is then named first.
    assert f"Port {port} cannot be used" in answer.stderr or "already running" in answer.stderr
