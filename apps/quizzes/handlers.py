from contextlib import AbstractContextManager

from django.utils.translation import gettext as _

from apps.common.events import answer, subscribe
from apps.courses.events import CourseRemoved, PublishBlockers
from apps.lessons.events import LessonMoved, LessonMoveGuards, LessonRemoved
from apps.quizzes import selectors, services
from apps.users.events import PersonalData, UserErased

MAX_BLOCKERS = 20  # unanswerable questions that one error message lists


@subscribe(LessonRemoved)
def delete_quizzes_of_lesson(event: LessonRemoved) -> None:
    services.delete_quizzes_of_lesson(event.lesson_id)


@subscribe(LessonMoved)
def move_quizzes_of_lesson(event: LessonMoved) -> None:
    services.move_quizzes(lesson_id=event.lesson_id, to_course_id=event.to_course_id)


@subscribe(CourseRemoved)
def delete_quizzes_of_course(event: CourseRemoved) -> None:
    services.delete_quizzes_of_course(event.course_id)


@subscribe(UserErased)
def anonymize_submissions(event: UserErased) -> None:
    services.erase_student(event.user_id)


@answer(LessonMoveGuards)
def guard_lesson_move(question: LessonMoveGuards) -> AbstractContextManager[None]:
    return services.moving_lesson(
        lesson_id=question.lesson_id,
        from_course_id=question.from_course_id,
        to_course_id=question.to_course_id,
    )


@answer(PublishBlockers)
def list_publish_blockers(question: PublishBlockers) -> list[str]:
    return [
        _("In the quiz “%(quiz)s”, the question “%(question)s” has no correct answer.")
        % {"quiz": quiz, "question": text}
        for quiz, text in selectors.unanswerable_questions_of(
            question.course_id, limit=MAX_BLOCKERS
        )
    ]


@answer(PersonalData)
def export_submissions(question: PersonalData) -> dict:
    return {"quiz_submissions": selectors.personal_data_of(question.user_id)}
