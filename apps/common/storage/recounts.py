"""
Count again what a counter may have missed, while requests change the counter.

After an interruption, we cannot tell whether the counter was changed before. A request that is
between its insert and its increment would be counted twice, so a number is final only if no such
request can have been running.
"""

from collections.abc import Callable

TRIES = 5  # to count while the counter changes


def recount(
    *,
    read: Callable[[], int | None],
    count: Callable[[], int],
    replace: Callable[[int, int | None], bool],
    is_changing: Callable[[], bool],
) -> bool:
    """
    Set a counter to the real number; return whether the number is final.

    Otherwise, it must be counted again later.

    :param read: returns the counter, or None if its document does not exist
    :param replace: sets the counter to the first number if it is still the second
    :param is_changing: returns whether a request may be between its insert and its increment
    """
    for _attempt in range(TRIES):
        before = read()
        busy = is_changing()
        number = count()
        if replace(number, before):
            busy = busy or is_changing()
            return not busy and read() == number
    return before is None  # Otherwise the counter changed during every try.
