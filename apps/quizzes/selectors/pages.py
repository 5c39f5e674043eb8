"""Quizzes, questions and submissions as people see them: the key is for those who wrote it.

Learners get what is listed here and nothing else, so a field that is added to a document is theirs
only when somebody says so.
"""

from collections.abc import Callable, Sequence

from bson import ObjectId

from apps.common.cache import Json
from apps.common.clock import shown
from apps.common.errors import Missing
from apps.common.pagination import Page, Paging, page_of
from apps.courses import selectors as courses
from apps.enrollments import selectors as enrollments
from apps.quizzes.documents import AskedQuestion, Attempt, Choice, Mark, Question, Quiz
from apps.quizzes.problems import problems_of
from apps.quizzes.selectors.attempts import (
    attempts_of,
    changes_by,
    get_visible_submission,
    has_passed,
    is_open,
    last_attempt,
    list_submissions,
)
from apps.quizzes.selectors.quizzes import (
    Standing,
    as_asked,
    choices_of,
    contents_of,
    figures_of,
    get_quiz,
    get_visible_quiz,
    questions_of,
    visible_choices,
    visible_questions,
    visible_quizzes,
    written_courses,
)
from apps.quizzes.selectors.results import standing_in
from apps.quizzes.selectors.statistics import statistics_of
from apps.users.viewer import Viewer

Represent = Callable[..., Json]


# Quizzes


def read_quiz(
    quiz_id, *, viewer: Viewer, represent: Represent, represent_question: Represent
) -> Json:
    """
    Return a quiz with its questions as the viewer may see them.

    :raises Missing: there is none that the viewer may know of
    """
    quiz, standing = get_visible_quiz(quiz_id, viewer=viewer)
    questions = questions_of(quiz)
    asked = as_asked(questions)
    attempts = attempts_of(viewer.id, [quiz.id]) if standing.is_learner else []
    row = _row_of_quiz(represent(quiz), quiz, standing, asked, attempts)
    if standing.is_author:
        return row | {"questions": _for_authors(questions, asked, represent_question)}
    return row | {"questions": _for_learner(quiz, viewer, asked, attempts)}


def read_written_quiz(quiz: Quiz, *, represent: Represent, represent_question: Represent) -> Json:
    """Return a quiz as its author has just written it."""
    questions = questions_of(quiz)
    asked = as_asked(questions)
    row = _row_of_quiz(represent(quiz), quiz, Standing(True, False), asked, [])
    return row | {"questions": _for_authors(questions, asked, represent_question)}


def list_quizzes(*, viewer: Viewer, represent: Represent, paging: Paging, **filters) -> Page:
    """Return the quizzes that the viewer may know of, newest first, without their questions."""
    quizzes: list[Quiz] = []

    def noted(quiz: Quiz) -> Json:
        quizzes.append(quiz)
        return represent(quiz)

    taught = courses.ids_taught_by(viewer.id)
    visible = visible_quizzes(viewer, taught=taught, **filters)
    page = page_of(visible.order_by("-id"), paging, noted)
    learnt = enrollments.courses_of_student(viewer.id)
    contents = contents_of(quizzes)
    attempts = attempts_of(viewer.id, list(contents)) if learnt else []
    page.rows[:] = [
        _row_of_quiz(
            row,
            quiz,
            Standing(
                is_author=viewer.is_admin or quiz.course in taught,
                is_learner=str(quiz.course) in learnt,
            ),
            contents[quiz.id],
            [one for one in attempts if one.quiz == quiz.id],
        )
        for row, quiz in zip(page.rows, quizzes, strict=True)
    ]
    return page


def as_asked_to(attempt: Attempt) -> list[Json]:
    """Return an attempt's questions in its order, without the key."""
    return [
        _without_key(question, quiz_id=attempt.quiz, position=position)
        for position, question in enumerate(attempt.questions, start=1)
    ]


def _row_of_quiz(
    row: Json,
    quiz: Quiz,
    standing: Standing,
    asked: Sequence[AskedQuestion],
    attempts: Sequence[Attempt],
) -> Json:
    row = row | figures_of(asked)
    if standing.is_author:
        row["problems"] = [
            {"question": str(question) if question else None, "code": code}
            for question, code in problems_of(asked)
        ]
    if standing.is_learner:
        outcome = standing_in(quiz, attempts)
        row |= {f"my_{name}": value for name, value in outcome.items()}
        row["my_open"] = _open_one(attempts)
    return row


