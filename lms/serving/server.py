"""
gunicorn's configuration: `gunicorn -c python:lms.serving.server lms.wsgi`.

The embedded store and the in-process cache belong to one process, so there are several workers only
if both MongoDB and Redis are configured.
"""

import os
import shutil
import sys
import tempfile
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured
from gunicorn.arbiter import Arbiter

from apps.common import logs
from lms import env
from lms.serving import private_files

private_files.restrict_umask()
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lms.settings")  # Needed before `lms.wsgi` runs.

try:
    from lms import settings
    from lms.serving import celery_processes, proxies, worker
except ImproperlyConfigured as error:
    sys.exit(f"lms: {error}")

SHARED = settings.SHARED_STORES
RUN_CELERY = SHARED and env.flag("LMS_CELERY_BESIDE")
DEFAULT_WORKERS = min(2 * (os.cpu_count() or 1) + 1, 8)
SECONDS_TO_END = 20
SECONDS_FOR_THE_STORE = 25  # Longer than the previous worker needs to end, shorter than `timeout`.

bind = f"127.0.0.1:{settings.PORT}"
worker_class = f"{worker.Worker.__module__}.{worker.Worker.__qualname__}"
workers = env.number("WEB_WORKERS", default=DEFAULT_WORKERS, least=1) if SHARED else 1
threads = settings.WEB_THREADS
# Each connection needs a file descriptor, and many systems allow 1,024 per process.
worker_connections = env.number("WEB_CONNECTIONS", default=512, least=threads + 1)
keepalive = 2  # seconds until an idle connection is closed
timeout = 30
graceful_timeout = SECONDS_TO_END
max_requests = 10_000 if SHARED else 0  # Restarting the only worker would interrupt the service.
max_requests_jitter = 1_000 if SHARED else 0
loglevel = "warning"
logconfig_dict = logs.configuration("WARNING")
control_socket_disable = True
forwarded_allow_ips = ""  # TRUSTED_PROXIES decides in the application which proxies count.


def on_starting(server) -> None:
    """Restrict the data folder, and create an empty folder for the metrics of the workers."""
    if settings.DATA_DIR.exists():
        private_files.restrict_data_dir(settings.DATA_DIR)
    if folder := os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        shutil.rmtree(folder, ignore_errors=True)
        Path(folder).mkdir(parents=True)
    elif SHARED:
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = tempfile.mkdtemp(prefix="lms-")


def when_ready(server) -> None:
    """Warn about an untrusted proxy, and start Celery if it runs under the server."""
    if proxies.is_proxy_untrusted():
        server.log.warning("%s %s", proxies.UNTRUSTED_PROXY, proxies.HINT)
    if RUN_CELERY:
        celery_processes.start()


def post_worker_init(worker) -> None:
    """Open the store and load all routes, so that errors appear at the start."""
    from django.urls import get_resolver

    from apps.common.storage import migrations
    from lms.serving import task_thread
    from lms.stores import accounts, documents

    get_resolver().url_patterns  # noqa: B018
    try:
        documents.open_store(wait=SECONDS_FOR_THE_STORE)
        migrations.refuse_newer_store()
        accounts.hold_open()
    except Exception as error:
        worker.log.error("%s", error)
        sys.exit(Arbiter.WORKER_BOOT_ERROR)  # Another worker would fail, too.
    if not SHARED:
        task_thread.start()


def worker_exit(server, worker) -> None:
    """Finish running work, then close the store, so that the embedded one is a single file."""
    from lms.serving import task_thread
    from lms.stores import accounts, documents

    worker.tpool.shutdown(wait=True, cancel_futures=True)
    task_thread.stop()
    accounts.release()
    documents.close_store()


def child_exit(server, worker) -> None:
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        from prometheus_client import multiprocess

        multiprocess.mark_process_dead(worker.pid)


def on_exit(server) -> None:
    celery_processes.stop()
    if SHARED:
        shutil.rmtree(os.environ["PROMETHEUS_MULTIPROC_DIR"], ignore_errors=True)
