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
from apps.courses.documents import Course
from apps.lessons.documents import Lesson
from apps.users.documents import User

SINGLE, MULTIPLE, TRUE_FALSE = "single", "multiple", "true_false"
SHORT_TEXT, NUMERIC = "short_text", "numeric"
KINDS = (SINGLE, MULTIPLE, TRUE_FALSE, SHORT_TEXT, NUMERIC)
WITH_CHOICES = (SINGLE, MULTIPLE)
GRADINGS = ("highest", "latest", "first", "average")
SHOW_KEY = ("after_submit", "after_pass", "never")

# What a question, the copy of it in an attempt, and the draft of one in a file have in common.
CONTENT = ("text", "kind", "answer", "tolerance", "points", "explanation")

# An attempt holds all that it asked in one document, which MongoDB bounds to 16 MB.
MOST_QUESTIONS = 300
MOST_CHOICES = 20
MOST_ATTEMPTS = 1000  # of a student at a quiz, also where the quiz sets no limit


class Regrade(EmbeddedDocument):
    """The last time that all submissions of a quiz were graded anew by its key."""

    id = ObjectIdField(required=True)
    requested_at = DateTimeField(required=True)
    finished_at = DateTimeField()
    claim = ObjectIdField()  # replaced by each round, so that no other worker runs the same one
    claimed_until = DateTimeField()  # after that, the sweep continues
    key_digest = StringField(max_length=32)  # of the answer key that the last round graded by
    next_student = ObjectIdField()  # the first of the next round; None starts with all students
    undelivered = BooleanField()  # an event could not be delivered to every handler


class QuizProblem(EmbeddedDocument):
    """Why a quiz cannot be taken: a code, and the question that it is about, if any."""

    question = ObjectIdField()
    code = StringField(required=True, max_length=20)


class Quiz(RevisionedDocument):
    """Questions at the end of a lesson; a lesson with quizzes is completed by passing them."""

    lesson = Reference(Lesson, required=True, db_field="lesson_id")
    course = Reference(Course, required=True, db_field="course_id")  # the lesson's
    title = StringField(required=True, max_length=255)
    pass_mark = IntField(default=70, min_value=0, max_value=100)  # per cent
    max_attempts = IntField(min_value=1, max_value=1000)  # None: no limit
    time_limit_seconds = IntField(min_value=1, max_value=7 * 24 * 60 * 60)
    grading = StringField(default="highest", choices=GRADINGS)
    partial_credit = BooleanField(default=False)
    shuffle = BooleanField(default=False)
    show_key = StringField(default="after_pass", choices=SHOW_KEY)
    created_at = DateTimeField(default=now_in_milliseconds)
    # While questions are being moved.
    question_order = ListField(ObjectIdField(), default=None, max_length=MOST_QUESTIONS)
    # Imports that may be unfinished.
    importing = ListField(ObjectIdField(), default=None, max_length=MOST_QUESTIONS)
    # What its questions come to, as `services.figures` stores it; None: by an earlier release.
    question_count = IntField()
    choice_count = IntField()
    max_score = FloatField()
    problems = EmbeddedDocumentListField(QuizProblem, default=None, max_length=MOST_QUESTIONS)
    figures_version = IntField()  # counts the changes of its questions
    figures_stored = IntField()  # the version that the stored figures belong to
    figures_due = DateTimeField()  # since the last change, until a sweep has stored them again
    pending_since = DateTimeField()  # until questions are in order
    moved_at = DateTimeField()  # until its submissions have its new lesson and course
    regrade = EmbeddedDocumentField(Regrade)
    regrading_since = DateTimeField()  # while submissions are being graded anew
    removed = BooleanField()  # hidden while everything below it goes
    removed_at = DateTimeField()

    meta = {
        "collection": "quizzes",
        "indexes": [
            "lesson",
            "course",
            {"fields": ("pending_since",), "sparse": True},
            {"fields": ("regrading_since",), "sparse": True},
            {"fields": ("moved_at",), "sparse": True},
            {"fields": ("removed_at",), "sparse": True},
            {"fields": ("figures_due",), "sparse": True},
            "question_count",
        ],
    }


class ChoiceSnapshot(EmbeddedDocument):
    """A choice within its question: as it is to become, or as it was when it was asked."""

    id = ObjectIdField(required=True)
    text = StringField(required=True, max_length=255)
    is_correct = BooleanField(default=False)


class Question(RevisionedDocument):
    """What is asked, and the key to it: `answer`, or those of its choices that are right."""

    quiz = Reference(Quiz, required=True, db_field="quiz_id")
    text = StringField(required=True, max_length=1024)
    kind = StringField(required=True, choices=KINDS)
    answer = StringField(default="", max_length=1024)  # accepted texts, one a line; a number
    tolerance = FloatField(min_value=0)
    points = FloatField(default=1)  # two decimal places
    position = IntField(required=True)
    explanation = StringField(default="", max_length=2000)
    created_at = DateTimeField(default=now_in_milliseconds)
    # What its choices are to become; readers obey it while it is there.
    wanted_choices = EmbeddedDocumentListField(
        ChoiceSnapshot, default=None, max_length=MOST_CHOICES
    )
    choice_set = ObjectIdField()  # another one each time that all choices are replaced
    pending_since = DateTimeField()  # until its choices are what they are to become

    meta = {
        "collection": "questions",
        "indexes": [
            ("quiz", "position"),
            {"fields": ("pending_since",), "sparse": True},
        ],
    }


