"""The number of commands per request is pinned, and an index serves every filter."""

import pytest
from mongoengine.connection import get_db

from apps.common.storage.cache import invalidate, store
from apps.common.storage.indexes import documents
from apps.courses.selectors import get_course
from apps.enrollments.documents import Enrollment
from apps.enrollments.services import leave
from apps.notifications.documents import Notification
from apps.notifications.services import send_mails
from apps.progress import selectors as progress
from apps.progress.documents import Progress
from apps.quizzes.documents import Quiz
from apps.users.documents import User
from tests.command_counter import format_commands, record_commands
from tests.exports import export_of
from tests.factories import (
    client_of,
    enroll_in,
    lessons_of,
    make_category,
    make_course,
    make_instructor,
    make_lesson,
    make_question,
    make_quiz,
    make_student,
    right_answers,
    viewer_of,
    wrong_answers,
)
from tests.quizzes.submissions import store_graded

SUBMISSIONS = "/api/quiz-submissions/"


@pytest.fixture
def round_trips(monkeypatch):
    """The calls to the cache; with Redis, each is a round trip."""
    calls = []
    for name in ("get_many", "set_many", "claim", "release", "read_counter"):
        call = getattr(store, name)

        def counted(*args, call=call, name=name, **options):
            calls.append(name)
            return call(*args, **options)

        monkeypatch.setattr(store, name, counted)
    return calls


def commands_of(client, method: str, address: str, body=None) -> list[str]:
    with record_commands() as commands:
        response = getattr(client, method)(address, body)
    assert response.status_code < 300, response.data
    return format_commands(commands)


@pytest.fixture
def emails_later(settings):
    """Emails are sent after the response, so the worker's commands do not count."""
    settings.CELERY_TASK_ALWAYS_EAGER = False
    settings.CELERY_BROKER_URL = None


@pytest.fixture
def enrolled():
    course = make_course(lessons=2, category=make_category())
    student = enroll_in(course)
    return client_of(student), student, course


def test_a_cached_retrieve_costs_two_cache_round_trips_and_no_mongodb_command(
    enrolled, settings, round_trips
):
    client, student, course = enrolled
    settings.RATE_LIMITED = True
    place = Enrollment.objects.get(student=student.id)
    for address in (
        f"/api/courses/{course.id}/",
        f"/api/categories/{course.category}/",
        f"/api/enrollments/{place.id}/",
        f"/api/progress/?lesson={lessons_of(course)[0].id}",
        f"/api/users/{student.id}/",
        "/api/auth/user/",
        "/api/notifications/",
        "/api/notifications/unread-count/",
    ):
        client.get(address)
        round_trips.clear()
        assert commands_of(client, "get", address) == [], address
        assert len(round_trips) <= 2, (address, round_trips)


def test_a_cached_anonymous_retrieve_costs_two_cache_round_trips(
    enrolled, settings, anonymous, round_trips
):
    settings.RATE_LIMITED = True
    _, _, course = enrolled
    for address in (f"/api/courses/{course.id}/", "/api/courses/", "/api/categories/"):
        anonymous.get(address)
        round_trips.clear()
        assert commands_of(anonymous, "get", address) == []
        assert len(round_trips) <= 2, (address, round_trips)


def test_a_cached_dashboard_costs_three_cache_round_trips_and_no_mongodb_command(
    settings, round_trips
):
    """The viewer, the viewer's enrollments, and all parts together."""
    settings.RATE_LIMITED = True
    instructor = make_instructor(is_admin=True)
    enroll_in(make_course(lessons=1, instructor=instructor), instructor)
    client = client_of(instructor)
    client.get("/api/dashboard/")
    round_trips.clear()

    assert commands_of(client, "get", "/api/dashboard/") == []
    assert len(round_trips) <= 3, round_trips


