"""The stored summaries of quizzes are current after each change, so lists load no questions."""

from contextlib import suppress

import pytest
from bson import ObjectId
from django.core.files.uploadedfile import SimpleUploadedFile
from pymongo.errors import NetworkTimeout

from apps.courses.selectors import get_course
from apps.quizzes.documents import Choice, Question, QuestionImport, Quiz, QuizProblem
from apps.quizzes.services import finish_import, import_export, repair_summaries, summaries
from apps.quizzes.services.summaries import store_summary
from apps.users.selectors import get_user
from tests.command_counter import format_commands, record_commands
from tests.factories import (
    choices_of,
    client_of,
    enroll_in,
    lessons_of,
    make_course,
    make_lesson,
    make_question,
    make_quiz,
)
from tests.faults.sweeps import LONG_AGO
from tests.quizzes.submissions import store_choices, store_questions, store_quiz


@pytest.fixture
def quiz():
    return make_quiz(lesson=make_lesson())


@pytest.fixture
def as_instructor(quiz):
    return client_of(get_user(get_course(quiz.course).instructor))


def stored(quiz) -> tuple[int, float, list[str]]:
    current = Quiz.objects.get(id=quiz.id)
    codes = [problem.code for problem in current.problems]
    return current.question_count, current.max_score, codes


def listed(client, quiz) -> tuple[int, float, list[str]]:
    [row] = client.get(f"/api/quizzes/?lesson={quiz.lesson}").data["results"]
    codes = [problem["code"] for problem in row["problems"]]
    return row["question_count"], row["max_score"], codes


def bank(text: str = "One? {T}\n\nTwo? {=a ~b}") -> dict:
    return {"file": SimpleUploadedFile("a.gift", text.encode()), "format": "gift"}


def test_every_change_of_questions_and_choices_updates_the_stored_summary(as_instructor, quiz):
    assert stored(quiz) == listed(as_instructor, quiz) == (0, 0, ["no_questions"])
    address = f"/api/quizzes/{quiz.id}/import/"
    assert as_instructor.post(address, bank(), format="multipart").status_code == 201
    assert stored(quiz) == (2, 2, [])
    body = {"quiz": str(quiz.id), "text": "?", "kind": "single", "points": 3}
    question = as_instructor.post("/api/questions/", body).data["id"]
    assert stored(quiz) == (3, 5, ["no_right_choice"])
    choice = {"question": question, "text": "Right", "is_correct": True}
    choice = as_instructor.post("/api/choices/", choice).data["id"]
    assert stored(quiz) == (3, 5, [])
    as_instructor.patch(f"/api/choices/{choice}/", {"is_correct": False})
    assert stored(quiz) == (3, 5, ["no_right_choice"])
    as_instructor.patch(
        f"/api/questions/{question}/", {"choices": [{"text": "R", "is_correct": True}]}
    )
    assert stored(quiz) == (3, 5, [])
    as_instructor.delete(f"/api/choices/{Choice.objects(question=question).get().id}/")
    assert stored(quiz) == (3, 5, ["no_right_choice"])
    as_instructor.patch(f"/api/questions/{question}/", {"points": 0.5})
    assert stored(quiz) == (3, 2.5, ["no_right_choice"])
    as_instructor.delete(f"/api/questions/{question}/")
    assert stored(quiz) == listed(as_instructor, quiz) == (2, 2, [])


def test_moving_a_question_updates_the_summaries_of_both_quizzes(as_instructor, quiz):
    other = make_quiz(lesson=lessons_of(get_course(quiz.course))[0])
    question = make_question(quiz)

    as_instructor.patch(f"/api/questions/{question.id}/", {"quiz": str(other.id)})

    assert (stored(quiz)[0], stored(other)[0]) == (0, 1)
    assert {choice.quiz for choice in choices_of(question)} == {other.id}


def test_a_moved_question_has_its_choices_even_before_they_are_moved(as_instructor, quiz):
    question = make_question(quiz)
    make_question(quiz)
    Choice.objects(question=question.id).update(set__quiz=ObjectId())
    row = as_instructor.get(f"/api/quizzes/{quiz.id}/").data
    assert [len(question["choices"]) for question in row["questions"]] == [4, 4]
    store_summary(quiz.id)
    assert stored(quiz) == (2, 2, [])


