import re
import tracemalloc
from datetime import timedelta

import pytest

from apps.common.clock import now_in_milliseconds
from apps.common.http.fields import LARGEST_NUMBER
from apps.common.storage.positions import LARGEST_POSITION
from apps.courses import services as courses
from apps.courses.documents import Course
from apps.lessons import selectors
from apps.lessons.documents import Lesson
from apps.lessons.services import repair_orders
from embedded_mongo.fields import decode
from tests.factories import (
    client_of,
    enroll_in,
    lessons_of,
    make_course,
    make_instructor,
    make_lesson,
    make_student,
)
from tests.slots import all_occupied

PRIVATE = ("content", "content_html", "video_url", "embed_url")


@pytest.fixture
def course(instructor):
    return make_course(instructor=instructor)


@pytest.fixture
def instructor_client(instructor):
    return client_of(instructor)


def test_lessons_are_sorted_by_position(course, anonymous):
    for position in (3, 1, 2):
        make_lesson(course=course, position=position)

    rows = anonymous.get(f"/api/lessons/?course={course.id}").data["results"]
    assert [row["position"] for row in rows] == [1, 2, 3]


# Writing


def test_lessons_are_appended_by_default(instructor_client, course):
    def add(**fields):
        return instructor_client.post(
            "/api/lessons/", {"title": "L", "course": str(course.id)} | fields
        )

    assert [add().data["position"], add().data["position"]] == [1, 2]
    assert add(position=7).data["position"] == 7
    assert add().data["position"] == 8
    duplicate = add(position=7)
    assert (duplicate.status_code, list(duplicate.data)) == (400, ["position"])
    assert instructor_client.get(f"/api/courses/{course.id}/").data["lesson_count"] == 4


def test_a_lesson_is_returned_as_it_was_sent(instructor_client, course):
    body = {
        "title": "Wektory ➡️",
        "course": str(course.id),
        "content": "  # One\n\n*two*\n",
        "video_url": "https://www.youtube-nocookie.com/embed/abc?start=3",
        "position": 3,
        "duration_minutes": 12,
        "is_preview": True,
    }
    made = instructor_client.post("/api/lessons/", body)

    assert made.status_code == 201
    assert {name: made.data[name] for name in body} == body
    assert made.data["content_html"] == "<h1>One</h1>\n<p><em>two</em></p>\n"
    assert made.data["embed_url"] == body["video_url"]
    assert instructor_client.get(f"/api/lessons/{made.data['id']}/").data == made.data


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("course", None),
        ("course", {"$ne": None}),
        ("course", {}),
        ("course", []),
        ("course", "0" * 24),
        ("title", 3),
        ("content", 3),
        ("content", "x" * 200_001),
        ("content", "a\x00b"),
        ("position", "3"),
        ("position", 0),
        ("position", -1),
        ("position", 10**20),
        ("position", 1.5),
        ("position", True),
        ("duration_minutes", "x"),
        ("duration_minutes", -5),
        ("duration_minutes", 10**20),
        ("is_preview", "true"),
        ("is_preview", 1),
        ("content_html", "<script>"),
        ("embed_url", "https://player.vimeo.com/video/1"),
        ("nosuch", 1),
    ],
)
def test_an_invalid_field_is_named_in_the_error(instructor_client, course, field, value):
    body = {"title": "L", "course": str(course.id)} | {field: value}
    response = instructor_client.post("/api/lessons/", body)

    assert (response.status_code, list(response.data)) == (400, [field])
    assert Lesson.objects.count() == 0
    assert instructor_client.get("/api/lessons/").status_code == 200


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/x",
        "http://127.1/x",
        "http://0x7f.1/x",
        "http://2130706433/",
        "http://localhost/x",
        "http://localhost./x",
        "http://a.localhost/",
        "http://ｌｏｃａｌｈｏｓｔ/",
        "http://a.local\u00adhost/",
        "http://a.ⓛocalhost/",
        "http://127。0。0。1/",
        "http://１２７.0.0.1/",
        "http://a.%6cocalhost/",
        "http://localhost.localdomain/",
        "http://169.254.169.254/latest/meta-data",
        "http://10.0.0.1/",
        "http://[::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://[fe80::1]/",
        "http://[64:ff9b::7f00:1]/",
        "http://[64:ff9b:1::a00:1]/",
        "http://[::ffff:0:127.0.0.1]/",
        "http://[::127.0.0.1]/",
        "http://[2002:a00:1::]/",
        "http://[fec0::1]/",
        "http://[ff02::1]/",
        "http://224.0.0.1/",
        "ftp://example.org/x",
        "javascript:alert(1)",
        "data:text/html,x",
        "//example.org/x",
        "https://user@example.org/",
        "https://user:secret@example.org/",
        "https://example.org:99999/",
        "https://exa mple.org/<script>",
        "https://example.org\\@127.0.0.1/",
        "https://intranet/",
        "x",
    ],
)
def test_a_video_must_be_on_a_public_host(instructor_client, course, url):
    body = {"title": "L", "course": str(course.id), "video_url": url}
    response = instructor_client.post("/api/lessons/", body)

    assert (response.status_code, list(response.data)) == (400, ["video_url"])