@pytest.mark.parametrize("number", [30, 300])
def test_a_list_page_costs_three_commands_at_any_collection_size(number):
    instructor = make_instructor()
    courses = [make_course(instructor=instructor) for _ in range(number)]
    student = make_student()
    for course in courses[:25]:
        enroll_in(course, student)
    client = client_of(student)
    client.get("/api/auth/user/")  # It caches the viewer and the viewer's enrollments.
    client.get("/api/courses/")
    for address in (
        "/api/courses/",
        "/api/courses/?search=alg&ordering=-price",
        "/api/courses/?page=2",
        "/api/lessons/",
        f"/api/lessons/?course={courses[0].id}",
        "/api/enrollments/",
        "/api/progress/",
        "/api/notifications/",
        "/api/notifications/?is_read=false&kind=enrolled",
        "/api/categories/",
    ):
        commands = commands_of(client, "get", address)
        assert len(commands) <= 3, (address, commands)


def test_public_profiles_look_up_instructors_once_until_a_course_changes(anonymous):
    instructors = [make_instructor() for _ in range(3)]
    for instructor in instructors[:2]:
        make_course(instructor=instructor)
    first, second, third = (f"/api/users/{instructor.id}/" for instructor in instructors)

    assert "distinct courses" in commands_of(anonymous, "get", first)
    assert "distinct courses" not in commands_of(anonymous, "get", second)
    assert anonymous.get(third).status_code == 404
    course = make_course(instructor=instructors[2])
    assert anonymous.get(third).status_code == 200
    client_of(instructors[2]).post(f"/api/courses/{course.id}/unpublish/")
    assert anonymous.get(third).status_code == 404


def test_enrolling_costs_nine_commands_cold_and_seven_warm(emails_later):
    course, other = make_course(lessons=5), make_course(lessons=5)
    client = client_of(make_student())

    cold = commands_of(client, "post", "/api/enrollments/", {"course": str(course.id)})
    enroll_in(other)
    warm = commands_of(client, "post", "/api/enrollments/", {"course": str(other.id)})

    assert len(cold) <= 9, cold
    assert len(warm) <= 7, warm
    assert Notification.objects.count() == 3  # Each enrollment has its own.


def test_enrolling_again_costs_the_same_for_any_number_of_lessons(emails_later):
    commands = []
    for lessons in (2, 40):
        course = make_course(lessons=lessons)
        student = enroll_in(course)
        _leave(student)
        make_lesson(course=course)
        client = client_of(student)
        client.get("/api/auth/user/")
        body = {"course": str(course.id)}
        commands.append(commands_of(client, "post", "/api/enrollments/", body))
        assert Progress.objects(student=student.id, course=course.id).count() == lessons + 1

    assert max(map(len, commands)) <= 15, commands


def test_completing_a_lesson_costs_eight_commands_without_a_new_milestone(enrolled, emails_later):
    client, _, course = enrolled
    client.get("/api/auth/user/")
    body = {"lesson": str(lessons_of(course)[0].id)}
    first = commands_of(client, "post", "/api/progress/", body)
    # 25 and 50 percent: record, notify, mark as delivered; and read the course's title.
    assert len(first) <= 8 + 2 * 3 + 1, first
    again = commands_of(client, "post", "/api/progress/", body)
    assert len(again) <= 8, again  # The last read of the lesson sees whether it has moved.


@pytest.fixture
def quiz_taker(enrolled):
    """A student's client, and a quiz in the first of four lessons."""
    _, _, course = enrolled
    course = make_course(lessons=4)
    quiz = make_quiz(lesson=lessons_of(course)[0])
    for _ in range(5):
        make_question(quiz)
    client = client_of(enroll_in(course))
    client.get("/api/auth/user/")
    return client, quiz


def submission(quiz, answers) -> dict:
    return {"quiz": str(quiz.id), "answers": answers}


def test_submitting_costs_ten_commands(quiz_taker, emails_later):
    client, quiz = quiz_taker
    failing = commands_of(client, "post", SUBMISSIONS, submission(quiz, wrong_answers(quiz)))
    # One of them is for `show_key`, and one for the course that the lesson is in now.
    assert len(failing) <= 10, failing


def test_submitting_costs_sixteen_commands_if_it_completes_a_lesson(quiz_taker, emails_later):
    client, quiz = quiz_taker
    other = client_of(enroll_in(get_course(quiz.course)))
    other.post(SUBMISSIONS, submission(quiz, right_answers(quiz)))  # It caches the course's title.
    passing = commands_of(client, "post", SUBMISSIONS, submission(quiz, right_answers(quiz)))
    # The course of the lesson is read before the submission, and after the completion.
    assert len(passing) <= 16, passing


