"""Writing quizzes, questions and choices."""

import pytest
from bson import ObjectId
from django.core.files.uploadedfile import SimpleUploadedFile

from apps.common.storage.positions import LARGEST_POSITION
from apps.quizzes.documents import Attempt, Choice, Question, Quiz
from tests.factories import (
    choices_of,
    client_of,
    enroll_in,
    lessons_of,
    make_admin,
    make_course,
    make_instructor,
    make_lesson,
    make_question,
    make_quiz,
    right_answers,
)


@pytest.fixture
def course(instructor):
    return make_course(instructor=instructor, lessons=2)


@pytest.fixture
def author(instructor):
    return client_of(instructor)


@pytest.fixture
def quiz(course):
    return make_quiz(lesson=lessons_of(course)[0])


# Quizzes


def test_a_quiz_comes_back_with_what_it_was_given_and_the_defaults(author, course):
    lesson = lessons_of(course)[0]

    made = author.post("/api/quizzes/", {"lesson": str(lesson.id), "title": "¿Qué es? 🧮"})

    assert made.status_code == 201
    assert made.data["id"]
    assert made.data["created_at"].endswith("Z")
    expected = {
        "lesson": str(lesson.id),
        "course": str(course.id),
        "title": "¿Qué es? 🧮",
        "pass_mark": 70,
        "max_attempts": None,
        "time_limit_seconds": None,
        "grading": "highest",
        "partial_credit": False,
        "shuffle": False,
        "show_key": "after_pass",
        "question_count": 0,
        "max_score": 0,
        "problems": [{"question": None, "code": "no_questions"}],
        "questions": [],
    }
    assert expected.items() <= made.data.items()
    again = author.get(f"/api/quizzes/{made.data['id']}/")
    assert again.json() == made.json()
    assert again["ETag"] == made["ETag"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("lesson", None),
        ("lesson", "x"),
        ("lesson", {"$ne": None}),
        ("lesson", "0" * 24),
        ("title", ""),
        ("title", "x" * 256),
        ("title", 5),
        ("pass_mark", 101),
        ("pass_mark", -1),
        ("pass_mark", "70"),
        ("pass_mark", 70.5),
        ("max_attempts", 0),
        ("max_attempts", True),
        ("time_limit_seconds", 0),
        ("time_limit_seconds", 10**20),
        ("grading", "best"),
        ("partial_credit", "yes"),
        ("shuffle", 1),
        ("show_key", "always"),
        ("nosuch", 1),
        ("created_at", "2026-01-01T00:00:00Z"),
        ("my_passed", True),
        ("questions", []),
    ],
)
def test_a_wrong_field_is_named_and_nothing_stored(author, course, field, value):
    body = {"lesson": str(lessons_of(course)[0].id), "title": "Vectors"}

    response = author.post("/api/quizzes/", body | {field: value})

    assert (response.status_code, list(response.data)) == (400, [field])
    assert Quiz.objects.count() == 0


def test_what_was_read_can_be_put_back(author, quiz):
    make_question(quiz)
    address = f"/api/quizzes/{quiz.id}/"
    read = author.get(address).json()

    put = author.put(address, read | {"title": "Changed", "shuffle": True})

    assert put.status_code == 200
    assert put.json() == read | {"title": "Changed", "shuffle": True}


def test_put_sets_defaults_and_patch_leaves_the_rest(author, quiz):
    address = f"/api/quizzes/{quiz.id}/"
    author.patch(address, {"max_attempts": 3, "grading": "latest"})
    patched = author.patch(address, {"pass_mark": 50}).data
    assert (patched["max_attempts"], patched["grading"], patched["pass_mark"]) == (3, "latest", 50)

    put = author.put(address, {"lesson": str(quiz.lesson), "title": "Anew"}).data
    assert (put["max_attempts"], put["grading"], put["pass_mark"]) == (None, "highest", 70)


def test_a_stale_version_changes_nothing(author, quiz):
    address = f"/api/quizzes/{quiz.id}/"
    old = author.get(address)["ETag"]
    author.patch(address, {"title": "Second"})

    for method in ("put", "patch", "delete"):
        body = {"lesson": str(quiz.lesson), "title": "Third"} if method != "delete" else None
        response = getattr(author, method)(address, body, HTTP_IF_MATCH=old)
        assert (response.status_code, response.data["code"]) == (412, "stale_version")
    assert author.get(address).data["title"] == "Second"
    assert author.get(address, HTTP_IF_NONE_MATCH=author.get(address)["ETag"]).status_code == 304


