"""Concurrent calls, each on its own connection to the SQL database."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from django.db import connections


def race(number: int, act: Callable[[int], object]) -> list:
    """Call `act` in `number` threads at the same time; return each result or exception."""
    barrier = Barrier(number)

    def run(index: int) -> object:
        barrier.wait()
        try:
            return act(index)
        except Exception as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(number) as pool:
        return list(pool.map(run, range(number)))
