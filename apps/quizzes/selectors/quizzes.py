"""Read quizzes, questions and choices, without checking what the viewer may see."""

from collections.abc import Iterable

from bson import ObjectId

from apps.common.errors import NotFound
from apps.lessons import selectors as lessons
from apps.quizzes.documents import Choice, Question, Quiz
from apps.quizzes.selectors.summaries import stored_summaries


def get_quiz(quiz_id) -> Quiz:
    """
    Return a quiz as the store has it now, which is what a decision must read.

    Its course is the lesson's. The stored copy, which lists use, follows after a lesson has moved.

    :raises NotFound: it does not exist
    """
    quiz = Quiz.objects(id=quiz_id, removed=None).first()
    if quiz is None:
        raise NotFound()
    quiz.course = lessons.course_of_lesson(quiz.lesson)
    return quiz


def get_question(question_id) -> Question:
    """
    :raises NotFound: it does not exist
    """
    question = Question.objects(id=question_id).first()
    if question is None:
        raise NotFound()
    return question


def get_choice(choice_id) -> tuple[Choice, Question]:
    """
    :raises NotFound: it does not exist
    """
    choice = Choice.objects(id=choice_id).first()
    if choice is None:
        raise NotFound()
    return choice, get_question(choice.question)


def last_position(quiz_id: ObjectId) -> int:
    last = Question.objects(quiz=quiz_id).order_by("-position").only("position").first()
    return last.position if last else 0


def last_choice_position(question_id: ObjectId) -> int:
    last = Choice.objects(question=question_id).order_by("-position").only("position").first()
    return last.position if last else 0


def quizzes_of_lesson(lesson_id) -> list[Quiz]:
    """Return the quizzes of a lesson, with only the fields that `ready_quizzes` needs."""
    quizzes = Quiz.objects(lesson=lesson_id, removed=None).only("question_count", "problems")
    return list(quizzes.order_by("id"))


def ready_quizzes(quizzes: Iterable[Quiz]) -> set[ObjectId]:
    """Return the ids of the quizzes that can be taken."""
    return {quiz_id for quiz_id, summary in stored_summaries(quizzes).items() if summary.is_ready}


def unanswerable_questions_of(course_id, *, limit: int) -> list[tuple[str, str]]:
    """Return `(quiz title, question text)` of a course's questions without a correct answer."""
    fields = ("title", "question_count", "max_score", "problems")
    quizzes = list(Quiz.objects(course=course_id, removed=None).only(*fields).order_by("id"))
    summaries = stored_summaries(quizzes)
    unanswerable = [
        (quiz.title, question_id)
        for quiz in quizzes
        for question_id, _code in summaries[quiz.id].problems
        if question_id is not None
    ][:limit]
    if not unanswerable:
        return []
    questions = Question.objects(id__in=[question_id for _, question_id in unanswerable])
    texts = {question.id: question.text for question in questions.only("text")}
    return [(title, texts[each]) for title, each in unanswerable if each in texts]
