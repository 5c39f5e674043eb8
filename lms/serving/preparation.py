"""What must be done before serving; each step does nothing where it was done already."""

from hashlib import blake2b
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command

from apps.common.storage import indexes
from lms.demo import loading


def migrate() -> None:
    call_command("migrate", interactive=False, verbosity=0)


def build_indexes() -> None:
    indexes.build_indexes()


def collect_static() -> bool:
    """Collect the static files where they differ from those collected; say whether they did."""
    stamp = Path(settings.STATIC_ROOT) / ".collected-from"
    found = _digest_of_static()
    if stamp.exists() and stamp.read_text() == found:
        return False
    call_command("collectstatic", interactive=False, clear=True, verbosity=0)
    stamp.write_text(found)
    return True


def fill_demo() -> str | None:
    """Fill an empty store; return the demo accounts' password where they were made just now."""
    return loading.fill()


def _digest_of_static() -> str:
    """Return a digest of names, sizes and times: content would take longer than collecting."""
    digest = blake2b(digest_size=16)
    for finder in get_finders():
        for name, storage in finder.list([]):
            state = Path(storage.path(name)).stat()
            digest.update(f"{name} {state.st_size} {state.st_mtime_ns}\n".encode())
    return digest.hexdigest()