@pytest.mark.parametrize(
    "url",
    [
        "https://münchen.example/v.mp4",
        "https://8.8.8.8/v.mp4",
        "https://[2606:4700::1111]/v.mp4",
        "https://[64:ff9b::808:808]/v.mp4",
        "https://a_b.example.org./v.mp4",
    ],
)
def test_a_video_can_be_on_any_public_host(instructor_client, course, url):
    body = {"title": "L", "course": str(course.id), "video_url": url}
    made = instructor_client.post("/api/lessons/", body).data

    assert (made["video_url"], made["embed_url"]) == (url, None)


@pytest.mark.parametrize(
    "host",
    [
        "WWW.YouTube-nocookie.com",
        "www.youtube-nocookie.com:443",
        "www.youtube-nocookie.com.",
        "ｗｗｗ.youtube-nocookie.com",
    ],
)
def test_a_known_player_is_embedded_regardless_of_host_spelling(instructor_client, course, host):
    url = f"https://{host}/embed/x?start=3"
    body = {"title": "L", "course": str(course.id), "video_url": url}

    framed = "https://www.youtube-nocookie.com/embed/x?start=3"
    assert instructor_client.post("/api/lessons/", body).data["embed_url"] == framed


def test_a_stored_url_with_an_invalid_host_is_not_embedded(instructor_client, course):
    lesson = make_lesson(course=course, video_url="https://i❤.example/x")

    response = instructor_client.get(f"/api/lessons/{lesson.id}/")
    assert (response.status_code, response.data["embed_url"]) == (200, None)


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org/v.mp4",
        "http://www.youtube-nocookie.com/embed/x",
        "https://www.youtube-nocookie.com.example.org/embed/x",
        "https://www.youtube-nocookie.com:8443/embed/x",
    ],
)
def test_only_a_known_player_is_embedded(instructor_client, course, url):
    body = {"title": "L", "course": str(course.id), "video_url": url}
    assert instructor_client.post("/api/lessons/", body).data["embed_url"] is None


@pytest.mark.parametrize(
    "markdown",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<svg><script>alert(1)</script></svg>",
        "<svg/onload=alert(1)>",
        "<p style='position:fixed'>x</p>",
        "[x](javascript:alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "<a href='  JaVaScRiPt:alert(1)'>x</a>",
        "<a href='javascript:alert(1)'>x</a>",
        "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
        "<a href='vbscript:x'>x</a> <img src='data:image/svg+xml,x'>",
        "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
        "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
        "<iframe src='https://evil.test'></iframe>",
        "<form action='https://evil.test'><input name=password></form>",
        "<base href='https://evil.test'><meta http-equiv=refresh content=0>",
        "<object data=x></object><embed src=x><link rel=stylesheet href=x>",
    ],
)
def test_content_is_sanitized_and_its_source_is_stored(instructor_client, course, markdown):
    body = {"title": "L", "course": str(course.id), "content": markdown}
    lesson = instructor_client.post("/api/lessons/", body).data

    assert lesson["content"] == markdown
    html = lesson["content_html"].lower()
    for unsafe in ("<script", "onerror=", "<svg", "style=", "<iframe", "<form", "<input"):
        assert unsafe not in html.replace("&lt;", "")
    for unsafe in ("<base", "<meta", "<object", "<link"):
        assert unsafe not in html
    schemes = re.findall(r'(?:href|src)="\s*([a-z][a-z0-9+.-]*):', html)
    assert set(schemes) <= {"http", "https", "mailto"}
    assert instructor_client.post("/api/lessons/preview/", {"content": markdown}).data == {
        "content_html": lesson["content_html"]
    }