class Choice(RevisionedDocument):
    """One of the answers that a question offers."""

    question = Reference(Question, required=True, db_field="question_id")
    quiz = Reference(Quiz, db_field="quiz_id")  # the question's, for lists
    text = StringField(required=True, max_length=255)
    is_correct = BooleanField(default=False)
    position = IntField(required=True)

    meta = {
        "collection": "choices",
        "indexes": [("question", "position"), ("quiz", "question", "position")],
    }


class QuestionSnapshot(EmbeddedDocument):
    """A question as it was when an attempt began, with the key that it is graded by."""

    id = ObjectIdField(required=True)
    text = StringField(required=True, max_length=Question.text.max_length)
    kind = StringField(required=True, choices=KINDS)
    answer = StringField(default="", max_length=Question.answer.max_length)
    tolerance = FloatField()
    points = FloatField(required=True)
    explanation = StringField(default="", max_length=Question.explanation.max_length)
    choices = EmbeddedDocumentListField(ChoiceSnapshot, max_length=MOST_CHOICES)


def content_of(question) -> dict:
    """Return what a question, a copy or a draft of one says, but for its choices."""
    return {name: getattr(question, name) for name in CONTENT}


class Answer(EmbeddedDocument):
    question = ObjectIdField(required=True)
    choices = ListField(ObjectIdField(), default=None, max_length=MOST_CHOICES)
    text = StringField(max_length=1024)


class QuestionResult(EmbeddedDocument):
    """What an answer was worth."""

    question = ObjectIdField(required=True)
    points = FloatField(required=True)
    max_points = FloatField(required=True)
    correct = BooleanField(required=True)  # all points


class Result(EmbeddedDocument):
    """What all answers together were worth."""

    score = FloatField(required=True)
    percentage = FloatField(required=True)
    passed = BooleanField(required=True)


class Attempt(Document):
    """A student's try at a quiz: open, run out, or submitted and graded, then a submission."""

    quiz = Reference(Quiz, required=True, db_field="quiz_id")
    student = Reference(User, required=True, db_field="student_id")  # erased: a random id
    lesson = Reference(Lesson, required=True, db_field="lesson_id")
    course = Reference(Course, required=True, db_field="course_id")
    attempt = IntField(required=True)  # 1 for a student's first
    started_at = DateTimeField(required=True)
    deadline = DateTimeField()
    # As they were when it began, in the order in which they were asked.
    questions = EmbeddedDocumentListField(QuestionSnapshot, max_length=MOST_QUESTIONS)
    partial_credit = BooleanField(default=False)
    pass_mark = IntField(required=True)

    submitted_at = DateTimeField()
    submitted_as = ObjectIdField()  # names the request, so that its rerun finds what it did
    answers = EmbeddedDocumentListField(Answer, max_length=MOST_QUESTIONS)
    marks = EmbeddedDocumentListField(QuestionResult, max_length=MOST_QUESTIONS)
    score = FloatField()
    max_score = FloatField()
    percentage = FloatField()  # two decimal places
    passed = BooleanField()
    erased = BooleanField()  # the student was: shown without a name
    # Of the quiz's answer key when the attempt began, then of that of the last regrade.
    key_digest = StringField(max_length=32)
    regraded_by = ObjectIdField()  # the last regrade that changed the result
    before = EmbeddedDocumentField(Result)  # it did
    pending_since = DateTimeField()  # until every app above has heard of it

    meta = {
        "collection": "quiz_submissions",
        "auto_create_index": False,
        "indexes": [
            {"fields": ("quiz", "student", "attempt"), "unique": True},
            ("student", "course"),
            ("course", "passed"),
            ("quiz", "regraded_by"),
            "lesson",
            {"fields": ("pending_since",), "sparse": True},
        ],
    }


class QuestionImport(Document):
    """Questions of a file on their way into a quiz: this one insert decides that they come."""

    quiz = Reference(Quiz, required=True, db_field="quiz_id")
    first_position = IntField(required=True)
    questions = EmbeddedDocumentListField(QuestionSnapshot, max_length=MOST_QUESTIONS)
    size = IntField()  # how many questions there are
    created_at = DateTimeField(default=now_in_milliseconds)
    pending_since = DateTimeField(default=now_in_milliseconds)  # until all of them are there

    meta = {
        "collection": "question_imports",
        "auto_create_index": False,
        "indexes": ["quiz", "created_at", {"fields": ("pending_since",), "sparse": True}],
    }
