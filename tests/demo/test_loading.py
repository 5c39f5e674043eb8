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


def test_an_empty_store_is_filled_once(anonymous, monkeypatch):
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
    # What was counted while filling is what is there.
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


def test_whoever_has_completed_a_lesson_has_passed_its_quiz():
    loading.fill()

    quizzes = {quiz.lesson: quiz.id for quiz in Quiz.objects}
    completed = Progress.objects(lesson__in=list(quizzes), completed=True)
    passed = {(one.student, one.quiz) for one in Attempt.objects(passed=True)}
    assert completed.count() > 50
    for record in completed:
        assert (record.student, quizzes[record.lesson]) in passed
    assert Attempt.objects(passed=False).count() > 20
    assert Attempt.objects(undelivered_since__ne=None).count() == 0


def test_the_figures_of_quizzes_that_many_took_look_like_real_ones():
    loading.fill()
    client = client_of(User.objects.get(username="demo-admin"))

    figures = [client.get(f"/api/quizzes/{quiz.id}/statistics/").data for quiz in Quiz.objects]
    questions = [one for quiz in figures if quiz["attempts"] >= 8 for one in quiz["questions"]]
    assert len(questions) >= 40
    assert all(25 <= one["facility"] <= 95 for one in questions)
    assert sum(one["discrimination"] > 0 for one in questions) > 0.9 * len(questions)


def test_each_attempt_at_a_shuffled_quiz_is_asked_in_an_order_of_its_own():
    loading.fill()

    for quiz in Quiz.objects:
        attempts = list(Attempt.objects(quiz=quiz.id))
        orders = [tuple(asked.id for asked in one.questions) for one in attempts]
        assert len(set(orders)) > len(orders) / 2 if quiz.shuffle else len(set(orders)) <= 1
        assert len({frozenset(order) for order in orders}) <= 1
        assert [tuple(result.question for result in one.results) for one in attempts] == orders
    choices: dict = {}
    for one in Attempt.objects(quiz__in=Quiz.objects(shuffle=True).distinct("id")):
        for asked in one.questions:
            order = tuple(choice.id for choice in asked.choices)
            choices.setdefault(asked.id, set()).add(order)
    assert any(len(orders) > 1 for orders in choices.values())


def test_the_demo_student_has_results_and_news_of_them():
    loading.fill()
    client = client_of(User.objects.get(username="demo-student"))

    results = [
        quiz
        for row in client.get("/api/enrollments/?expand=progress").data["results"]
        for quiz in row["progress"]["quizzes"]
    ]
    assert {(one["attempts"], one["passed"]) for one in results} == {
        (2, True),
        (1, False),
        (0, False),
    }
    told = client.get("/api/notifications/").data
    times = [one["created_at"] for one in told["results"]]
    assert times == sorted(times, reverse=True)
    assert {"enrolled", "milestone", "quiz_passed", "quiz_failed"} <= {
        one["kind"] for one in client.get("/api/notifications/?page_size=100").data["results"]
    }
    assert client.get("/api/notifications/unread-count/").data == {"unread": 3}
    assert Notification.objects(mail_due_at__ne=None).count() == 0
    assert Notification.objects(emailed_at=None).count() == 0


def test_the_demo_instructor_is_told_once_that_they_may_teach():
    loading.fill()
    teacher = User.objects.get(username="demo-instructor")

    publish(
        InstructorGranted(user_id=str(teacher.id), granted_at=format_timestamp(teacher.granted_at))
    )

    assert kinds_and_links(teacher) == [("instructor_granted", "/studio")]


def test_a_filling_that_was_cut_off_among_courses_is_gone_on_with():
    loading.fill()
    whole = counts()
    loading.DemoFilling.objects.update(set__finished=False)
    course = Course.objects.get(id=Quiz.objects.first().course)
    Lesson.objects(course=course.id).first().delete()
    Course.objects(id=course.id).update(set__lesson_count=0)  # it says that all is there, last
    for kind in (Enrollment, Progress, Attempt, Notification):  # places come after all courses
        kind.objects.delete()

    loading.fill()

    assert counts() == whole


def test_a_filling_that_was_cut_off_among_places_is_gone_on_with():
    loading.fill()
    whole = counts()
    loading.DemoFilling.objects.update(set__finished=False)
    Enrollment.objects.delete()
    Progress.objects.delete()

    loading.fill()

    assert counts() == whole


def test_a_store_that_is_in_use_is_left_alone():
    make_student()

    assert loading.fill() is None
    assert Course.objects.count() == 0
