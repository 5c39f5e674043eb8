from threading import Thread
from time import sleep

import pytest
from rest_framework.test import APIRequestFactory

from apps.common.capacity import Busy, Capacity
from apps.common.http.exception_handler import handle_exception


def test_a_job_is_refused_while_all_slots_are_taken():
    capacity = Capacity(2, wait=0.01)

    with capacity, capacity, pytest.raises(Busy), capacity:
        pass


def test_a_request_is_refused_at_once_when_too_many_are_waiting():
    capacity = Capacity(1, wait=60, waiting=0)

    with capacity, pytest.raises(Busy), capacity:
        pass
    with capacity:
        pass


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
