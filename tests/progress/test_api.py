import pytest

from apps.common.events import subscribe
from apps.enrollments.documents import Enrollment
from apps.progress import services
from apps.progress.documents import Progress
from apps.progress.events import MilestoneReached
from apps.progress.services import create_progress_records_of_lesson
from apps.users.selectors import get_user
from tests.command_counter import record_commands
from tests.factories import (
    client_of,
    enroll_in,
    lessons_of,
    make_course,
    make_instructor,
    make_lesson,
    make_question,
    make_quiz,
    make_student,
    right_answers,
)

_delivered = []


@subscribe(MilestoneReached)
def collect_milestone(event: MilestoneReached) -> None:
    _delivered.append((event.student_id, event.percent))


@pytest.fixture
def milestones():
    """Return the milestones delivered while a test runs, as (student id, percent)."""
    _delivered.clear()
    return _delivered


def summary(client, course) -> dict:
    return client.get(f"/api/progress/summary/?course={course.id}").data


def test_completing_five_lessons_reaches_each_milestone_once(student, milestones):
    course = make_course(lessons=5)
    client = client_of(enroll_in(course, student))
    percentages = []
    for lesson in lessons_of(course):
        assert client.post("/api/progress/", {"lesson": str(lesson.id)}).status_code == 200
        percentages.append(summary(client, course)["percentage"])

    assert percentages == [20, 40, 60, 80, 100]
    assert [percent for _, percent in milestones] == [25, 50, 75, 100]
    [enrollment] = client.get("/api/enrollments/").data["results"]
    assert enrollment["milestones"] == [25, 50, 75, 100]
    assert enrollment["completed_at"].endswith("Z")


def test_marking_twice_changes_nothing(student, milestones):
    course = make_course(lessons=2)
    client = client_of(enroll_in(course, student))
    body = {"lesson": str(lessons_of(course)[0].id), "completed": True}

    first, second = client.post("/api/progress/", body), client.post("/api/progress/", body)

    assert (first.status_code, second.status_code) == (200, 200)
    assert first.data == second.data
    assert first.data["completed_at"] is not None
    assert [percent for _, percent in milestones] == [25, 50]


def test_completing_a_lesson_again_delivers_no_milestone_twice(student, milestones):
    course = make_course(lessons=1)
    client = client_of(enroll_in(course, student))
    body = {"lesson": str(lessons_of(course)[0].id)}
    client.post("/api/progress/", body)
    completed_at = client.get("/api/enrollments/").data["results"][0]["completed_at"]

    cleared = client.post("/api/progress/", body | {"completed": False})
    assert (cleared.data["completed"], cleared.data["completed_at"]) == (False, None)
    assert summary(client, course)["percentage"] == 0
    client.post("/api/progress/", body)

    assert [percent for _, percent in milestones] == [25, 50, 75, 100]
    assert client.get("/api/enrollments/").data["results"][0]["completed_at"] == completed_at


def test_deleting_a_lesson_may_reach_a_milestone(student, milestones):
    course = make_course(lessons=4)
    client = client_of(enroll_in(course, student))
    first, second, *others = lessons_of(course)
    client.post("/api/progress/", {"lesson": str(first.id)})
    client.post("/api/progress/", {"lesson": str(second.id)})
    assert [percent for _, percent in milestones] == [25, 50]

    author = client_of(get_user(course.instructor))
    author.delete(f"/api/lessons/{others[0].id}/")
    assert summary(client, course)["percentage"] == 66.67
    author.delete(f"/api/lessons/{others[1].id}/")

    assert summary(client, course)["percentage"] == 100
    assert [percent for _, percent in milestones] == [25, 50, 75, 100]
    assert Progress.objects(student=student.id).count() == 2


def test_moving_a_lesson_may_reach_milestones_in_both_courses(student, instructor, milestones):
    source = make_course(instructor=instructor, lessons=3)
    target = make_course(instructor=instructor, lessons=1)
    client, author = client_of(enroll_in(source, student)), client_of(instructor)
    enroll_in(target, student)
    done, stays, open_one = lessons_of(source)
    for lesson in (done, stays):
        client.post("/api/progress/", {"lesson": str(lesson.id)})
    assert [percent for _, percent in milestones] == [25, 50]

    author.patch(f"/api/lessons/{open_one.id}/", {"course": str(target.id)})
    assert summary(client, source)["milestones"] == [25, 50, 75, 100]
    assert summary(client, target)["milestones"] == []

    author.patch(f"/api/lessons/{done.id}/", {"course": str(target.id)})
    assert summary(client, target)["percentage"] == 33.33
    assert summary(client, target)["milestones"] == [25]
    assert [percent for _, percent in milestones] == [25, 50, 75, 100, 25]