def test_links_have_rel_noopener(instructor_client):
    html = instructor_client.post(
        "/api/lessons/preview/", {"content": "[x](https://example.org)"}
    ).data
    assert 'rel="noopener noreferrer nofollow"' in html["content_html"]


def test_only_instructors_can_preview_markdown(student, anonymous):
    assert client_of(student).post("/api/lessons/preview/", {"content": "x"}).status_code == 403
    assert anonymous.post("/api/lessons/preview/", {"content": "x"}).status_code == 401


# Who may write


def test_another_instructor_cannot_write_lessons(course):
    lesson = make_lesson(course=course)
    other = client_of(make_instructor())
    body = {"title": "Mine", "course": str(course.id)}

    assert other.post("/api/lessons/", body).status_code == 403
    assert other.patch(f"/api/lessons/{lesson.id}/", {"title": "Mine"}).status_code == 403
    assert other.put(f"/api/lessons/{lesson.id}/", body).status_code == 403
    assert other.delete(f"/api/lessons/{lesson.id}/").status_code == 403
    order = {"lessons": [str(lesson.id)]}
    assert other.put(f"/api/courses/{course.id}/lessons/order/", order).status_code == 403
    assert Lesson.objects.get(id=lesson.id).title == "Vectors"


def test_a_lesson_can_only_move_to_a_course_of_the_same_instructor(
    instructor_client, course, instructor
):
    lesson, foreign = make_lesson(course=course), make_course()
    make_lesson(course=course)
    response = instructor_client.patch(f"/api/lessons/{lesson.id}/", {"course": str(foreign.id)})
    assert response.status_code == 403

    draft = make_course(published=False)
    response = instructor_client.patch(f"/api/lessons/{lesson.id}/", {"course": str(draft.id)})
    assert (response.status_code, list(response.data)) == (400, ["course"])

    own = make_course(instructor=instructor, lessons=1)
    moved = instructor_client.patch(f"/api/lessons/{lesson.id}/", {"course": str(own.id)}).data
    assert (moved["course"], moved["position"]) == (str(own.id), 2)
    assert Course.objects.get(id=course.id).lesson_count == 1
    assert Course.objects.get(id=own.id).lesson_count == 2


def test_a_published_course_keeps_its_last_lesson(instructor_client, course, instructor):
    lesson = make_lesson(course=course)
    other = make_course(instructor=instructor)

    deleted = instructor_client.delete(f"/api/lessons/{lesson.id}/")
    moved = instructor_client.patch(f"/api/lessons/{lesson.id}/", {"course": str(other.id)})

    assert (deleted.status_code, deleted.data["code"]) == (409, "last_lesson")
    assert (moved.status_code, moved.data["code"]) == (409, "last_lesson")
    assert instructor_client.get(f"/api/lessons/{lesson.id}/").status_code == 200
    instructor_client.post(f"/api/courses/{course.id}/unpublish/")
    assert instructor_client.delete(f"/api/lessons/{lesson.id}/").status_code == 204
    assert instructor_client.get(f"/api/lessons/{lesson.id}/").status_code == 404


def test_put_replaces_the_lesson_but_keeps_the_position(instructor_client, course):
    lesson = make_lesson(course=course, duration_minutes=5, is_preview=True)
    body = {"title": "New", "course": str(course.id)}
    replaced = instructor_client.put(f"/api/lessons/{lesson.id}/", body).data

    assert (replaced["content"], replaced["content_html"]) == ("", "")
    assert (replaced["duration_minutes"], replaced["is_preview"]) == (0, False)
    assert replaced["position"] == 1


