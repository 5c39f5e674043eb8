"""Creating, changing and deleting quizzes, questions and choices."""

import pytest
from bson import ObjectId
from django.core.files.uploadedfile import SimpleUploadedFile

from apps.common.storage.positions import LARGEST_POSITION
from apps.courses.selectors import get_course
from apps.quizzes.documents import Attempt, Choice, Question, Quiz
from apps.users.selectors import invalidate_user
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
def as_instructor(instructor):
    return client_of(instructor)


@pytest.fixture
def quiz(course):
    return make_quiz(lesson=lessons_of(course)[0])


# Quizzes


def test_a_new_quiz_has_the_values_that_were_sent_and_the_defaults(as_instructor, course):
    lesson = lessons_of(course)[0]

    created = as_instructor.post(
        "/api/quizzes/", {"lesson": str(lesson.id), "title": "¿Qué es? 🧮"}
    )

    assert created.status_code == 201
    assert created.data["id"]
    assert created.data["created_at"].endswith("Z")
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
    assert expected.items() <= created.data.items()
    again = as_instructor.get(f"/api/quizzes/{created.data['id']}/")
    assert again.json() == created.json()
    assert again["ETag"] == created["ETag"]


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
def test_an_invalid_field_is_named_and_nothing_is_stored(as_instructor, course, field, value):
    body = {"lesson": str(lessons_of(course)[0].id), "title": "Vectors"}

    response = as_instructor.post("/api/quizzes/", body | {field: value})

    assert (response.status_code, list(response.data)) == (400, [field])
    assert Quiz.objects.count() == 0


def test_a_quiz_can_be_put_as_it_was_read(as_instructor, quiz):
    make_question(quiz)
    address = f"/api/quizzes/{quiz.id}/"
    read = as_instructor.get(address).json()

    put = as_instructor.put(address, read | {"title": "Changed", "shuffle": True})

    assert put.status_code == 200
    assert put.json() == read | {"title": "Changed", "shuffle": True}


def test_put_sets_defaults_and_patch_does_not(as_instructor, quiz):
    address = f"/api/quizzes/{quiz.id}/"
    as_instructor.patch(address, {"max_attempts": 3, "grading": "latest"})
    patched = as_instructor.patch(address, {"pass_mark": 50}).data
    assert (patched["max_attempts"], patched["grading"], patched["pass_mark"]) == (3, "latest", 50)

    put = as_instructor.put(address, {"lesson": str(quiz.lesson), "title": "Replaced"}).data
    assert (put["max_attempts"], put["grading"], put["pass_mark"]) == (None, "highest", 70)


def test_a_request_with_a_stale_etag_changes_nothing(as_instructor, quiz):
    address = f"/api/quizzes/{quiz.id}/"
    old = as_instructor.get(address)["ETag"]
    as_instructor.patch(address, {"title": "Second"})

    for method in ("put", "patch", "delete"):
        body = {"lesson": str(quiz.lesson), "title": "Third"} if method != "delete" else None
        response = getattr(as_instructor, method)(address, body, HTTP_IF_MATCH=old)
        assert (response.status_code, response.data["code"]) == (412, "stale_version")
    assert as_instructor.get(address).data["title"] == "Second"
    assert (
        as_instructor.get(
            address, HTTP_IF_NONE_MATCH=as_instructor.get(address)["ETag"]
        ).status_code
        == 304
    )


def test_a_quiz_moves_to_another_lesson_with_its_submissions(as_instructor, instructor, quiz):
    make_question(quiz)
    other = make_lesson(course=make_course(instructor=instructor))
    student = enroll_in_course_of(quiz)
    submit(student, quiz)

    moved = as_instructor.patch(f"/api/quizzes/{quiz.id}/", {"lesson": str(other.id)})

    assert (moved.data["lesson"], moved.data["course"]) == (str(other.id), str(other.course))
    [attempt] = Attempt.objects
    assert (attempt.lesson, attempt.course) == (other.id, other.course)
    assert Quiz.objects(unfinished_since__ne=None).count() == 0


def test_a_quiz_cannot_be_moved_to_another_instructors_course(as_instructor, quiz):
    foreign = make_lesson(course=make_course())
    hidden = make_lesson(course=make_course(published=False))

    assert (
        as_instructor.patch(f"/api/quizzes/{quiz.id}/", {"lesson": str(foreign.id)}).status_code
        == 403
    )
    assert (
        as_instructor.patch(f"/api/quizzes/{quiz.id}/", {"lesson": str(hidden.id)}).status_code
        == 400
    )
    assert Quiz.objects.get(id=quiz.id).lesson == quiz.lesson