def test_adding_a_lesson_lowers_the_percentage_and_keeps_the_milestones(student, milestones):
    course = make_course(lessons=1)
    client = client_of(enroll_in(course, student))
    client.post("/api/progress/", {"lesson": str(lessons_of(course)[0].id)})
    make_lesson(course=course)

    state = summary(client, course)
    assert (state["percentage"], state["milestones"]) == (50, [25, 50, 75, 100])
    assert state["next_lesson"]["title"] == "Vectors"


def test_the_summary_describes_the_progress_in_a_course(student):
    course = make_course(lessons=3)
    client = client_of(enroll_in(course, student))
    first, second, third = lessons_of(course)
    client.post("/api/progress/", {"lesson": str(second.id)})

    assert summary(client, course) == {
        "course": str(course.id),
        "total": 3,
        "completed": 1,
        "completed_lessons": [str(second.id)],
        "percentage": 33.33,
        "milestones": [25],
        "next_lesson": {"id": str(first.id), "title": "Lesson 1"},
        "grade": None,
        "quizzes": [],
    }
    for lesson in (first, third):
        client.post("/api/progress/", {"lesson": str(lesson.id)})
    assert summary(client, course)["next_lesson"] is None


def test_only_enrolled_students_mark_lessons(student):
    course = make_course(lessons=1)
    client, body = client_of(student), {"lesson": str(lessons_of(course)[0].id)}

    refused = client.post("/api/progress/", body)
    assert (refused.status_code, refused.data["code"]) == (403, "not_enrolled")
    summary_response = client.get(f"/api/progress/summary/?course={course.id}")
    assert (summary_response.status_code, summary_response.data["code"]) == (403, "not_enrolled")

    enroll_in(course, student)
    enrollment = Enrollment.objects.get(student=student.id)
    assert client.post("/api/progress/", body).status_code == 200
    client.delete(f"/api/enrollments/{enrollment.id}/")
    assert client.post("/api/progress/", body).status_code == 403
    assert Progress.objects.get(student=student.id).completed is True


@pytest.mark.parametrize("lesson", [None, {}, [], {"$ne": None}, 7, "x", "0" * 24])
def test_an_invalid_lesson_is_rejected(student, lesson):
    response = client_of(student).post("/api/progress/", {"lesson": lesson})
    assert (response.status_code, list(response.data)) == (400, ["lesson"])


def test_a_lesson_of_a_draft_is_answered_like_an_unknown_lesson(student):
    lesson = make_lesson(course=make_course(published=False))
    client = client_of(student)
    hidden = client.post("/api/progress/", {"lesson": str(lesson.id)})
    unknown = client.post("/api/progress/", {"lesson": "0" * 24})
    assert (hidden.status_code, hidden.data) == (400, unknown.data)


@pytest.mark.parametrize(
    "extra",
    [
        {"student": "0" * 24},
        {"course": "0" * 24},
        {"completed_at": "2020-01-01T00:00:00Z"},
        {"completed": "true"},
        {"completed": 1},
        {"nosuch": 1},
    ],
)
def test_other_fields_are_rejected(student, extra):
    course = make_course(lessons=1)
    client = client_of(enroll_in(course, student))
    body = {"lesson": str(lessons_of(course)[0].id)} | extra
    response = client.post("/api/progress/", body)

    assert (response.status_code, list(response.data)) == (400, list(extra))
    assert Progress.objects(completed=True).count() == 0