def test_a_request_with_a_stale_version_changes_nothing(instructor_client, course):
    address = f"/api/lessons/{make_lesson(course=course).id}/"
    etag = instructor_client.get(address)["ETag"]
    instructor_client.patch(address, {"title": "First"}, HTTP_IF_MATCH=etag)

    assert instructor_client.patch(address, {"title": "2"}, HTTP_IF_MATCH=etag).status_code == 412
    assert instructor_client.delete(address, HTTP_IF_MATCH=etag).status_code == 412
    assert instructor_client.get(address).data["title"] == "First"


def test_lessons_cannot_be_moved_or_reordered_with_a_stale_version(
    instructor_client, course, instructor
):
    lesson, other = make_lesson(course=course), make_lesson(course=course)
    target = make_course(instructor=instructor, lessons=1)
    stale = {"HTTP_IF_MATCH": '"99-00"'}

    moved = instructor_client.patch(
        f"/api/lessons/{lesson.id}/", {"course": str(target.id)}, **stale
    )
    order = {"lessons": [str(other.id), str(lesson.id)]}
    ordered = instructor_client.put(f"/api/courses/{course.id}/lessons/order/", order, **stale)

    assert (moved.status_code, ordered.status_code) == (412, 412)
    assert [lesson.id for lesson in lessons_of(course)] == [lesson.id, other.id]
    assert Course.objects.get(id=course.id).lesson_count == 2
    assert Course.objects.get(id=target.id).lesson_count == 1


def test_a_lesson_is_not_moved_if_the_position_is_taken(instructor_client, course, instructor):
    lesson = make_lesson(course=course)
    make_lesson(course=course)
    target = make_course(instructor=instructor, lessons=1)

    body = {"course": str(target.id), "position": 1}
    moved = instructor_client.patch(f"/api/lessons/{lesson.id}/", body)

    assert (moved.status_code, list(moved.data)) == (400, ["position"])
    assert Lesson.objects.get(id=lesson.id).course == course.id
    assert Course.objects.get(id=course.id).lesson_count == 2
    assert Course.objects.get(id=target.id).lesson_count == 1


# Read permissions


def test_only_enrolled_students_and_instructors_can_read_content(
    course, instructor_client, admin, anonymous, student
):
    player = "https://player.vimeo.com/video/1"
    lesson = make_lesson(course=course, content="Hidden", video_url=player)
    enrolled = client_of(enroll_in(course))

    def read_lesson(client):
        detail = client.get(f"/api/lessons/{lesson.id}/").data
        [row] = client.get(f"/api/lessons/?course={course.id}").data["results"]
        [only_row] = client.get("/api/lessons/").data["results"]
        assert detail == row == only_row
        return detail

    for client in (enrolled, instructor_client, client_of(admin)):
        assert read_lesson(client)["content"] == "Hidden"
        assert read_lesson(client)["embed_url"] == player
    for client in (anonymous, client_of(student), client_of(make_instructor())):
        row = read_lesson(client)
        assert [row[name] for name in PRIVATE] == [None] * 4
        assert row["title"] == "Vectors"


def test_everyone_can_read_a_preview_of_a_published_course(course, instructor_client, anonymous):
    lesson = make_lesson(course=course, content="Shown", is_preview=True)
    assert anonymous.get(f"/api/lessons/{lesson.id}/").data["content"] == "Shown"

    instructor_client.post(f"/api/courses/{course.id}/unpublish/")
    assert anonymous.get(f"/api/lessons/{lesson.id}/").status_code == 404
    assert anonymous.get("/api/lessons/").data["count"] == 0


def test_an_enrolled_student_can_still_read_an_unpublished_course(
    course, instructor_client, student
):
    lesson = make_lesson(course=course, content="Shown")
    client = client_of(enroll_in(course))
    instructor_client.post(f"/api/courses/{course.id}/unpublish/")

    assert client.get(f"/api/lessons/{lesson.id}/").data["content"] == "Shown"
    [row] = client.get("/api/lessons/").data["results"]
    assert row["content"] == "Shown"
    assert client_of(student).get(f"/api/lessons/{lesson.id}/").status_code == 404


def test_a_student_who_left_can_no_longer_read_content(course):
    lesson = make_lesson(course=course, content="Hidden")
    client = client_of(enroll_in(course))
    [enrollment] = client.get("/api/enrollments/").data["results"]
    assert client.get(f"/api/lessons/{lesson.id}/").data["content"] == "Hidden"

    client.delete(f"/api/enrollments/{enrollment['id']}/")

    assert client.get(f"/api/lessons/{lesson.id}/").data["content"] is None


