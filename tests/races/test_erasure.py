"""A user is erased while other requests of that user run."""

import pytest

from apps.courses.documents import Course
from apps.enrollments.documents import Enrollment
from apps.progress.documents import Progress
from apps.quizzes.documents import Attempt
from tests.factories import (
    client_of,
    enroll_in,
    lessons_of,
    make_course,
    make_lesson,
    make_question,
    make_quiz,
    make_student,
    wrong_answers,
)
from tests.users.racing import race


@pytest.mark.parametrize("repetition", range(3))
def test_concurrent_requests_leave_no_data_of_an_erased_user(repetition):
    quiz = make_quiz(lesson=make_lesson(course=make_course()))
    make_question(quiz)
    course, other = Course.objects.get(id=quiz.course), make_course(lessons=2)
    [lesson, _] = lessons_of(other)
    student = enroll_in(course, make_student())
    client = client_of(student)
    submission = {"quiz": str(quiz.id), "answers": wrong_answers(quiz)}
    requests = [
        lambda: client.delete("/api/auth/user/"),
        *[lambda: client.post("/api/quiz-submissions/", submission)] * 4,
        lambda: client.post("/api/enrollments/", {"course": str(other.id)}),
        lambda: client.post("/api/progress/", {"lesson": str(lesson.id)}),
        lambda: client.put("/api/notifications/preferences/", {"enrolled": {"mail": False}}),
    ]

    responses = race(len(requests), lambda n: requests[n]())

    assert responses[0].status_code == 204
    assert max(response.status_code for response in responses) < 500
    assert Attempt.objects(student=student.id).count() == 0
    assert Attempt.objects(erased=None).count() == 0
    assert Enrollment.objects.count() == Progress.objects.count() == 0
    for each_course in (course, other):
        assert Course.objects.get(id=each_course.id).enrollment_count == 0
