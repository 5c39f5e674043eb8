"""F4: MongoDB goes away after each single write of a request; the retry and the sweep mend all."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import count

import pytest
from django.test import override_settings

from apps.common.clock import format_timestamp
from apps.common.events import subscribe
from apps.common.storage.indexes import documents
from apps.courses.documents import Category, Course
from apps.enrollments.documents import Enrollment
from apps.lessons.documents import Lesson
from apps.notifications.documents import Notification
from apps.progress.documents import Progress
from apps.progress.events import MilestoneReached
from apps.users.documents import User
from apps.users.models import Account
from tests.factories import (
    client_of,
    enroll_in,
    lessons_of,
    make_admin,
    make_category,
    make_course,
    make_instructor,
    make_student,
)
from tests.faults.proxy import MongoProxy
from tests.faults.sweeps import hurry, sweep

NEVER = 1_000_000
ENOUGH = 30  # no request writes as often
# Seconds that a request waits for a store that is away: more if no fault came within the first.
PATIENCE = (0.4, 30.0)


@pytest.fixture(autouse=True)
def _quick(settings, monkeypatch):
    settings.CELERY_TASK_ALWAYS_EAGER = False
    settings.CELERY_BROKER_URL = None  # and no worker: the sweep does it all
    hurry(monkeypatch)


@dataclass
class Scene:
    """Who asks for what, and what must be true once all is mended."""

    client: object
    ask: Callable
    whole: Callable[[], None]


told: list[tuple[str, int]] = []


@subscribe(MilestoneReached)
def hear(event: MilestoneReached) -> None:
    told.append((event.student_id, event.percent))


def enrolling() -> Scene:
    course = make_course(lessons=3)
    student = make_student()

    def whole() -> None:
        place = Enrollment.objects.get(student=student.id, course=course.id)
        assert place.undelivered_since is None
        assert Progress.objects(student=student.id).count() == 3
        assert Course.objects.get(id=course.id).enrollment_count == 1
        assert Notification.objects.get(recipient=student.id).mail_due_at

    return Scene(
        client_of(student),
        lambda client, **key: client.post("/api/enrollments/", {"course": str(course.id)}, **key),
        whole,
    )


def leaving() -> Scene:
    course = make_course(lessons=1)
    student = enroll_in(course)
    place = Enrollment.objects.get(student=student.id)

    def whole() -> None:
        kept = Enrollment.objects.get(id=place.id)
        assert kept.left_at
        assert kept.undelivered_since is None
        assert Course.objects.get(id=course.id).enrollment_count == 0

    return Scene(
        client_of(student),
        lambda client, **key: client.delete(f"/api/enrollments/{place.id}/", **key),
        whole,
    )


def marking() -> Scene:
    course = make_course(lessons=2)
    student = enroll_in(course)
    lesson = lessons_of(course)[0]

    def whole() -> None:
        record = Progress.objects.get(student=student.id, lesson=lesson.id)
        assert record.completed
        assert record.completed_at
        assert record.undelivered_since is None
        place = Enrollment.objects.get(student=student.id)
        assert sorted(place.milestones) == [25, 50]
        assert not place.undelivered_milestones
        assert {percent for who, percent in told if who == str(student.id)} == {25, 50}
        reached = Notification.objects(recipient=student.id, kind="milestone")
        assert sorted(one.params["percent"] for one in reached) == [25, 50]

    return Scene(
        client_of(student),
        lambda client, **key: client.post("/api/progress/", {"lesson": str(lesson.id)}, **key),
        whole,
    )


def adding_a_lesson() -> Scene:
    author = make_instructor()
    course = make_course(lessons=1, instructor=author)
    student = enroll_in(course)
    body = {"title": "New", "course": str(course.id)}

    def whole() -> None:
        lessons = lessons_of(course)
        assert len(lessons) - 1 in (1, 2)
        assert all(lesson.undelivered_since is None for lesson in lessons)
        assert len({one.position for one in lessons}) == len(lessons)
        assert Course.objects.get(id=course.id).lesson_count == len(lessons)
        assert Progress.objects(student=student.id).count() == len(lessons)

    return Scene(
        client_of(author),
        lambda client, **key: client.post("/api/lessons/", body, **key),
        whole,
    )


def moving_a_lesson() -> Scene:
    author = make_instructor()
    source = make_course(lessons=2, instructor=author)
    target = make_course(lessons=1, instructor=author)
    lesson = lessons_of(source)[0]
    student = enroll_in(source)
    enroll_in(target, student)

    def whole() -> None:
        for course, number in ((source, 1), (target, 2)):
            assert len(lessons_of(course)) == number
            assert Course.objects.get(id=course.id).lesson_count == number
        assert Lesson.objects(undelivered_since__ne=None).count() == 0
        assert Progress.objects(student=student.id).count() == 3
        assert Progress.objects.get(lesson=lesson.id).course == target.id

    return Scene(
        client_of(author),
        lambda client, **key: client.patch(
            f"/api/lessons/{lesson.id}/", {"course": str(target.id)}, **key
        ),
        whole,
    )


def removing_a_lesson() -> Scene:
    author = make_instructor()
    course = make_course(lessons=2, instructor=author)
    student = enroll_in(course)
    lesson = lessons_of(course)[0]

    def whole() -> None:
        assert len(lessons_of(course)) == 1
        assert Course.objects.get(id=course.id).lesson_count == 1
        assert Progress.objects(student=student.id).count() == 1

    return Scene(
        client_of(author),
        lambda client, **key: client.delete(f"/api/lessons/{lesson.id}/", **key),
        whole,
    )


def removing_the_last_lesson() -> Scene:
    author = make_instructor()
    course = make_course(lessons=1, instructor=author)
    lesson = lessons_of(course)[0]

    def whole() -> None:
        assert Lesson.objects.get(id=lesson.id).removed is None
        assert Course.objects.get(id=course.id).lesson_count == 1

    return Scene(
        client_of(author),
        lambda client, **key: client.delete(f"/api/lessons/{lesson.id}/", **key),
        whole,
    )


def reordering() -> Scene:
    author = make_instructor()
    course = make_course(lessons=3, instructor=author)
    wanted = [str(one.id) for one in lessons_of(course)][::-1]

    def whole() -> None:
        assert [str(one.id) for one in lessons_of(course)] == wanted
        assert Course.objects.get(id=course.id).lesson_order is None

    return Scene(
        client_of(author),
        lambda client, **key: client.put(
            f"/api/courses/{course.id}/lessons/order/", {"lessons": wanted}, **key
        ),
        whole,
    )


def removing_a_course() -> Scene:
    course = make_course(lessons=2)
    enroll_in(course)
    other = make_course(lessons=1)
    enroll_in(other)

    def whole() -> None:
        assert [one.id for one in Course.objects] == [other.id]
        assert [one.course for one in Lesson.objects] == [other.id]
        assert [one.course for one in Enrollment.objects] == [other.id]
        assert [one.course for one in Progress.objects] == [other.id]

    return Scene(
        client_of(make_admin()),
        lambda client, **key: client.delete(f"/api/courses/{course.id}/?cascade=true", **key),
        whole,
    )


def removing_a_category() -> Scene:
    category = make_category()
    courses = [make_course(category=category) for _ in range(2)]
    client = client_of(make_admin())

    def whole() -> None:
        assert Category.objects.count() == 0
        assert [Course.objects.get(id=one.id).category for one in courses] == [None, None]

    return Scene(
        client, lambda client, **key: client.delete(f"/api/categories/{category.id}/", **key), whole
    )


def granting() -> Scene:
    student = make_student()

    def whole() -> None:
        profile = User.objects.get(id=student.id)
        assert profile.is_instructor
        assert profile.undelivered_since is None
        notification = Notification.objects.get(recipient=student.id)
        assert notification.key.endswith(format_timestamp(profile.granted_at))

    return Scene(
        client_of(make_admin()),
        lambda client, **key: client.patch(
            f"/api/users/{student.id}/", {"is_instructor": True}, **key
        ),
        whole,
    )


def erasing_a_person() -> Scene:
    author = make_instructor()
    own = make_course(lessons=1, instructor=author)
    course = make_course(lessons=2)
    enroll_in(course, author)

    def whole() -> None:
        assert not Account.objects.filter(profile_id=str(author.id)).exists()
        assert User.objects(id=author.id).count() == 0
        assert Enrollment.objects.count() == Progress.objects.count() == 0
        assert Notification.objects.count() == 0
        assert Course.objects.get(id=course.id).enrollment_count == 0
        assert Course.objects.get(id=own.id).instructor is None

    return Scene(
        client_of(author), lambda client, **key: client.delete("/api/auth/user/", **key), whole
    )


SCENES = [
    enrolling,
    leaving,
    marking,
    adding_a_lesson,
    moving_a_lesson,
    removing_a_lesson,
    removing_the_last_lesson,
    reordering,
    removing_a_course,
    removing_a_category,
    granting,
    erasing_a_person,
]


@pytest.mark.parametrize("scene_of", SCENES)
def test_cut_after_any_write_the_retry_and_the_sweep_mend_it(proxy, scene_of):
    for n in count(1):
        scene = cut_off(proxy, scene_of, n)
        if scene is None:
            assert n > 1
            return
        assert n < ENOUGH
        retried = scene.ask(scene.client)
        assert retried.status_code < 500, (n, retried.content)
        sweep()
        scene.whole()


@pytest.mark.parametrize("scene_of", [enrolling, marking, adding_a_lesson])
def test_cut_after_any_write_a_retry_with_the_same_key_gets_the_first_answer(proxy, scene_of):
    key = {"HTTP_IDEMPOTENCY_KEY": "the-same"}
    for n in count(1):
        scene = cut_off(proxy, scene_of, n, **key)
        if scene is None:
            assert n > 2
            return
        assert n < ENOUGH
        retried, again = (scene.ask(scene.client, **key) for _ in range(2))
        assert retried.status_code in (200, 201), (n, retried.content)
        assert retried.json() == again.json()
        sweep()
        scene.whole()
        if scene_of is adding_a_lesson:
            assert Lesson.objects.count() == 2


@pytest.mark.parametrize(
    "scene_of", [enrolling, marking, moving_a_lesson, removing_the_last_lesson]
)
def test_after_the_sweep_nothing_is_in_the_way_of_a_late_retry(proxy, scene_of):
    for n in count(1):
        scene = cut_off(proxy, scene_of, n)
        if scene is None:
            return
        sweep()
        assert scene.ask(scene.client).status_code < 500
        sweep()
        scene.whole()


def cut_off(proxy: MongoProxy, scene_of, n: int, **key) -> Scene | None:
    """Ask while MongoDB goes away at the n-th write; None where there were fewer writes."""
    for seconds in PATIENCE:
        proxy.cut_after(NEVER)
        _empty()
        scene = scene_of()
        scene.client.raise_request_exception = False
        proxy.cut_after(n)
        with override_settings(STORE_TIMEOUT_SECONDS=seconds):
            answer = scene.ask(scene.client, **key)
        if proxy.is_cut:
            break
    else:
        assert answer.status_code < 500, answer.content
        return None
    assert answer.status_code in (200, 201, 204, 503), (n, answer.status_code, answer.content)
    if answer.status_code == 503:
        assert answer.json()["code"] == "store_unavailable"
        assert answer["Retry-After"]
    proxy.mend()
    _until_found_again()
    return scene


def _empty() -> None:
    for kind in documents():
        kind._get_collection().delete_many({})
    Account.objects.all().delete()


def _until_found_again() -> None:
    User.objects.count()  # waits for as long as choosing a server may take
