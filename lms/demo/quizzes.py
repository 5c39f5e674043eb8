"""Store the demo's quizzes and its students' submissions, without side effects."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bson import ObjectId

from apps.common.clock import now_in_milliseconds
from apps.courses.documents import Course
from apps.lessons.documents import Lesson
from apps.quizzes import selectors
from apps.quizzes.documents import (
    Attempt,
    Choice,
    Question,
    QuestionSnapshot,
    Quiz,
    content_of,
)
from lms.demo import catalog, question_banks
from lms.demo.attempts import Submission, simulate_submissions
from lms.demo.ids import id_at

BETWEEN_ATTEMPTS = timedelta(hours=5)
DURATION = timedelta(minutes=7)  # of an attempt

QuizWithQuestions = tuple[Quiz, list[QuestionSnapshot]]


def store_quizzes(planned: Sequence[catalog.Lesson], lessons: Sequence[Lesson]) -> None:
    for plan, lesson in zip(planned, lessons, strict=True):
        if plan.quiz:
            _store_quiz(plan.quiz, lesson)


def remove_quizzes(course_id: ObjectId) -> None:
    """Delete the quizzes that an interrupted run has stored for a course."""
    quizzes = Quiz.objects(course=course_id).distinct("id")
    questions = Question.objects(quiz__in=quizzes).distinct("id")
    Choice.objects(question__in=questions).delete()
    Question.objects(quiz__in=quizzes).delete()
    Quiz.objects(course=course_id).delete()


def quizzes_of(course: Course) -> dict[ObjectId, QuizWithQuestions]:
    """Return the quiz of each lesson that has one, with its questions, by lesson id."""
    quizzes = Quiz.objects(course=course.id)
    return {quiz.lesson: (quiz, selectors.snapshot_questions(quiz)) for quiz in quizzes}


def store_submissions(
    *,
    student_id: ObjectId,
    username: str,
    lessons: Sequence[Lesson],
    completed_at: Sequence[datetime],
    quizzes: dict[ObjectId, QuizWithQuestions],
    seed: int,
) -> list[Attempt]:
    """
    Store a student's submissions in a course, and return them in order.

    The student has passed the quizzes of all completed lessons. Some students have failed the quiz
    of the lesson after these.

    :param completed_at: when the student completed the first lessons, in order
    """
    attempts: list[Attempt] = []
    for number, lesson in enumerate(lessons[: len(completed_at) + 1] if completed_at else []):
        if lesson.id not in quizzes:
            continue
        quiz, questions = quizzes[lesson.id]
        passes = number < len(completed_at)
        last_failure = min(completed_at[-1] + 3 * BETWEEN_ATTEMPTS, now_in_milliseconds())
        ended_at = completed_at[number] if passes else last_failure
        submissions = simulate_submissions(
            questions,
            student=username,
            quiz=quiz.title,
            passes=passes,
            max_attempts=quiz.max_attempts,
            shuffle=quiz.shuffle,
            partial_credit=quiz.partial_credit,
            pass_mark=quiz.pass_mark,
            seed=seed,
        )
        attempts += _build_attempts(submissions, quiz, student_id, ended_at)
    if attempts:
        Attempt.objects.insert(attempts, load_bulk=False)
    return attempts


def _store_quiz(planned: question_banks.Quiz, lesson: Lesson) -> None:
    quiz = Quiz(
        lesson=lesson.id,
        course=lesson.course,
        title=planned.title,
        created_at=lesson.created_at,
        **planned.settings,
    ).save(force_insert=True)
    questions = [
        Question(
            id=ObjectId(),
            quiz=quiz.id,
            position=position,
            created_at=lesson.created_at,
            **content_of(draft),
        )
        for position, draft in enumerate(planned.questions, start=1)
    ]
    choices = [
        Choice(
            question=question.id,
            text=choice.text,
            is_correct=choice.is_correct,
            position=position,
        )
        for question, draft in zip(questions, planned.questions, strict=True)
        for position, choice in enumerate(draft.choices, start=1)
    ]
    Question.objects.insert(questions, load_bulk=False)
    if choices:
        Choice.objects.insert(choices, load_bulk=False)


def _build_attempts(
    submissions: Sequence[Submission],
    quiz: Quiz,
    student_id: ObjectId,
    ended_at: datetime,
) -> list[Attempt]:
    return [
        _build_attempt(submission, quiz, student_id, number, ended_at - later * BETWEEN_ATTEMPTS)
        for number, (later, submission) in enumerate(
            zip(reversed(range(len(submissions))), submissions, strict=True), start=1
        )
    ]


def _build_attempt(
    submission: Submission,
    quiz: Quiz,
    student_id: ObjectId,
    number: int,
    submitted_at: datetime,
) -> Attempt:
    limit = quiz.time_limit_seconds
    started_at = submitted_at - (min(DURATION, timedelta(seconds=limit)) if limit else DURATION)
    return Attempt(
        id=id_at(started_at),
        quiz=quiz.id,
        student=student_id,
        lesson=quiz.lesson,
        course=quiz.course,
        attempt=number,
        started_at=started_at,
        deadline=started_at + timedelta(seconds=limit) if limit else None,
        submitted_at=submitted_at,
        questions=submission.questions,
        partial_credit=quiz.partial_credit,
        pass_mark=quiz.pass_mark,
        answers=submission.answers,
        **vars(submission.result),
    )
