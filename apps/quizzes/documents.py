from typing import Literal, get_args

from mongoengine import (
    BooleanField,
    DateTimeField,
    Document,
    EmbeddedDocument,
    EmbeddedDocumentField,
    EmbeddedDocumentListField,
    FloatField,
    IntField,
    ListField,
    ObjectIdField,
    StringField,
)

from apps.common.clock import now_in_milliseconds
from apps.common.storage.documents import Reference, RevisionedDocument
from apps.common.storage.undelivered import EventSource
from apps.courses.documents import Course
from apps.lessons.documents import Lesson
from apps.users.documents import User

Kind = Literal["single", "multiple", "true_false", "short_text", "numeric"]
GradingMethod = Literal["highest", "latest", "first", "average"]
ShowKey = Literal["after_submit", "after_pass", "never"]

KINDS = SINGLE, MULTIPLE, TRUE_FALSE, SHORT_TEXT, NUMERIC = get_args(Kind)
WITH_CHOICES = (SINGLE, MULTIPLE)
GRADING_METHODS = get_args(GradingMethod)
SHOW_KEY_OPTIONS = get_args(ShowKey)

# The fields that questions, their snapshots in attempts and their drafts in files share.
CONTENT_FIELDS = ("text", "kind", "answer", "tolerance", "points", "explanation")

# An attempt stores all its questions in one document, which MongoDB limits to 16 MB.
MAX_QUESTIONS = 300
MAX_CHOICES = 20
MAX_ATTEMPTS = 1000  # per student and quiz, even if the quiz sets no limit


class Regrade(EmbeddedDocument):
    """The last regrade of all submissions of a quiz."""

    id = ObjectIdField(required=True)
    requested_at = DateTimeField(required=True)
    finished_at = DateTimeField()
    claim = ObjectIdField()  # replaced by each round, so that no other worker runs the same one
    claimed_until = DateTimeField()  # after that, the sweep continues
    key_digest = StringField(max_length=32)  # of the answer key that the last round graded by
    next_student = ObjectIdField()  # the first of the next round; None starts with all students
    undelivered = BooleanField()  # an event could not be delivered to every handler


class QuizProblem(EmbeddedDocument):
    """Why a quiz cannot be taken: a code, and the question unless the quiz has none."""

    question = ObjectIdField()
    code = StringField(required=True, max_length=20)


class Quiz(RevisionedDocument):
    """A quiz of a lesson; students complete a lesson with quizzes by passing all of them."""

    lesson = Reference(Lesson, required=True, db_field="lesson_id")
    course = Reference(Course, required=True, db_field="course_id")  # the lesson's
    title = StringField(required=True, max_length=255)
    pass_mark = IntField(default=70, min_value=0, max_value=100)  # percent
    max_attempts = IntField(min_value=1, max_value=1000)  # None: no limit
    time_limit_seconds = IntField(min_value=1, max_value=7 * 24 * 60 * 60)
    grading = StringField(default="highest", choices=GRADING_METHODS)
    partial_credit = BooleanField(default=False)
    shuffle = BooleanField(default=False)
    show_key = StringField(default="after_pass", choices=SHOW_KEY_OPTIONS)
    created_at = DateTimeField(default=now_in_milliseconds)
    # The new order, until every question has its new position; readers use it meanwhile.
    question_order = ListField(ObjectIdField(), default=None, max_length=MAX_QUESTIONS)
    # Imports that may not have stored all their questions yet.
    import_ids = ListField(ObjectIdField(), default=None, max_length=MAX_QUESTIONS)
    # A summary of the questions, stored by `services.summaries`; None in data of older releases.
    question_count = IntField()
    choice_count = IntField()
    max_score = FloatField()
    problems = EmbeddedDocumentListField(QuizProblem, default=None, max_length=MAX_QUESTIONS)
    summary_version = IntField()  # incremented before each summary is computed
    stored_summary_version = IntField()  # the version of the stored summary
    summary_stale_since = DateTimeField()  # the last change, until a sweep has checked the summary
    unfinished_since = DateTimeField()  # until questions have followed a new order
    moved_at = DateTimeField()  # until its submissions have its new lesson and course
    regrade = EmbeddedDocumentField(Regrade)
    regrading_since = DateTimeField()  # until all submissions are regraded
    removed = BooleanField()  # hidden until its questions and submissions are deleted
    removed_at = DateTimeField()

    meta = {
        "collection": "quizzes",
        "indexes": [
            "lesson",
            "course",
            {"fields": ("unfinished_since",), "sparse": True},
            {"fields": ("regrading_since",), "sparse": True},
            {"fields": ("moved_at",), "sparse": True},
            {"fields": ("removed_at",), "sparse": True},
            {"fields": ("summary_stale_since",), "sparse": True},
            "question_count",
        ],
    }


class ChoiceSnapshot(EmbeddedDocument):
    """A choice stored within a document: in an attempt, an import or a question being changed."""

    id = ObjectIdField(required=True)
    text = StringField(required=True, max_length=255)
    is_correct = BooleanField(default=False)


