from contextlib import ExitStack
from threading import Thread
from time import monotonic, sleep

import pytest
from rest_framework.test import APIRequestFactory

from apps.common.capacity import Busy, Capacity
from apps.common.http.exception_handler import handle_exception
from apps.users import passwords


def test_a_job_is_refused_while_all_slots_are_taken():
    capacity = Capacity(2, wait=0.01)

    with capacity, capacity, pytest.raises(Busy), capacity:
        pass


def test_a_request_is_refused_at_once_when_too_many_are_waiting(settings):
    settings.MOST_WAITING_REQUESTS = 0
    capacity = Capacity(1, wait=60)

    with capacity, pytest.raises(Busy), capacity:
        pass
    with capacity:
        pass


def test_the_requests_that_wait_for_different_jobs_are_counted_together(settings):
    settings.MOST_WAITING_REQUESTS = 3
    hashing, rendering = Capacity(1, wait=60), Capacity(1, wait=60)
    waiting = [Thread(target=_hold, args=[capacity]) for capacity in (hashing, rendering, hashing)]

    with hashing, rendering:
        for thread in waiting:
            thread.start()
        while len(hashing._queue) + len(rendering._queue) < 3:
            sleep(0.001)
        for capacity in (hashing, rendering):
            with pytest.raises(Busy):
                _hold(capacity)
    for thread in waiting:
        thread.join()

    with hashing, rendering:
        pass


def _hold(capacity: Capacity) -> None:
    with capacity:
        pass


@pytest.mark.parametrize("slots", [1, 2])
def test_a_request_that_has_waited_in_vain_leaves_its_place_to_the_next(settings, slots):
    settings.MOST_WAITING_REQUESTS = 1
    capacity = Capacity(slots, wait=0.01)

    with ExitStack() as taken:
        for _ in range(slots):
            taken.enter_context(capacity)
        for _ in range(3):
            began = monotonic()
            with pytest.raises(Busy):
                _hold(capacity)
            assert monotonic() - began >= 0.01  # It waited: it was not refused at once.


def test_passwords_are_waited_for_two_seconds_at_most():
    assert passwords.hashing._wait <= 2


def test_the_request_that_has_waited_longest_is_first():
    capacity, order = Capacity(1), []

    def work(number: int) -> None:
        with capacity:
            order.append(number)

    with capacity:
        threads = [Thread(target=work, args=[number]) for number in range(10)]
        for number, thread in enumerate(threads, start=1):
            thread.start()
            while len(capacity._queue) < number:
                sleep(0.001)
    for thread in threads:
        thread.join()

    assert order == list(range(10))


def test_a_slot_is_free_again_after_a_job_has_failed():
    capacity = Capacity(1, wait=0.01)

    with pytest.raises(ValueError, match="broken"), capacity:
        raise ValueError("broken")

    with capacity:
        pass


def test_a_busy_response_says_when_to_try_again():
    response = handle_exception(Busy(), {"request": APIRequestFactory().get("/")})

    assert response.status_code == 503
    assert response["Retry-After"] == "5"
    assert response.data["code"] == "busy"
