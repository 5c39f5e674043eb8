"""How the processor time of a function grows with the size of its input."""

import time
from collections.abc import Callable

LARGER = 4
# For four times the input, a linear function takes four times as long, a quadratic one sixteen.
MOST = 8
FLOOR = 0.005  # seconds; shorter times cannot be compared
PATIENCE = 3.0  # seconds after which a run counts as slow without a comparison
SHORT = (8, 16, 20, 24, 28, 34, 40, 60)  # lengths that reveal exponential growth


def seconds(run: Callable[[], object]) -> float:
    start = time.thread_time()
    run()
    return time.thread_time() - start


def problem_with(function: Callable, make: Callable[[int], object], size: int) -> str | None:
    """
    Return a description of the problem if the time of `function(make(n))` grows faster than n.

    Small inputs come first, so that an exponential function does not hang the test.
    """
    for length in (*SHORT, size // 16, size):
        value = make(length)
        smaller = seconds(lambda value=value: function(value))
        if smaller > PATIENCE and length != SHORT[0]:  # The first run may have to load something.
            return f"{length} take {smaller:.2f} s"
    if smaller < FLOOR:
        return None
    large = make(LARGER * size)
    for _ in range(2):  # At the first time, other processes may have used the processor's cache.
        smaller, larger = seconds(lambda: function(value)), seconds(lambda: function(large))
        if larger <= MOST * smaller:
            return None
    return f"{size} take {smaller:.3f} s, {LARGER * size} take {larger:.3f} s"