class Question(RevisionedDocument):
    """A question with its answer key: `answer`, or its correct choices."""

    quiz = Reference(Quiz, required=True, db_field="quiz_id")
    text = StringField(required=True, max_length=1024)
    kind = StringField(required=True, choices=KINDS)
    answer = StringField(default="", max_length=1024)  # a number, or accepted texts, one per line
    tolerance = FloatField(min_value=0)
    points = FloatField(default=1)  # two decimal places
    position = IntField(required=True)
    explanation = StringField(default="", max_length=2000)
    created_at = DateTimeField(default=now_in_milliseconds)
    # The new choices, until they are stored as documents; readers use them meanwhile.
    new_choices = EmbeddedDocumentListField(ChoiceSnapshot, default=None, max_length=MAX_CHOICES)
    choice_set = ObjectIdField()  # changes whenever all choices are replaced
    unfinished_since = DateTimeField()  # until the new choices are stored

    meta = {
        "collection": "questions",
        "indexes": [
            ("quiz", "position"),
            {"fields": ("unfinished_since",), "sparse": True},
        ],
    }


class Choice(RevisionedDocument):
    """A possible answer to a question."""

    question = Reference(Question, required=True, db_field="question_id")
    quiz = Reference(Quiz, db_field="quiz_id")  # the question's, so that lists need no join
    text = StringField(required=True, max_length=255)
    is_correct = BooleanField(default=False)
    position = IntField(required=True)

    meta = {
        "collection": "choices",
        "indexes": [("question", "position"), ("quiz", "question", "position")],
    }


class QuestionSnapshot(EmbeddedDocument):
    """A question and its answer key as they were when an attempt was started."""

    id = ObjectIdField(required=True)
    text = StringField(required=True, max_length=Question.text.max_length)
    kind = StringField(required=True, choices=KINDS)
    answer = StringField(default="", max_length=Question.answer.max_length)
    tolerance = FloatField()
    points = FloatField(required=True)
    explanation = StringField(default="", max_length=Question.explanation.max_length)
    choices = EmbeddedDocumentListField(ChoiceSnapshot, max_length=MAX_CHOICES)


def content_of(question) -> dict:
    """Return the content of a question, a snapshot or a draft, without its choices."""
    return {name: getattr(question, name) for name in CONTENT_FIELDS}


class Answer(EmbeddedDocument):
    question = ObjectIdField(required=True)
    choices = ListField(ObjectIdField(), default=None, max_length=MAX_CHOICES)
    text = StringField(max_length=1024)


class QuestionResult(EmbeddedDocument):
    """The points for the answer to one question."""

    question = ObjectIdField(required=True)
    points = FloatField(required=True)
    max_points = FloatField(required=True)
    correct = BooleanField(required=True)  # has all points


class Result(EmbeddedDocument):
    """The result of a submission."""

    score = FloatField(required=True)
    percentage = FloatField(required=True)
    passed = BooleanField(required=True)


class Attempt(EventSource):
    """A student's attempt at a quiz: open, expired, or submitted and graded (a submission)."""

    quiz = Reference(Quiz, required=True, db_field="quiz_id")
    student = Reference(User, required=True, db_field="student_id")  # random once erased
    lesson = Reference(Lesson, required=True, db_field="lesson_id")
    course = Reference(Course, required=True, db_field="course_id")
    attempt = IntField(required=True)  # numbered from 1 per student and quiz
    started_at = DateTimeField(required=True)
    deadline = DateTimeField()
    # As they were when the attempt was started, in the order in which they are asked.
    questions = EmbeddedDocumentListField(QuestionSnapshot, max_length=MAX_QUESTIONS)
    partial_credit = BooleanField(default=False)
    pass_mark = IntField(required=True)

    submitted_at = DateTimeField()
    request_id = ObjectIdField()  # of the submitting request, so that a retry finds this submission
    answers = EmbeddedDocumentListField(Answer, max_length=MAX_QUESTIONS)
    results = EmbeddedDocumentListField(QuestionResult, max_length=MAX_QUESTIONS)
    score = FloatField()
    max_score = FloatField()
    percentage = FloatField()  # two decimal places
    passed = BooleanField()
    erased = BooleanField()  # the student was erased; the submission is shown without a name
    pseudonym = ObjectIdField()  # the random id that replaces the student's, during an erasure
    # Of the quiz's answer key when the attempt began, then of that of the last regrade.
    key_digest = StringField(max_length=32)
    regraded_by = ObjectIdField()  # the last regrade that changed the result
    result_before = EmbeddedDocumentField(Result)  # the result before that regrade

    meta = {
        "collection": "quiz_submissions",
        "auto_create_index": False,
        "indexes": [
            {"fields": ("quiz", "student", "attempt"), "unique": True},
            ("student", "course"),
            ("course", "passed"),
            ("quiz", "regraded_by"),
            "lesson",
        ],
    }


class QuestionImport(Document):
    """
    Questions from a file that are being added to a quiz.

    Inserting this document commits the import; the questions and choices are stored afterwards.
    """

    quiz = Reference(Quiz, required=True, db_field="quiz_id")
    first_position = IntField(required=True)
    questions = EmbeddedDocumentListField(QuestionSnapshot, max_length=MAX_QUESTIONS)
    size = IntField()  # the number of questions
    created_at = DateTimeField(default=now_in_milliseconds)
    unfinished_since = DateTimeField(default=now_in_milliseconds)  # until all questions are stored

    meta = {
        "collection": "question_imports",
        "auto_create_index": False,
        "indexes": ["quiz", "created_at", {"fields": ("unfinished_since",), "sparse": True}],
    }