def test_a_quiz_goes_to_another_lesson_with_what_was_submitted(author, instructor, quiz):
    make_question(quiz)
    other = make_lesson(course=make_course(instructor=instructor))
    student = enroll_in_course_of(quiz)
    submit(student, quiz)

    moved = author.patch(f"/api/quizzes/{quiz.id}/", {"lesson": str(other.id)})

    assert (moved.data["lesson"], moved.data["course"]) == (str(other.id), str(other.course))
    [attempt] = Attempt.objects
    assert (attempt.lesson, attempt.course) == (other.id, other.course)
    assert Quiz.objects(pending_since__ne=None).count() == 0


def test_a_quiz_goes_to_nobody_elses_course(author, quiz):
    foreign = make_lesson(course=make_course())
    hidden = make_lesson(course=make_course(published=False))

    assert author.patch(f"/api/quizzes/{quiz.id}/", {"lesson": str(foreign.id)}).status_code == 403
    assert author.patch(f"/api/quizzes/{quiz.id}/", {"lesson": str(hidden.id)}).status_code == 400
    assert Quiz.objects.get(id=quiz.id).lesson == quiz.lesson


def test_removing_a_quiz_takes_everything_below_it_and_nothing_else(author, quiz):
    other = make_quiz()
    for one in (quiz, other):
        make_question(one)
        submit(enroll_in_course_of(one), one)

    assert author.delete(f"/api/quizzes/{quiz.id}/").status_code == 204

    assert author.get(f"/api/quizzes/{quiz.id}/").status_code == 404
    assert author.get("/api/quizzes/").data["count"] == 0
    assert [one.quiz for one in Question.objects] == [other.id]
    assert [one.quiz for one in Attempt.objects] == [other.id]
    assert Choice.objects.count() == 4


def test_lists_are_narrowed_by_lesson_and_course(author, course, quiz):
    second = make_quiz(lesson=lessons_of(course)[1], title="Second")
    elsewhere = make_quiz()

    def found(query: str) -> list[str]:
        return [one["id"] for one in author.get(f"/api/quizzes/{query}").data["results"]]

    assert found("") == [str(second.id), str(quiz.id)]
    assert found(f"?lesson={quiz.lesson}") == [str(quiz.id)]
    assert found(f"?course={course.id}") == [str(second.id), str(quiz.id)]
    assert found(f"?course={elsewhere.course}") == []
    assert "questions" not in author.get("/api/quizzes/").data["results"][0]
    for query in ("?lesson=x", "?nosuch=1", "?ordering=title", "?show_key=never"):
        assert author.get(f"/api/quizzes/{query}").status_code == 400


# Questions


