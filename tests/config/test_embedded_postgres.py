"""The embedded server starts, is shared, stops with its last user, and survives being killed at any moment."""

import fcntl
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from types import SimpleNamespace

import psutil
import psycopg
import pytest

from config.embedded import children
from config.embedded.cluster import (
    Cluster,
    EmbeddedPostgresError,
    has_keeper,
    has_users,
    hold,
    lent_folder,
    let_go,
    private_folder,
)
from config.embedded.keeper import Keeper
from config.env import BASE_DIR

HOLD = """
import sys, time
from pathlib import Path
from config.embedded.cluster import Cluster, hold
hold(Cluster(name="test", root=Path(sys.argv[1])))
print("holding", flush=True)
time.sleep(600)
"""


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    """A clone's folder with a long name, a space in it, and closed to others."""
    folder = tmp_path_factory.mktemp("trial") / f"a clone {'x' * 100}"
    folder.mkdir(mode=0o700)
    yield folder
    if os.geteuid() == 0:
        shutil.rmtree(lent_folder(folder))


@pytest.fixture
def cluster(root):
    cluster = Cluster(name="test", root=root)
    yield cluster
    let_go(cluster)
    wait_until(lambda: not servers(cluster))


@pytest.fixture
def durable(root):
    """A cluster as the demo has it: what was committed is on the disk."""
    cluster = Cluster(name="portal", root=root)
    yield cluster
    let_go(cluster)
    wait_until(lambda: not servers(cluster))


def servers(cluster):
    """The server processes that run on the cluster's data."""
    return [
        process
        for process in psutil.process_iter(["cmdline"])
        if str(cluster.data_folder) in (process.info["cmdline"] or [])
    ]


def keepers(cluster):
    return [
        process
        for process in psutil.process_iter(["cmdline"])
        if (process.info["cmdline"] or [])[-3:] == ["config.embedded.keeper", cluster.name, str(cluster.root)]
    ]


def ask(cluster):
    with psycopg.connect(cluster.connection_string()) as connection:
        return connection.execute("SELECT 1").fetchone()[0]


def wait_until(question, seconds=20):
    deadline = time.monotonic() + seconds
    while not question():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.05)