def test_deleting_a_quiz_deletes_its_contents_and_nothing_else(as_instructor, quiz):
    other = make_quiz()
    for each in (quiz, other):
        make_question(each)
        submit(enroll_in_course_of(each), each)

    assert as_instructor.delete(f"/api/quizzes/{quiz.id}/").status_code == 204

    assert as_instructor.get(f"/api/quizzes/{quiz.id}/").status_code == 404
    assert as_instructor.get("/api/quizzes/").data["count"] == 0
    assert [question.quiz for question in Question.objects] == [other.id]
    assert [attempt.quiz for attempt in Attempt.objects] == [other.id]
    assert Choice.objects.count() == 4


def test_lists_can_be_filtered_by_lesson_and_course(as_instructor, course, quiz):
    second = make_quiz(lesson=lessons_of(course)[1], title="Second")
    elsewhere = make_quiz()

    def listed(query: str) -> list[str]:
        return [row["id"] for row in as_instructor.get(f"/api/quizzes/{query}").data["results"]]

    assert listed("") == [str(second.id), str(quiz.id)]
    assert listed(f"?lesson={quiz.lesson}") == [str(quiz.id)]
    assert listed(f"?course={course.id}") == [str(second.id), str(quiz.id)]
    assert listed(f"?course={elsewhere.course}") == []
    assert "questions" not in as_instructor.get("/api/quizzes/").data["results"][0]
    for query in ("?lesson=x", "?nosuch=1", "?ordering=title", "?show_key=never"):
        assert as_instructor.get(f"/api/quizzes/{query}").status_code == 400


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
def test_questions_of_each_kind_are_returned_as_they_were_sent(as_instructor, quiz, kind, key):
    body = {"quiz": str(quiz.id), "text": "What?\n\n    code()", "kind": kind} | key

    created = as_instructor.post("/api/questions/", body)

    assert created.status_code == 201, created.data
    choices = [
        {"text": choice["text"], "is_correct": choice["is_correct"]}
        for choice in created.data["choices"]
    ]
    assert choices == [{"is_correct": False} | choice for choice in key.get("choices", [])]
    assert created.data["answer"] == key.get("answer", "")
    assert created.data["tolerance"] == key.get("tolerance")
    assert (created.data["points"], created.data["position"]) == (1, 1)
    address = f"/api/questions/{created.data['id']}/"
    assert as_instructor.get(address).json() == created.json()
    assert as_instructor.put(address, as_instructor.get(address).json()).json() == created.json()
    assert as_instructor.get(f"/api/quizzes/{quiz.id}/").data["problems"] == []


