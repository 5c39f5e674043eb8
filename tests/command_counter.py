"""The commands that PyMongo sends, on every engine."""

from collections.abc import Iterator
from contextlib import contextmanager

from pymongo.monitoring import CommandListener

IGNORED = {"ping", "hello", "ismaster", "endSessions", "createIndexes", "listIndexes", "getMore"}


class Commands(CommandListener):
    """Record the commands that are sent during `record_commands`."""

    def __init__(self):
        self.recorded: list[dict] | None = None

    def started(self, event) -> None:
        if self.recorded is not None and event.command_name not in IGNORED:
            self.recorded.append(dict(event.command))

    def succeeded(self, event) -> None:
        pass

    def failed(self, event) -> None:
        pass


commands = Commands()


@contextmanager
def record_commands() -> Iterator[list[dict]]:
    """Yield the list to which the block's commands are added."""
    commands.recorded = []
    try:
        yield commands.recorded
    finally:
        commands.recorded = None


def format_commands(recorded: list[dict]) -> list[str]:
    """Return short descriptions of the commands, for the message of a failed test."""
    return [f"{name} {command[name]}" for command in recorded for name in list(command)[:1]]