def another_user(cluster):
    """Another process that holds the cluster."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(cluster.root)], cwd=BASE_DIR, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout.readline() == "holding\n"
    return process


def end(process):
    process.kill()
    process.wait()
    process.stdout.close()


def test_it_is_the_version_and_order_the_portal_needs(cluster):
    hold(cluster)
    with psycopg.connect(cluster.connection_string()) as connection:
        assert connection.info.server_version >= 170000
        assert connection.execute(
            "SELECT datlocprovider, datlocale, pg_encoding_to_char(encoding) FROM pg_database WHERE datname = 'portal'"
        ).fetchone() == ("b", "C.UTF-8", "UTF8")
        wanted = {"pg_trgm", "unaccent", "btree_gin", "btree_gist", "fuzzystrmatch"}
        found = connection.execute("SELECT name FROM pg_available_extensions").fetchall()
        assert wanted - {name for (name,) in found} == set()


def test_it_is_reached_through_a_short_private_socket_only(cluster):
    hold(cluster)
    with psycopg.connect(cluster.connection_string()) as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
    assert len(str(cluster.socket_folder / ".s.PGSQL.5432")) < 100
    for folder in (cluster.socket_folder, cluster.data_folder):
        assert folder.stat().st_mode & 0o077 == 0


def test_it_stops_when_its_last_user_has_gone(cluster):
    other = another_user(cluster)
    hold(cluster)
    let_go(cluster)
    time.sleep(2)
    assert has_keeper(cluster)
    assert has_users(cluster)
    end(other)  # kill -9: the system frees its lock
    wait_until(lambda: not has_keeper(cluster))
    assert servers(cluster) == []


def test_it_comes_back_at_once_for_the_next_user(cluster):
    hold(cluster)
    let_go(cluster)
    hold(cluster)
    assert ask(cluster) == 1


def test_whoever_comes_while_it_is_started_waits_until_it_answers(cluster):
    hold(cluster)
    other = threading.Thread(target=hold, args=(cluster,))
    with cluster.lock("start") as start:
        fcntl.flock(start, fcntl.LOCK_EX)  # as whoever starts it does
        other.start()
        other.join(0.5)
        assert other.is_alive()
    other.join(10)
    assert not other.is_alive()


def test_a_keeper_that_stops_is_none_when_it_lets_users_in(cluster):
    """The next user waits for ``users`` and then asks for a keeper: one seen in its last breath leaves no server."""
    keeper = Keeper(cluster)
    keeper.server = SimpleNamespace(poll=lambda: 0)  # has ended
    keeper.watch()
    assert not has_keeper(cluster)


@pytest.mark.parametrize("victims", ["server", "keeper", "both"])
def test_what_was_committed_is_there_after_kill_9(durable, victims):
    hold(durable)
    with psycopg.connect(durable.connection_string(), autocommit=True) as connection:
        connection.execute(f"CREATE TABLE kept_{victims} AS SELECT 42 AS answer")
    doomed = {"server": servers(durable), "keeper": keepers(durable), "both": servers(durable) + keepers(durable)}
    for process in doomed[victims]:
        process.kill()
    wait_until(lambda: not has_keeper(durable))
    hold(durable)
    with psycopg.connect(durable.connection_string()) as connection:
        assert connection.execute(f"SELECT answer FROM kept_{victims}").fetchone() == (42,)


def test_the_server_ends_with_its_keeper(cluster):
    hold(cluster)
    for keeper in keepers(cluster):
        keeper.kill()
    wait_until(lambda: not servers(cluster))


def test_a_pid_file_that_names_another_program_does_not_stop_the_start(cluster):
    hold(cluster)
    let_go(cluster)
    (cluster.data_folder / "postmaster.pid").write_text(f"{os.getpid()}\n{cluster.data_folder}\n")
    hold(cluster)
    assert ask(cluster) == 1


def test_a_server_left_by_a_lost_keeper_is_stopped_before_the_next_starts(cluster, monkeypatch):
    hold(cluster)
    [server] = [process for process in servers(cluster) if process.ppid() == keepers(cluster)[0].pid]
    os.kill(server.pid, signal.SIGSTOP)  # it cannot act on its keeper's death
    keepers(cluster)[0].kill()
    wait_until(lambda: not has_keeper(cluster))
    os.kill(server.pid, signal.SIGCONT)
    hold(cluster)
    assert ask(cluster) == 1
    assert not server.is_running() or server.status() == psutil.STATUS_ZOMBIE


def test_a_folder_others_could_look_into_is_refused(tmp_path):
    shared = tmp_path / "socket"
    shared.mkdir()
    shared.chmod(0o755)
    with pytest.raises(EmbeddedPostgresError, match="is not a private folder"):
        private_folder(shared)


def test_a_link_in_place_of_a_private_folder_is_refused(tmp_path):
    (tmp_path / "elsewhere").mkdir(mode=0o700)
    (tmp_path / "socket").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(EmbeddedPostgresError, match="is not a private folder"):
        private_folder(tmp_path / "socket")


PARENT = """
import subprocess, sys, time
from config.embedded import children
sys.platform = sys.argv[1]
child = children.start_child(["sleep", "600"])
print(child.pid, flush=True)
time.sleep(600)
"""


@pytest.mark.parametrize("platform", ["linux", "darwin"])
def test_a_child_ends_when_its_parent_is_killed(platform):
    if platform == "linux" and not sys.platform.startswith("linux"):
        pytest.skip("the system call is Linux's own")
    parent = subprocess.Popen([sys.executable, "-c", PARENT, platform], cwd=BASE_DIR, stdout=subprocess.PIPE, text=True)
    child = psutil.Process(int(parent.stdout.readline()))
    end(parent)
    wait_until(lambda: not child.is_running() or child.status() == psutil.STATUS_ZOMBIE)


def test_stopping_a_child_ends_what_it_had_started():
    child = children.start_child(
        ["sh", "-c", "trap '' TERM; sleep 600 & echo $!; wait"], stdout=subprocess.PIPE, text=True
    )
    grandchild = psutil.Process(int(child.stdout.readline()))
    children.stop_child(child, patience=0.2)
    child.stdout.close()
    assert child.returncode == -signal.SIGKILL
    wait_until(lambda: not grandchild.is_running() or grandchild.status() == psutil.STATUS_ZOMBIE)
