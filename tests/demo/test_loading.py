from apps.common.clock import format_timestamp
from apps.common.events import publish
from apps.courses.documents import Category, Course
from apps.enrollments.documents import Enrollment
from apps.lessons.documents import Lesson
from apps.notifications.documents import Notification
from apps.progress.documents import Progress
from apps.quizzes.documents import Attempt, Choice, Question, Quiz
from apps.users.documents import User
from apps.users.events import InstructorGranted
from lms.demo import loading
from tests.factories import client_of, make_student
from tests.notifications.factories import kinds_and_links


def counts() -> dict[str, int]:
    kinds = (User, Category, Course, Lesson, Enrollment, Progress, Quiz, Question, Choice)
    kinds += (Attempt, Notification)
    return {kind.__name__: kind.objects.count() for kind in kinds}


def test_an_empty_store_is_filled_only_once(anonymous, monkeypatch):
    monkeypatch.setenv("LMS_DEMO_PASSWORD", "demo password of a test")

    assert loading.fill() == "demo password of a test"

    filled = counts()
    assert filled["Category"] >= 6
    assert filled["Course"] >= 24
    assert filled["User"] >= 60
    assert loading.fill() is None
    assert counts() == filled
    signed_in = anonymous.post(
        "/api/auth/login/", {"username": "demo-student", "password": "demo password of a test"}
    )
    assert signed_in.status_code == 200
    # The stored counts are correct.
    for course in Course.objects:
        assert course.lesson_count == Lesson.objects(course=course.id).count() > 0
        assert course.enrollment_count == Enrollment.objects(course=course.id).count()


def test_the_demo_student_sees_courses_at_every_stage():
    loading.fill()
    client = client_of(User.objects.get(username="demo-student"))

    rows = client.get("/api/enrollments/?expand=progress,course").data["results"]

    percentages = sorted(row["progress"]["percentage"] for row in rows)
    assert percentages[0] == 0
    assert percentages[-1] == 100
    assert len(rows) == 4
    assert all(row["course"]["image"] for row in rows)
    assert all(row["milestones"] == row["progress"]["milestones"] for row in rows)


def test_students_have_passed_the_quizzes_of_completed_lessons():
    loading.fill()

    quizzes = {quiz.lesson: quiz.id for quiz in Quiz.objects}
    completed = Progress.objects(lesson__in=list(quizzes), completed=True)
    passed = {(attempt.student, attempt.quiz) for attempt in Attempt.objects(passed=True)}
    assert completed.count() > 50
    for record in completed:
        assert (record.student, quizzes[record.lesson]) in passed
    assert Attempt.objects(passed=False).count() > 20
    assert Attempt.objects(undelivered_since__ne=None).count() == 0


def test_the_statistics_of_popular_quizzes_look_realistic():
    loading.fill()
    client = client_of(User.objects.get(username="demo-admin"))

    statistics = [client.get(f"/api/quizzes/{quiz.id}/statistics/").data for quiz in Quiz.objects]
    questions = [
        question for quiz in statistics if quiz["attempts"] >= 8 for question in quiz["questions"]
    ]
    assert len(questions) >= 40
    assert all(25 <= question["facility"] <= 95 for question in questions)
    positive = sum(question["discrimination"] > 0 for question in questions)
    assert positive > 0.9 * len(questions)


def test_each_attempt_at_a_shuffled_quiz_has_its_own_order():
    loading.fill()

    for quiz in Quiz.objects:
        attempts = list(Attempt.objects(quiz=quiz.id))
        orders = [tuple(question.id for question in attempt.questions) for attempt in attempts]
        assert len(set(orders)) > len(orders) / 2 if quiz.shuffle else len(set(orders)) <= 1
        assert len({frozenset(order) for order in orders}) <= 1
        assert [
            tuple(result.question for result in attempt.results) for attempt in attempts
        ] == orders
    choices: dict = {}
    for attempt in Attempt.objects(quiz__in=Quiz.objects(shuffle=True).distinct("id")):
        for question in attempt.questions:
            order = tuple(choice.id for choice in question.choices)
            choices.setdefault(question.id, set()).add(order)
    assert any(len(orders) > 1 for orders in choices.values())


def test_the_demo_student_has_quiz_results_and_notifications():
    loading.fill()
    client = client_of(User.objects.get(username="demo-student"))

    results = [
        quiz
        for row in client.get("/api/enrollments/?expand=progress").data["results"]
        for quiz in row["progress"]["quizzes"]
    ]
    assert {(quiz["attempts"], quiz["passed"]) for quiz in results} == {
        (2, True),
        (1, False),
        (0, False),
    }
    latest = client.get("/api/notifications/").data
    times = [notification["created_at"] for notification in latest["results"]]
    assert times == sorted(times, reverse=True)
    assert {"enrolled", "milestone", "quiz_passed", "quiz_failed"} <= {
        notification["kind"]
        for notification in client.get("/api/notifications/?page_size=100").data["results"]
    }
    assert client.get("/api/notifications/unread-count/").data == {"unread": 3}
    assert Notification.objects(mail_due_at__ne=None).count() == 0
    assert Notification.objects(emailed_at=None).count() == 0


def test_the_demo_instructor_is_notified_only_once_of_the_role():
    loading.fill()
    instructor = User.objects.get(username="demo-instructor")

    publish(
        InstructorGranted(
            user_id=str(instructor.id), granted_at=format_timestamp(instructor.granted_at)
        )
    )

    assert kinds_and_links(instructor) == [("instructor_granted", "/studio")]


def test_filling_is_finished_after_an_interruption_among_courses():
    loading.fill()
    complete = counts()
    loading.DemoFilling.objects.update(set__finished=False)
    course = Course.objects.get(id=Quiz.objects.first().course)
    Lesson.objects(course=course.id).first().delete()
    Course.objects(id=course.id).update(set__lesson_count=0)  # It marks the course as complete.
    for kind in (
        Enrollment,
        Progress,
        Attempt,
        Notification,
    ):  # Created after all courses.
        kind.objects.delete()

    loading.fill()

    assert counts() == complete


def test_filling_is_finished_after_an_interruption_among_enrollments():
    loading.fill()
    complete = counts()
    loading.DemoFilling.objects.update(set__finished=False)
    Enrollment.objects.delete()
    Progress.objects.delete()

    loading.fill()

    assert counts() == complete


def test_a_store_in_use_is_not_filled():
    make_student()

    assert loading.fill() is None
    assert Course.objects.count() == 0
