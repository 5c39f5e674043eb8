"""`make run`: prepare everything, print the URLs, and become the server."""

import os
import secrets
import shutil
import socket
import sqlite3
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

import django
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError
from pymongo.errors import ConnectionFailure, PyMongoError

from embedded_mongo.errors import StoreRefused
from lms import env
from lms.serving import private_files

LEAST_FREE_BYTES = 50 * 1024 * 1024


class CannotStart(Exception):
    """The product cannot start; the message explains why in one sentence."""


def main() -> None:
    private_files.restrict_umask()
    try:
        start = time.monotonic()
        prepare()
        say(f"Ready after {time.monotonic() - start:.0f} s. Press Ctrl-C to stop.")
    except KeyboardInterrupt:
        sys.exit(130)
    except (CannotStart, ImproperlyConfigured) as error:
        sys.exit(f"Not started: {error}")
    except (OSError, DatabaseError, sqlite3.Error, PyMongoError) as error:
        sys.exit(f"Not started: the data in {env.data_dir()} cannot be used ({error}).")
    serve()


def prepare() -> None:
    """
    Do everything that is needed before serving, and leave the store closed.

    :raises CannotStart: the operator must remove an obstacle first
    """
    make_data_dir(env.data_dir())
    fill_in_settings(env.data_dir())
    from lms import settings

    check_port(settings.PORT)
    os.environ["DJANGO_SETTINGS_MODULE"] = "lms.settings"
    django.setup()
    prepare_stores()
    describe(settings)


def serve() -> None:
    """Replace this process with gunicorn, which closes all its files and connections."""
    sys.stdout.flush()
    gunicorn = [
        sys.executable,
        "-m",
        "gunicorn",
        "--config",
        "python:lms.serving.server",
        "lms.wsgi",
    ]
    os.execv(sys.executable, gunicorn)


def make_data_dir(folder: Path) -> None:
    """
    Create the data folder, readable only by its owner.

    :raises CannotStart: the folder is not writable, or the disk is full
    """
    probe = folder / ".writable"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        private_files.restrict_data_dir(folder)
        probe.write_bytes(b"-" * 4096)
        probe.unlink()
        free = shutil.disk_usage(folder).free
    except OSError as error:
        raise CannotStart(
            f"the data folder {folder} is not writable ({error.strerror}); "
            "choose another one with LMS_DATA_DIR."
        ) from error
    if free < LEAST_FREE_BYTES:
        raise CannotStart(
            f"the disk of the data folder {folder} has only {free // 1024**2} MB left; "
            "free some space, or choose another folder with LMS_DATA_DIR."
        )


def fill_in_settings(folder: Path) -> None:
    """Set the defaults of `make run`, unless the environment has other values."""
    port = env.text("PORT", "8000")
    public = urlsplit(env.text("PUBLIC_URL", f"http://127.0.0.1:{port}")).hostname
    local = {"127.0.0.1", "localhost", public or "localhost"}
    _default("SECRET_KEY", lambda: read_secret(folder / "secret-key"))
    _default("ALLOWED_HOSTS", lambda: ",".join(sorted(local)))
    if not env.text("MONGODB_URI"):  # A real server must not have accounts with known names.
        _default("LMS_DEMO", lambda: "on")
    _default("LMS_CELERY_BESIDE", lambda: "on")


def read_secret(file: Path) -> str:
    """Return the secret key of the data folder, which is created at the first start."""
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return file.read_text().strip()
    with open(descriptor, "w") as new:
        new.write(secrets.token_urlsafe(64))
    say(f"Created a secret key in {file}.")
    return file.read_text()


def check_port(port: int) -> None:
    """
    :raises CannotStart: the port is in use, or this user may not listen on it
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise CannotStart(
                f"port {port} is not available ({error.strerror}); stop the program that uses it, "
                "or choose another port: PORT=8001 make run."
            ) from error


def prepare_stores() -> None:
    """
    Bring SQL, the document store and the static files up to date.

    An unreachable MongoDB does not prevent the start, because the product reconnects by itself.
    """
    from apps.common.storage import migrations
    from lms.serving import preparation
    from lms.stores import documents

    try:
        documents.open_store()
        migrations.refuse_newer_store()
        say("Preparing the accounts' database …")
        preparation.migrate()
        say("Preparing the documents …")
        preparation.migrate_documents()
        preparation.build_indexes()
        fill_demo()
    except (StoreRefused, migrations.StoreIsNewer) as error:
        raise CannotStart(str(error)) from error
    except ConnectionFailure:
        say("MongoDB is unreachable; requests that need it get a 503 until it is back.")
    finally:
        documents.close_store()
    if preparation.collect_static():
        say("Collected the static files.")


def fill_demo() -> None:
    from django.conf import settings

    from lms.serving import preparation

    if not settings.DEMO:
        return
    say("Checking the demo catalog …")
    if password := preparation.fill_demo():
        say("Filled the store with demo data (LMS_DEMO=off starts empty).")
        say("Sign in as demo-admin, demo-instructor or demo-student.")
        if settings.DEMO_PASSWORD:
            say("Their password is in LMS_DEMO_PASSWORD.")
        else:
            say(f"Their password, shown only once: {password}")


def describe(settings) -> None:
    """Print the stores and the URLs."""
    shared = bool(settings.MONGODB_URI and settings.REDIS_URL)
    say()
    say(f"Documents: {'MongoDB' if settings.MONGODB_URI else settings.EMBEDDED_STORE}")
    say(f"Cache:     {'Redis' if settings.REDIS_URL else 'in this process'}")
    say(f"Tasks:     {'Celery' if shared else 'in this process'}")
    if not shared:
        say("One process serves; set both MONGODB_URI and REDIS_URL for several.")
    say()
    base = f"http://127.0.0.1:{settings.PORT}"
    for name, path in (("Home", "/"), ("API", "/swagger/"), ("", "/redoc/"), ("Admin", "/admin/")):
        say(f"{name:6} {base}{path}")
    say()


def say(line: str = "") -> None:
    print(line, flush=True)


def _default(name: str, value) -> None:
    if not env.text(name):
        os.environ[name] = value()


if __name__ == "__main__":
    main()
