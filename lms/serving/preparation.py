"""The steps before serving; each does nothing if it was already done."""

import logging
import time
from hashlib import blake2b
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command

from apps.common.storage import indexes, migrations
from lms.demo import loading

logger = logging.getLogger(__name__)

POLL_SECONDS = 1


def migrate() -> None:
    call_command("migrate", interactive=False, verbosity=0)


def migrate_documents() -> None:
    """
    Apply the steps that the store lacks, or wait until another process has applied them.

    :raises StoreIsNewer: the store records a step that this release does not know
    """
    while True:
        try:
            migrations.migrate()
            return
        except migrations.StepInProgress as step:
            logger.warning("Waiting for another process that updates the documents (%s).", step)
            time.sleep(POLL_SECONDS)


def build_indexes() -> None:
    indexes.build_indexes()


def collect_static() -> bool:
    """Collect the static files if they have changed, and return whether they have."""
    marker = Path(settings.STATIC_ROOT) / ".collected-from"
    digest = _digest_of_static()
    if marker.exists() and marker.read_text() == digest:
        return False
    call_command("collectstatic", interactive=False, clear=True, verbosity=0)
    marker.write_text(digest)
    return True


def fill_demo() -> str | None:
    """Fill an empty store, and return the password of the demo accounts if it created them."""
    return loading.fill()


def _digest_of_static() -> str:
    """Return a digest of names, sizes and times; reading the content would take too long."""
    digest = blake2b(digest_size=16)
    for finder in get_finders():
        for name, storage in finder.list([]):
            state = Path(storage.path(name)).stat()
            digest.update(f"{name} {state.st_size} {state.st_mtime_ns}\n".encode())
    return digest.hexdigest()
