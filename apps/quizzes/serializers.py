from django.utils.translation import gettext as _
from rest_framework import serializers

from apps.common.http.fields import (
    BooleanField,
    ChoiceField,
    DecimalField,
    ListField,
    NumberField,
    ObjectIdField,
    TextField,
)
from apps.common.http.query_params import (
    BooleanParam,
    CursorListQuery,
    ListQuery,
    Query,
    reference_filter,
)
from apps.common.http.serializers import DocumentSerializer, Serializer
from apps.quizzes.documents import (
    KINDS,
    MOST_CHOICES,
    MOST_QUESTIONS,
    NUMERIC,
    SHORT_TEXT,
    TRUE_FALSE,
    WITH_CHOICES,
    Choice,
    Question,
    Quiz,
)
from apps.quizzes.numbers import read_number

FORMATS = ("gift", "moodle_xml")
WARNINGS = ["few_attempts"]


# Questions and choices


class WantedChoiceSerializer(Serializer):
    """A choice within its question; without an id it is a new one."""

    id = ObjectIdField(required=False)
    text = TextField(max_length=255)
    is_correct = BooleanField(required=False, help_text="The key: not shown to learners.")


class QuestionSerializer(DocumentSerializer):
    """A question; learners get it without `answer`, `explanation` and `is_correct`."""

    text = TextField(lines=True, trim_whitespace=True, max_length=1024)
    answer = TextField(
        lines=True,
        trim_whitespace=True,
        allow_blank=True,
        required=False,
        max_length=1024,
        help_text="The key where there are no choices: accepted texts, one a line; a number; "
        "`true` or `false`.",
    )
    tolerance = DecimalField(
        places=12, required=False, allow_null=True, min_value=0, help_text="Of a numeric one."
    )
    points = DecimalField(places=2, required=False, min_value=0.01, max_value=1000)
    position = NumberField(required=False, min_value=1, help_text="Appended unless given.")
    explanation = TextField(
        lines=True, trim_whitespace=True, allow_blank=True, required=False, max_length=2000
    )
    choices = ListField(
        child=WantedChoiceSerializer(),
        required=False,
        max_length=MOST_CHOICES,
        help_text="Given, they replace all that there were.",
    )

    class Meta:
        model = Question
        fields = (
            "id",
            "quiz",
            "text",
            "kind",
            "answer",
            "tolerance",
            "points",
            "position",
            "explanation",
            "choices",
            "created_at",
        )
        read_only_fields = ("created_at",)
        kept_by_put = ("position", "choices")

    def _defaults(self) -> dict:
        return {name: value for name, value in super()._defaults().items() if name != "choices"}

    def validate(self, given: dict) -> dict:
        """Check the key against the kind; what another kind had in its place goes."""
        before = self.instance
        kind = given.get("kind") or before.kind
        if before is not None and kind != before.kind:
            given = {"answer": "", "tolerance": None} | given
            if kind not in WITH_CHOICES:
                given.setdefault("choices", [])
        problems = {
            field: [problem]
            for field, problem in (
                ("answer", _problem_with_answer(kind, given.get("answer", ""))),
                ("tolerance", _problem_with_tolerance(kind, given.get("tolerance"))),
                ("choices", _problem_with_choices(kind, given.get("choices"))),
            )
            if problem
        }
        if problems:
            raise serializers.ValidationError(problems)
        if "answer" in given:
            given["answer"] = _tidy(kind, given["answer"])
        return given


def _problem_with_answer(kind: str, answer: str) -> str | None:
    if not answer:
        return None
    if kind in WITH_CHOICES:
        return _("Its choices hold the key: leave this empty.")
    if kind == TRUE_FALSE and answer.lower() not in ("true", "false"):
        return _("Give true or false.")
    if kind == NUMERIC and read_number(answer) is None:
        return _("Give a number, such as 1.5, 1,5 or 15e-1.")
    return None


def _problem_with_tolerance(kind: str, tolerance: float | None) -> str | None:
    given = tolerance is not None and kind != NUMERIC
    return _("Only a numeric question has a tolerance.") if given else None


def _problem_with_choices(kind: str, choices: list | None) -> str | None:
    given = choices and kind not in WITH_CHOICES
    return _("A question of this kind has no choices.") if given else None


def _tidy(kind: str, answer: str) -> str:
    if kind == SHORT_TEXT:
        return "\n".join(line.strip() for line in answer.splitlines() if line.strip())
    return answer.lower() if kind == TRUE_FALSE else answer


class QuestionQuery(ListQuery):
    quiz = reference_filter("quiz")