def _open_one(attempts: Sequence[Attempt]) -> Json:
    for attempt in attempts:
        if is_open(attempt):
            return {
                "attempt": attempt.attempt,
                "started_at": shown(attempt.started_at),
                "deadline": shown(attempt.deadline),
            }
    return None


def _for_learner(
    quiz: Quiz, viewer: Viewer, asked: Sequence[AskedQuestion], attempts: Sequence[Attempt]
) -> list[Json] | None:
    if any(is_open(one) for one in attempts):
        attempt = last_attempt(quiz_id=quiz.id, student_id=viewer.id)
        return as_asked_to(attempt)
    if quiz.time_limit_seconds:
        return None
    return [
        _without_key(question, quiz_id=quiz.id, position=position)
        for position, question in enumerate(asked, start=1)
    ]


# Questions and choices


def read_question(question_id, *, viewer: Viewer, represent: Represent) -> Json:
    """
    Return a question, with its key where the viewer may see it.

    :raises Missing: there is none that the viewer may know of
    """
    question = visible_questions(viewer).filter(id=question_id).first()
    if question is None:
        raise Missing()
    [row] = _rows_of_questions([question], viewer, represent)
    return row


def read_written_question(question: Question, *, represent: Represent) -> Json:
    """Return a question as its author has just written it."""
    [row] = _for_authors([question], as_asked([question]), represent)
    return row


def written_questions(quiz: Quiz, *, represent: Represent) -> list[Json]:
    """Return a quiz's questions in order, as their author has just written them."""
    questions = questions_of(get_quiz(quiz.id))
    rows = _for_authors(questions, as_asked(questions), represent)
    return [{name: value for name, value in row.items() if name != "revision"} for row in rows]


def list_questions(*, viewer: Viewer, represent: Represent, paging: Paging, quiz=None) -> Page:
    """Return questions in order, each with its key where the viewer may see it."""
    found: list[Question] = []
    questions = visible_questions(viewer, quiz=quiz).order_by("quiz", "position", "id")
    page = page_of(questions, paging, found.append)
    page.rows[:] = _rows_of_questions(found, viewer, represent)
    return page


def read_choice(choice_id, *, viewer: Viewer, represent: Represent) -> Json:
    """
    :raises Missing: there is none that the viewer may know of
    """
    choice = visible_choices(viewer).filter(id=choice_id).first()
    if choice is None:
        raise Missing()
    [row] = _rows_of_choices([choice], viewer, represent)
    return row


def list_choices(*, viewer: Viewer, represent: Represent, paging: Paging, question=None) -> Page:
    found: list[Choice] = []
    choices = visible_choices(viewer, question=question).order_by("question", "position", "id")
    page = page_of(choices, paging, found.append)
    page.rows[:] = _rows_of_choices(found, viewer, represent)
    return page


def _rows_of_questions(
    questions: list[Question], viewer: Viewer, represent: Represent
) -> list[Json]:
    written = _written_quizzes({one.quiz for one in questions}, viewer)
    asked = as_asked(questions)
    for_authors = _for_authors(questions, asked, represent)
    return [
        row
        if question.quiz in written
        else _without_key(content, quiz_id=question.quiz, position=question.position)
        for row, question, content in zip(for_authors, questions, asked, strict=True)
    ]


def _rows_of_choices(choices: list[Choice], viewer: Viewer, represent: Represent) -> list[Json]:
    questions = Question.objects(id__in=list({one.question for one in choices})).only("quiz")
    quiz_of = {one.id: one.quiz for one in questions}
    written = _written_quizzes(set(quiz_of.values()), viewer)
    for_learners = ("id", "question", "text", "position")
    return [
        row
        if quiz_of.get(choice.question) in written
        else {name: row[name] for name in for_learners}
        for choice, row in ((choice, represent(choice)) for choice in choices)
    ]


def _written_quizzes(quiz_ids: set[ObjectId], viewer: Viewer) -> set[ObjectId]:
    quizzes = list(Quiz.objects(id__in=list(quiz_ids)).only("course"))
    written = written_courses(viewer, {quiz.course for quiz in quizzes})
    return {quiz.id for quiz in quizzes if quiz.course in written}


