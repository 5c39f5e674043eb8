"""Concurrent readers load a missing value once and never see a stale one."""

from threading import Event, Thread

import pytest

from apps.common.storage import cache
from apps.common.storage.cache import reading
from apps.courses import selectors, services
from apps.courses.documents import Course
from tests.command_counter import format_commands, record_commands
from tests.factories import client_of, make_admin, make_course, make_instructor, viewer_of
from tests.users.racing import race

SECONDS = 60


@pytest.fixture
def no_loading_timeout(monkeypatch):
    """Make readers wait for a running load without a time limit."""
    monkeypatch.setattr(reading, "LOADING_SECONDS", 3600.0)


def test_concurrent_cache_misses_query_the_database_once(anonymous, no_loading_timeout):
    course = make_course(lessons=1)

    with record_commands() as commands:
        responses = race(20, lambda n: anonymous.get(f"/api/courses/{course.id}/"))

    assert {response.status_code for response in responses} == {200}
    finds = [command for command in commands if command.get("find") == "courses"]
    assert len(finds) == 1, format_commands(commands)


def test_a_loader_that_fails_does_not_block_other_readers(no_loading_timeout):
    calls = []

    def load():
        calls.append(1)
        if len(calls) == 1:
            raise ValueError("planted")
        return "value"

    results = race(10, lambda n: cache.read_through("race:fails", load, SECONDS))

    assert sorted(map(str, results)) == ["planted", *["value"] * 9]
    assert len(calls) == 2


def test_a_slow_reader_does_not_overwrite_a_new_value():
    stored = {"value": "old"}
    loading, may_finish = Event(), Event()

    def load_slowly():
        value = stored["value"]
        loading.set()
        may_finish.wait(SECONDS)
        return value

    reader = Thread(target=cache.read_through, args=("race:slow", load_slowly, SECONDS))
    reader.start()
    loading.wait(SECONDS)
    stored["value"] = "new"
    cache.invalidate("race:slow")
    may_finish.set()
    reader.join()

    assert cache.read_through("race:slow", lambda: stored["value"], SECONDS) == "new"


def test_a_slow_reader_does_not_overwrite_a_changed_list():
    stored = {"value": "old"}
    loading, may_finish = Event(), Event()

    def load_slowly():
        value = stored["value"]
        loading.set()
        may_finish.wait(SECONDS)
        return value

    def read(load):
        return cache.read_through("race:list:1", load, SECONDS, depends_on=["race:list"])

    reader = Thread(target=read, args=(load_slowly,))
    reader.start()
    loading.wait(SECONDS)
    stored["value"] = "new"
    cache.invalidate("race:list")
    may_finish.set()
    reader.join()

    assert read(lambda: stored["value"]) == "new"


def test_readers_see_every_completed_write(anonymous):
    instructor = make_instructor()
    course = make_course(lessons=1, instructor=instructor)
    instructor_client = client_of(instructor)
    path = f"/api/courses/{course.id}/"
    completed, stale = [0], []
    done = Event()

    def write():
        for number in range(1, 31):
            assert instructor_client.patch(path, {"title": str(number)}).status_code == 200
            completed[0] = number
        done.set()

    def read(_):
        while not done.is_set():
            minimum = completed[0]
            title = anonymous.get(path).data["title"]
            if title.isdigit() and int(title) < minimum:
                stale.append((title, minimum))

    responses = race(5, lambda n: write() if n == 0 else read(n))

    assert responses == [None] * 5
    assert stale == []
    assert selectors.get_course(course.id).title == "30"


def test_a_failed_write_invalidates_the_cache(monkeypatch, anonymous):
    """A write may be stored even if it raises an error."""
    course = make_course(lessons=1)
    path = f"/api/courses/{course.id}/"
    assert anonymous.get(path).data["title"] == "Algebra"

    admin = viewer_of(make_admin())

    def write_and_fail(document, **_):
        Course.objects(id=document.id).update_one(set__title="Written")
        raise TimeoutError("planted: the response was lost")

    monkeypatch.setattr("apps.courses.services.courses.update", write_and_fail)
    [failed] = race(1, lambda n: services.unpublish_course(str(course.id), viewer=admin))

    assert isinstance(failed, TimeoutError)
    assert anonymous.get(path).data["title"] == "Written"
