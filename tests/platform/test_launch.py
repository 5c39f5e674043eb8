"""`make run`, step by step and as a whole."""

import contextlib
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
from pathlib import Path

import httpx
import pytest

from lms import env
from lms.serving import launch
from tests.faults.product import cpu_seconds
from tests.users.pictures import png
from tests.waiting import LIMIT, wait_until


def test_a_data_folder_is_created(tmp_path):
    launch.make_data_dir(tmp_path / "deep" / "var")

    assert list((tmp_path / "deep" / "var").iterdir()) == []


def test_a_read_only_data_folder_is_refused(tmp_path):
    (tmp_path / "file").write_text("")

    for folder in (tmp_path / "file" / "var", tmp_path / "file", Path("/proc/var")):
        with pytest.raises(launch.CannotStart, match=r"is not writable.*LMS_DATA_DIR"):
            launch.make_data_dir(folder)


def test_a_full_disk_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(9, 9, 1024**2))

    with pytest.raises(launch.CannotStart, match="only 1 MB left"):
        launch.make_data_dir(tmp_path)


def test_a_secret_key_is_created_once_and_readable_only_by_its_owner(tmp_path):
    file = tmp_path / "secret-key"

    key = launch.read_secret(file)

    assert len(key) >= 50
    assert launch.read_secret(file) == key
    assert file.stat().st_mode & 0o777 == 0o600
    assert launch.read_secret(tmp_path / "another") != key


def test_existing_settings_are_not_changed(tmp_path, monkeypatch):
    environment = {"SECRET_KEY": "mine", "ALLOWED_HOSTS": "learn.test", "LMS_DEMO": "off"}
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("LMS_CELERY_BESIDE", "off")

    launch.fill_in_settings(tmp_path)

    assert {name: os.environ[name] for name in environment} == environment
    assert list(tmp_path.iterdir()) == []


def test_missing_settings_get_local_values(tmp_path, monkeypatch):
    for name in ("SECRET_KEY", "ALLOWED_HOSTS", "LMS_DEMO", "LMS_CELERY_BESIDE", "MONGODB_URI"):
        monkeypatch.setenv(name, "")
    monkeypatch.setenv("PUBLIC_URL", "https://learn.example.org")

    launch.fill_in_settings(tmp_path)

    assert os.environ["ALLOWED_HOSTS"] == "127.0.0.1,learn.example.org,localhost"
    assert os.environ["LMS_DEMO"] == "on"
    assert os.environ["SECRET_KEY"] == (tmp_path / "secret-key").read_text()


def test_the_demo_is_off_with_real_servers(tmp_path, monkeypatch):
    monkeypatch.setenv("MONGODB_URI", "mongodb://db.example.org/lms")
    monkeypatch.setenv("LMS_DEMO", "")

    launch.fill_in_settings(tmp_path)

    assert os.environ["LMS_DEMO"] == ""


def test_all_files_are_readable_only_by_their_owner(started, tmp_path):
    folder = tmp_path / "var"
    (folder / "mail").mkdir(parents=True)
    for earlier in (folder / "accounts.sqlite3", folder / "mail" / "earlier.eml"):
        earlier.touch(0o644)
    folder.chmod(0o755)
    product = started(folder)
    product.wait_until_ready()
    body = {"username": "ada", "email": "ada@example.org"}
    passwords = {"password1": "engines of 1843", "password2": "engines of 1843"}
    registered = httpx.post(f"{product.address}/api/auth/registration/", json=body | passwords)
    assert registered.status_code == 201
    wait_until(lambda: len(list((folder / "mail").glob("*.eml"))) == 2)
    token = registered.json()["access"]
    me = registered.json()["user"]["id"]
    pictured = httpx.post(
        f"{product.address}/api/users/{me}/picture/",
        files={"picture": ("ada.png", png())},
        headers={"Authorization": f"Bearer {token}"},
    )
    assert httpx.get(product.address + pictured.json()["profile_picture"]).status_code == 200

    files = [folder, *folder.rglob("*")]

    assert {file for file in files if file.stat().st_mode & 0o077} == set()
    assert {"accounts.sqlite3-shm", "documents.sqlite3", "static"} <= {file.name for file in files}


def test_a_port_in_use_is_refused_with_advice():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        with pytest.raises(launch.CannotStart, match=rf"{port} is not available.*PORT=8001"):
            launch.check_port(port)
    launch.check_port(port)


# The whole start


def test_the_product_starts_serves_stops_and_restarts_quickly(started, tmp_path):
    product = started()
    product.wait_until_ready()
    first = cpu_seconds(product.process.pid)
    for path in ("/", "/swagger/", "/redoc/", "/swagger.json", "/admin/login/", "/api/courses/"):
        assert httpx.get(product.address + path).status_code == 200, path
    assert httpx.get(f"{product.address}/static/lms/nix.css").status_code == 404
    page = httpx.get(f"{product.address}/admin/login/").text
    style = page.partition('rel="stylesheet" href="')[2].partition('"')[0]
    sent = httpx.get(product.address + style, headers={"Accept-Encoding": "gzip"}).headers
    assert "immutable" in sent["Cache-Control"]
    assert sent["Content-Encoding"] == "gzip"

    output = product.end()

    assert product.process.returncode == 0, output
    assert "Traceback" not in output
    for word in (product.address, "/swagger/", "/redoc/", "/admin/", "in this process"):
        assert word in output
    log = tmp_path / "var" / "documents.sqlite3-wal"
    assert not log.exists() or log.stat().st_size == 0
    again = started()
    again.wait_until_ready()
    assert cpu_seconds(again.process.pid) < first / 2


