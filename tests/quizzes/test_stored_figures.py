"""The figures that quizzes store: right after each change, and lists load no questions."""

from contextlib import suppress

import pytest
from bson import ObjectId
from django.core.files.uploadedfile import SimpleUploadedFile
from pymongo.errors import NetworkTimeout

from apps.courses.selectors import get_course
from apps.quizzes.documents import Choice, Question, QuestionImport, Quiz, QuizProblem
from apps.quizzes.services import exchange, figures, finish_import, repair_figures
from apps.quizzes.services.figures import store_figures
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
def author(quiz):
    return client_of(get_user(get_course(quiz.course).instructor))


def stored(quiz) -> tuple[int, float, list[str]]:
    now = Quiz.objects.get(id=quiz.id)
    return now.question_count, now.max_score, [one.code for one in now.problems]


def listed(client, quiz) -> tuple[int, float, list[str]]:
    [row] = client.get(f"/api/quizzes/?lesson={quiz.lesson}").data["results"]
    return row["question_count"], row["max_score"], [one["code"] for one in row["problems"]]


def bank(text: str = "One? {T}\n\nTwo? {=a ~b}") -> dict:
    return {"file": SimpleUploadedFile("a.gift", text.encode()), "format": "gift"}


def test_every_change_of_questions_and_choices_is_in_the_stored_figures(author, quiz):
    assert stored(quiz) == listed(author, quiz) == (0, 0, ["no_questions"])
    address = f"/api/quizzes/{quiz.id}/import/"
    assert author.post(address, bank(), format="multipart").status_code == 201
    assert stored(quiz) == (2, 2, [])
    body = {"quiz": str(quiz.id), "text": "?", "kind": "single", "points": 3}
    question = author.post("/api/questions/", body).data["id"]
    assert stored(quiz) == (3, 5, ["no_right_choice"])
    choice = {"question": question, "text": "Right", "is_correct": True}
    choice = author.post("/api/choices/", choice).data["id"]
    assert stored(quiz) == (3, 5, [])
    author.patch(f"/api/choices/{choice}/", {"is_correct": False})
    assert stored(quiz) == (3, 5, ["no_right_choice"])
    author.patch(f"/api/questions/{question}/", {"choices": [{"text": "R", "is_correct": True}]})
    assert stored(quiz) == (3, 5, [])
    author.delete(f"/api/choices/{Choice.objects(question=question).get().id}/")
    assert stored(quiz) == (3, 5, ["no_right_choice"])
    author.patch(f"/api/questions/{question}/", {"points": 0.5})
    assert stored(quiz) == (3, 2.5, ["no_right_choice"])
    author.delete(f"/api/questions/{question}/")
    assert stored(quiz) == listed(author, quiz) == (2, 2, [])


def test_a_question_that_moves_is_in_the_figures_of_its_new_quiz(author, quiz):
    other = make_quiz(lesson=lessons_of(get_course(quiz.course))[0])
    question = make_question(quiz)

    author.patch(f"/api/questions/{question.id}/", {"quiz": str(other.id)})

    assert (stored(quiz)[0], stored(other)[0]) == (0, 1)
    assert {one.quiz for one in choices_of(question)} == {other.id}


def test_a_question_whose_choices_have_not_moved_along_yet_has_them(author, quiz):
    question = make_question(quiz)
    make_question(quiz)
    Choice.objects(question=question.id).update(set__quiz=ObjectId())
    shown_quiz = author.get(f"/api/quizzes/{quiz.id}/").data
    assert [len(one["choices"]) for one in shown_quiz["questions"]] == [4, 4]
    store_figures(quiz.id)
    assert stored(quiz) == (2, 2, [])


def test_figures_of_an_earlier_version_replace_no_later_ones(quiz, monkeypatch):
    make_question(quiz)
    count = figures.selectors.count_figures

    def counted_late(quiz_ids):
        found = count(quiz_ids)
        monkeypatch.setattr(figures.selectors, "count_figures", count)
        make_question(quiz)  # another author, whose figures are stored first
        return found

    monkeypatch.setattr(figures.selectors, "count_figures", counted_late)
    store_figures(quiz.id)
    assert stored(quiz)[0] == 2


def test_a_quiz_of_an_earlier_release_is_counted_until_the_sweep_stores_it():
    quiz = store_quiz()
    [question] = store_questions(quiz, 2, kind="single")
    store_choices(question, Right=True, Wrong=False)
    author = client_of(get_user(get_course(quiz.course).instructor))
    assert listed(author, quiz) == (1, 2, [])
    assert author.get(f"/api/choices/?question={question.id}").data["count"] == 2

    assert repair_figures() == 1
    assert repair_figures() == 0
    assert stored(quiz) == listed(author, quiz) == (1, 2, [])
    assert author.get("/api/choices/").data["count"] == 2
    assert author.get("/api/questions/").data["count"] == 1


def test_figures_of_an_interrupted_change_are_stored_by_the_sweep(author, quiz, monkeypatch):
    make_question(quiz)
    question = make_question(quiz)
    monkeypatch.setattr(figures, "A_MINUTE", LONG_AGO)
    repair_figures()

    def cut(_quiz_id):
        raise NetworkTimeout("cut")

    with monkeypatch.context() as patched, suppress(NetworkTimeout):
        patched.setattr(figures, "store_figures", cut)
        author.delete(f"/api/questions/{question.id}/")
    assert stored(quiz)[0] == 2
    assert repair_figures() == 1
    assert stored(quiz)[0] == 1
    assert repair_figures() == 0