@pytest.mark.parametrize(
    ("kind", "key"),
    [
        ("single", {"choices": [{"text": "Yes", "is_correct": True}, {"text": "No"}]}),
        ("multiple", {"choices": [{"text": "A", "is_correct": True}, {"text": "B"}]}),
        ("true_false", {"answer": "false"}),
        ("short_text", {"answer": "Paris\nCity of Light"}),
        ("numeric", {"answer": "1,5", "tolerance": 0.25}),
    ],
)
def test_each_kind_comes_back_as_it_went_in(author, quiz, kind, key):
    body = {"quiz": str(quiz.id), "text": "What?\n\n    code()", "kind": kind} | key

    made = author.post("/api/questions/", body)

    assert made.status_code == 201, made.data
    shown = [{name: one[name] for name in ("text", "is_correct")} for one in made.data["choices"]]
    wanted = [{"is_correct": False} | one for one in key.get("choices", [])]
    assert shown == wanted
    assert made.data["answer"] == key.get("answer", "")
    assert made.data["tolerance"] == key.get("tolerance")
    assert (made.data["points"], made.data["position"]) == (1, 1)
    address = f"/api/questions/{made.data['id']}/"
    assert author.get(address).json() == made.json()
    assert author.put(address, author.get(address).json()).json() == made.json()
    assert author.get(f"/api/quizzes/{quiz.id}/").data["problems"] == []


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"kind": "essay"}, "kind"),
        ({"text": ""}, "text"),
        ({"text": "x" * 1025}, "text"),
        ({"text": None}, "text"),
        ({"answer": "A"}, "answer"),
        ({"tolerance": 1}, "tolerance"),
        ({"points": 0}, "points"),
        ({"points": "1"}, "points"),
        ({"points": 1.005}, "points"),
        ({"points": 1e300}, "points"),
        ({"points": True}, "points"),
        ({"position": 0}, "position"),
        ({"explanation": "x" * 2001}, "explanation"),
        ({"quiz": str(ObjectId())}, "quiz"),
        ({"quiz": [1]}, "quiz"),
        ({"choices": "x"}, "choices"),
        ({"choices": [{"text": ""}]}, "choices"),
        ({"choices": [{"text": "x" * 256}]}, "choices"),
        ({"choices": [{"text": "A", "right": True}]}, "choices"),
        ({"choices": [{"text": "A", "is_correct": "yes"}]}, "choices"),
        ({"choices": [{"text": "A", "id": str(ObjectId())}]}, "choices"),
        ({"choices": [{"text": "A"}] * 21}, "choices"),
        ({"kind": "numeric", "answer": "five"}, "answer"),
        ({"kind": "numeric", "answer": "1", "tolerance": -1}, "tolerance"),
        ({"kind": "numeric", "answer": "1", "tolerance": "0.1"}, "tolerance"),
        ({"kind": "true_false", "answer": "maybe"}, "answer"),
        ({"kind": "true_false", "answer": True}, "answer"),
        ({"kind": "short_text", "choices": [{"text": "A"}]}, "choices"),
        ({"is_correct": True}, "is_correct"),
    ],
)
def test_a_wrong_question_is_refused_by_field_and_nothing_stored(author, quiz, wrong, field):
    body = {"quiz": str(quiz.id), "text": "What?", "kind": "single"}

    response = author.post("/api/questions/", body | wrong)

    assert (response.status_code, list(response.data)) == (400, [field]), response.data
    assert all(isinstance(said, str) for said in response.data[field])
    assert (Question.objects.count(), Choice.objects.count()) == (0, 0)


def test_choices_replace_all_that_there_were_in_that_order(author, quiz):
    question = make_question(quiz)
    first, second, third, _ = choices_of(question)
    wanted = [
        {"id": str(third.id), "text": "Third, mended", "is_correct": True},
        {"text": "New"},
        {"id": str(first.id), "text": first.text},
    ]

    changed = author.patch(f"/api/questions/{question.id}/", {"choices": wanted})

    shown = changed.data["choices"]
    assert [one["text"] for one in shown] == ["Third, mended", "New", first.text]
    assert [one["is_correct"] for one in shown] == [True, False, False]
    assert (shown[0]["id"], shown[2]["id"]) == (str(third.id), str(first.id))
    stored = choices_of(question)
    assert [str(one.id) for one in stored] == [one["id"] for one in shown]
    assert Question.objects.get(id=question.id).wanted_choices is None
    assert author.get(f"/api/choices/{second.id}/").status_code == 404


def test_choices_of_another_question_replace_nothing(author, quiz):
    question, other = make_question(quiz), make_question(quiz)
    before = [one.to_mongo() for one in Choice.objects]

    for ids in ([choices_of(other)[0].id], [choices_of(question)[0].id] * 2):
        wanted = [{"id": str(one), "text": "Mine"} for one in ids]
        response = author.patch(f"/api/questions/{question.id}/", {"choices": wanted})
        assert (response.status_code, list(response.data)) == (400, ["choices"])

    assert [one.to_mongo() for one in Choice.objects] == before


def test_another_kind_leaves_nothing_of_the_one_before(author, quiz):
    question = make_question(quiz)
    address = f"/api/questions/{question.id}/"

    numeric = author.patch(address, {"kind": "numeric", "answer": "3", "tolerance": 1}).data
    assert (numeric["choices"], Choice.objects.count()) == ([], 0)

    single = author.patch(address, {"kind": "single"}).data
    assert (single["answer"], single["tolerance"]) == ("", None)


