"""The image and the compose file name programs that run: the same commands, by hand, on a real PostgreSQL and Redis."""

import http.client
import json
import os
import re
import shlex
import socket
import subprocess
import sys
import time

import pytest
import yaml
from django.db import connection

from config.broker import QUEUES
from config.env import BASE_DIR
from tests.config.test_production_settings import SAFE

COMPOSE = yaml.safe_load((BASE_DIR / "docker-compose.yml").read_text(encoding="utf-8"))
SERVICES = COMPOSE["services"]


def test_the_compose_file_has_the_production_shape():
    assert sorted(SERVICES) == ["db", "prepare", "redis", "scheduler", "teller", "web", "worker"]
    assert SERVICES["db"]["image"] == "postgres:18"
    for service in SERVICES.values():
        assert set(service.get("depends_on", {})) <= set(SERVICES)
        named = {volume.split(":")[0] for volume in service.get("volumes", [])}
        assert named <= set(COMPOSE["volumes"])


def test_every_queue_has_a_worker():
    commands = [shlex.split(service.get("command", "")) for service in SERVICES.values()]
    served = [words[words.index("--queues") + 1] for words in commands if "--queues" in words]
    assert sorted(served) == sorted(QUEUES)


def test_the_compose_file_holds_no_secret_and_sets_only_what_the_settings_read():
    environment = SERVICES["web"]["environment"]
    for name in ("PORTAL_SECRET_KEY", "PORTAL_UNLOCK_KEY"):
        assert environment[name] == f"${{{name}:?set it in .env}}"
    read = "".join(path.read_text(encoding="utf-8") for path in (BASE_DIR / "config" / "settings").glob("*.py"))
    assert [name for name in environment if f'"{name}"' not in read] == []


def test_every_file_the_image_copies_is_there():
    dockerfile = (BASE_DIR / "Dockerfile").read_text(encoding="utf-8")
    copied = [line.split()[1:-1] for line in dockerfile.splitlines() if re.match(r"COPY (?!--from)", line)]
    assert [name for names in copied for name in names if not (BASE_DIR / name).exists()] == []


def program(command, folder, environment, name):
    """A running program whose words go to a file."""
    words = [sys.executable, "-m", *command]
    with (folder / name).open("wb") as log:
        return subprocess.Popen(words, cwd=BASE_DIR, env=environment, stdout=log, stderr=subprocess.STDOUT)


def wait_for(question, *logs, seconds=40):
    deadline = time.monotonic() + seconds
    while not (answer := question()):
        assert time.monotonic() < deadline, "\n".join(log.read_text()[-3000:] for log in logs)
        time.sleep(0.1)
    return answer


def get(port, path):
    """Status and body, asked as a proxy in front would ask; None while nobody answers, or not within ten seconds."""
    asked = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        asked.request("GET", path, headers={"Host": SAFE["PORTAL_ALLOWED_HOSTS"], "X-Forwarded-Proto": "https"})
        answer = asked.getresponse()
        return answer.status, answer.read().decode()
    except (ConnectionRefusedError, TimeoutError):
        return None
    finally:
        asked.close()


@pytest.fixture
def environment(transactional_db, redis_server, tmp_path):
    """Production's variables, on this process's test database and a real Redis."""
    facts = connection.settings_dict
    host, user = connection.get_connection_params()["host"], connection.get_connection_params()["user"]
    address = f"postgresql://{user}:{facts['PASSWORD']}@/{facts['NAME']}?host={host}"
    made = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "DJANGO_SETTINGS_MODULE": "config.settings.production"}
    made |= SAFE | {"DATABASE_URL": address, "REDIS_URL": redis_server, "PORTAL_BEHIND_PROXY": "1"}
    made |= {"PORTAL_STATIC_ROOT": str(tmp_path / "static"), "PORTAL_MEDIA_ROOT": str(tmp_path / "media")}
    return made


@pytest.mark.slow
@pytest.mark.redis
def test_web_server_worker_and_scheduler_run_as_the_image_starts_them(environment, tmp_path):
    collect = [sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity", "0", "--ignore", "scss"]
    subprocess.run(collect, cwd=BASE_DIR, env=environment, check=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    dockerfile = (BASE_DIR / "Dockerfile").read_text(encoding="utf-8")
    web = json.loads(re.search(r"^CMD (.*)$", dockerfile, flags=re.MULTILINE).group(1))
    web[web.index("--bind") + 1] = f"127.0.0.1:{port}"
    scheduler = shlex.split(SERVICES["scheduler"]["command"])
    scheduler[scheduler.index("--schedule") + 1] = str(tmp_path / "beat-schedule")
    commands = {"web": web, "worker": shlex.split(SERVICES["worker"]["command"]), "scheduler": scheduler}
    logs = {name: tmp_path / name for name in commands}
    running = [program(command, tmp_path, environment, name) for name, command in commands.items()]
    try:
        status, page = wait_for(lambda: get(port, "/"), logs["web"])
        assert status == 200, logs["web"].read_text()[-3000:]
        # The names of static files carry their content's hash, and the web server itself serves them.
        stylesheet = re.search(r'href="(/static/build/portal\.[0-9a-f]{12}\.css)"', page).group(1)
        assert get(port, stylesheet)[0] == 200
        done = re.compile(r"Task activity\.sweep_jobs\[.*\] succeeded")
        wait_for(lambda: done.search(logs["worker"].read_text()), logs["worker"], logs["scheduler"])
    finally:
        for process in running:
            process.terminate()
        for process in running:
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
