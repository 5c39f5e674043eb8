"""Events for PyMongo's command listeners, as a client of a MongoDB server publishes them."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from pymongo.monitoring import CommandListener


@dataclass(frozen=True)
class CommandEvent:
    """A command of MongoDB's protocol, such as `{"find": "courses", "filter": …}`."""

    database_name: str
    command: dict[str, Any]

    @property
    def command_name(self) -> str:
        return next(iter(self.command))


@contextmanager
def publish_events(listeners: Sequence[CommandListener], event: CommandEvent) -> Iterator[None]:
    """Notify the listeners that a command starts, and when it succeeds or fails."""
    for listener in listeners:
        listener.started(event)  # type: ignore[arg-type]
    try:
        yield
    except BaseException:
        for listener in listeners:
            listener.failed(event)  # type: ignore[arg-type]
        raise
    for listener in listeners:
        listener.succeeded(event)  # type: ignore[arg-type]