class QuestionOrderSerializer(Serializer):
    """All questions of a quiz, each once, in the wanted order."""

    questions = ListField(child=ObjectIdField(), max_length=MOST_QUESTIONS)


class ChoiceSerializer(DocumentSerializer):
    """One of the answers that a question offers; learners get it without `is_correct`."""

    position = NumberField(required=False, min_value=1, help_text="Appended unless given.")

    class Meta:
        model = Choice
        fields = ("id", "question", "text", "is_correct", "position")
        kept_by_put = ("position",)


class ChoiceQuery(ListQuery):
    question = reference_filter("question")


# Quizzes


class ProblemSerializer(Serializer):
    """What keeps a quiz from being taken: in a question, or null for the quiz itself."""

    question = ObjectIdField(allow_null=True)
    code = ChoiceField(choices=["no_questions", "no_answer", "no_right_choice"])


class OpenAttemptSerializer(Serializer):
    attempt = serializers.IntegerField()
    started_at = serializers.DateTimeField()
    deadline = serializers.DateTimeField(allow_null=True)


class QuizSerializer(DocumentSerializer):
    """A quiz. `problems` is for its authors, `my_*` and `now` for who learns in its course."""

    pass_mark = NumberField(required=False, min_value=0, max_value=100, help_text="Per cent.")
    max_attempts = NumberField(
        required=False, allow_null=True, min_value=1, max_value=1000, help_text="Null: no limit."
    )
    time_limit_seconds = NumberField(
        required=False,
        allow_null=True,
        min_value=1,
        max_value=7 * 24 * 60 * 60,
        help_text="Null: no limit. Submissions may be one second late.",
    )
    question_count = serializers.IntegerField(read_only=True)
    max_score = serializers.FloatField(read_only=True)
    problems = ListField(child=ProblemSerializer(), read_only=True)
    my_attempts = serializers.IntegerField(read_only=True, help_text="Those that ran out, too.")
    my_grade = serializers.FloatField(read_only=True, allow_null=True, help_text="Per cent.")
    my_passed = serializers.BooleanField(read_only=True)
    my_open = OpenAttemptSerializer(read_only=True, allow_null=True)
    now = serializers.DateTimeField(read_only=True, help_text="The server's clock.")
    questions = ListField(
        child=QuestionSerializer(),
        read_only=True,
        allow_null=True,
        help_text="Not in lists. To learners null where there is a time limit and no open attempt.",
    )

    class Meta:
        model = Quiz
        fields = (
            "id",
            "lesson",
            "course",
            "title",
            "pass_mark",
            "max_attempts",
            "time_limit_seconds",
            "grading",
            "partial_credit",
            "shuffle",
            "show_key",
            "created_at",
            "question_count",
            "max_score",
            "problems",
            "my_attempts",
            "my_grade",
            "my_passed",
            "my_open",
            "now",
            "questions",
        )
        read_only_fields = ("course", "created_at")
        computed = (
            "question_count",
            "max_score",
            "problems",
            "my_grade",
            "my_open",
            "questions",
        )


class QuizQuery(ListQuery):
    lesson = reference_filter("lesson")
    course = reference_filter("course")


class QuizCardSerializer(Serializer):
    id = ObjectIdField()
    title = TextField()


# Taking a quiz


class AskedChoiceSerializer(Serializer):
    id = ObjectIdField()
    text = TextField()


class AskedQuestionSerializer(Serializer):
    """A question as it is asked: without its key."""

    id = ObjectIdField()
    quiz = ObjectIdField()
    text = TextField()
    kind = ChoiceField(choices=KINDS)
    tolerance = serializers.FloatField(allow_null=True)
    points = serializers.FloatField()
    position = serializers.IntegerField()
    choices = ListField(child=AskedChoiceSerializer())


class StartedSerializer(Serializer):
    """An open attempt, with its questions in its own order."""

    attempt = serializers.IntegerField()
    started_at = serializers.DateTimeField()
    deadline = serializers.DateTimeField(allow_null=True)
    now = serializers.DateTimeField(help_text="The server's clock.")
    questions = ListField(child=AskedQuestionSerializer())


class AnswerSerializer(Serializer):
    """What a student answers to one question: choices, or text."""

    question = ObjectIdField()
    choices = ListField(child=ObjectIdField(), required=False, max_length=MOST_CHOICES)
    text = TextField(lines=True, required=False, allow_blank=True, max_length=1024)

    def validate(self, answer: dict) -> dict:
        if ("choices" in answer) == ("text" in answer):
            raise serializers.ValidationError(_("Give either choices or text."))
        return answer


class ChoiceKeySerializer(Serializer):
    id = ObjectIdField()
    is_correct = serializers.BooleanField()


