"""Questions and choices as people see them: the key is for those who wrote it.

Learners get what is listed here and nothing else, so a field that is added to a document is theirs
only when somebody says so.
"""

from collections.abc import Callable, Sequence

from bson import ObjectId

from apps.common.storage.cache import Json
from apps.common.storage.pagination import Page, Paging, page_of
from apps.quizzes.documents import Attempt, Choice, Question, QuestionSnapshot, Quiz
from apps.quizzes.selectors.contents import (
    QuestionContent,
    contents_of,
    questions_of,
    stored_figures,
)
from apps.quizzes.selectors.quizzes import (
    choices_in,
    choices_shown_of,
    get_quiz,
    get_visible_choice,
    get_visible_question,
    questions_in,
    questions_shown_of,
    shown_quizzes,
    written_courses,
)
from apps.quizzes.selectors.spans import page_across
from apps.users.viewer import Viewer

Represent = Callable[..., Json]


def read_question(question_id, *, viewer: Viewer, represent: Represent) -> Json:
    """
    Return a question, with its key where the viewer may see it.

    :raises Missing: there is none that the viewer may know of
    """
    question, with_key = get_visible_question(question_id, viewer=viewer)
    contents = contents_of([question])
    if with_key:
        [row] = for_authors([question], contents, represent)
        return row
    return without_key(contents[0], quiz_id=question.quiz, position=question.position)


def read_written_question(question: Question, *, represent: Represent) -> Json:
    """Return a question as its author has just written it."""
    [row] = for_authors([question], contents_of([question]), represent)
    return row


def written_questions(quiz: Quiz, *, represent: Represent) -> list[Json]:
    """Return a quiz's questions in order, as their author has just written them."""
    questions = questions_of(get_quiz(quiz.id))
    rows = for_authors(questions, contents_of(questions, whole=quiz), represent)
    return [{name: value for name, value in row.items() if name != "revision"} for row in rows]


def list_questions(*, viewer: Viewer, represent: Represent, paging: Paging, quiz=None) -> Page:
    """Return questions in order, each with its key where the viewer may see it."""
    found: list[Question] = []
    if quiz is None:
        figures = stored_figures(shown_quizzes(viewer))
        sizes = [(quiz_id, one.question_count) for quiz_id, one in sorted(figures.items())]
        page, found = page_across(sizes, paging, of_quizzes=questions_in)
    else:
        page = page_of(questions_shown_of(quiz, viewer=viewer), paging, found.append)
    page.rows[:] = _rows_of_questions(found, viewer, represent)
    return page


def read_choice(choice_id, *, viewer: Viewer, represent: Represent) -> Json:
    """
    :raises Missing: there is none that the viewer may know of
    """
    choice, with_key = get_visible_choice(choice_id, viewer=viewer)
    row = represent(choice)
    return row if with_key else _choice_without_key(row)


def list_choices(*, viewer: Viewer, represent: Represent, paging: Paging, question=None) -> Page:
    """Return choices in their questions' order, each with its key where the viewer may see it."""
    found: list[Choice] = []
    if question is None:
        figures = stored_figures(shown_quizzes(viewer))
        sizes = [(quiz_id, one.choice_count) for quiz_id, one in sorted(figures.items())]
        page, found = page_across(sizes, paging, of_quizzes=choices_in)
    else:
        page = page_of(choices_shown_of(question, viewer=viewer), paging, found.append)
    page.rows[:] = _rows_of_choices(found, viewer, represent)
    return page


def _rows_of_questions(
    questions: list[Question], viewer: Viewer, represent: Represent
) -> list[Json]:
    written = _written_quizzes({one.quiz for one in questions}, viewer)
    asked = contents_of(questions)
    with_key = for_authors(questions, asked, represent)
    return [
        row
        if question.quiz in written
        else without_key(content, quiz_id=question.quiz, position=question.position)
        for row, question, content in zip(with_key, questions, asked, strict=True)
    ]


def _rows_of_choices(choices: list[Choice], viewer: Viewer, represent: Represent) -> list[Json]:
    questions = Question.objects(id__in=list({one.question for one in choices})).only("quiz")
    quiz_of = {one.id: one.quiz for one in questions}
    written = _written_quizzes(set(quiz_of.values()), viewer)
    return [
        row if quiz_of.get(choice.question) in written else _choice_without_key(row)
        for choice, row in ((choice, represent(choice)) for choice in choices)
    ]


def _choice_without_key(row: Json) -> Json:
    return {name: row[name] for name in ("id", "question", "text", "position")}


def _written_quizzes(quiz_ids: set[ObjectId], viewer: Viewer) -> set[ObjectId]:
    quizzes = list(Quiz.objects(id__in=list(quiz_ids)).only("course"))
    written = written_courses(viewer, {quiz.course for quiz in quizzes})
    return {quiz.id for quiz in quizzes if quiz.course in written}


def as_asked_to(attempt: Attempt) -> list[Json]:
    """Return an attempt's questions in its order, without the key."""
    return [
        without_key(question, quiz_id=attempt.quiz, position=position)
        for position, question in enumerate(attempt.questions, start=1)
    ]


def for_authors(
    questions: Sequence[Question], asked: Sequence[QuestionContent], represent: Represent
) -> list[Json]:
    return [
        represent(question) | {"choices": [_with_key(choice) for choice in content.choices]}
        for question, content in zip(questions, asked, strict=True)
    ]


def _with_key(choice) -> Json:
    return {"id": str(choice.id), "text": choice.text, "is_correct": choice.is_correct}


def without_key(
    question: QuestionContent | QuestionSnapshot, *, quiz_id: ObjectId, position: int
) -> Json:
    return {
        "id": str(question.id),
        "quiz": str(quiz_id),
        "text": question.text,
        "kind": question.kind,
        "tolerance": question.tolerance,
        "points": question.points,
        "position": position,
        "choices": [{"id": str(one.id), "text": one.text} for one in question.choices],
    }
