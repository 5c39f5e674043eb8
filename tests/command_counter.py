"""What is asked of MongoDB, as PyMongo's own listeners hear it, on every engine."""

from collections.abc import Iterator
from contextlib import contextmanager

from pymongo.monitoring import CommandListener

QUIET = {"ping", "hello", "ismaster", "endSessions", "createIndexes", "listIndexes", "getMore"}


class Commands(CommandListener):
    """Records commands while somebody listens."""

    def __init__(self):
        self.heard: list[dict] | None = None

    def started(self, event) -> None:
        if self.heard is not None and event.command_name not in QUIET:
            self.heard.append(dict(event.command))

    def succeeded(self, event) -> None:
        pass

    def failed(self, event) -> None:
        pass


commands = Commands()


@contextmanager
def recorded() -> Iterator[list[dict]]:
    """Give the list that commands are written to meanwhile."""
    commands.heard = []
    try:
        yield commands.heard
    finally:
        commands.heard = None


def shown(heard: list[dict]) -> list[str]:
    """Return the commands in short, for a failing test to print."""
    return [f"{name} {command[name]}" for command in heard for name in list(command)[:1]]