def test_a_lesson_being_removed_is_not_found(course, instructor_client, student):
    removed, other = make_lesson(course=course, title="Removed"), make_lesson(course=course)
    enroll_in(course, student)
    Lesson.objects(id=removed.id).update(set__removed=True)

    for client in (instructor_client, client_of(student)):
        for address in ("/api/lessons/", f"/api/lessons/?course={course.id}"):
            assert [row["id"] for row in client.get(address).data["results"]] == [str(other.id)]
        assert client.get(f"/api/lessons/{removed.id}/").status_code == 404
        outline = client.get(f"/api/courses/{course.id}/lessons/").data
        assert [row["id"] for row in outline] == [str(other.id)]
        body = {"lesson": str(removed.id)}
        assert list(client.post("/api/progress/", body).data) == ["lesson"]
    assert instructor_client.patch(f"/api/lessons/{removed.id}/", {"title": "x"}).status_code == 404
    assert instructor_client.delete(f"/api/lessons/{removed.id}/").status_code == 404
    rows = client_of(student).get("/api/progress/?expand=lesson").data["results"]
    assert {row["lesson"] and row["lesson"]["id"] for row in rows} == {str(other.id), None}
    summary = client_of(student).get(f"/api/progress/summary/?course={course.id}").data
    assert summary["total"] == 1


# Order


def test_the_outline_lists_all_lessons_in_order(course, instructor_client, anonymous):
    for number in (1, 2, 3):
        make_lesson(course=course, title=f"L{number}", content="Hidden")
    outline = anonymous.get(f"/api/courses/{course.id}/lessons/").data

    assert [row["title"] for row in outline] == ["L1", "L2", "L3"]
    assert sorted(outline[0]) == ["duration_minutes", "id", "is_preview", "position", "title"]


def test_the_outline_is_up_to_date_after_each_change(
    course, instructor_client, instructor, anonymous
):
    other = make_course(instructor=instructor, lessons=1)

    def titles(of=course) -> list[str]:
        outline = anonymous.get(f"/api/courses/{of.id}/lessons/").data
        return [row["title"] for row in outline]

    assert (titles(), titles(other)) == ([], ["Lesson 1"])
    for title in ("A", "B", "C"):
        instructor_client.post("/api/lessons/", {"title": title, "course": str(course.id)})
    assert titles() == ["A", "B", "C"]
    first, second, third = (str(lesson.id) for lesson in lessons_of(course))
    instructor_client.patch(f"/api/lessons/{first}/", {"title": "First"})
    assert titles() == ["First", "B", "C"]
    order = {"lessons": [third, first, second]}
    instructor_client.put(f"/api/courses/{course.id}/lessons/order/", order)
    assert titles() == ["C", "First", "B"]
    instructor_client.delete(f"/api/lessons/{first}/")
    assert titles() == ["C", "B"]
    instructor_client.patch(f"/api/lessons/{second}/", {"course": str(other.id)})
    assert (titles(), titles(other)) == (["C"], ["Lesson 1", "B"])


def test_lessons_can_be_reordered(course, instructor_client, anonymous):
    for number in (1, 2, 3):
        make_lesson(course=course, title=f"L{number}")
    ids = [str(lesson.id) for lesson in lessons_of(course)]
    new_order = [ids[2], ids[0], ids[1]]
    anonymous.get(f"/api/courses/{course.id}/lessons/")

    response = instructor_client.put(
        f"/api/courses/{course.id}/lessons/order/", {"lessons": new_order}
    )

    assert response.status_code == 200
    outline = anonymous.get(f"/api/courses/{course.id}/lessons/").data
    assert response.data == outline
    assert [(row["id"], row["position"]) for row in outline] == list(
        zip(new_order, (1, 2, 3), strict=True)
    )
    assert Course.objects.get(id=course.id).lesson_order in (None, [])