def test_reading_a_quiz_costs_the_same_at_any_size(quiz_taker):
    client, quiz = quiz_taker
    address = f"/api/quizzes/{quiz.id}/"
    few = commands_of(client, "get", address)
    for _ in range(20):
        make_question(quiz)
    assert len(commands_of(client, "get", address)) == len(few) <= 6


def test_a_list_of_quizzes_costs_the_same_at_any_size(quiz_taker):
    client, quiz = quiz_taker
    few = commands_of(client, "get", "/api/quizzes/")
    for lesson in lessons_of(get_course(quiz.course)):
        make_question(make_quiz(lesson=lesson))
    assert len(commands_of(client, "get", "/api/quizzes/")) == len(few) <= 4


def test_summaries_of_many_enrollments_cost_as_much_as_one(enrolled):
    client, student, _ = enrolled
    address = "/api/enrollments/?expand=progress"
    client.get(address)
    single = commands_of(client, "get", address)
    for _ in range(10):
        enroll_in(make_course(lessons=2), student)
    client.get("/api/auth/user/")
    assert len(commands_of(client, "get", address)) == len(single)


def test_summaries_read_only_the_records_of_their_enrollments():
    courses = [make_course(lessons=2) for _ in range(4)]
    students = [make_student() for _ in courses]
    for course in courses:
        quiz = make_quiz(lesson=lessons_of(course)[0])
        for student in students:
            enroll_in(course, student)
            store_graded(quiz, 100, student=student.id)
    diagonal = list(zip(students, courses, strict=True))
    column = [(student, courses[0]) for student in students]
    row = [(students[0], course) for course in courses]
    Progress.objects.update(set__completed=True)

    for pairs in (diagonal, column, row, diagonal + column):
        ids = [(str(student.id), str(course.id)) for student, course in pairs]
        with record_commands() as commands:
            summaries = progress.summaries_of(ids)
        number = len(set(ids))
        assert _count_matches(commands, "enrollments") == number
        assert _count_matches(commands, "quiz_submissions") == number
        assert _count_matches(commands, "progress") == 2 * number
        assert {summary["completed"] for summary in summaries.values()} == {2}
    counts = progress.completed_by_course([course.id for course in courses], without=set(ids))
    assert list(counts.values()) == [0, 6, 6, 6]


def _count_matches(commands: list[dict], collection: str) -> int:
    """Return how many documents of a collection the commands that were commands match."""
    conditions = [_filter_of(command) for command in commands]
    return sum(
        get_db()[name].count_documents(condition)
        for name, condition in conditions
        if name == collection
    )


def test_a_dashboard_costs_the_same_for_any_number_of_courses_and_students():
    user = make_instructor(is_admin=True)
    courses = [make_course(lessons=2, instructor=user) for _ in range(6)]
    for course in courses:
        make_quiz(lesson=lessons_of(course)[0])
    client = client_of(user)
    enroll_in(courses[0], user)
    _leave(enroll_in(courses[0]))
    student, instructor, admin = _commands_of_each_part(client)
    assert (len(student), len(instructor), len(admin)) == (8, 8, 6), (student, instructor, admin)

    for course in courses[1:]:
        enroll_in(course, user)
        _leave(enroll_in(course))
        for quiz in Quiz.objects(course=course.id):
            store_graded(quiz, 50, student=enroll_in(course).id)

    assert [len(part) for part in _commands_of_each_part(client)] == [8, 8, 6]


def _leave(student: User) -> None:
    leave(Enrollment.objects.get(student=student.id).id, viewer=viewer_of(student))


def _commands_of_each_part(client) -> list[list[str]]:
    """Return the commands of each part of a dashboard while the other parts are cached."""
    address = "/api/dashboard/"
    client.get(address)
    me = client.get("/api/auth/user/").data["id"]
    commands_by_part = []
    for key in (f"dashboard:user:{me}", f"dashboard:instructor:{me}:all", "dashboard:admin"):
        invalidate(key)
        commands_by_part.append(commands_of(client, "get", address))
    assert commands_of(client, "get", address) == []
    return commands_by_part


