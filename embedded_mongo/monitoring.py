"""Telling PyMongo's command listeners what is done, as a client of a real server would."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from pymongo.monitoring import CommandListener


@dataclass(frozen=True)
class CommandEvent:
    """One operation in the words of MongoDB's protocol: `{"find": "courses", "filter": …}`."""

    database_name: str
    command: dict[str, Any]

    @property
    def command_name(self) -> str:
        return next(iter(self.command))


@contextmanager
def observed(listeners: Sequence[CommandListener], event: CommandEvent) -> Iterator[None]:
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
