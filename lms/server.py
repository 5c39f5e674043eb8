"""How gunicorn serves: `gunicorn -c python:lms.server lms.wsgi`.

The embedded store and the in-process cache belong to one process, so several workers serve only
where MongoDB and Redis are both given.
"""

import os
import shutil
import socket
import struct
import sys
import tempfile
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured
from gunicorn.arbiter import Arbiter

from apps.common import logs
from lms import env

try:
    from lms import beside, settings
except ImproperlyConfigured as error:
    sys.exit(f"lms: {error}")

SHARED = bool(settings.MONGODB_URI and settings.REDIS_URL)
CELERY_BESIDE = SHARED and env.flag("LMS_CELERY_BESIDE")  # as `make run` asks
WORKERS_UNLESS_TOLD = min(2 * (os.cpu_count() or 1) + 1, 8)
SECONDS_TO_END = 20
SECONDS_TO_THE_NEXT_BYTE = 10
SECONDS_FOR_THE_STORE = 25  # longer than the worker before may take to end, shorter than `timeout`

bind = f"127.0.0.1:{settings.PORT}"
worker_class = "gthread"
workers = env.number("WEB_WORKERS", default=WORKERS_UNLESS_TOLD, least=1) if SHARED else 1
# A slow client holds a thread while it sends; a lone process needs some for everybody else.
threads = env.number("WEB_THREADS", default=32 if SHARED else 128, least=1)
timeout = 30
graceful_timeout = SECONDS_TO_END
max_requests = 10_000 if SHARED else 0  # a lone worker that restarts is a server that is away
max_requests_jitter = 1_000 if SHARED else 0
loglevel = "warning"
logconfig_dict = logs.configuration("WARNING")
control_socket_disable = True
forwarded_allow_ips = ""  # which proxies count is the application's to say: TRUSTED_PROXIES

if SHARED and "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(Path(tempfile.gettempdir(), f"lms-{os.getpid()}"))


def on_starting(server) -> None:
    """Begin the figures of several workers anew: they are one file a worker."""
    folder = os.environ.get("PROMETHEUS_MULTIPROC_DIR")
    if folder:
        shutil.rmtree(folder, ignore_errors=True)
        Path(folder).mkdir(parents=True)


def when_ready(server) -> None:
    """Bound what a client may wait with its next byte, and start Celery where it is asked for."""
    for listener in server.LISTENERS:  # accepted sockets have it from the one that listens
        patience = struct.pack("ll", SECONDS_TO_THE_NEXT_BYTE, 0)
        listener.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, patience)
    if CELERY_BESIDE:
        beside.start()


def post_worker_init(worker) -> None:
    """Open the store and read all routes now: what is wrong is said at the start."""
    from django.urls import get_resolver

    from lms import apps, in_process

    get_resolver().url_patterns  # noqa: B018
    try:
        apps.open_store(wait=SECONDS_FOR_THE_STORE)
    except Exception as error:
        worker.log.error("%s", error)
        sys.exit(Arbiter.WORKER_BOOT_ERROR)  # starting another one is of no use
    if not SHARED:
        in_process.start()


def worker_exit(server, worker) -> None:
    """End what runs, then close the store: the embedded one is left as one whole file."""
    from lms import apps, in_process

    worker.tpool.shutdown(wait=True, cancel_futures=True)
    in_process.stop()
    apps.close_store()


def child_exit(server, worker) -> None:
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        from prometheus_client import multiprocess

        multiprocess.mark_process_dead(worker.pid)


def on_exit(server) -> None:
    beside.stop()
    if SHARED:
        shutil.rmtree(os.environ["PROMETHEUS_MULTIPROC_DIR"], ignore_errors=True)