def test_lists_and_summaries_read_no_questions(author, quiz):
    make_question(quiz)
    student = client_of(enroll_in(get_course(quiz.course)))
    with record_commands() as heard:
        for client in (author, student):
            for address in (
                "/api/quizzes/",
                "/api/dashboard/",
                "/api/enrollments/?expand=progress",
            ):
                assert client.get(address).status_code == 200
        student.get(f"/api/progress/summary/?course={quiz.course}")
        author.post(f"/api/courses/{quiz.course}/publish/")
    read = {one.split()[1] for one in format_commands(heard)}
    assert not read & {"questions", "choices"}


def test_only_so_many_unready_questions_are_named_when_a_course_is_published(author, quiz):
    for _ in range(25):
        make_question(quiz, choices=[])
    refused = author.post(f"/api/courses/{quiz.course}/publish/")
    assert refused.status_code == 400
    assert refused.data["detail"].count("nobody can answer") == 20


def test_lists_without_a_filter_ask_for_few_ids(author, quiz):
    for _ in range(30):
        make_question(quiz)
    student = client_of(enroll_in(get_course(quiz.course)))
    for client in (author, student):
        for kind, number in (("choices", 120), ("questions", 30)):
            with record_commands() as heard:
                page = client.get(f"/api/{kind}/?page_size=1").data
            assert page["count"] == number
            assert max(len(str(one)) for one in heard) < 1500


def test_lists_without_a_filter_give_each_thing_once_over_pages_and_quizzes(author, quiz):
    lesson = lessons_of(get_course(quiz.course))[0]
    for number in (3, 0, 1, 4):
        other = make_quiz(lesson=lesson)
        for _ in range(number):
            make_question(other)
    for kind, documents in (("questions", Question), ("choices", Choice)):
        for size in (1, 3, 5, 8, 100):
            seen: list[str] = []
            address = f"/api/{kind}/?page_size={size}"
            while address:
                page = author.get(address).data
                assert page["count"] == documents.objects.count()
                seen += [one["id"] for one in page["results"]]
                address = page["next"]
            assert sorted(seen) == sorted(str(one.id) for one in documents.objects)
        past = author.get(f"/api/{kind}/?page_size=100&page=2")
        assert past.status_code == 404


def test_lists_without_a_filter_follow_what_moves_and_hide_what_goes(author, quiz):
    course = get_course(quiz.course)
    make_question(quiz)
    target = make_course(lessons=1, instructor=get_user(course.instructor))
    student = client_of(enroll_in(target))
    assert student.get("/api/choices/").data["count"] == 0

    author.patch(f"/api/quizzes/{quiz.id}/", {"lesson": str(lessons_of(target)[0].id)})
    assert student.get("/api/choices/").data["count"] == 4
    assert student.get("/api/questions/").data["count"] == 1
    author.patch(f"/api/quizzes/{quiz.id}/", {"time_limit_seconds": 60})
    assert student.get("/api/choices/").data["count"] == 0
    student.post(f"/api/quizzes/{quiz.id}/start/")
    assert student.get("/api/choices/").data["count"] == 4
    Quiz.objects(id=quiz.id).update(set__removed=True)
    for client in (author, student):
        assert client.get("/api/choices/").data["count"] == 0
        assert client.get("/api/questions/").data["count"] == 0


def test_an_import_that_outlasts_its_request_is_answered_and_can_be_read(
    author, quiz, settings, monkeypatch
):
    settings.CELERY_TASK_ALWAYS_EAGER = False
    settings.CELERY_BROKER_URL = None  # and no worker

    def timeout(*_rows):
        raise NetworkTimeout("too slow")

    address = f"/api/quizzes/{quiz.id}/import/"
    with monkeypatch.context() as patched:
        patched.setattr(exchange, "_insert_missing", timeout)
        answer = author.post(address, bank(), format="multipart")
    assert (answer.status_code, answer.data["created"]) == (201, 2)
    assert Question.objects.count() == 0
    shown_quiz = author.get(f"/api/quizzes/{quiz.id}/").data
    assert [one["text"] for one in shown_quiz["questions"]] == ["One?", "Two?"]
    assert [one["text"] for one in shown_quiz["questions"][1]["choices"]] == ["a", "b"]
    assert shown_quiz["question_count"] == 2
    student = client_of(enroll_in(get_course(quiz.course)))
    assert student.post(f"/api/quizzes/{quiz.id}/start/").status_code == 201
    # What is on its way has its room already.
    monkeypatch.setattr(exchange.QUESTIONS, "most", 3)
    exchange.QUESTIONS.recount(quiz.id)
    assert author.post(address, bank(), format="multipart").status_code == 400

    finish_import(QuestionImport.objects.get().id)
    finish_import(QuestionImport.objects.get().id)
    assert stored(quiz) == (2, 2, [])
    assert Quiz.objects.get(id=quiz.id).importing == []
    after = author.get(f"/api/quizzes/{quiz.id}/").data
    ids = [[one["id"] for one in each["questions"]] for each in (shown_quiz, after)]
    assert ids[0] == ids[1]


def test_an_import_that_is_carried_out_again_adds_only_what_is_missing(author, quiz):
    author.post(f"/api/quizzes/{quiz.id}/import/", bank(), format="multipart")
    questions = list(Question.objects.order_by("position"))
    again = QuestionImport(id=ObjectId(), quiz=quiz.id, first_position=1)
    again.questions = exchange.selectors.contents_of(questions)
    Question.objects(id=questions[0].id).update(set__text="Edited")
    Choice.objects.first().delete()

    exchange._carry_out(again)

    assert Question.objects.count() == 2
    assert Question.objects.get(id=questions[0].id).text == "Edited"
    assert Choice.objects.count() == 2


def test_a_problem_is_stored_with_its_question(author, quiz):
    question = make_question(quiz, choices=[])
    found = Quiz.objects.get(id=quiz.id).problems
    assert list(found) == [QuizProblem(question=question.id, code="no_right_choice")]
