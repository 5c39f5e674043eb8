"""Question banks as files over HTTP: all of a file, or nothing."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from apps.courses.selectors import get_course
from apps.quizzes.documents import Choice, Question, QuestionImport
from apps.users.selectors import get_user
from tests.factories import client_of, enroll_in, make_admin, make_question, make_quiz

BANK = """
// Two questions that we have, and one that we have not
$CATEGORY: Geography

::Capital:: Which city is the capital of France? {=Paris ~Lyon ~Nice}

The Seine flows through {=Paris =paname}.

Describe the Seine. {}
"""


@pytest.fixture
def quiz():
    return make_quiz()


@pytest.fixture
def author(quiz):
    return client_of(get_user(get_course(quiz.course).instructor))


def send(client, quiz, bank: str | bytes, format: str = "gift", query: str = "", **more):
    data = bank.encode() if isinstance(bank, str) else bank
    form = {"file": SimpleUploadedFile("bank", data), "format": format} | more
    address = f"/api/quizzes/{quiz.id}/import/{query}"
    return client.post(address, form, format="multipart")


def test_a_file_adds_to_what_is_there(author, quiz):
    make_question(quiz)
    response = send(author, quiz, BANK, query="?skip_unsupported=true")

    assert response.status_code == 201, response.data
    assert response.json() == {"created": 2, "skipped": [{"line": 9, "kind": "essay"}]}
    shown = author.get(f"/api/quizzes/{quiz.id}/").json()
    first, second = shown["questions"][1:]
    assert [one["position"] for one in shown["questions"]] == [1, 2, 3]
    assert first["text"] == "Which city is the capital of France?"
    assert [(one["text"], one["is_correct"]) for one in first["choices"]] == [
        ("Paris", True),
        ("Lyon", False),
        ("Nice", False),
    ]
    assert (second["kind"], second["answer"]) == ("short_text", "Paris\npaname")
    assert second["text"] == "The Seine flows through _____."
    assert shown["problems"] == []
    assert QuestionImport.objects(pending_since__ne=None).count() == 0


def test_a_file_with_an_error_is_refused_whole_with_line_and_reason(author, quiz):
    response = send(author, quiz, "One? {T}\n\nTwo? {=a ~b\n\nThree? {#x}\n")

    assert (response.status_code, response.data["code"]) == (400, "import_refused")
    assert [one["line"] for one in response.data["lines"]] == [3, 5]
    assert all(one["reason"] for one in response.data["lines"])
    assert (Question.objects.count(), Choice.objects.count()) == (0, 0)


def test_a_kind_that_there_is_not_here_refuses_the_file_unless_it_is_to_be_skipped(author, quiz):
    response = send(author, quiz, BANK)
    assert (response.status_code, response.data["code"]) == (400, "import_refused")
    [line] = response.data["lines"]
    assert line["line"] == 9
    assert "essay" in line["reason"]
    assert Question.objects.count() == 0


def test_a_quiz_takes_no_more_than_it_can_hold(author, quiz):
    for _ in range(2):
        make_question(quiz, "numeric")
    bank = "\n\n".join(f"Number {number}? {{#{number}}}" for number in range(299))
    response = send(author, quiz, bank)
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
def test_a_wrong_form_is_refused_by_field(author, quiz, form, field):
    response = send(author, quiz, "One? {T}", **form)
    assert (response.status_code, list(response.data)) == (400, [field])


def test_a_form_without_a_file_or_that_is_none_is_refused(author, quiz):
    address = f"/api/quizzes/{quiz.id}/import/"
    empty = author.post(address, {"format": "gift"}, format="multipart")
    assert (empty.status_code, list(empty.data)) == (400, ["file"])
    assert author.post(address, {"format": "gift"}).status_code == 415
    large = send(author, quiz, "x" * (1024 * 1024 + 1))
    assert (large.status_code, large.data["code"]) == (413, "too_large")
    assert send(author, quiz, "One? {T}", query="?nosuch=1").status_code == 400


@pytest.mark.parametrize("bank", [b"", b"\xff\xfe", b"\x00", b"{", b"\n" * 1000])
def test_what_is_no_bank_is_a_400(author, quiz, bank):
    for format in ("gift", "moodle_xml"):
        assert send(author, quiz, bank, format).status_code == 400


@pytest.mark.parametrize("format", ["gift", "moodle_xml"])
def test_what_is_exported_comes_back_the_same(author, quiz, format):
    for kind in ("single", "multiple", "true_false", "short_text", "numeric"):
        make_question(quiz, kind, text=f"{{{kind}}} = ~ # <b>ü</b> 🧮 \\", explanation="Because: x")
    exported = author.get(f"/api/quizzes/{quiz.id}/export/?format={format}")
    assert exported.status_code == 200
    assert "attachment" in exported["Content-Disposition"]
    assert exported["X-Content-Type-Options"] == "nosniff"

    other = make_quiz(lesson=lesson_of(quiz))
    assert send(author, other, exported.content, format).data["created"] == 5

    def shown(one) -> list:
        rows = author.get(f"/api/quizzes/{one.id}/").json()["questions"]
        return [
            {name: row[name] for name in ("text", "kind", "answer", "tolerance", "explanation")}
            | {"choices": [(choice["text"], choice["is_correct"]) for choice in row["choices"]]}
            for row in rows
        ]

    assert shown(other) == shown(quiz)


def test_a_repeated_import_under_its_key_is_one(author, quiz):
    author.credentials(
        HTTP_AUTHORIZATION=author._credentials["HTTP_AUTHORIZATION"], HTTP_IDEMPOTENCY_KEY="once"
    )
    for _ in range(2):
        assert send(author, quiz, "One? {T}").status_code == 201
    assert Question.objects.count() == 1


def test_students_neither_import_nor_export(quiz):
    make_question(quiz)
    learner = client_of(enroll_in(get_course(quiz.course)))
    assert send(learner, quiz, "One? {T}").status_code == 403
    assert learner.get(f"/api/quizzes/{quiz.id}/export/?format=gift").status_code == 403


def lesson_of(quiz):
    from apps.lessons.selectors import get_lesson

    return get_lesson(quiz.lesson)


def test_a_user_has_sixty_imports_and_exports_an_hour(author, quiz, settings):
    settings.RATE_LIMITED = True
    export = f"/api/quizzes/{quiz.id}/export/?format=gift"
    assert send(author, quiz, BANK, query="?skip_unsupported=true").status_code == 201
    assert {author.get(export).status_code for _ in range(59)} == {200}

    for answer in (author.get(export), send(author, quiz, BANK)):
        assert answer.status_code == 429
        assert answer["Retry-After"]
    assert client_of(make_admin()).get(export).status_code == 200


def test_a_user_has_sixty_statistics_a_minute(author, quiz, settings):
    settings.RATE_LIMITED = True
    address = f"/api/quizzes/{quiz.id}/statistics/"
    assert {author.get(address).status_code for _ in range(60)} == {200}

    assert author.get(address).status_code == 429
    assert client_of(make_admin()).get(address).status_code == 200