@pytest.mark.parametrize(
    ("fields", "field"),
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
def test_an_invalid_question_is_refused_with_the_field_and_nothing_is_stored(
    as_instructor, quiz, fields, field
):
    body = {"quiz": str(quiz.id), "text": "What?", "kind": "single"}

    response = as_instructor.post("/api/questions/", body | fields)

    assert (response.status_code, list(response.data)) == (400, [field]), response.data
    assert all(isinstance(message, str) for message in response.data[field])
    assert (Question.objects.count(), Choice.objects.count()) == (0, 0)


def test_new_choices_replace_all_choices_in_their_order(as_instructor, quiz):
    question = make_question(quiz)
    first, second, third, _ = choices_of(question)
    new = [
        {"id": str(third.id), "text": "Third, edited", "is_correct": True},
        {"text": "New"},
        {"id": str(first.id), "text": first.text},
    ]

    changed = as_instructor.patch(f"/api/questions/{question.id}/", {"choices": new})

    choices = changed.data["choices"]
    assert [choice["text"] for choice in choices] == ["Third, edited", "New", first.text]
    assert [choice["is_correct"] for choice in choices] == [True, False, False]
    assert (choices[0]["id"], choices[2]["id"]) == (str(third.id), str(first.id))
    stored = choices_of(question)
    assert [str(choice.id) for choice in stored] == [choice["id"] for choice in choices]
    assert Question.objects.get(id=question.id).new_choices is None
    assert as_instructor.get(f"/api/choices/{second.id}/").status_code == 404


def test_choices_of_another_question_are_refused(as_instructor, quiz):
    question, other = make_question(quiz), make_question(quiz)
    before = [choice.to_mongo() for choice in Choice.objects]

    for ids in ([choices_of(other)[0].id], [choices_of(question)[0].id] * 2):
        choices = [{"id": str(each), "text": "Mine"} for each in ids]
        response = as_instructor.patch(f"/api/questions/{question.id}/", {"choices": choices})
        assert (response.status_code, list(response.data)) == (400, ["choices"])

    assert [choice.to_mongo() for choice in Choice.objects] == before


def test_changing_the_kind_clears_the_fields_of_the_old_kind(as_instructor, quiz):
    question = make_question(quiz)
    address = f"/api/questions/{question.id}/"

    numeric = as_instructor.patch(address, {"kind": "numeric", "answer": "3", "tolerance": 1}).data
    assert (numeric["choices"], Choice.objects.count()) == ([], 0)

    single = as_instructor.patch(address, {"kind": "single"}).data
    assert (single["answer"], single["tolerance"]) == ("", None)


def test_a_question_can_only_be_moved_to_a_quiz_of_the_same_instructor(as_instructor, course, quiz):
    question = make_question(quiz)
    own, foreign = make_quiz(lesson=lessons_of(course)[1]), make_quiz()
    address = f"/api/questions/{question.id}/"

    assert as_instructor.patch(address, {"quiz": str(foreign.id)}).status_code == 403
    assert as_instructor.patch(address, {"quiz": str(ObjectId())}).status_code == 400
    assert as_instructor.patch(address, {"quiz": str(own.id)}).data["quiz"] == str(own.id)
    assert as_instructor.get(f"/api/quizzes/{quiz.id}/").data["question_count"] == 0


def test_questions_are_reordered_by_listing_each_once(as_instructor, quiz):
    first, second, third = (make_question(quiz) for _ in range(3))
    address = f"/api/quizzes/{quiz.id}/questions/order/"
    new_order = [str(question.id) for question in (third, first, second)]

    rows = as_instructor.put(address, {"questions": new_order}).data

    assert [row["id"] for row in rows] == new_order
    assert [row["position"] for row in rows] == [1, 2, 3]
    rows = as_instructor.get(f"/api/quizzes/{quiz.id}/").data["questions"]
    assert [row["id"] for row in rows] == new_order
    for invalid in (
        new_order[:2],
        [*new_order, new_order[0]],
        [*new_order[:2], str(ObjectId())],
        "x",
        [1],
    ):
        assert as_instructor.put(address, {"questions": invalid}).status_code == 400


def test_the_new_order_is_shown_while_questions_are_being_reordered(as_instructor, quiz):
    first, second = make_question(quiz), make_question(quiz)
    Quiz.objects(id=quiz.id).update(set__question_order=[second.id, first.id])

    rows = as_instructor.get(f"/api/quizzes/{quiz.id}/").data["questions"]
    assert [row["id"] for row in rows] == [str(second.id), str(first.id)]
    refused = as_instructor.put(
        f"/api/quizzes/{quiz.id}/questions/order/", {"questions": [str(first.id), str(second.id)]}
    )
    assert (refused.status_code, refused.data["code"]) == (409, "being_reordered")


def test_a_quiz_has_at_most_three_hundred_questions(as_instructor, quiz):
    Question.objects.insert(
        [
            Question(quiz=quiz.id, text="?", kind="numeric", answer="1", position=number)
            for number in range(300)
        ]
    )
    body = {"quiz": str(quiz.id), "text": "One more", "kind": "numeric", "answer": "1"}

    response = as_instructor.post("/api/questions/", body)

    assert (response.status_code, response.data["code"]) == (400, "too_many_questions")


# Choices


def test_a_choice_can_be_added_changed_and_deleted(as_instructor, quiz):
    question = make_question(quiz, choices=[])
    body = {"question": str(question.id), "text": "Yes", "is_correct": True}

    created = as_instructor.post("/api/choices/", body)
    assert created.status_code == 201
    assert body.items() <= created.data.items()
    assert as_instructor.get(f"/api/quizzes/{quiz.id}/").data["problems"] == []

    address = f"/api/choices/{created.data['id']}/"
    assert as_instructor.patch(address, {"is_correct": False}).data["is_correct"] is False
    [problem] = as_instructor.get(f"/api/quizzes/{quiz.id}/").data["problems"]
    assert problem == {"question": str(question.id), "code": "no_right_choice"}
    assert as_instructor.delete(address).status_code == 204
    assert as_instructor.get(f"/api/choices/?question={question.id}").data["count"] == 0


def test_editing_a_choice_changes_the_etag_of_its_question(as_instructor, quiz):
    """Otherwise a PUT of the question as it was read before would restore the old choice."""
    question = make_question(quiz)
    address = f"/api/questions/{question.id}/"
    old = as_instructor.get(address)
    as_instructor.patch(f"/api/choices/{choices_of(question)[0].id}/", {"text": "Edited"})

    response = as_instructor.put(address, old.json(), HTTP_IF_MATCH=old["ETag"])

    assert response.status_code == 412
    assert choices_of(question)[0].text == "Edited"


def test_a_choice_cannot_be_moved_or_added_to_a_question_of_another_kind(as_instructor, quiz):
    question, other = make_question(quiz), make_question(quiz)
    numeric = make_question(quiz, "numeric")
    choice = choices_of(question)[0]

    moved = as_instructor.patch(f"/api/choices/{choice.id}/", {"question": str(other.id)})
    added = as_instructor.post("/api/choices/", {"question": str(numeric.id), "text": "A"})

    assert (moved.status_code, list(moved.data)) == (400, ["question"])
    assert (added.status_code, list(added.data)) == (400, ["question"])


def test_choices_that_are_being_replaced_cannot_be_changed(as_instructor, quiz):
    question = make_question(quiz)
    choice = choices_of(question)[0]
    Question.objects(id=question.id).update(set__new_choices=[])

    for response in (
        as_instructor.patch(f"/api/choices/{choice.id}/", {"text": "Late"}),
        as_instructor.delete(f"/api/choices/{choice.id}/"),
        as_instructor.post("/api/choices/", {"question": str(question.id), "text": "Late"}),
        as_instructor.patch(f"/api/questions/{question.id}/", {"choices": []}),
    ):
        assert (response.status_code, response.data["code"]) == (409, "being_changed")
    assert as_instructor.get(f"/api/questions/{question.id}/").data["choices"] == []


# Permissions


def test_only_instructors_of_the_course_can_edit_its_quizzes(quiz):
    question = make_question(quiz)
    choice = choices_of(question)[0]
    bodies = {
        f"/api/quizzes/{quiz.id}/": {"title": "Mine"},
        f"/api/questions/{question.id}/": {"text": "Mine"},
        f"/api/choices/{choice.id}/": {"is_correct": True},
    }
    for user in (make_instructor(), enroll_in_course_of(quiz)):
        for address, body in bodies.items():
            assert client_of(user).patch(address, body).status_code == 403
            assert client_of(user).delete(address).status_code == 403
        client = client_of(user)
        assert client.post("/api/questions/", question_body(quiz)).status_code == 403
        body = {"question": str(question.id), "text": "Mine"}
        assert client.post("/api/choices/", body).status_code == 403
    assert client_of(make_admin()).patch(*next(iter(bodies.items()))).status_code == 200


def test_a_demoted_instructor_can_read_but_not_edit_their_quizzes(as_instructor, instructor, quiz):
    make_question(quiz)
    instructor.update(set__is_instructor=False)
    invalidate_user(instructor.id)

    assert as_instructor.get(f"/api/quizzes/{quiz.id}/").data["problems"] == []
    assert as_instructor.patch(f"/api/quizzes/{quiz.id}/", {"title": "Mine"}).status_code == 403


# Publishing


def test_a_course_with_an_unanswerable_question_cannot_be_published(as_instructor, instructor):
    course = make_course(instructor=instructor, published=False, lessons=1)
    quiz = make_quiz(lesson=lessons_of(course)[0], title="Angles")
    make_question(quiz)
    unanswerable = make_question(quiz, text="How wide?", choices=[{"text": "Very"}])

    refused = as_instructor.post(f"/api/courses/{course.id}/publish/")

    assert (refused.status_code, refused.data["code"]) == (400, "not_ready")
    assert "“Angles”" in refused.data["detail"]
    assert "“How wide?”" in refused.data["detail"]
    as_instructor.patch(f"/api/choices/{choices_of(unanswerable)[0].id}/", {"is_correct": True})
    assert as_instructor.post(f"/api/courses/{course.id}/publish/").status_code == 200


def question_body(quiz) -> dict:
    return {"quiz": str(quiz.id), "text": "What?", "kind": "numeric", "answer": "1"}


def enroll_in_course_of(quiz):
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
