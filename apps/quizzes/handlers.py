from django.utils.translation import gettext as _

from apps.common.events import answer, subscribe
from apps.courses.events import CourseRemoved, PublishBlockers
from apps.lessons.events import LessonMoved, LessonRemoved
from apps.quizzes import selectors, services
from apps.users.events import PersonalData, UserErased

MOST_NAMED = 20  # questions that keep a course from being published, in one answer


@subscribe(LessonRemoved)
def remove_its_quizzes(event: LessonRemoved) -> None:
    services.delete_quizzes_of_lesson(event.lesson_id)


@subscribe(LessonMoved)
def take_its_quizzes_along(event: LessonMoved) -> None:
    services.move_quizzes(lesson_id=event.lesson_id, to_course_id=event.to_course_id)


@subscribe(CourseRemoved)
def remove_quizzes_of_course(event: CourseRemoved) -> None:
    services.delete_quizzes_of_course(event.course_id)


@subscribe(UserErased)
def take_the_name_off(event: UserErased) -> None:
    services.erase(event.user_id)


@answer(PublishBlockers)
def questions_that_nobody_can_answer(question: PublishBlockers) -> list[str]:
    return [
        _("In the quiz “%(quiz)s” nobody can answer the question “%(question)s”.")
        % {"quiz": quiz, "question": text}
        for quiz, text in selectors.unready_questions_of(question.course_id, most=MOST_NAMED)
    ]


@answer(PersonalData)
def what_was_submitted(question: PersonalData) -> dict:
    return {"quiz_submissions": selectors.personal_data_of(question.user_id)}
