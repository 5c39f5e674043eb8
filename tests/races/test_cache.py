"""The cache under many readers and writers: one load a miss, and never an old value."""

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
def endless(monkeypatch):
    """Let readers wait for the one that loads for longer than a test may take."""
    monkeypatch.setattr(reading, "LOADING_SECONDS", 3600.0)


def test_one_miss_under_load_asks_the_database_once(anonymous, endless):
    course = make_course(lessons=1)

    with record_commands() as heard:
        answers = race(20, lambda n: anonymous.get(f"/api/courses/{course.id}/"))

    assert {answer.status_code for answer in answers} == {200}
    finds = [command for command in heard if command.get("find") == "courses"]
    assert len(finds) == 1, format_commands(heard)


def test_a_loader_that_fails_does_not_keep_the_others_waiting(endless):
    tried = []

    def load():
        tried.append(1)
        if len(tried) == 1:
            raise ValueError("planted")
        return "value"

    got = race(10, lambda n: cache.read_through("race:fails", load, SECONDS))

    assert sorted(map(str, got)) == ["planted", *["value"] * 9]
    assert len(tried) == 2


def test_a_slow_reader_never_puts_an_old_value_over_a_new_one():
    kept = {"value": "old"}
    loading, may_end = Event(), Event()

    def slowly():
        seen = kept["value"]
        loading.set()
        may_end.wait(SECONDS)
        return seen

    reader = Thread(target=cache.read_through, args=("race:slow", slowly, SECONDS))
    reader.start()
    loading.wait(SECONDS)
    kept["value"] = "new"
    cache.invalidate("race:slow")
    may_end.set()
    reader.join()

    assert cache.read_through("race:slow", lambda: kept["value"], SECONDS) == "new"


def test_a_slow_reader_of_a_list_never_hides_what_was_written_to_it():
    kept = {"value": "old"}
    loading, may_end = Event(), Event()

    def slowly():
        seen = kept["value"]
        loading.set()
        may_end.wait(SECONDS)
        return seen

    def read(load):
        return cache.read_through("race:list:1", load, SECONDS, depends_on=["race:list"])

    reader = Thread(target=read, args=(slowly,))
    reader.start()
    loading.wait(SECONDS)
    kept["value"] = "new"
    cache.invalidate("race:list")
    may_end.set()
    reader.join()

    assert read(lambda: kept["value"]) == "new"


def test_a_reader_sees_each_write_that_was_answered(anonymous):
    instructor = make_instructor()
    course = make_course(lessons=1, instructor=instructor)
    author = client_of(instructor)
    address = f"/api/courses/{course.id}/"
    answered, stale = [0], []
    done = Event()

    def write():
        for number in range(1, 31):
            assert author.patch(address, {"title": str(number)}).status_code == 200
            answered[0] = number
        done.set()

    def read(_):
        while not done.is_set():
            least = answered[0]
            seen = anonymous.get(address).data["title"]
            if seen.isdigit() and int(seen) < least:
                stale.append((seen, least))

    answers = race(5, lambda n: write() if n == 0 else read(n))

    assert answers == [None] * 5
    assert stale == []
    assert selectors.get_course(course.id).title == "30"


def test_a_write_that_fails_after_writing_is_seen_all_the_same(monkeypatch, anonymous):
    """What is answered by an error may be written: the cache forgets in either case."""
    course = make_course(lessons=1)
    address = f"/api/courses/{course.id}/"
    assert anonymous.get(address).data["title"] == "Algebra"

    admin = viewer_of(make_admin())

    def write_and_fail(document, **_):
        Course.objects(id=document.id).update_one(set__title="Written")
        raise TimeoutError("planted: the answer was lost")

    monkeypatch.setattr("apps.courses.services.courses.update", write_and_fail)
    [failed] = race(1, lambda n: services.unpublish_course(str(course.id), viewer=admin))

    assert isinstance(failed, TimeoutError)
    assert anonymous.get(address).data["title"] == "Written"
