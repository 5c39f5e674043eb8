"""How the time of a function grows with what it is given: in processor time of this thread."""

import time
from collections.abc import Callable

LARGER = 4
# Four times the input takes four times the time where it is linear, sixteen where it is quadratic.
MOST = 8
FLOOR = 0.005  # seconds; what takes less is too short to compare
PATIENCE = 3.0  # seconds after which a run is slow whatever it is compared with
SHORT = (8, 16, 20, 24, 28, 34, 40, 60)  # the time of an exponential function shows in these


def seconds(run: Callable[[], object]) -> float:
    began = time.thread_time()
    run()
    return time.thread_time() - began


def problem_with(function: Callable, make: Callable[[int], object], size: int) -> str | None:
    """
    Return what is wrong where the time of `function(make(n))` grows faster than n.

    Small inputs come first, so that an exponential function does not hang the test.
    """
    for length in (*SHORT, size // 16, size):
        given = make(length)
        smaller = seconds(lambda given=given: function(given))
        if smaller > PATIENCE and length != SHORT[0]:  # The first run may have to load something.
            return f"{length} take {smaller:.2f} s"
    if smaller < FLOOR:
        return None
    large = make(LARGER * size)
    for _ in range(2):  # The first time others may have taken the processor's cache.
        smaller, larger = seconds(lambda: function(given)), seconds(lambda: function(large))
        if larger <= MOST * smaller:
            return None
    return f"{size} take {smaller:.3f} s, {LARGER * size} take {larger:.3f} s"
