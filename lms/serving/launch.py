"""`make run`: prepares everything, says where to look, and becomes the server."""

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


class Refused(Exception):
    """The product cannot be started here; the message is one sentence that says why."""


def main() -> None:
    private_files.restrict_umask()
    try:
        began = time.monotonic()
        prepare()
        say(f"Ready after {time.monotonic() - began:.0f} s. Ctrl-C ends it.")
    except KeyboardInterrupt:
        sys.exit(130)
    except (Refused, ImproperlyConfigured) as error:
        sys.exit(f"Not started: {error}")
    except (OSError, DatabaseError, sqlite3.Error, PyMongoError) as error:
        sys.exit(f"Not started: {env.data_dir()} cannot be used ({error}).")
    serve()


def prepare() -> None:
    """
    Do all that comes before serving, and leave the store closed.

    :raises Refused: something is in the way that only a person can remove
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
    """Become gunicorn; what this process had open is closed by that."""
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
    Make the data folder, for its owner alone.

    :raises Refused: it cannot be written, or the disk is full
    """
    probe = folder / ".writable"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        private_files.restrict_data_dir(folder)
        probe.write_bytes(b"-" * 4096)
        probe.unlink()
        free = shutil.disk_usage(folder).free
    except OSError as error:
        raise Refused(
            f"the data folder {folder} cannot be written ({error.strerror}); "
            "choose another by LMS_DATA_DIR."
        ) from error
    if free < LEAST_FREE_BYTES:
        raise Refused(
            f"the disk of the data folder {folder} has only {free // 1024**2} MB left; "
            "make room, or choose another by LMS_DATA_DIR."
        )


def fill_in_settings(folder: Path) -> None:
    """Set what this way of starting sets where nobody else has."""
    port = env.text("PORT", "8000")
    public = urlsplit(env.text("PUBLIC_URL", f"http://127.0.0.1:{port}")).hostname
    local = {"127.0.0.1", "localhost", public or "localhost"}
    _default("SECRET_KEY", lambda: read_secret(folder / "secret-key"))
    _default("ALLOWED_HOSTS", lambda: ",".join(sorted(local)))
    if not env.text("MONGODB_URI"):  # real servers do not get accounts with known names
        _default("LMS_DEMO", lambda: "on")
    _default("LMS_CELERY_BESIDE", lambda: "on")


def read_secret(file: Path) -> str:
    """Return the key that this folder's product has, made at its first start."""
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return file.read_text().strip()
    with open(descriptor, "w") as new:
        new.write(secrets.token_urlsafe(64))
    say(f"Made a secret key in {file}.")
    return file.read_text()


def check_port(port: int) -> None:
    """
    :raises Refused: something listens on the port, or this user may not
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise Refused(
                f"port {port} cannot be had ({error.strerror}); stop what listens there, "
                "or choose another port: PORT=8001 make run."
            ) from error


def prepare_stores() -> None:
    """
    Bring SQL, the document store and the static files up to date.

    A MongoDB that is away does not keep the product from starting: it is asked again by itself.
    """
    from lms.serving import preparation
    from lms.stores import documents

    say("Preparing the accounts' database …")
    preparation.migrate()
    say("Preparing the documents …")
    try:
        documents.open_store()
        preparation.build_indexes()
        fill_demo()
    except StoreRefused as error:
        raise Refused(str(error)) from error
    except ConnectionFailure:
        say("MongoDB is away; what needs it answers 503 until it is back.")
    finally:
        documents.close_store()
    if preparation.collect_static():
        say("Collected the static files.")


def fill_demo() -> None:
    from django.conf import settings

    from lms.serving import preparation

    if not settings.DEMO:
        return
    say("Looking for the demo catalogue …")
    if password := preparation.fill_demo():
        say("Filled the store with a demo (LMS_DEMO=off starts empty).")
        shown = "that of LMS_DEMO_PASSWORD" if settings.DEMO_PASSWORD else password
        say("Sign in as demo-admin, demo-instructor or demo-student;")
        say(f"their password, shown this once: {shown}")


def describe(settings) -> None:
    """Print what serves, and where."""
    shared = bool(settings.MONGODB_URI and settings.REDIS_URL)
    say()
    say(f"Documents: {'MongoDB' if settings.MONGODB_URI else settings.EMBEDDED_STORE}")
    say(f"Cache:     {'Redis' if settings.REDIS_URL else 'in this process'}")
    say(f"Tasks:     {'Celery, beside the server' if shared else 'in this process'}")
    if not shared:
        say("One process serves; several do where both MONGODB_URI and REDIS_URL are given.")
    say()
    here = f"http://127.0.0.1:{settings.PORT}"
    for what, path in (("Start", "/"), ("API", "/swagger/"), ("", "/redoc/"), ("Admin", "/admin/")):
        say(f"{what:6} {here}{path}")
    say()


def say(line: str = "") -> None:
    print(line, flush=True)


def _default(name: str, value) -> None:
    if not env.text(name):
        os.environ[name] = value()


if __name__ == "__main__":
    main()
