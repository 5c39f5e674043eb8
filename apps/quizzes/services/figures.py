"""The figures that a quiz stores of its questions, so that lists load no questions."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from mongoengine import Q

from apps.common.clock import now_in_milliseconds
from apps.quizzes import selectors
from apps.quizzes.documents import Choice, Question, QuestionImport, Quiz, QuizProblem

A_MINUTE = timedelta(minutes=1)
MOST_AT_ONCE = 100  # quizzes that one sweep brings up to date
NONE_YET = {
    "question_count": 0,
    "choice_count": 0,
    "max_score": 0.0,
    "problems": [QuizProblem(code="no_questions")],
}


@contextmanager
def changing_questions(*quizzes: Quiz) -> Iterator[None]:
    """
    Store the figures of the quizzes after the block has changed their questions.

    The quizzes are marked before the change, so that the sweep finds one that was interrupted.
    """
    ids = {quiz.id for quiz in quizzes}
    Quiz.objects(id__in=list(ids)).update(set__figures_due=now_in_milliseconds())
    yield
    for quiz_id in ids:
        store_figures(quiz_id)
    selectors.invalidate_quizzes(*{quiz.course for quiz in quizzes})


def store_figures(quiz_id) -> None:
    """
    Count a quiz's figures and store them, unless a later change has stored its own.

    The version is raised before the questions are read. So the figures of a version hold every
    change whose writer has raised it by then, in whatever order racing writers store theirs.
    """
    quiz = Quiz.objects(id=quiz_id).only("id", "figures_version")
    raised = quiz.modify(new=True, inc__figures_version=1)
    if raised is None:
        return
    figures = selectors.count_figures([quiz_id])[quiz_id]
    version = raised.figures_version
    older = Q(figures_stored=None) | Q(figures_stored__lt=version)
    Quiz.objects(older, id=quiz_id).update_one(
        set__question_count=figures.question_count,
        set__choice_count=figures.choice_count,
        set__max_score=figures.max_score,
        set__problems=[
            QuizProblem(question=question, code=code) for question, code in figures.problems
        ],
        set__figures_stored=version,
    )


def repair_figures() -> int:
    """Store the figures of quizzes whose questions changed a minute ago; return how many."""
    before = now_in_milliseconds() - A_MINUTE
    due = list(Quiz.objects(figures_due__lt=before).limit(MOST_AT_ONCE))
    of_earlier_release = Quiz.objects(question_count=None).limit(MOST_AT_ONCE)
    known = {quiz.id for quiz in due}
    found = due + [quiz for quiz in of_earlier_release if quiz.id not in known]
    for quiz in found:
        _repair(quiz)
    return len(found)


def _repair(quiz: Quiz) -> None:
    elsewhere = Choice.objects(question__in=Question.objects(quiz=quiz.id).distinct("id"))
    elsewhere.filter(quiz__ne=quiz.id).update(set__quiz=quiz.id)
    pending = QuestionImport.objects(id__in=quiz.importing or [], pending_since__ne=None)
    done = set(quiz.importing or []) - set(pending.distinct("id") if quiz.importing else [])
    if done:
        Quiz.objects(id=quiz.id).update_one(pull_all__importing=list(done))
    store_figures(quiz.id)
    same = Quiz.objects(id=quiz.id, figures_due=quiz.figures_due)
    same.update_one(unset__figures_due=True)
    selectors.invalidate_quizzes(quiz.course)
