from datetime import datetime

import pytest
from bson import ObjectId
from mongoengine.base import BaseDocument

from apps.courses.documents import Course
from apps.enrollments.documents import Enrollment
from apps.lessons.documents import Lesson
from apps.progress import selectors as progress
from apps.progress.documents import Progress
from apps.quizzes.documents import Attempt, Quiz
from tests.command_counter import record_commands
from tests.factories import (
    client_of,
    enroll_in,
    lessons_of,
    make_course,
    make_instructor,
    make_quiz,
    make_student,
)
from tests.quizzes.submissions import store_graded
from tests.slots import all_occupied


def test_enrolling_takes_a_place_and_starts_the_lessons(student, anonymous):
    course = make_course(lessons=3)
    response = client_of(student).post("/api/enrollments/", {"course": str(course.id)})

    assert response.status_code == 201
    assert sorted(response.data) == [
        "completed_at",
        "course",
        "enrolled_at",
        "id",
        "milestones",
        "student",
    ]
    assert (response.data["student"], response.data["course"]) == (
        str(student.id),
        str(course.id),
    )
    assert (response.data["milestones"], response.data["completed_at"]) == ([], None)
    assert Progress.objects(student=student.id, completed=False).count() == 3
    assert anonymous.get(f"/api/courses/{course.id}/").data["enrollment_count"] == 1
    address = f"/api/enrollments/{response.data['id']}/"
    assert client_of(student).get(address).data == response.data
    assert Enrollment.objects(undelivered_since__ne=None).count() == 0


def test_a_second_place_is_refused(student):
    course = make_course(lessons=1)
    client = client_of(student)
    client.post("/api/enrollments/", {"course": str(course.id)})

    again = client.post("/api/enrollments/", {"course": str(course.id)})

    assert (again.status_code, again.data["code"]) == (400, "already_enrolled")
    assert Enrollment.objects.count() == 1
    assert Course.objects.get(id=course.id).enrollment_count == 1


def test_a_draft_takes_nobody(student, instructor):
    draft = make_course(published=False, instructor=instructor)

    hidden = client_of(student).post("/api/enrollments/", {"course": str(draft.id)})
    unknown = client_of(student).post("/api/enrollments/", {"course": "0" * 24})
    own = client_of(instructor).post("/api/enrollments/", {"course": str(draft.id)})

    assert (hidden.status_code, hidden.data) == (400, unknown.data)
    assert (own.status_code, own.data["code"]) == (400, "course_not_open")
    assert Enrollment.objects.count() == 0


@pytest.mark.parametrize("course", [None, {}, [], {"$ne": None}, 7, "x", "0" * 24, ""])
def test_a_wrong_course_is_refused(student, course):
    response = client_of(student).post("/api/enrollments/", {"course": course})
    assert (response.status_code, list(response.data)) == (400, ["course"])


@pytest.mark.parametrize(
    "extra",
    [
        {"milestones": [100]},
        {"completed_at": "2020-01-01T00:00:00Z"},
        {"enrolled_at": "2020-01-01T00:00:00Z"},
        {"undelivered_milestones": [25]},
        {"id": "0" * 24},
        {"nosuch": 1},
    ],
)
def test_nothing_but_the_course_is_a_students_to_say(student, extra):
    course = make_course()
    body = {"course": str(course.id)} | extra
    response = client_of(student).post("/api/enrollments/", body)

    assert (response.status_code, list(response.data)) == (400, list(extra))
    assert Enrollment.objects.count() == 0


def test_a_student_names_nobody_else(student):
    course, other = make_course(), make_student()
    client = client_of(student)

    for named in ({"student": str(other.id)}, {"username": other.username}, {"username": "nosuch"}):
        response = client.post("/api/enrollments/", {"course": str(course.id)} | named)
        assert response.status_code == 403
    assert Enrollment.objects.count() == 0
    for own in ({"student": str(student.id)}, {"username": student.username.upper()}):
        body = {"course": str(make_course().id)} | own
        assert client.post("/api/enrollments/", body).data["student"] == str(student.id)