def test_a_question_goes_to_another_quiz_of_ones_own_alone(author, course, quiz):
    question = make_question(quiz)
    own, foreign = make_quiz(lesson=lessons_of(course)[1]), make_quiz()
    address = f"/api/questions/{question.id}/"

    assert author.patch(address, {"quiz": str(foreign.id)}).status_code == 403
    assert author.patch(address, {"quiz": str(ObjectId())}).status_code == 400
    assert author.patch(address, {"quiz": str(own.id)}).data["quiz"] == str(own.id)
    assert author.get(f"/api/quizzes/{quiz.id}/").data["question_count"] == 0


def test_questions_are_put_in_order_each_once(author, quiz):
    first, second, third = (make_question(quiz) for _ in range(3))
    address = f"/api/quizzes/{quiz.id}/questions/order/"
    wanted = [str(one.id) for one in (third, first, second)]

    rows = author.put(address, {"questions": wanted}).data

    assert [row["id"] for row in rows] == wanted
    assert [row["position"] for row in rows] == [1, 2, 3]
    shown = author.get(f"/api/quizzes/{quiz.id}/").data["questions"]
    assert [row["id"] for row in shown] == wanted
    for wrong in (wanted[:2], [*wanted, wanted[0]], [*wanted[:2], str(ObjectId())], "x", [1]):
        assert author.put(address, {"questions": wrong}).status_code == 400


def test_while_questions_are_moved_the_wanted_order_holds(author, quiz):
    first, second = make_question(quiz), make_question(quiz)
    Quiz.objects(id=quiz.id).update(set__question_order=[second.id, first.id])

    shown = author.get(f"/api/quizzes/{quiz.id}/").data["questions"]
    assert [row["id"] for row in shown] == [str(second.id), str(first.id)]
    refused = author.put(
        f"/api/quizzes/{quiz.id}/questions/order/", {"questions": [str(first.id), str(second.id)]}
    )
    assert (refused.status_code, refused.data["code"]) == (409, "being_reordered")


def test_a_quiz_takes_three_hundred_questions(author, quiz):
    Question.objects.insert(
        [
            Question(quiz=quiz.id, text="?", kind="numeric", answer="1", position=number)
            for number in range(300)
        ]
    )
    body = {"quiz": str(quiz.id), "text": "One more", "kind": "numeric", "answer": "1"}

    response = author.post("/api/questions/", body)

    assert (response.status_code, response.data["code"]) == (400, "too_many_questions")


# Choices


def test_a_choice_is_added_changed_and_removed(author, quiz):
    question = make_question(quiz, choices=[])
    body = {"question": str(question.id), "text": "Yes", "is_correct": True}

    made = author.post("/api/choices/", body)
    assert made.status_code == 201
    assert body.items() <= made.data.items()
    assert author.get(f"/api/quizzes/{quiz.id}/").data["problems"] == []

    address = f"/api/choices/{made.data['id']}/"
    assert author.patch(address, {"is_correct": False}).data["is_correct"] is False
    [problem] = author.get(f"/api/quizzes/{quiz.id}/").data["problems"]
    assert problem == {"question": str(question.id), "code": "no_right_choice"}
    assert author.delete(address).status_code == 204
    assert author.get(f"/api/choices/?question={question.id}").data["count"] == 0


def test_a_choice_edits_its_question(author, quiz):
    """Who read the question before would put the old choice back."""
    question = make_question(quiz)
    address = f"/api/questions/{question.id}/"
    old = author.get(address)
    author.patch(f"/api/choices/{choices_of(question)[0].id}/", {"text": "Mended"})

    response = author.put(address, old.json(), HTTP_IF_MATCH=old["ETag"])

    assert response.status_code == 412
    assert choices_of(question)[0].text == "Mended"


def test_a_choice_stays_with_its_question_and_only_some_kinds_have_them(author, quiz):
    question, other = make_question(quiz), make_question(quiz)
    numeric = make_question(quiz, "numeric")
    choice = choices_of(question)[0]

    moved = author.patch(f"/api/choices/{choice.id}/", {"question": str(other.id)})
    added = author.post("/api/choices/", {"question": str(numeric.id), "text": "A"})

    assert (moved.status_code, list(moved.data)) == (400, ["question"])
    assert (added.status_code, list(added.data)) == (400, ["question"])