def test_gaps_between_positions_use_no_memory(course, instructor_client):
    near = make_lesson(course=course, title="Near", position=1)
    far = make_lesson(course=course, title="Far", position=1_000_000)

    tracemalloc.start()
    outline = instructor_client.put(
        f"/api/courses/{course.id}/lessons/order/", {"lessons": [str(far.id), str(near.id)]}
    ).data
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert [(row["title"], row["position"]) for row in outline] == [("Far", 1), ("Near", 2)]
    assert peak < 10_000_000


def test_an_order_must_contain_each_lesson_once(course, instructor_client):
    first, second = make_lesson(course=course), make_lesson(course=course)
    foreign = make_lesson()
    address = f"/api/courses/{course.id}/lessons/order/"
    for invalid in (
        [],
        [str(first.id)],
        [str(first.id)] * 2,
        [str(first.id), str(second.id), str(foreign.id)],
        [str(first.id), str(foreign.id)],
        "x",
        ["x"],
        None,
    ):
        response = instructor_client.put(address, {"lessons": invalid})
        assert (response.status_code, list(response.data)) == (400, ["lessons"])
        assert all(isinstance(message, str) for message in response.data["lessons"])


def test_a_course_without_lessons_accepts_an_empty_order(instructor_client, instructor):
    empty = make_course(instructor=instructor)
    address = f"/api/courses/{empty.id}/lessons/order/"

    for _ in range(2):  # The first request must complete its own order.
        response = instructor_client.put(address, {"lessons": []})
        assert (response.status_code, response.data) == (200, [])


@pytest.mark.parametrize("since", [None, now_in_milliseconds() - timedelta(minutes=2)])
def test_an_interrupted_reordering_is_shown_and_completed(
    course, instructor_client, anonymous, since
):
    ids = [make_lesson(course=course, title=f"L{n}").id for n in (1, 2, 3)]
    order = {"set__lesson_order": [ids[1], ids[2], ids[0]]}
    Course.objects(id=course.id).update(set__lesson_order_since=since, **order)

    def titles():
        outline = anonymous.get(f"/api/courses/{course.id}/lessons/").data
        return [row["title"] for row in outline]

    assert titles() == ["L2", "L3", "L1"]
    busy = instructor_client.put(
        f"/api/courses/{course.id}/lessons/order/", {"lessons": [str(id_) for id_ in ids]}
    )
    assert (busy.status_code, busy.data["code"]) == (409, "being_reordered")
    assert repair_orders() == 1
    assert titles() == ["L2", "L3", "L1"]
    assert [lesson.position for lesson in lessons_of(course)] == [1, 2, 3]


def test_the_sweep_ignores_a_reordering_that_has_just_started(course):
    ids = [make_lesson(course=course).id for _ in range(2)]
    courses.begin_lesson_order(course.id, ids[::-1])

    assert repair_orders() == 0

    Course.objects.update(set__lesson_order_since=now_in_milliseconds() - timedelta(minutes=2))
    assert repair_orders() == 1
    assert [lesson.id for lesson in lessons_of(course)] == ids[::-1]


@pytest.mark.parametrize("id", ["x", "0" * 24])
def test_an_unknown_lesson_is_not_found(instructor_client, id):
    assert instructor_client.get(f"/api/lessons/{id}/").status_code == 404
    assert instructor_client.patch(f"/api/lessons/{id}/", {"title": "x"}).status_code == 404
    assert instructor_client.get(f"/api/courses/{id}/lessons/").status_code == 404


def test_a_new_lesson_creates_progress_for_all_enrolled_students(course, instructor_client):
    make_lesson(course=course)
    student = make_student()
    enroll_in(course, student)

    instructor_client.post("/api/lessons/", {"title": "New", "course": str(course.id)})

    assert client_of(student).get("/api/progress/").data["count"] == 2


def test_the_text_of_a_page_is_limited(instructor, monkeypatch):
    monkeypatch.setattr("apps.common.storage.pagination.LARGEST_PAGE_BYTES", 2500)
    course = make_course(instructor=instructor)
    for _ in range(3):
        make_lesson(course=course, content="x" * 400)
    client = client_of(instructor)

    full_page = client.get(f"/api/lessons/?course={course.id}")
    short_page = client.get(f"/api/lessons/?course={course.id}&page_size=2")

    assert (full_page.status_code, full_page.data["code"]) == (400, "page_too_large")
    assert [len(row["content"]) for row in short_page.data["results"]] == [400, 400]
    titles = client_of(None).get(f"/api/lessons/?course={course.id}")
    assert [row["content"] for row in titles.data["results"]] == [None] * 3


