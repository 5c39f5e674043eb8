"""Stores the quizzes of the demo, and what its students submitted, as if it had happened so."""

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
from lms.demo import banks, catalogue
from lms.demo.attempts import Submission, submissions
from lms.demo.ids import id_at

BETWEEN_TRIES = timedelta(hours=5)
SPENT = timedelta(minutes=7)  # on an attempt


def store_quizzes(planned: Sequence[catalogue.Lesson], lessons: Sequence[Lesson]) -> None:
    for plan, lesson in zip(planned, lessons, strict=True):
        if plan.quiz:
            _store_quiz(plan.quiz, lesson)


def remove_quizzes(course_id: ObjectId) -> None:
    """Remove what a filling that was cut off has left of a course's quizzes."""
    quizzes = Quiz.objects(course=course_id).distinct("id")
    questions = Question.objects(quiz__in=quizzes).distinct("id")
    Choice.objects(question__in=questions).delete()
    Question.objects(quiz__in=quizzes).delete()
    Quiz.objects(course=course_id).delete()


def quizzes_of(course: Course) -> dict[ObjectId, tuple[Quiz, list[QuestionSnapshot]]]:
    """Return the quiz of each lesson that has one, with its questions."""
    found = Quiz.objects(course=course.id)
    return {quiz.lesson: (quiz, selectors.asked_in(quiz)) for quiz in found}


def store_submissions(
    *,
    student_id: ObjectId,
    username: str,
    lessons: Sequence[Lesson],
    done: Sequence[datetime],
    quizzes: dict[ObjectId, tuple[Quiz, list[QuestionSnapshot]]],
    seed: int,
) -> list[Attempt]:
    """
    Store what a student submitted on the way, and return it, the first first.

    Who has completed a lesson has passed its quiz; of the one after, some have failed.

    :param done: when the first lessons were completed
    """
    made: list[Attempt] = []
    for number, lesson in enumerate(lessons[: len(done) + 1] if done else []):
        if lesson.id not in quizzes:
            continue
        quiz, questions = quizzes[lesson.id]
        passes = number < len(done)
        ended = done[number] if passes else min(done[-1] + 3 * BETWEEN_TRIES, now_in_milliseconds())
        tries = submissions(
            questions,
            student=username,
            quiz=quiz.title,
            passes=passes,
            most=quiz.max_attempts,
            shuffle=quiz.shuffle,
            partial_credit=quiz.partial_credit,
            pass_mark=quiz.pass_mark,
            seed=seed,
        )
        made += _attempts(tries, quiz, student_id, ended)
    if made:
        Attempt.objects.insert(made, load_bulk=False)
    return made


def _store_quiz(planned: banks.Quiz, lesson: Lesson) -> None:
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
        Choice(question=question.id, text=one.text, is_correct=one.is_correct, position=position)
        for question, draft in zip(questions, planned.questions, strict=True)
        for position, one in enumerate(draft.choices, start=1)
    ]
    Question.objects.insert(questions, load_bulk=False)
    if choices:
        Choice.objects.insert(choices, load_bulk=False)


def _attempts(
    tries: Sequence[Submission],
    quiz: Quiz,
    student_id: ObjectId,
    ended: datetime,
) -> list[Attempt]:
    return [
        _attempt(one, quiz, student_id, number, ended - back * BETWEEN_TRIES)
        for number, (back, one) in enumerate(
            zip(reversed(range(len(tries))), tries, strict=True), start=1
        )
    ]


def _attempt(
    submission: Submission,
    quiz: Quiz,
    student_id: ObjectId,
    number: int,
    submitted: datetime,
) -> Attempt:
    limit = quiz.time_limit_seconds
    started = submitted - (min(SPENT, timedelta(seconds=limit)) if limit else SPENT)
    return Attempt(
        id=id_at(started),
        quiz=quiz.id,
        student=student_id,
        lesson=quiz.lesson,
        course=quiz.course,
        attempt=number,
        started_at=started,
        deadline=started + timedelta(seconds=limit) if limit else None,
        submitted_at=submitted,
        questions=submission.questions,
        partial_credit=quiz.partial_credit,
        pass_mark=quiz.pass_mark,
        answers=submission.answers,
        **vars(submission.graded),
    )
