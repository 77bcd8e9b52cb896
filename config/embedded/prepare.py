"""What must stand before the demo's programs start: the database, the town in it, the static files.

Where nothing has changed since the last time, a look is enough, and Django need not be started for it.
"""

import datetime as dt
import hashlib
import io
import json
import shutil
import sys

import django
import psycopg

from config import env

DEFAULT_STAGE = "october"


class DemoRefusedError(Exception):
    """The demo cannot start; the message says why and what to do."""


def say(text):
    """Tell the person at the terminal."""
    print(text, file=sys.stderr, flush=True)  # noqa: T201 - a command's own words


def prepare(*, stage, fresh, cluster):
    """The database is up to date and filled, the static files are gathered. Returns the words on signing in.

    ``cluster`` is None when DATABASE_URL names another server: nothing is ever thrown away there.
    Raises: DemoRefusedError.
    """
    _clear_broker()
    note = env.demo_note()
    if fresh or note.get("is_building"):  # a town whose building was cut short is no town
        _throw_away(cluster)
        note = {}
    if note.get("inputs") != _inputs() or not _has_people(cluster):
        django.setup()
        _gather_static()
        _migrate()
        _fill(stage or DEFAULT_STAGE, cluster)
        env.DEMO_NOTE.write_text(json.dumps(env.demo_note() | {"inputs": _inputs(), "sign_ins": _sign_ins()}))
        note = env.demo_note()
    stands_at = note.get("stage")
    if stands_at is None and cluster is not None:
        say("Nothing says for which time of year this town was built: its days may look odd. To build it anew: --fresh")
    elif stage and stands_at and stage != stands_at:
        say(f"The demo town stands at the stage {stands_at}. To build another: --fresh --stage {stage}")
    return note["sign_ins"]


def _clear_broker():
    """Messages only wake the worker up, and a scheduler that was killed may have left half a file."""
    shutil.rmtree(env.VAR_DIR / "broker", ignore_errors=True)
    for name in ("queue", "control", "processed"):
        (env.VAR_DIR / "broker" / name).mkdir(parents=True)
    for file in env.VAR_DIR.glob("beat-schedule*"):
        file.unlink()


def _inputs():
    """Changes when a migration, a static file, a package or the demo's own code changes."""
    files = [
        *env.BASE_DIR.glob("*/migrations/*.py"),
        *(env.BASE_DIR / "config" / "demo").glob("*.py"),
        *(path for path in (env.BASE_DIR / "static").rglob("*") if path.is_file()),
        env.BASE_DIR / "requirements" / "base.lock",
        env.VAR_DIR / "static" / "staticfiles.json",
    ]
    facts = [(str(path), path.stat().st_size, path.stat().st_mtime_ns) for path in sorted(files) if path.exists()]
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()


def _has_people(cluster):
    if cluster is None:
        return False  # another server: Django looks for itself
    try:
        with psycopg.connect(cluster.connection_string()) as connection:
            return connection.execute("SELECT EXISTS (SELECT FROM accounts_user)").fetchone()[0]
    except psycopg.Error:
        return False


def _throw_away(cluster):
    if cluster is None:
        raise DemoRefusedError("--fresh throws data away, and does so only in the embedded database.")
    with psycopg.connect(cluster.connection_string("postgres"), autocommit=True) as connection:
        connection.execute("DROP DATABASE IF EXISTS portal WITH (FORCE)")
        connection.execute("CREATE DATABASE portal")
    for name in ("media", "mail"):
        shutil.rmtree(env.VAR_DIR / name, ignore_errors=True)
    env.DEMO_NOTE.unlink(missing_ok=True)


def _gather_static():
    """var/static holds what static holds, compressed, under names that change with the content."""
    from django.core.management import call_command

    call_command("collectstatic", interactive=False, clear=True, verbosity=0, ignore_patterns=["scss"])


def _migrate():
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        say("Preparing the database")
        call_command("migrate", verbosity=0)
        call_command("createcachetable")


def _fill(stage, cluster):
    """The town is there, and a note says at which stage and how far its clock stands from the machine's."""
    from django.contrib.auth import get_user_model
    from django.core.management import call_command
    from django.db import connection

    from config.demo.year import STAGES

    if get_user_model().objects.exists():
        return
    if stage not in STAGES:
        raise DemoRefusedError(f"There is no stage called {stage}. The stages are {', '.join(STAGES)}.")
    say("Building the demo town")
    env.DEMO_NOTE.write_text(json.dumps({"is_building": cluster is not None}))
    # Thousands of small commits need not wait for the disk: a town whose building is cut short is thrown away anyway.
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = off")
    call_command("seed", stage=stage, stdout=sys.stderr)
    connection.close()
    offset = STAGES[stage] - dt.date.today()  # noqa: DTZ011 - whole days of this machine
    env.DEMO_NOTE.write_text(json.dumps({"stage": stage, "clock_offset_seconds": int(offset.total_seconds())}))


def _sign_ins():
    from django.core.management import call_command

    words = io.StringIO()
    call_command("demo_signins", stdout=words)
    return words.getvalue().rstrip()