# Indexes


def test_every_filter_is_served_by_a_declared_index(enrolled, instructor, admin):
    client, student, course = enrolled
    author = client_of(instructor)
    own = make_course(instructor=instructor, lessons=2)
    category, record = course.category, Progress.objects(student=student.id).first()
    quiz = make_quiz(lesson=lessons_of(course)[1])
    question = make_question(quiz)
    with record_commands() as commands:
        for reader in (client, author, client_of(admin)):
            for address in (
                "/api/courses/",
                f"/api/courses/?category={category}",
                f"/api/courses/?instructor={instructor.id}",
                "/api/courses/?published=true&free=true",
                "/api/courses/?search=alg",
                f"/api/courses/{course.id}/lessons/",
                f"/api/lessons/?course={course.id}",
                f"/api/enrollments/?course={course.id}",
                f"/api/enrollments/?student={student.id}",
                f"/api/progress/?course={course.id}",
                f"/api/progress/?lesson={record.lesson}",
                f"/api/progress/?student={student.id}&completed=true",
                f"/api/quizzes/?lesson={quiz.lesson}",
                f"/api/quizzes/?course={course.id}",
                f"/api/questions/?quiz={quiz.id}",
                f"/api/choices/?question={question.id}",
                f"/api/quiz-submissions/?course={course.id}&passed=true",
                f"/api/quiz-submissions/?quiz={quiz.id}",
                f"/api/quiz-submissions/?student={student.id}",
                "/api/dashboard/",
                "/api/notifications/",
                "/api/notifications/?is_read=false&kind=enrolled",
                "/api/notifications/unread-count/",
                "/api/notifications/preferences/",
            ):
                assert reader.get(address).status_code == 200
        client.get(f"/api/quizzes/{quiz.id}/")
        client.post(f"/api/quizzes/{quiz.id}/start/")
        client.post(SUBMISSIONS, submission(quiz, right_answers(quiz)))
        client.get(f"/api/progress/summary/?course={course.id}")
        client.post("/api/notifications/read-all/")
        client.put("/api/notifications/preferences/", {"enrolled": {"app": False}})
        export_of(client)
        send_mails()
        client.post("/api/progress/", {"lesson": str(record.lesson)})
        ids = [str(lesson.id) for lesson in lessons_of(own)]
        author.put(f"/api/courses/{own.id}/lessons/order/", {"lessons": ids[::-1]})
        author.delete(f"/api/lessons/{ids[0]}/")
        client_of(admin).delete(f"/api/courses/{course.id}/?cascade=true")

    unserved = {
        f"{collection}: {sorted(_fields(condition))}"
        for collection, condition in map(_filter_of, commands)
        if condition and not _is_served(collection, condition)
    }
    # An admin's lists contain the whole collection.
    assert unserved <= {
        "courses: ['removed']",
        "enrollments: ['left_at']",
        "lessons: ['removed']",
        "quizzes: ['removed']",
    }


def _filter_of(command: dict) -> tuple[str, dict]:
    name, collection = next(iter(command.items()))
    if name == "aggregate":
        first = command.get("pipeline") or [{}]
        return collection, first[0].get("$match", {})
    if name in ("update", "delete"):
        changes = command.get(f"{name}s") or [{}]
        return collection, changes[0].get("q", {})
    return collection, command.get("filter") or command.get("query") or {}


def _is_served(collection: str, condition: dict) -> bool:
    if "$or" in condition and all(_is_served(collection, part) for part in condition["$or"]):
        return True
    if any(_is_served(collection, part) for part in condition.get("$and", [])):
        return True
    return bool(_leading_fields(collection) & set(condition))


def _fields(condition: dict) -> set[str]:
    nested = condition.get("$and", []) + condition.get("$or", [])
    return {name for name in condition if not name.startswith("$")}.union(
        *(_fields(part) for part in nested)
    )


def _leading_fields(collection: str) -> set[str]:
    declared = {"_id"}
    for kind in documents():
        if kind._get_collection_name() == collection:
            declared |= {spec["fields"][0][0] for spec in kind._meta["index_specs"]}
    return declared