def test_the_student_the_instructor_and_admins_see_a_record(instructor, admin):
    course = make_course(instructor=instructor, lessons=2)
    student = enroll_in(course)
    enroll_in(make_course(lessons=1))
    record = Progress.objects(student=student.id).first()
    url = f"/api/progress/{record.id}/"

    for user, status, count in (
        (student, 200, 2),
        (instructor, 200, 2),
        (admin, 200, 3),
        (make_student(), 404, 0),
        (make_instructor(), 404, 0),
    ):
        client = client_of(user)
        assert client.get(url).status_code == status
        assert client.get("/api/progress/").data["count"] == count
        assert client.get(f"/api/progress/?lesson={record.lesson}").data["count"] == bool(count)
        if user != student:
            expected = 403 if count else 404
            assert client.patch(url, {"completed": True}).status_code == expected
    assert Progress.objects(completed=True).count() == 0


def test_an_enrolled_instructor_cannot_change_a_record_of_a_student(instructor):
    course = make_course(instructor=instructor, lessons=1)
    student = enroll_in(course)
    enroll_in(course, instructor)
    record = Progress.objects.get(student=student.id)

    response = client_of(instructor).patch(f"/api/progress/{record.id}/", {"completed": True})

    assert response.status_code == 403
    assert Progress.objects(completed=True).count() == 0


def test_a_student_updates_an_own_record(student):
    course = make_course(lessons=2)
    client = client_of(enroll_in(course, student))
    first, second = lessons_of(course)
    record = Progress.objects.get(student=student.id, lesson=first.id)
    url = f"/api/progress/{record.id}/"

    assert client.patch(url, {"completed": True}).data["completed"] is True
    read = client.get(url).data
    assert client.put(url, read).data == read
    elsewhere = client.patch(url, {"lesson": str(second.id)})
    assert (elsewhere.status_code, list(elsewhere.data)) == (400, ["lesson"])
    assert client.patch(url, {}, HTTP_IF_MATCH='"9-0123"').status_code == 412
    assert client.delete(url).status_code == 405


def test_the_record_of_a_lesson_is_current_after_each_change(student):
    course = make_course(lessons=1)
    client = client_of(enroll_in(course, student))
    lesson = str(lessons_of(course)[0].id)

    def completed():
        [row] = client.get(f"/api/progress/?lesson={lesson}").data["results"]
        return row["completed"]

    assert completed() is False
    client.post("/api/progress/", {"lesson": lesson})
    assert completed() is True
    client.post("/api/progress/", {"lesson": lesson, "completed": False})
    assert completed() is False


def test_a_record_follows_its_lesson_when_it_is_moved_or_deleted(student, instructor, admin):
    course = make_course(instructor=instructor, lessons=3)
    target = make_course(instructor=instructor, lessons=1)
    author, client = client_of(instructor), client_of(enroll_in(course, student))
    moved, removed, left = (str(lesson.id) for lesson in lessons_of(course))

    def courses_of(lesson: str) -> list[str]:
        return [
            row["course"] for row in client.get(f"/api/progress/?lesson={lesson}").data["results"]
        ]

    for lesson in (moved, removed, left):
        assert courses_of(lesson) == [str(course.id)]

    author.patch(f"/api/lessons/{moved}/", {"course": str(target.id)})
    assert courses_of(moved) == [str(target.id)]
    author.delete(f"/api/lessons/{removed}/")
    assert courses_of(removed) == []
    client_of(admin).delete(f"/api/courses/{course.id}/?cascade=true")
    assert courses_of(left) == []
    assert courses_of(moved) == [str(target.id)]


@pytest.mark.parametrize("by", ["hand", "quiz"])
def test_a_record_follows_a_lesson_that_moves_before_it_is_written(
    student, instructor, monkeypatch, milestones, by
):
    course = make_course(instructor=instructor, lessons=2)
    target = make_course(instructor=instructor)
    for each in (course, target):
        enroll_in(each, student)
    lesson, completed = lessons_of(course)
    author, client = client_of(instructor), client_of(student)
    client.post("/api/progress/", {"lesson": str(completed.id), "completed": True})
    mark = services._mark

    def move_and_mark(*arguments, **changes) -> Progress:
        moved = author.patch(f"/api/lessons/{lesson.id}/", {"course": str(target.id)})
        assert moved.status_code == 200
        milestones.clear()
        return mark(*arguments, **changes)

    monkeypatch.setattr(services, "_mark", move_and_mark)
    if by == "hand":
        body = {"lesson": str(lesson.id), "completed": True}
        assert client.post("/api/progress/", body).data["course"] == str(target.id)
    else:
        quiz = make_quiz(lesson=lesson)
        make_question(quiz)
        body = {"quiz": str(quiz.id), "answers": right_answers(quiz)}
        assert client.post("/api/quiz-submissions/", body).status_code == 201

    assert Progress.objects.get(student=student.id, lesson=lesson.id).course == target.id
    assert summary(client, target)["milestones"] == [25, 50, 75, 100]
    assert [percent for _, percent in milestones] == [25, 50, 75, 100]


