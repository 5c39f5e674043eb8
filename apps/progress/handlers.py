from apps.common.events import answer, subscribe
from apps.courses.events import CourseRemoved
from apps.enrollments.events import ProgressSummaries, StudentEnrolled
from apps.lessons.events import LessonAdded, LessonMoved, LessonRemoved
from apps.progress import selectors, services
from apps.quizzes.events import QuizGraded, QuizRegraded
from apps.users.events import PersonalData, UserErased


@subscribe(StudentEnrolled)
def create_records_of_student(event: StudentEnrolled) -> None:
    services.create_progress_records(student_id=event.student_id, course_id=event.course_id)


@subscribe(LessonAdded)
def create_records_of_lesson(event: LessonAdded) -> None:
    services.create_progress_records_of_lesson(lesson_id=event.lesson_id, course_id=event.course_id)


@subscribe(LessonRemoved)
def delete_records_of_lesson(event: LessonRemoved) -> None:
    services.delete_progress_of_lesson(lesson_id=event.lesson_id, course_id=event.course_id)


@subscribe(LessonMoved)
def move_records_of_lesson(event: LessonMoved) -> None:
    services.move_lesson(
        lesson_id=event.lesson_id,
        from_course_id=event.from_course_id,
        to_course_id=event.to_course_id,
    )


@subscribe(QuizGraded)
def complete_lesson_of_passed_quiz(event: QuizGraded) -> None:
    _complete_if_passed(event)


@subscribe(QuizRegraded)
def complete_lesson_of_regraded_quiz(event: QuizRegraded) -> None:
    _complete_if_passed(event)


@subscribe(CourseRemoved)
def delete_records_of_course(event: CourseRemoved) -> None:
    services.delete_progress_of_course(event.course_id)


@subscribe(UserErased)
def erase_records(event: UserErased) -> None:
    services.erase(event.user_id)


@answer(ProgressSummaries)
def progress_summaries(question: ProgressSummaries) -> dict:
    return selectors.summaries_of_page(question.pairs)


@answer(PersonalData)
def personal_data_about_progress(question: PersonalData) -> dict:
    return {"progress": selectors.personal_data_of(question.user_id)}


def _complete_if_passed(event: QuizGraded | QuizRegraded) -> None:
    if event.passed:
        services.complete_by_quiz(
            student_id=event.student_id,
            quiz_id=event.quiz_id,
            lesson_id=event.lesson_id,
            course_id=event.course_id,
        )