class FeedbackSerializer(Serializer):
    """What an answer was worth; with the key where the quiz shows it."""

    question = ObjectIdField()
    points = serializers.FloatField()
    max_points = serializers.FloatField()
    correct = serializers.BooleanField()
    answer = TextField(required=False, allow_blank=True)
    explanation = TextField(required=False, allow_blank=True)
    choices = ListField(child=ChoiceKeySerializer(), required=False)


class SubmissionSerializer(Serializer):
    """A submission; lists leave out `answers`, `feedback` and `questions`."""

    id = ObjectIdField(read_only=True)
    quiz = ObjectIdField()
    student = ObjectIdField(read_only=True, allow_null=True, help_text="Null: erased.")
    attempt = serializers.IntegerField(read_only=True)
    answers = ListField(child=AnswerSerializer(), max_length=MOST_QUESTIONS)
    score = serializers.FloatField(read_only=True)
    max_score = serializers.FloatField(read_only=True)
    percentage = serializers.FloatField(read_only=True)
    passed = serializers.BooleanField(read_only=True)
    started_at = serializers.DateTimeField(read_only=True)
    submitted_at = serializers.DateTimeField(read_only=True)
    feedback = ListField(child=FeedbackSerializer(), read_only=True)
    questions = ListField(child=AskedQuestionSerializer(), read_only=True)


class SubmissionRowSerializer(SubmissionSerializer):
    """A submission in a list."""

    answers = feedback = questions = None


class SubmissionQuery(CursorListQuery):
    quiz = reference_filter("quiz")
    student = reference_filter("student")
    course = reference_filter("course")
    passed = BooleanParam(required=False)


# Grading anew


class ResultSerializer(Serializer):
    score = serializers.FloatField()
    percentage = serializers.FloatField()
    passed = serializers.BooleanField()


class ChangeSerializer(Serializer):
    submission = ObjectIdField()
    student = ObjectIdField(allow_null=True)
    attempt = serializers.IntegerField()
    before = ResultSerializer()
    after = ResultSerializer()


class RegradeSerializer(Serializer):
    """A regrade, with at most 1,000 of the submissions whose result it has changed so far."""

    quiz = ObjectIdField()
    requested_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)
    changes = ListField(child=ChangeSerializer())


# Files


class ImportQuery(Query):
    skip_unsupported = BooleanParam(
        required=False, help_text="Leave out questions of a kind that there is not here."
    )


class ImportSerializer(Serializer):
    file = serializers.FileField(help_text="At most 1 MB.")
    format = ChoiceField(choices=FORMATS)


class SkippedSerializer(Serializer):
    line = serializers.IntegerField()
    kind = serializers.CharField()


class ImportedSerializer(Serializer):
    created = serializers.IntegerField()
    skipped = ListField(child=SkippedSerializer())


class ExportQuery(Query):
    format = ChoiceField(choices=FORMATS)


# Statistics


class StatisticsQuery(Query):
    attempts = ChoiceField(
        required=False,
        choices=["first", "all"],
        help_text="Over the first submission of each student, unless told `all`.",
    )


class ChoiceFiguresSerializer(serializers.Serializer):
    """A choice, or `true` or `false`, which have no id; and how often it was taken."""

    id = ObjectIdField(allow_null=True)
    text = serializers.CharField()
    is_correct = serializers.BooleanField()
    count = serializers.IntegerField()


class QuestionFiguresSerializer(serializers.Serializer):
    question = ObjectIdField()
    text = serializers.CharField()
    kind = serializers.CharField()
    n = serializers.IntegerField(help_text="Submissions that were asked it.")
    facility = serializers.FloatField(
        allow_null=True, help_text="Mean mark ÷ maximum, in per cent."
    )
    discrimination = serializers.FloatField(
        allow_null=True,
        help_text=(
            "100 × the correlation of its mark with the sum of the others; null below two "
            "submissions and where one of them does not vary."
        ),
    )
    warning = ChoiceField(choices=WARNINGS, allow_null=True)
    choices = ChoiceFiguresSerializer(many=True)


class StatisticsSerializer(serializers.Serializer):
    """What the submissions that are looked at say together; rates are in per cent."""

    quiz = ObjectIdField()
    attempts = serializers.IntegerField(help_text="Submissions that are looked at.")
    students = serializers.IntegerField()
    mean = serializers.FloatField(allow_null=True)
    median = serializers.FloatField(allow_null=True)
    pass_rate = serializers.FloatField(allow_null=True)
    warning = ChoiceField(choices=WARNINGS, allow_null=True, help_text="Below 20 submissions.")
    questions = QuestionFiguresSerializer(many=True)
