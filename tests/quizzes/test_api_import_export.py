"""Importing and exporting question banks: all of a file is imported, or nothing."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from apps.courses.selectors import get_course
from apps.quizzes.documents import Choice, Question, QuestionImport
from apps.users.selectors import get_user
from tests.factories import client_of, enroll_in, make_admin, make_question, make_quiz

BANK = """
// Two questions of supported types, and one of another
$CATEGORY: Geography

::Capital:: Which city is the capital of France? {=Paris ~Lyon ~Nice}

The Seine flows through {=Paris =paname}.

Describe the Seine. {}
"""


@pytest.fixture
def quiz():
    return make_quiz()


@pytest.fixture
def as_instructor(quiz):
    return client_of(get_user(get_course(quiz.course).instructor))


def send(client, quiz, bank: str | bytes, format: str = "gift", query: str = "", **fields):
    data = bank.encode() if isinstance(bank, str) else bank
    form = {"file": SimpleUploadedFile("bank", data), "format": format} | fields
    address = f"/api/quizzes/{quiz.id}/import/{query}"
    return client.post(address, form, format="multipart")


def test_imported_questions_are_added_to_the_existing_ones(as_instructor, quiz):
    make_question(quiz)
    response = send(as_instructor, quiz, BANK, query="?skip_unsupported=true")

    assert response.status_code == 201, response.data
    assert response.json() == {"created": 2, "skipped": [{"line": 9, "kind": "essay"}]}
    whole = as_instructor.get(f"/api/quizzes/{quiz.id}/").json()
    first, second = whole["questions"][1:]
    assert [question["position"] for question in whole["questions"]] == [1, 2, 3]
    assert first["text"] == "Which city is the capital of France?"
    assert [(choice["text"], choice["is_correct"]) for choice in first["choices"]] == [
        ("Paris", True),
        ("Lyon", False),
        ("Nice", False),
    ]
    assert (second["kind"], second["answer"]) == ("short_text", "Paris\npaname")
    assert second["text"] == "The Seine flows through _____."
    assert whole["problems"] == []
    assert QuestionImport.objects(unfinished_since__ne=None).count() == 0


def test_a_file_with_errors_is_refused_with_lines_and_reasons(as_instructor, quiz):
    response = send(as_instructor, quiz, "One? {T}\n\nTwo? {=a ~b\n\nThree? {#x}\n")

    assert (response.status_code, response.data["code"]) == (400, "import_refused")
    assert [error["line"] for error in response.data["lines"]] == [3, 5]
    assert all(error["reason"] for error in response.data["lines"])
    assert (Question.objects.count(), Choice.objects.count()) == (0, 0)


def test_a_file_with_an_unsupported_question_type_is_refused(as_instructor, quiz):
    response = send(as_instructor, quiz, BANK)
    assert (response.status_code, response.data["code"]) == (400, "import_refused")
    [line] = response.data["lines"]
    assert line["line"] == 9
    assert "essay" in line["reason"]
    assert Question.objects.count() == 0


def test_a_file_with_too_many_questions_for_the_quiz_is_refused(as_instructor, quiz):
    for _ in range(2):
        make_question(quiz, "numeric")
    bank = "\n\n".join(f"Number {number}? {{#{number}}}" for number in range(299))
    response = send(as_instructor, quiz, bank)
    assert (response.status_code, response.data["code"]) == (400, "import_refused")
    assert Question.objects.count() == 2


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"format": "csv"}, "format"),
        ({"format": ""}, "format"),
        ({"nosuch": "1"}, "nosuch"),
    ],
)
def test_an_invalid_form_is_refused_with_the_field(as_instructor, quiz, form, field):
    response = send(as_instructor, quiz, "One? {T}", **form)
    assert (response.status_code, list(response.data)) == (400, [field])


def test_a_request_without_a_file_or_a_form_is_refused(as_instructor, quiz):
    address = f"/api/quizzes/{quiz.id}/import/"
    empty = as_instructor.post(address, {"format": "gift"}, format="multipart")
    assert (empty.status_code, list(empty.data)) == (400, ["file"])
    assert as_instructor.post(address, {"format": "gift"}).status_code == 415
    large = send(as_instructor, quiz, "x" * (1024 * 1024 + 1))
    assert (large.status_code, large.data["code"]) == (413, "too_large")
    assert send(as_instructor, quiz, "One? {T}", query="?nosuch=1").status_code == 400


@pytest.mark.parametrize("bank", [b"", b"\xff\xfe", b"\x00", b"{", b"\n" * 1000])
def test_a_file_that_is_not_a_question_bank_is_a_400(as_instructor, quiz, bank):
    for format in ("gift", "moodle_xml"):
        assert send(as_instructor, quiz, bank, format).status_code == 400


@pytest.mark.parametrize("format", ["gift", "moodle_xml"])
def test_exported_questions_can_be_imported_unchanged(as_instructor, quiz, format):
    for kind in ("single", "multiple", "true_false", "short_text", "numeric"):
        make_question(quiz, kind, text=f"{{{kind}}} = ~ # <b>ü</b> 🧮 \\", explanation="Because: x")
    exported = as_instructor.get(f"/api/quizzes/{quiz.id}/export/?format={format}")
    assert exported.status_code == 200
    assert "attachment" in exported["Content-Disposition"]
    assert exported["X-Content-Type-Options"] == "nosniff"

    other = make_quiz(lesson=lesson_of(quiz))
    assert send(as_instructor, other, exported.content, format).data["created"] == 5

    def contents(quiz) -> list:
        rows = as_instructor.get(f"/api/quizzes/{quiz.id}/").json()["questions"]
        return [
            {name: row[name] for name in ("text", "kind", "answer", "tolerance", "explanation")}
            | {"choices": [(choice["text"], choice["is_correct"]) for choice in row["choices"]]}
            for row in rows
        ]

    assert contents(other) == contents(quiz)


def test_an_import_repeated_with_its_idempotency_key_happens_once(as_instructor, quiz):
    as_instructor.credentials(
        HTTP_AUTHORIZATION=as_instructor._credentials["HTTP_AUTHORIZATION"],
        HTTP_IDEMPOTENCY_KEY="once",
    )
    for _ in range(2):
        assert send(as_instructor, quiz, "One? {T}").status_code == 201
    assert Question.objects.count() == 1


def test_students_cannot_import_or_export(quiz):
    make_question(quiz)
    student = client_of(enroll_in(get_course(quiz.course)))
    assert send(student, quiz, "One? {T}").status_code == 403
    assert student.get(f"/api/quizzes/{quiz.id}/export/?format=gift").status_code == 403


def lesson_of(quiz):
    from apps.lessons.selectors import get_lesson

    return get_lesson(quiz.lesson)


def test_a_user_can_import_or_export_sixty_files_per_hour(as_instructor, quiz, settings):
    settings.RATE_LIMITED = True
    export = f"/api/quizzes/{quiz.id}/export/?format=gift"
    assert send(as_instructor, quiz, BANK, query="?skip_unsupported=true").status_code == 201
    assert {as_instructor.get(export).status_code for _ in range(59)} == {200}

    for answer in (as_instructor.get(export), send(as_instructor, quiz, BANK)):
        assert answer.status_code == 429
        assert answer["Retry-After"]
    assert client_of(make_admin()).get(export).status_code == 200


def test_a_user_can_request_sixty_statistics_per_minute(as_instructor, quiz, settings):
    settings.RATE_LIMITED = True
    address = f"/api/quizzes/{quiz.id}/statistics/"
    assert {as_instructor.get(address).status_code for _ in range(60)} == {200}

    assert as_instructor.get(address).status_code == 429
    assert client_of(make_admin()).get(address).status_code == 200