def test_who_teaches_a_course_grants_and_revokes_places(instructor, student):
    course = make_course(instructor=instructor, lessons=1)
    teacher = client_of(instructor)

    by_id = teacher.post(
        "/api/enrollments/", {"course": str(course.id), "student": str(student.id)}
    )
    by_name = teacher.post(
        "/api/enrollments/", {"course": str(course.id), "username": make_student().username}
    )
    nobody = teacher.post("/api/enrollments/", {"course": str(course.id), "username": "nosuch"})

    assert (by_id.status_code, by_name.status_code) == (201, 201)
    assert by_id.data["student"] == str(student.id)
    assert (nobody.status_code, list(nobody.data)) == (400, ["username"])
    assert teacher.delete(f"/api/enrollments/{by_id.data['id']}/").status_code == 204
    assert client_of(student).get("/api/enrollments/").data["count"] == 0


def test_a_draft_does_not_reveal_which_users_exist(instructor):
    draft = str(make_course(instructor=instructor, published=False).id)
    known, author = make_student(), client_of(instructor)
    bodies = [
        {"username": known.username},
        {"username": "nosuch"},
        {"student": str(known.id)},
        {"student": str(ObjectId())},
    ]

    responses = [author.post("/api/enrollments/", {"course": draft} | body) for body in bodies]

    assert {(one.status_code, one.data["code"]) for one in responses} == {(400, "course_not_open")}


def test_places_are_seen_by_the_student_the_teacher_and_admins(instructor, admin):
    course, other = make_course(instructor=instructor), make_course()
    student = enroll_in(course)
    enroll_in(other)
    place = Enrollment.objects.get(course=course.id)
    address = f"/api/enrollments/{place.id}/"

    for user, status, count in (
        (student, 200, 1),
        (instructor, 200, 1),
        (admin, 200, 2),
        (make_student(), 404, 0),
        (make_instructor(), 404, 0),
    ):
        client = client_of(user)
        assert client.get(address).status_code == status
        assert client.get("/api/enrollments/").data["count"] == count
        if status == 404:
            assert client.delete(address).status_code == 404
    assert client_of(student).patch(address, {"milestones": [100]}).status_code == 405
    assert Enrollment.objects.count() == 2


def test_a_demoted_instructor_sees_no_students_any_more(instructor, admin):
    course = make_course(instructor=instructor, lessons=1)
    student = enroll_in(course)
    client = client_of(instructor)
    [place] = client.get("/api/enrollments/").data["results"]
    [record] = client.get("/api/progress/").data["results"]
    assert client.get(f"/api/users/{student.id}/").status_code == 200

    client_of(admin).patch(f"/api/users/{instructor.id}/", {"is_instructor": False})

    assert client.get("/api/enrollments/").data["count"] == 0
    assert client.get("/api/progress/").data["count"] == 0
    for address in (
        f"/api/enrollments/{place['id']}/",
        f"/api/progress/{record['id']}/",
        f"/api/users/{student.id}/",
    ):
        assert client.get(address).status_code == 404
    assert client.delete(f"/api/enrollments/{place['id']}/").status_code == 404


def test_a_student_is_named_in_one_way(instructor, student):
    course = make_course(instructor=instructor)
    body = {"course": str(course.id), "student": str(student.id), "username": student.username}
    response = client_of(instructor).post("/api/enrollments/", body)

    assert (response.status_code, list(response.data)) == (400, ["username"])
    assert Enrollment.objects.count() == 0


def test_a_stranger_finds_nothing_by_filters(student):
    course = make_course()
    other = enroll_in(course)
    client = client_of(student)

    for query in (f"student={other.id}", f"course={course.id}", f"search={other.username}"):
        assert client.get(f"/api/enrollments/?{query}").data["count"] == 0


