"""Busy servers: all slots for one kind of expensive work are occupied."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from apps.common.capacity import Capacity


@contextmanager
def all_occupied(capacity: Capacity, monkeypatch) -> Iterator[None]:
    """Occupy all slots, and let requests wait for them only for a moment."""
    with monkeypatch.context() as patched, ExitStack() as slots:
        patched.setattr(capacity, "_wait", 0.01)
        for _ in range(capacity._free):
            slots.enter_context(capacity)
        yield