def test_a_record_that_is_created_later_is_visible_at_once(student):
    course = make_course(lessons=1)
    client = client_of(enroll_in(course, student))
    author = client_of(get_user(course.instructor))
    added = author.post("/api/lessons/", {"title": "New", "course": str(course.id)}).data
    Progress.objects(lesson=added["id"]).delete()
    assert client.get(f"/api/progress/?lesson={added['id']}").data["count"] == 0

    create_progress_records_of_lesson(lesson_id=added["id"], course_id=str(course.id))

    assert client.get(f"/api/progress/?lesson={added['id']}").data["count"] == 1


def test_the_records_of_many_students_are_made_in_several_commands(monkeypatch):
    """In the embedded store, a command is a transaction, and all other threads wait for it."""
    monkeypatch.setattr(services, "SMALL", 3)
    course = make_course(lessons=1)
    [lesson] = lessons_of(course)
    students = {enroll_in(course).id for _ in range(8)}
    for remaining in (0, 1):
        kept = Progress.objects(lesson=lesson.id).order_by("student").limit(remaining)
        Progress.objects(lesson=lesson.id, id__nin=[one.id for one in kept]).delete()

        with record_commands() as commands:
            create_progress_records_of_lesson(lesson_id=str(lesson.id), course_id=str(course.id))

        inserted = [len(one["documents"]) for one in commands if "insert" in one]
        assert max(inserted) <= 3
        assert {one.student for one in Progress.objects(lesson=lesson.id)} == students


def test_the_only_record_of_a_lesson_is_on_the_first_page(student):
    course = make_course(lessons=1)
    client = client_of(enroll_in(course, student))
    url = f"/api/progress/?lesson={lessons_of(course)[0].id}"

    [row] = client.get(f"{url}&page=1").data["results"]
    assert client.get(f"{url}&page=2").status_code == 404
    assert client.get(f"{url}&cursor=after-{row['id']}").data["results"] == []


def test_the_list_is_read_by_cursor_forward_and_backward(student):
    course = make_course(lessons=5)
    client = client_of(enroll_in(course, student))
    pages = [client.get("/api/progress/?page_size=2").data]
    while pages[-1]["next"]:
        assert "cursor=" in pages[-1]["next"]
        pages.append(client.get(pages[-1]["next"]).data)
    back = [pages[-1]]
    while back[-1]["previous"]:
        back.append(client.get(back[-1]["previous"]).data)

    ids = [row["id"] for page in pages for row in page["results"]]
    assert ids == sorted(ids, reverse=True)
    assert len(set(ids)) == 5
    assert {page["count"] for page in pages} == {5}
    assert [page["results"] for page in reversed(back)] == [page["results"] for page in pages]
    by_number = client.get("/api/progress/?page_size=2&page=2").data
    assert by_number["results"] == pages[1]["results"]


@pytest.mark.parametrize("query", ["cursor=x", "completed=1", "lesson=x", "ordering=id", "page=0"])
def test_an_invalid_query_is_rejected(student, query):
    response = client_of(student).get(f"/api/progress/?{query}")
    assert (response.status_code, list(response.data)) == (400, [query.partition("=")[0]])


@pytest.mark.parametrize("query", ["", "course=x", "course=" + "0" * 24, "nosuch=1"])
def test_an_invalid_summary_query_is_rejected(student, query):
    response = client_of(student).get(f"/api/progress/summary/?{query}")
    assert response.status_code == 400


def test_erasing_a_user_deletes_enrollments_and_progress(student):
    course = make_course(lessons=1)
    client = client_of(enroll_in(course, student))

    assert client.delete("/api/auth/user/").status_code == 204

    assert Enrollment.objects.count() == 0
    assert Progress.objects.count() == 0