def test_the_texts_of_a_page_are_limited_in_bytes(instructor, monkeypatch):
    monkeypatch.setattr("apps.common.storage.pagination.LARGEST_PAGE_BYTES", 2500)
    courses = [make_course(instructor=instructor) for _ in range(2)]
    for course, letter in zip(courses, "x🦉", strict=True):
        for _ in range(2):
            make_lesson(course=course, content=letter * 250)
    client = client_of(instructor)

    statuses = [client.get(f"/api/lessons/?course={course.id}").status_code for course in courses]

    assert statuses == [200, 400]


def test_reading_stops_when_the_page_is_too_large(instructor, monkeypatch):
    monkeypatch.setattr("apps.common.storage.pagination.LARGEST_PAGE_BYTES", 2500)
    course = make_course(instructor=instructor)
    for _ in range(30):
        make_lesson(course=course, content="x" * 1000)
    read = []
    limit = selectors.limit_bytes
    monkeypatch.setattr(
        selectors, "limit_bytes", lambda rows: limit(read.append(1) or row for row in rows)
    )

    response = client_of(instructor).get(f"/api/lessons/?course={course.id}&page_size=30")

    assert (response.status_code, response.data["code"]) == (400, "page_too_large")
    assert len(read) == 2


def test_few_texts_are_decoded_before_a_page_is_refused(instructor, monkeypatch):
    """The embedded store could decode the texts of all lessons before it checks the first."""
    monkeypatch.setattr("apps.common.storage.pagination.LARGEST_PAGE_BYTES", 50_000)
    course = make_course(instructor=instructor)
    for _ in range(20):
        make_lesson(course=course, content="x" * 10_000)
    decoded = []
    monkeypatch.setattr(
        "embedded_mongo.fields.decode", lambda stored: decoded.append(len(stored)) or decode(stored)
    )

    answer = client_of(instructor).get(f"/api/lessons/?course={course.id}&page_size=20")

    assert (answer.status_code, answer.data["code"]) == (400, "page_too_large")
    assert sum(size > 10_000 for size in decoded) <= 6


def test_few_lessons_are_read_with_their_texts_at_the_same_time(
    course, instructor_client, monkeypatch
):
    lesson = make_lesson(course=course)
    addresses = [f"/api/lessons/{lesson.id}/", f"/api/lessons/?course={course.id}"]

    with all_occupied(selectors.FULL_LESSONS, monkeypatch):
        refused = [instructor_client.get(address) for address in addresses]
        assert client_of(None).get(addresses[1]).status_code == 200  # It has no texts.

    assert {(answer.status_code, answer.data["code"]) for answer in refused} == {(503, "busy")}
    assert all(answer["Retry-After"] for answer in refused)
    assert {instructor_client.get(address).status_code for address in addresses} == {200}


def test_a_lesson_cannot_be_appended_after_the_largest_position(instructor):
    """Clients could not send back a larger position."""
    course, other = make_course(instructor=instructor), make_course(instructor=instructor)
    client = client_of(instructor)
    body = {"title": "Last", "course": str(course.id)}
    last = client.post("/api/lessons/", body | {"position": LARGEST_POSITION})
    moving = client.post("/api/lessons/", body | {"course": str(other.id)})
    count = client.get(f"/api/courses/{other.id}/").data["lesson_count"]

    appended = client.post("/api/lessons/", body)
    moved = client.patch(f"/api/lessons/{moving.data['id']}/", {"course": str(course.id)})

    assert LARGEST_POSITION == LARGEST_NUMBER
    assert last.status_code == 201
    assert (appended.status_code, appended.data["code"]) == (409, "crowded")
    assert (moved.status_code, moved.data["code"]) == (409, "crowded")
    assert client.get(f"/api/courses/{other.id}/").data["lesson_count"] == count
    assert client.post("/api/lessons/", body | {"position": 5}).status_code == 201
    address = f"/api/lessons/{last.data['id']}/"
    assert client.put(address, client.get(address).json()).status_code == 200
