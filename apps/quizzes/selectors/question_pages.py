"""Represent questions and choices as the viewer may see them, with or without the answer key."""

from collections.abc import Iterable, Sequence

from bson import ObjectId

from apps.common.storage.pagination import Page, Paging, page_of
from apps.quizzes.contents import QuestionContent
from apps.quizzes.documents import Choice, Question, Quiz
from apps.quizzes.representations import (
    AskedQuestionRepresentation,
    ChoiceRepresentation,
    QuestionRepresentation,
    RevisionedQuestion,
    represent_asked_question,
    represent_choice,
    represent_question,
    represent_revisioned_question,
)
from apps.quizzes.selectors.access import (
    choices_in,
    courses_with_visible_key,
    get_visible_choice,
    get_visible_question,
    questions_in,
    quizzes_with_visible_questions,
    visible_choices_of,
    visible_questions_of,
)
from apps.quizzes.selectors.contents import FULL_QUIZZES, contents_of, questions_of
from apps.quizzes.selectors.paging import page_across
from apps.quizzes.selectors.quizzes import get_quiz
from apps.quizzes.selectors.summaries import stored_summaries
from apps.users.viewer import Viewer

AnyQuestion = QuestionRepresentation | AskedQuestionRepresentation


def read_question(
    question_id, *, viewer: Viewer
) -> RevisionedQuestion | AskedQuestionRepresentation:
    """
    Return a question, with its answer key if the viewer may see it.

    :raises NotFound: it does not exist, or is not visible to the viewer
    """
    question, with_key = get_visible_question(question_id, viewer=viewer)
    if with_key:
        return read_written_question(question)
    [content] = contents_of([question])
    return represent_asked_question(content, quiz_id=question.quiz, position=question.position)


def read_written_question(question: Question) -> RevisionedQuestion:
    """Return a question, with its answer key and revision, for its instructor."""
    [content] = contents_of([question])
    return represent_revisioned_question(question, content.choices)


def read_written_questions(quiz_id: ObjectId) -> list[QuestionRepresentation]:
    """Return a quiz's questions in order, with the answer key, for their instructor."""
    quiz = get_quiz(quiz_id)
    questions = questions_of(quiz)
    return represent_with_key(questions, contents_of(questions, quiz=quiz))


def list_questions(*, viewer: Viewer, paging: Paging, quiz=None) -> Page:
    """
    Return questions in order, each with its answer key if the viewer may see it.

    :raises Busy: too many full quizzes and submissions are being read
    """
    with FULL_QUIZZES:
        return _list_questions(viewer, paging, quiz)


def _list_questions(viewer: Viewer, paging: Paging, quiz) -> Page:
    questions: list[Question] = []
    if quiz is None:
        summaries = stored_summaries(quizzes_with_visible_questions(viewer))
        sizes = [(quiz_id, each.question_count) for quiz_id, each in sorted(summaries.items())]
        page, questions = page_across(sizes, paging, find=questions_in)
    else:
        page = page_of(visible_questions_of(quiz, viewer=viewer), paging, questions.append)
    page.rows[:] = _represent_questions(questions, viewer)
    return page


def read_choice(choice_id, *, viewer: Viewer) -> ChoiceRepresentation:
    """
    :raises NotFound: it does not exist, or is not visible to the viewer
    """
    choice, with_key = get_visible_choice(choice_id, viewer=viewer)
    return represent_choice(choice, with_key=with_key)


def list_choices(*, viewer: Viewer, paging: Paging, question=None) -> Page:
    """Return choices in order, each with `is_correct` if the viewer may see the answer key."""
    choices: list[Choice] = []
    if question is None:
        summaries = stored_summaries(quizzes_with_visible_questions(viewer))
        sizes = [(quiz_id, each.choice_count) for quiz_id, each in sorted(summaries.items())]
        page, choices = page_across(sizes, paging, find=choices_in)
    else:
        page = page_of(visible_choices_of(question, viewer=viewer), paging, choices.append)
    page.rows[:] = _represent_choices(choices, viewer)
    return page


def represent_with_key(
    questions: Iterable[Question], contents: Iterable[QuestionContent]
) -> list[QuestionRepresentation]:
    return [
        represent_question(question, content.choices)
        for question, content in zip(questions, contents, strict=True)
    ]


def _represent_questions(questions: Sequence[Question], viewer: Viewer) -> list[AnyQuestion]:
    with_key = _quizzes_with_visible_key({question.quiz for question in questions}, viewer)
    return [
        represent_question(question, content.choices)
        if question.quiz in with_key
        else represent_asked_question(content, quiz_id=question.quiz, position=question.position)
        for question, content in zip(questions, contents_of(questions), strict=True)
    ]


def _represent_choices(choices: Sequence[Choice], viewer: Viewer) -> list[ChoiceRepresentation]:
    questions = Question.objects(id__in=list({choice.question for choice in choices})).only("quiz")
    quiz_by_question = {question.id: question.quiz for question in questions}
    with_key = _quizzes_with_visible_key(set(quiz_by_question.values()), viewer)
    return [
        represent_choice(choice, with_key=quiz_by_question.get(choice.question) in with_key)
        for choice in choices
    ]


def _quizzes_with_visible_key(quiz_ids: set[ObjectId], viewer: Viewer) -> set[ObjectId]:
    quizzes = list(Quiz.objects(id__in=list(quiz_ids)).only("course"))
    course_ids = courses_with_visible_key(viewer, {quiz.course for quiz in quizzes})
    return {quiz.id for quiz in quizzes if quiz.course in course_ids}