def test_an_earlier_summary_does_not_replace_a_later_one(quiz, monkeypatch):
    make_question(quiz)
    compute = summaries.selectors.compute_summaries

    def compute_late(quiz_ids):
        computed = compute(quiz_ids)
        monkeypatch.setattr(summaries.selectors, "compute_summaries", compute)
        make_question(quiz)  # by another as_instructor, whose summary is stored first
        return computed

    monkeypatch.setattr(summaries.selectors, "compute_summaries", compute_late)
    store_summary(quiz.id)
    assert stored(quiz)[0] == 2


def test_a_quiz_without_a_stored_summary_is_counted_until_the_sweep_stores_one():
    quiz = store_quiz()
    [question] = store_questions(quiz, 2, kind="single")
    store_choices(question, Right=True, Wrong=False)
    as_instructor = client_of(get_user(get_course(quiz.course).instructor))
    assert listed(as_instructor, quiz) == (1, 2, [])
    assert as_instructor.get(f"/api/choices/?question={question.id}").data["count"] == 2

    assert repair_summaries() == 1
    assert repair_summaries() == 0
    assert stored(quiz) == listed(as_instructor, quiz) == (1, 2, [])
    assert as_instructor.get("/api/choices/").data["count"] == 2
    assert as_instructor.get("/api/questions/").data["count"] == 1


def test_the_sweep_stores_the_summary_of_an_interrupted_change(as_instructor, quiz, monkeypatch):
    make_question(quiz)
    question = make_question(quiz)
    monkeypatch.setattr(summaries, "A_MINUTE", LONG_AGO)
    repair_summaries()

    def interrupt(_quiz_id):
        raise NetworkTimeout("interrupted")

    with monkeypatch.context() as patched, suppress(NetworkTimeout):
        patched.setattr(summaries, "store_summary", interrupt)
        as_instructor.delete(f"/api/questions/{question.id}/")
    assert stored(quiz)[0] == 2
    assert repair_summaries() == 1
    assert stored(quiz)[0] == 1
    assert repair_summaries() == 0


def test_lists_and_progress_summaries_read_no_questions(as_instructor, quiz):
    make_question(quiz)
    student = client_of(enroll_in(get_course(quiz.course)))
    with record_commands() as commands:
        for client in (as_instructor, student):
            for address in (
                "/api/quizzes/",
                "/api/dashboard/",
                "/api/enrollments/?expand=progress",
            ):
                assert client.get(address).status_code == 200
        student.get(f"/api/progress/summary/?course={quiz.course}")
        as_instructor.post(f"/api/courses/{quiz.course}/publish/")
    read = {command.split()[1] for command in format_commands(commands)}
    assert not read & {"questions", "choices"}


def test_at_most_twenty_unanswerable_questions_are_named_when_publishing(as_instructor, quiz):
    for _ in range(25):
        make_question(quiz, choices=[])
    refused = as_instructor.post(f"/api/courses/{quiz.course}/publish/")
    assert refused.status_code == 400
    assert refused.data["detail"].count("has no correct answer") == 20


def test_unfiltered_lists_query_few_ids(as_instructor, quiz):
    for _ in range(30):
        make_question(quiz)
    student = client_of(enroll_in(get_course(quiz.course)))
    for client in (as_instructor, student):
        for kind, number in (("choices", 120), ("questions", 30)):
            with record_commands() as commands:
                page = client.get(f"/api/{kind}/?page_size=1").data
            assert page["count"] == number
            assert max(len(str(command)) for command in commands) < 1500


def test_the_pages_of_an_unfiltered_list_contain_each_item_once(as_instructor, quiz):
    lesson = lessons_of(get_course(quiz.course))[0]
    for number in (3, 0, 1, 4):
        other = make_quiz(lesson=lesson)
        for _ in range(number):
            make_question(other)
    for kind, documents in (("questions", Question), ("choices", Choice)):
        for size in (1, 3, 5, 8, 100):
            ids: list[str] = []
            address = f"/api/{kind}/?page_size={size}"
            while address:
                page = as_instructor.get(address).data
                assert page["count"] == documents.objects.count()
                ids += [row["id"] for row in page["results"]]
                address = page["next"]
            assert sorted(ids) == sorted(str(document.id) for document in documents.objects)
        past_the_end = as_instructor.get(f"/api/{kind}/?page_size=100&page=2")
        assert past_the_end.status_code == 404