def test_choices_that_are_being_replaced_are_left_alone(author, quiz):
    question = make_question(quiz)
    choice = choices_of(question)[0]
    Question.objects(id=question.id).update(set__wanted_choices=[])

    for response in (
        author.patch(f"/api/choices/{choice.id}/", {"text": "Late"}),
        author.delete(f"/api/choices/{choice.id}/"),
        author.post("/api/choices/", {"question": str(question.id), "text": "Late"}),
        author.patch(f"/api/questions/{question.id}/", {"choices": []}),
    ):
        assert (response.status_code, response.data["code"]) == (409, "being_changed")
    assert author.get(f"/api/questions/{question.id}/").data["choices"] == []


# Who


def test_others_may_not_write_what_one_wrote(quiz):
    question = make_question(quiz)
    choice = choices_of(question)[0]
    bodies = {
        f"/api/quizzes/{quiz.id}/": {"title": "Mine"},
        f"/api/questions/{question.id}/": {"text": "Mine"},
        f"/api/choices/{choice.id}/": {"is_correct": True},
    }
    stranger, learner = make_instructor(), enroll_in_course_of(quiz)
    for person in (stranger, learner):
        for address, body in bodies.items():
            assert client_of(person).patch(address, body).status_code == 403
            assert client_of(person).delete(address).status_code == 403
        client = client_of(person)
        assert client.post("/api/questions/", question_body(quiz)).status_code == 403
        body = {"question": str(question.id), "text": "Mine"}
        assert client.post("/api/choices/", body).status_code == 403
    assert client_of(make_admin()).patch(*next(iter(bodies.items()))).status_code == 200


def test_a_demoted_instructor_reads_their_quizzes_and_writes_none(author, instructor, quiz):
    make_question(quiz)
    instructor.update(set__is_instructor=False)
    from apps.users.selectors import invalidate_user

    invalidate_user(instructor.id)

    assert author.get(f"/api/quizzes/{quiz.id}/").data["problems"] == []
    assert author.patch(f"/api/quizzes/{quiz.id}/", {"title": "Mine"}).status_code == 403


# Publishing


def test_a_course_with_a_question_that_nobody_can_answer_is_not_published(author, instructor):
    course = make_course(instructor=instructor, published=False, lessons=1)
    quiz = make_quiz(lesson=lessons_of(course)[0], title="Angles")
    make_question(quiz)
    broken = make_question(quiz, text="How wide?", choices=[{"text": "Very"}])

    refused = author.post(f"/api/courses/{course.id}/publish/")

    assert (refused.status_code, refused.data["code"]) == (400, "not_ready")
    assert "“Angles”" in refused.data["detail"]
    assert "“How wide?”" in refused.data["detail"]
    author.patch(f"/api/choices/{choices_of(broken)[0].id}/", {"is_correct": True})
    assert author.post(f"/api/courses/{course.id}/publish/").status_code == 200


def question_body(quiz) -> dict:
    return {"quiz": str(quiz.id), "text": "What?", "kind": "numeric", "answer": "1"}


def enroll_in_course_of(quiz):
    from apps.courses.selectors import get_course

    return enroll_in(get_course(quiz.course))


def submit(student, quiz):
    body = {"quiz": str(quiz.id), "answers": right_answers(quiz)}
    response = client_of(student).post("/api/quiz-submissions/", body)
    assert response.status_code == 201, response.data
    return response


def test_nothing_is_appended_past_the_largest_position(instructor):
    """Clients could not send back what they read."""
    lesson = make_lesson(course=make_course(instructor=instructor))
    quiz, other = make_quiz(lesson=lesson), make_quiz(lesson=lesson)
    question, moving = make_question(quiz, position=LARGEST_POSITION), make_question(other)
    client = client_of(instructor)
    choice = {"question": str(question.id), "text": "Last"}
    new = {"quiz": str(quiz.id), "text": "True?", "kind": "true_false", "answer": "true"}
    data = SimpleUploadedFile("a.gift", b"::One:: It is so. {T}")

    assert client.post("/api/choices/", choice | {"position": LARGEST_POSITION}).status_code == 201
    for answer in (
        client.post("/api/choices/", choice),
        client.post("/api/questions/", new),
        client.patch(f"/api/questions/{moving.id}/", {"quiz": str(quiz.id)}),
        client.post(
            f"/api/quizzes/{quiz.id}/import/", {"file": data, "format": "gift"}, format="multipart"
        ),
    ):
        assert (answer.status_code, answer.data["code"]) == (409, "crowded")
    assert client.post("/api/questions/", new | {"position": 5}).status_code == 201