def test_a_teacher_finds_students_by_the_beginning_of_their_name(instructor):
    course = make_course(instructor=instructor)
    for username in ("marie.curie", "max.planck"):
        enroll_in(course, make_student(username=username))

    rows = client_of(instructor).get("/api/enrollments/?search=CUR&expand=student").data["results"]
    assert [row["student"]["username"] for row in rows] == ["marie.curie"]
    assert "email" not in rows[0]["student"]


def test_leaving_keeps_progress_and_coming_back_finds_it(student):
    course = make_course(lessons=2)
    client = client_of(student)
    place = client.post("/api/enrollments/", {"course": str(course.id)}).data
    lesson = client.get(f"/api/courses/{course.id}/lessons/").data[0]
    client.post("/api/progress/", {"lesson": lesson["id"]})

    assert client.delete(f"/api/enrollments/{place['id']}/").status_code == 204
    assert client.get("/api/enrollments/").data["count"] == 0
    assert client.get(f"/api/enrollments/{place['id']}/").status_code == 404
    assert client.delete(f"/api/enrollments/{place['id']}/").status_code == 404
    assert client.get(f"/api/courses/{course.id}/").data["enrollment_count"] == 0

    back = client.post("/api/enrollments/", {"course": str(course.id)})
    assert back.status_code == 201
    assert (back.data["id"], back.data["milestones"]) == (place["id"], [25, 50])
    assert back.data["enrolled_at"] >= place["enrolled_at"]
    summary = client.get(f"/api/progress/summary/?course={course.id}").data
    assert summary["completed_lessons"] == [lesson["id"]]
    assert client.get(f"/api/courses/{course.id}/").data["enrollment_count"] == 1


def test_a_place_is_read_afresh_after_each_change(student, admin):
    course = make_course(lessons=2)
    client = client_of(student)
    [first, _second] = client.get(f"/api/courses/{course.id}/lessons/").data
    assert client.get(f"/api/progress/?lesson={first['id']}").data["count"] == 0
    place = client.post("/api/enrollments/", {"course": str(course.id)}).data
    address = f"/api/enrollments/{place['id']}/"

    assert client.get(address).data == place
    assert client.get(f"/api/progress/?lesson={first['id']}").data["count"] == 1
    client.post("/api/progress/", {"lesson": first["id"]})
    assert client.get(address).data["milestones"] == [25, 50]
    client_of(admin).delete(f"/api/courses/{course.id}/?cascade=true")
    assert client.get(address).status_code == 404


def test_an_instructor_learns_like_a_student(instructor):
    course = make_course(lessons=1)
    response = client_of(instructor).post("/api/enrollments/", {"course": str(course.id)})
    assert response.status_code == 201


def test_nobody_enrolls_anonymously(anonymous):
    body = {"course": str(make_course().id)}
    assert anonymous.post("/api/enrollments/", body).status_code == 401
    assert anonymous.get("/api/enrollments/").status_code == 401


def test_progress_is_expanded_into_each_place(student):
    for lessons in (2, 1):
        enroll_in(make_course(lessons=lessons, title=f"With {lessons}"), student)
    client = client_of(student)
    first = client.get("/api/lessons/").data["results"][0]["id"]
    client.post("/api/progress/", {"lesson": first})

    rows = client.get("/api/enrollments/?expand=progress,course").data["results"]

    assert [row["course"]["title"] for row in rows] == ["With 1", "With 2"]
    assert [row["progress"]["percentage"] for row in rows] == [0, 50]
    assert (
        rows[1]["progress"]
        == client.get(f"/api/progress/summary/?course={rows[1]['course']['id']}").data
    )
    one = client.get(f"/api/enrollments/{rows[1]['id']}/?expand=progress").data
    assert one["progress"] == rows[1]["progress"]


