"""Store a summary of each quiz's questions, so that lists of quizzes need not load them."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from bson import ObjectId
from mongoengine import Q

from apps.common.clock import now_in_milliseconds
from apps.quizzes import selectors
from apps.quizzes.documents import Choice, Question, QuestionImport, Quiz, QuizProblem

A_MINUTE = timedelta(minutes=1)
SWEEP_LIMIT = 100  # quizzes whose summary one sweep checks
EMPTY_SUMMARY = {
    "question_count": 0,
    "choice_count": 0,
    "max_score": 0.0,
    "problems": [QuizProblem(code="no_questions")],
}


@contextmanager
def updating_summaries(*quizzes: Quiz) -> Iterator[None]:
    """
    Store the summaries of the quizzes after the block has changed their questions.

    They are marked stale before the change, so that the sweep finds an interrupted one.
    """
    ids = {quiz.id for quiz in quizzes}
    Quiz.objects(id__in=list(ids)).update(set__summary_stale_since=now_in_milliseconds())
    yield
    for quiz_id in ids:
        store_summary(quiz_id)
    selectors.invalidate_quizzes(*{quiz.course for quiz in quizzes})


def store_summary(quiz_id: ObjectId) -> None:
    """
    Compute and store a quiz's summary, unless a later change has already stored its own.

    The version is incremented before the questions are read. So the summary of a version contains
    every change whose writer has incremented it by then, in whatever order racing writers finish.
    """
    quiz = Quiz.objects(id=quiz_id).only("id", "summary_version")
    incremented = quiz.modify(new=True, inc__summary_version=1)
    if incremented is None:
        return
    summary = selectors.compute_summaries([quiz_id])[quiz_id]
    version = incremented.summary_version
    older = Q(stored_summary_version=None) | Q(stored_summary_version__lt=version)
    Quiz.objects(older, id=quiz_id).update_one(
        set__question_count=summary.question_count,
        set__choice_count=summary.choice_count,
        set__max_score=summary.max_score,
        set__problems=[
            QuizProblem(question=question, code=code) for question, code in summary.problems
        ],
        set__stored_summary_version=version,
    )


def repair_summaries() -> int:
    """Store the summaries of quizzes that changed over a minute ago; return their number."""
    before = now_in_milliseconds() - A_MINUTE
    stale = list(Quiz.objects(summary_stale_since__lt=before).limit(SWEEP_LIMIT))
    without_summary = Quiz.objects(question_count=None).limit(SWEEP_LIMIT)
    stale_ids = {quiz.id for quiz in stale}
    quizzes = stale + [quiz for quiz in without_summary if quiz.id not in stale_ids]
    for quiz in quizzes:
        _repair_summary(quiz)
    return len(quizzes)


def _repair_summary(quiz: Quiz) -> None:
    choices = Choice.objects(question__in=Question.objects(quiz=quiz.id).distinct("id"))
    choices.filter(quiz__ne=quiz.id).update(set__quiz=quiz.id)
    _remove_finished_imports(quiz)
    store_summary(quiz.id)
    same = Quiz.objects(id=quiz.id, summary_stale_since=quiz.summary_stale_since)
    same.update_one(unset__summary_stale_since=True)
    selectors.invalidate_quizzes(quiz.course)


def _remove_finished_imports(quiz: Quiz) -> None:
    if not quiz.import_ids:
        return
    unfinished = QuestionImport.objects(id__in=quiz.import_ids, unfinished_since__ne=None)
    finished = set(quiz.import_ids) - set(unfinished.distinct("id"))
    if finished:
        Quiz.objects(id=quiz.id).update_one(pull_all__import_ids=list(finished))
