import pytest

from apps.courses.selectors import get_course
from apps.users.selectors import get_user
from tests.factories import client_of, lessons_of, make_course, make_question, make_quiz


@pytest.fixture
def quiz():
    quiz = make_quiz(lesson=lessons_of(make_course(lessons=2))[0])
    make_question(quiz)
    return quiz


@pytest.fixture
def as_instructor(quiz):
    return client_of(get_user(get_course(quiz.course).instructor))