def test_a_page_of_progress_has_a_limited_number_of_lessons(student, monkeypatch):
    monkeypatch.setattr(progress, "MOST_LESSONS_OF_PAGE", 4)
    for _ in range(3):
        enroll_in(make_course(lessons=2), student)
    client, address = client_of(student), "/api/enrollments/?expand=progress"

    with record_commands() as commands:
        refused = client.get(address)

    assert (refused.status_code, refused.data["code"]) == (400, "page_too_large")
    assert not [command for command in commands if command.get("find") in ("lessons", "progress")]
    assert len(client.get(f"{address}&page_size=2").data["results"]) == 2
    assert len(client.get("/api/enrollments/").data["results"]) == 3


def test_few_pages_of_progress_are_computed_at_the_same_time(student, monkeypatch):
    enroll_in(make_course(lessons=1), student)
    client, address = client_of(student), "/api/enrollments/?expand=progress"

    with all_occupied(progress.SUMMARIES, monkeypatch):
        refused = client.get(address)
        assert client.get("/api/enrollments/").status_code == 200

    assert (refused.status_code, refused["Retry-After"]) == (503, "5")
    assert client.get(address).status_code == 200


def test_progress_is_expanded_without_a_document_for_each_lesson_quiz_and_attempt(
    student, monkeypatch
):
    course = make_course(lessons=3)
    enroll_in(course, student)
    for lesson in lessons_of(course):
        store_graded(make_quiz(lesson=lesson), 100, student=student.id)
    Progress.objects.update(set__completed=True)
    client, built = client_of(student), set()
    build = BaseDocument._from_son.__func__

    def recorded(cls, *args, **options):
        built.add(cls)
        return build(cls, *args, **options)

    monkeypatch.setattr(BaseDocument, "_from_son", classmethod(recorded))

    [row] = client.get("/api/enrollments/?expand=progress").data["results"]

    assert (row["progress"]["completed"], len(row["progress"]["quizzes"])) == (3, 3)
    assert Enrollment in built
    assert not {Lesson, Quiz, Attempt, Progress} & built


def test_places_are_narrowed_and_ordered_as_asked(admin):
    short, long = make_course(lessons=1), make_course(lessons=2)
    first, second = enroll_in(short), enroll_in(long)
    enroll_in(long, first)
    for day, place in enumerate(Enrollment.objects.order_by("id"), start=1):
        enrolled, completed = datetime(2026, 1, day), datetime(2026, 2, 1 + day % 3)
        place.update(set__enrolled_at=enrolled, set__completed_at=completed)
    client = client_of(admin)

    def found(query: str) -> list[tuple]:
        rows = client.get(f"/api/enrollments/?{query}").data["results"]
        return [(row["student"], row["course"]) for row in rows]

    one, two, three = (
        (str(first.id), str(short.id)),
        (str(second.id), str(long.id)),
        (str(first.id), str(long.id)),
    )
    assert sorted(found(f"course={long.id}")) == sorted([two, three])
    assert sorted(found(f"student={first.id}")) == sorted([one, three])
    assert found(f"student={first.id}&course={long.id}") == [three]
    assert found("") == found("ordering=-enrolled_at") == [three, two, one]
    assert found("ordering=enrolled_at") == [one, two, three]
    assert found("ordering=completed_at") == [three, one, two]
    assert found("ordering=-completed_at") == [two, one, three]


@pytest.mark.parametrize("query", ["ordering=student", "nosuch=1", "course=x", "student__ne=1"])
def test_a_wrong_query_is_refused(student, query):
    response = client_of(student).get(f"/api/enrollments/?{query}")
    assert (response.status_code, list(response.data)) == (400, [query.partition("=")[0]])


def test_a_place_that_is_not_as_expected_is_not_left(student):
    course = make_course(lessons=1)
    client = client_of(enroll_in(course, student))
    [place] = client.get("/api/enrollments/").data["results"]
    address = f"/api/enrollments/{place['id']}/"
    seen = client.get(address)["ETag"]
    client.post("/api/progress/", {"lesson": client.get("/api/lessons/").data["results"][0]["id"]})

    assert client.delete(address, HTTP_IF_MATCH='"9-0123"').status_code == 412
    assert client.delete(address, HTTP_IF_MATCH=seen).status_code == 204