def _for_authors(
    questions: Sequence[Question], asked: Sequence[AskedQuestion], represent: Represent
) -> list[Json]:
    return [
        represent(question) | {"choices": [_with_key(choice) for choice in content.choices]}
        for question, content in zip(questions, asked, strict=True)
    ]


def _with_key(choice) -> Json:
    return {"id": str(choice.id), "text": choice.text, "is_correct": choice.is_correct}


def _without_key(question: AskedQuestion, *, quiz_id: ObjectId, position: int) -> Json:
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


# Submissions


def read_submission(submission_id, *, viewer: Viewer) -> Json:
    """
    Return a submission with its feedback, and the key as far as the viewer may see it.

    :raises Missing: there is none that the viewer may know of
    """
    submission = get_visible_submission(submission_id, viewer=viewer)
    with_key = str(submission.student) != viewer.id or _may_see_key(
        submission, Quiz.objects(id=submission.quiz).only("show_key").first()
    )
    return _row_of_submission(submission, with_key)


def read_own_submission(submission: Attempt, quiz: Quiz) -> Json:
    """Return what a student has just submitted, with the key as far as the quiz shows it."""
    return _row_of_submission(submission, _may_see_key(submission, quiz))


def read_statistics(quiz: Quiz, *, every_attempt: bool) -> Json:
    """Return what a quiz's submissions show; shape: `StatisticsSerializer`."""
    questions = questions_of(quiz)
    choices = choices_of(questions)
    return statistics_of(quiz, questions, choices, every_attempt=every_attempt)


def list_submission_rows(*, viewer: Viewer, paging: Paging, **filters) -> Page:
    return list_submissions(viewer=viewer, represent=_brief, paging=paging, **filters)


def read_regrade(quiz: Quiz) -> Json:
    """
    Return what a quiz's last regrade has changed.

    :raises Missing: there was none
    """
    if quiz.regrade is None:
        raise Missing()
    return regrade_row(quiz, changes_by(quiz.regrade.id))


def regrade_row(quiz: Quiz, changed: Sequence[Attempt]) -> Json:
    """Return a quiz's last regrade, with each submission that it has changed so far."""
    return {
        "quiz": str(quiz.id),
        "requested_at": shown(quiz.regrade.requested_at),
        "finished_at": shown(quiz.regrade.finished_at),
        "changes": [
            {
                "submission": str(one.id),
                "student": _student_of(one),
                "attempt": one.attempt,
                "before": _result(one.before),
                "after": _result(one),
            }
            for one in changed
        ],
    }


def _row_of_submission(submission: Attempt, with_key: bool) -> Json:
    asked = {question.id: question for question in submission.questions}
    return _brief(submission) | {
        "answers": [_given(answer) for answer in submission.answers],
        "feedback": [_feedback(asked[one.question], one, with_key) for one in submission.marks],
        "questions": as_asked_to(submission),
    }


def _brief(submission: Attempt) -> Json:
    return {
        "id": str(submission.id),
        "quiz": str(submission.quiz),
        "student": _student_of(submission),
        "attempt": submission.attempt,
        "max_score": submission.max_score,
        "started_at": shown(submission.started_at),
        "submitted_at": shown(submission.submitted_at),
    } | _result(submission)


def _result(result) -> Json:
    return {name: result[name] for name in ("score", "percentage", "passed")}


def _student_of(submission: Attempt) -> str | None:
    return None if submission.erased else str(submission.student)


def _given(answer) -> Json:
    row: Json = {"question": str(answer.question)}
    if answer.choices is None:
        return row | {"text": answer.text or ""}
    return row | {"choices": [str(one) for one in answer.choices]}


def _feedback(question: AskedQuestion, mark: Mark, with_key: bool) -> Json:
    row = {
        "question": str(question.id),
        "points": mark.points,
        "max_points": mark.max_points,
        "correct": mark.correct,
    }
    if not with_key:
        return row
    return row | {
        "answer": question.answer,
        "explanation": question.explanation,
        "choices": [{"id": str(one.id), "is_correct": one.is_correct} for one in question.choices],
    }


def _may_see_key(submission: Attempt, quiz: Quiz | None) -> bool:
    """Say whether the quiz shows its key to who submitted this."""
    match quiz.show_key if quiz else "never":
        case "after_submit":
            return True
        case "after_pass":
            passed = {"quiz_id": submission.quiz, "student_id": submission.student}
            return submission.passed or has_passed(**passed)
        case _:
            return False