def test_unfiltered_lists_follow_moved_quizzes_and_hide_deleted_ones(as_instructor, quiz):
    course = get_course(quiz.course)
    make_question(quiz)
    target = make_course(lessons=1, instructor=get_user(course.instructor))
    student = client_of(enroll_in(target))
    assert student.get("/api/choices/").data["count"] == 0

    as_instructor.patch(f"/api/quizzes/{quiz.id}/", {"lesson": str(lessons_of(target)[0].id)})
    assert student.get("/api/choices/").data["count"] == 4
    assert student.get("/api/questions/").data["count"] == 1
    as_instructor.patch(f"/api/quizzes/{quiz.id}/", {"time_limit_seconds": 60})
    assert student.get("/api/choices/").data["count"] == 0
    student.post(f"/api/quizzes/{quiz.id}/start/")
    assert student.get("/api/choices/").data["count"] == 4
    Quiz.objects(id=quiz.id).update(set__removed=True)
    for client in (as_instructor, student):
        assert client.get("/api/choices/").data["count"] == 0
        assert client.get("/api/questions/").data["count"] == 0


def test_an_import_that_takes_too_long_is_answered_and_its_questions_can_be_read(
    as_instructor, quiz, settings, monkeypatch
):
    settings.CELERY_TASK_ALWAYS_EAGER = False
    settings.CELERY_BROKER_URL = None  # and no worker

    def timeout(*_rows):
        raise NetworkTimeout("too slow")

    address = f"/api/quizzes/{quiz.id}/import/"
    with monkeypatch.context() as patched:
        patched.setattr(import_export, "_insert_missing", timeout)
        response = as_instructor.post(address, bank(), format="multipart")
    assert (response.status_code, response.data["created"]) == (201, 2)
    assert Question.objects.count() == 0
    before = as_instructor.get(f"/api/quizzes/{quiz.id}/").data
    assert [question["text"] for question in before["questions"]] == ["One?", "Two?"]
    assert [choice["text"] for choice in before["questions"][1]["choices"]] == ["a", "b"]
    assert before["question_count"] == 2
    student = client_of(enroll_in(get_course(quiz.course)))
    assert student.post(f"/api/quizzes/{quiz.id}/start/").status_code == 201
    # The questions of an unfinished import count already.
    monkeypatch.setattr(import_export.QUESTIONS, "most", 3)
    import_export.QUESTIONS.recount(quiz.id)
    assert as_instructor.post(address, bank(), format="multipart").status_code == 400

    finish_import(QuestionImport.objects.get().id)
    finish_import(QuestionImport.objects.get().id)
    assert stored(quiz) == (2, 2, [])
    assert Quiz.objects.get(id=quiz.id).import_ids == []
    after = as_instructor.get(f"/api/quizzes/{quiz.id}/").data
    ids = [[question["id"] for question in row["questions"]] for row in (before, after)]
    assert ids[0] == ids[1]


def test_finishing_an_import_again_adds_only_missing_documents(as_instructor, quiz):
    as_instructor.post(f"/api/quizzes/{quiz.id}/import/", bank(), format="multipart")
    questions = list(Question.objects.order_by("position"))
    again = QuestionImport(id=ObjectId(), quiz=quiz.id, first_position=1)
    again.questions = import_export.selectors.contents_of_quiz(quiz)
    Question.objects(id=questions[0].id).update(set__text="Edited")
    Choice.objects.first().delete()

    import_export._store_imported_questions(again)

    assert Question.objects.count() == 2
    assert Question.objects.get(id=questions[0].id).text == "Edited"
    assert Choice.objects.count() == 2


def test_a_problem_is_stored_with_its_question(as_instructor, quiz):
    question = make_question(quiz, choices=[])
    problems = Quiz.objects.get(id=quiz.id).problems
    assert list(problems) == [QuizProblem(question=question.id, code="no_right_choice")]