def test_a_second_start_on_the_same_data_is_refused_in_one_sentence(started):
    first = started()
    first.wait_until_ready()

    second = started()

    output = second.process.communicate(timeout=LIMIT)[0]
    assert second.process.returncode == 1
    assert "is in use by process" in output.splitlines()[-1]
    assert output.splitlines()[-1].startswith("Not started: ")
    assert "Traceback" not in output
    assert httpx.get(f"{first.address}/health/ready").status_code == 200


def test_acknowledged_writes_survive_a_kill(started):
    product = started()
    product.wait_until_ready()
    registered = httpx.post(
        f"{product.address}/api/auth/registration/",
        json={
            "username": "ada",
            "email": "ada@example.org",
            "password1": "engines of 1843",
            "password2": "engines of 1843",
        },
    )
    assert registered.status_code == 201
    product.end(signal.SIGKILL)

    again = started()
    again.wait_until_ready()

    signed = httpx.post(
        f"{again.address}/api/auth/login/", json={"username": "ada", "password": "engines of 1843"}
    )
    assert signed.status_code == 200
    assert signed.json()["user"]["id"] == registered.json()["user"]["id"]
    output = again.end()
    for secret in ("ada@example.org", "engines", signed.json()["access"]):
        assert secret not in output


@pytest.mark.parametrize(
    ("environment", "sentence"),
    [
        ({"PORT": "eight"}, "PORT is 'eight'"),
        ({"LMS_DATA_DIR": "/proc/var"}, "the data folder /proc/var is not writable"),
        ({"MONGODB_URI": "localhost"}, "MONGODB_URI is not a valid URL"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY must be set to at least 50"),
    ],
)
def test_an_obstacle_is_reported_in_one_sentence(started, environment, sentence):
    product = started(**environment)

    output = product.process.communicate(timeout=LIMIT)[0]

    assert product.process.returncode == 1
    assert output.splitlines()[-1].startswith(f"Not started: {sentence}")
    assert "Traceback" not in output


def test_a_file_that_is_not_a_store_is_refused_and_not_changed(started, tmp_path):
    (tmp_path / "var").mkdir()
    file = tmp_path / "var" / "documents.sqlite3"
    file.write_bytes(b"")

    output = started().process.communicate(timeout=LIMIT)[0]

    assert output.splitlines()[-1].startswith("Not started: ")
    assert "Traceback" not in output
    assert file.read_bytes() == b""


def test_an_accounts_file_that_is_not_a_database_is_refused(started, tmp_path):
    (tmp_path / "var").mkdir()
    (tmp_path / "var" / "accounts.sqlite3").write_bytes(b"no database" * 1000)

    output = started().process.communicate(timeout=LIMIT)[0]

    assert output.splitlines()[-1].startswith("Not started: ")
    assert "Traceback" not in output


def test_writers_of_the_accounts_database_wait_for_each_other(started, tmp_path):
    product = started()
    product.wait_until_ready()

    with contextlib.closing(sqlite3.connect(tmp_path / "var" / "accounts.sqlite3")) as accounts:
        [[mode]] = accounts.execute("PRAGMA journal_mode")
    assert mode == "wal"


# The virtual environment


@pytest.fixture
def machine(tmp_path):
    """Return a function that runs `tools/venv` on a machine with only these Pythons."""
    (tmp_path / "tools").mkdir()
    shutil.copy(env.ROOT / "tools" / "venv", tmp_path / "tools" / "venv")
    (tmp_path / "bin").mkdir()
    for name in ("sh", "dirname", "cat"):
        (tmp_path / "bin" / name).symlink_to(shutil.which(name))

    def run(**pythons: str) -> subprocess.CompletedProcess:
        for name, script in pythons.items():
            program = tmp_path / "bin" / name.replace("_", ".")
            program.write_text(f"#!/bin/sh\n{script}\n")
            program.chmod(0o755)
        return subprocess.run(
            ["tools/venv", "requirements.txt"],
            cwd=tmp_path,
            env={"PATH": str(tmp_path / "bin")},
            capture_output=True,
            text=True,
        )

    return run


def test_a_missing_python_is_reported_in_one_sentence(machine):
    for done in (machine(), machine(python3="exit 1", python="exit 1")):
        assert done.returncode == 1
        assert "Python 3.11 or later" in done.stderr
        assert len(done.stderr.splitlines()) == 1


def test_a_suitable_python_is_found_among_others(machine):
    done = machine(
        python3="exit 1", python3_12='[ "$1" = -m ] && { echo "makes $*"; exit 3; }; exit 0'
    )

    assert "makes -m venv --clear .venv" in done.stdout
    assert done.returncode == 3
