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
def author(instructor):
    return client_of(instructor)


def test_lessons_come_by_position(course, anonymous):
    for position in (3, 1, 2):
        make_lesson(course=course, position=position)

    rows = anonymous.get(f"/api/lessons/?course={course.id}").data["results"]
    assert [row["position"] for row in rows] == [1, 2, 3]


# Writing


def test_lessons_are_appended_unless_told(author, course):
    def add(**fields):
        return author.post("/api/lessons/", {"title": "L", "course": str(course.id)} | fields)

    assert [add().data["position"], add().data["position"]] == [1, 2]
    assert add(position=7).data["position"] == 7
    assert add().data["position"] == 8
    taken = add(position=7)
    assert (taken.status_code, list(taken.data)) == (400, ["position"])
    assert author.get(f"/api/courses/{course.id}/").data["lesson_count"] == 4


def test_a_lesson_comes_back_as_it_went_in(author, course):
    body = {
        "title": "Wektory ➡️",
        "course": str(course.id),
        "content": "  # One\n\n*two*\n",
        "video_url": "https://www.youtube-nocookie.com/embed/abc?start=3",
        "position": 3,
        "duration_minutes": 12,
        "is_preview": True,
    }
    made = author.post("/api/lessons/", body)

    assert made.status_code == 201
    assert {name: made.data[name] for name in body} == body
    assert made.data["content_html"] == "<h1>One</h1>\n<p><em>two</em></p>\n"
    assert made.data["embed_url"] == body["video_url"]
    assert author.get(f"/api/lessons/{made.data['id']}/").data == made.data


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
def test_a_wrong_field_is_refused_and_named(author, course, field, value):
    body = {"title": "L", "course": str(course.id)} | {field: value}
    response = author.post("/api/lessons/", body)

    assert (response.status_code, list(response.data)) == (400, [field])
    assert Lesson.objects.count() == 0
    assert author.get("/api/lessons/").status_code == 200


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
def test_a_video_lies_on_a_public_host(author, course, url):
    body = {"title": "L", "course": str(course.id), "video_url": url}
    response = author.post("/api/lessons/", body)

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
def test_a_video_may_be_on_any_public_host(author, course, url):
    body = {"title": "L", "course": str(course.id), "video_url": url}
    made = author.post("/api/lessons/", body).data

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
def test_a_known_player_is_framed_however_its_host_is_written(author, course, host):
    url = f"https://{host}/embed/x?start=3"
    body = {"title": "L", "course": str(course.id), "video_url": url}

    framed = "https://www.youtube-nocookie.com/embed/x?start=3"
    assert author.post("/api/lessons/", body).data["embed_url"] == framed


def test_a_stored_address_with_an_invalid_host_is_read_and_not_framed(author, course):
    lesson = make_lesson(course=course, video_url="https://i❤.example/x")

    response = author.get(f"/api/lessons/{lesson.id}/")
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
def test_only_a_known_player_is_framed(author, course, url):
    body = {"title": "L", "course": str(course.id), "video_url": url}
    assert author.post("/api/lessons/", body).data["embed_url"] is None


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
def test_content_is_sanitised_and_its_source_kept(author, course, markdown):
    body = {"title": "L", "course": str(course.id), "content": markdown}
    lesson = author.post("/api/lessons/", body).data

    assert lesson["content"] == markdown
    html = lesson["content_html"].lower()
    for wrong in ("<script", "onerror=", "<svg", "style=", "<iframe", "<form", "<input"):
        assert f"{wrong}" not in html.replace("&lt;", "")
    for wrong in ("<base", "<meta", "<object", "<link"):
        assert wrong not in html
    schemes = re.findall(r'(?:href|src)="\s*([a-z][a-z0-9+.-]*):', html)
    assert set(schemes) <= {"http", "https", "mailto"}
    assert author.post("/api/lessons/preview/", {"content": markdown}).data == {
        "content_html": lesson["content_html"]
    }


def test_links_open_without_an_opener(author):
    html = author.post("/api/lessons/preview/", {"content": "[x](https://example.org)"}).data
    assert 'rel="noopener noreferrer nofollow"' in html["content_html"]


def test_only_authors_preview_markdown(student, anonymous):
    assert client_of(student).post("/api/lessons/preview/", {"content": "x"}).status_code == 403
    assert anonymous.post("/api/lessons/preview/", {"content": "x"}).status_code == 401


# Who may write


def test_another_instructor_writes_nothing(course):
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


def test_a_lesson_moves_only_into_an_own_course(author, course, instructor):
    lesson, foreign = make_lesson(course=course), make_course()
    make_lesson(course=course)
    response = author.patch(f"/api/lessons/{lesson.id}/", {"course": str(foreign.id)})
    assert response.status_code == 403

    draft = make_course(published=False)
    response = author.patch(f"/api/lessons/{lesson.id}/", {"course": str(draft.id)})
    assert (response.status_code, list(response.data)) == (400, ["course"])

    own = make_course(instructor=instructor, lessons=1)
    moved = author.patch(f"/api/lessons/{lesson.id}/", {"course": str(own.id)}).data
    assert (moved["course"], moved["position"]) == (str(own.id), 2)
    assert Course.objects.get(id=course.id).lesson_count == 1
    assert Course.objects.get(id=own.id).lesson_count == 2


def test_a_published_course_keeps_its_last_lesson(author, course, instructor):
    lesson = make_lesson(course=course)
    other = make_course(instructor=instructor)

    deleted = author.delete(f"/api/lessons/{lesson.id}/")
    moved = author.patch(f"/api/lessons/{lesson.id}/", {"course": str(other.id)})

    assert (deleted.status_code, deleted.data["code"]) == (409, "last_lesson")
    assert (moved.status_code, moved.data["code"]) == (409, "last_lesson")
    assert author.get(f"/api/lessons/{lesson.id}/").status_code == 200
    author.post(f"/api/courses/{course.id}/unpublish/")
    assert author.delete(f"/api/lessons/{lesson.id}/").status_code == 204
    assert author.get(f"/api/lessons/{lesson.id}/").status_code == 404


def test_put_replaces_and_keeps_the_position(author, course):
    lesson = make_lesson(course=course, duration_minutes=5, is_preview=True)
    body = {"title": "New", "course": str(course.id)}
    replaced = author.put(f"/api/lessons/{lesson.id}/", body).data

    assert (replaced["content"], replaced["content_html"]) == ("", "")
    assert (replaced["duration_minutes"], replaced["is_preview"]) == (0, False)
    assert replaced["position"] == 1


def test_a_stale_version_changes_nothing(author, course):
    address = f"/api/lessons/{make_lesson(course=course).id}/"
    seen = author.get(address)["ETag"]
    author.patch(address, {"title": "First"}, HTTP_IF_MATCH=seen)

    assert author.patch(address, {"title": "2"}, HTTP_IF_MATCH=seen).status_code == 412
    assert author.delete(address, HTTP_IF_MATCH=seen).status_code == 412
    assert author.get(address).data["title"] == "First"


def test_a_stale_version_is_neither_moved_nor_put_in_order(author, course, instructor):
    lesson, other = make_lesson(course=course), make_lesson(course=course)
    target = make_course(instructor=instructor, lessons=1)
    stale = {"HTTP_IF_MATCH": '"99-00"'}

    moved = author.patch(f"/api/lessons/{lesson.id}/", {"course": str(target.id)}, **stale)
    order = {"lessons": [str(other.id), str(lesson.id)]}
    ordered = author.put(f"/api/courses/{course.id}/lessons/order/", order, **stale)

    assert (moved.status_code, ordered.status_code) == (412, 412)
    assert [one.id for one in lessons_of(course)] == [lesson.id, other.id]
    assert Course.objects.get(id=course.id).lesson_count == 2
    assert Course.objects.get(id=target.id).lesson_count == 1


def test_a_lesson_that_finds_its_place_taken_stays(author, course, instructor):
    lesson = make_lesson(course=course)
    make_lesson(course=course)
    target = make_course(instructor=instructor, lessons=1)

    body = {"course": str(target.id), "position": 1}
    moved = author.patch(f"/api/lessons/{lesson.id}/", body)

    assert (moved.status_code, list(moved.data)) == (400, ["position"])
    assert Lesson.objects.get(id=lesson.id).course == course.id
    assert Course.objects.get(id=course.id).lesson_count == 2
    assert Course.objects.get(id=target.id).lesson_count == 1


# Who may read


def test_content_is_for_who_is_enrolled_or_teaches(course, author, admin, anonymous, student):
    player = "https://player.vimeo.com/video/1"
    lesson = make_lesson(course=course, content="Hidden", video_url=player)
    enrolled = client_of(enroll_in(course))

    def seen_by(client):
        detail = client.get(f"/api/lessons/{lesson.id}/").data
        [row] = client.get(f"/api/lessons/?course={course.id}").data["results"]
        [every] = client.get("/api/lessons/").data["results"]
        assert detail == row == every
        return detail

    for client in (enrolled, author, client_of(admin)):
        assert seen_by(client)["content"] == "Hidden"
        assert seen_by(client)["embed_url"] == player
    for client in (anonymous, client_of(student), client_of(make_instructor())):
        row = seen_by(client)
        assert [row[name] for name in PRIVATE] == [None] * 4
        assert row["title"] == "Vectors"


def test_a_preview_is_for_everybody_while_its_course_is_published(course, author, anonymous):
    lesson = make_lesson(course=course, content="Shown", is_preview=True)
    assert anonymous.get(f"/api/lessons/{lesson.id}/").data["content"] == "Shown"

    author.post(f"/api/courses/{course.id}/unpublish/")
    assert anonymous.get(f"/api/lessons/{lesson.id}/").status_code == 404
    assert anonymous.get("/api/lessons/").data["count"] == 0


def test_whoever_is_enrolled_goes_on_reading_an_unpublished_course(course, author, student):
    lesson = make_lesson(course=course, content="Shown")
    client = client_of(enroll_in(course))
    author.post(f"/api/courses/{course.id}/unpublish/")

    assert client.get(f"/api/lessons/{lesson.id}/").data["content"] == "Shown"
    [row] = client.get("/api/lessons/").data["results"]
    assert row["content"] == "Shown"
    assert client_of(student).get(f"/api/lessons/{lesson.id}/").status_code == 404


def test_who_left_reads_no_more(course):
    lesson = make_lesson(course=course, content="Hidden")
    client = client_of(enroll_in(course))
    [place] = client.get("/api/enrollments/").data["results"]
    assert client.get(f"/api/lessons/{lesson.id}/").data["content"] == "Hidden"

    client.delete(f"/api/enrollments/{place['id']}/")

    assert client.get(f"/api/lessons/{lesson.id}/").data["content"] is None


def test_a_lesson_that_is_going_is_gone_already(course, author, student):
    going, other = make_lesson(course=course, title="Going"), make_lesson(course=course)
    enroll_in(course, student)
    Lesson.objects(id=going.id).update(set__removed=True)

    for client in (author, client_of(student)):
        for address in ("/api/lessons/", f"/api/lessons/?course={course.id}"):
            assert [row["id"] for row in client.get(address).data["results"]] == [str(other.id)]
        assert client.get(f"/api/lessons/{going.id}/").status_code == 404
        outline = client.get(f"/api/courses/{course.id}/lessons/").data
        assert [row["id"] for row in outline] == [str(other.id)]
        body = {"lesson": str(going.id)}
        assert list(client.post("/api/progress/", body).data) == ["lesson"]
    assert author.patch(f"/api/lessons/{going.id}/", {"title": "x"}).status_code == 404
    assert author.delete(f"/api/lessons/{going.id}/").status_code == 404
    rows = client_of(student).get("/api/progress/?expand=lesson").data["results"]
    assert {row["lesson"] and row["lesson"]["id"] for row in rows} == {str(other.id), None}
    summary = client_of(student).get(f"/api/progress/summary/?course={course.id}").data
    assert summary["total"] == 1


# Order


def test_the_outline_names_all_lessons_in_order(course, author, anonymous):
    for number in (1, 2, 3):
        make_lesson(course=course, title=f"L{number}", content="Hidden")
    outline = anonymous.get(f"/api/courses/{course.id}/lessons/").data

    assert [row["title"] for row in outline] == ["L1", "L2", "L3"]
    assert sorted(outline[0]) == ["duration_minutes", "id", "is_preview", "position", "title"]


def test_the_outline_is_read_afresh_after_each_change(course, author, instructor, anonymous):
    other = make_course(instructor=instructor, lessons=1)

    def titles(of=course) -> list[str]:
        outline = anonymous.get(f"/api/courses/{of.id}/lessons/").data
        return [row["title"] for row in outline]

    assert (titles(), titles(other)) == ([], ["Lesson 1"])
    for title in ("A", "B", "C"):
        author.post("/api/lessons/", {"title": title, "course": str(course.id)})
    assert titles() == ["A", "B", "C"]
    first, second, third = (str(one.id) for one in lessons_of(course))
    author.patch(f"/api/lessons/{first}/", {"title": "First"})
    assert titles() == ["First", "B", "C"]
    order = {"lessons": [third, first, second]}
    author.put(f"/api/courses/{course.id}/lessons/order/", order)
    assert titles() == ["C", "First", "B"]
    author.delete(f"/api/lessons/{first}/")
    assert titles() == ["C", "B"]
    author.patch(f"/api/lessons/{second}/", {"course": str(other.id)})
    assert (titles(), titles(other)) == (["C"], ["Lesson 1", "B"])


def test_lessons_are_put_into_another_order(course, author, anonymous):
    for number in (1, 2, 3):
        make_lesson(course=course, title=f"L{number}")
    ids = [str(lesson.id) for lesson in lessons_of(course)]
    wanted = [ids[2], ids[0], ids[1]]
    anonymous.get(f"/api/courses/{course.id}/lessons/")

    answered = author.put(f"/api/courses/{course.id}/lessons/order/", {"lessons": wanted})

    assert answered.status_code == 200
    outline = anonymous.get(f"/api/courses/{course.id}/lessons/").data
    assert answered.data == outline
    assert [(row["id"], row["position"]) for row in outline] == list(
        zip(wanted, (1, 2, 3), strict=True)
    )
    assert Course.objects.get(id=course.id).lesson_order in (None, [])


def test_the_places_between_lessons_far_apart_cost_nothing(course, author):
    near = make_lesson(course=course, title="Near", position=1)
    far = make_lesson(course=course, title="Far", position=1_000_000)

    tracemalloc.start()
    outline = author.put(
        f"/api/courses/{course.id}/lessons/order/", {"lessons": [str(far.id), str(near.id)]}
    ).data
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert [(row["title"], row["position"]) for row in outline] == [("Far", 1), ("Near", 2)]
    assert peak < 10_000_000


def test_an_order_names_each_lesson_once(course, author):
    first, second = make_lesson(course=course), make_lesson(course=course)
    foreign = make_lesson()
    address = f"/api/courses/{course.id}/lessons/order/"
    for wrong in (
        [],
        [str(first.id)],
        [str(first.id)] * 2,
        [str(first.id), str(second.id), str(foreign.id)],
        [str(first.id), str(foreign.id)],
        "x",
        ["x"],
        None,
    ):
        response = author.put(address, {"lessons": wrong})
        assert (response.status_code, list(response.data)) == (400, ["lessons"])
        assert all(isinstance(message, str) for message in response.data["lessons"])


def test_a_course_without_lessons_takes_an_empty_order(author, instructor):
    empty = make_course(instructor=instructor)
    address = f"/api/courses/{empty.id}/lessons/order/"

    for _ in range(2):  # the first ends its own order
        answered = author.put(address, {"lessons": []})
        assert (answered.status_code, answered.data) == (200, [])


@pytest.mark.parametrize("since", [None, now_in_milliseconds() - timedelta(minutes=2)])
def test_an_order_that_was_cut_off_is_obeyed_and_carried_out(course, author, anonymous, since):
    ids = [make_lesson(course=course, title=f"L{n}").id for n in (1, 2, 3)]
    order = {"set__lesson_order": [ids[1], ids[2], ids[0]]}
    Course.objects(id=course.id).update(set__lesson_order_since=since, **order)

    def titles():
        outline = anonymous.get(f"/api/courses/{course.id}/lessons/").data
        return [row["title"] for row in outline]

    assert titles() == ["L2", "L3", "L1"]
    busy = author.put(
        f"/api/courses/{course.id}/lessons/order/", {"lessons": [str(one) for one in ids]}
    )
    assert (busy.status_code, busy.data["code"]) == (409, "being_reordered")
    assert repair_orders() == 1
    assert titles() == ["L2", "L3", "L1"]
    assert [lesson.position for lesson in lessons_of(course)] == [1, 2, 3]


def test_the_sweep_leaves_an_order_to_the_request_that_has_just_stored_it(course):
    ids = [make_lesson(course=course).id for _ in range(2)]
    courses.begin_lesson_order(course.id, ids[::-1])

    assert repair_orders() == 0

    Course.objects.update(set__lesson_order_since=now_in_milliseconds() - timedelta(minutes=2))
    assert repair_orders() == 1
    assert [lesson.id for lesson in lessons_of(course)] == ids[::-1]


@pytest.mark.parametrize("id", ["x", "0" * 24])
def test_an_unknown_lesson_is_missing(author, id):
    assert author.get(f"/api/lessons/{id}/").status_code == 404
    assert author.patch(f"/api/lessons/{id}/", {"title": "x"}).status_code == 404
    assert author.get(f"/api/courses/{id}/lessons/").status_code == 404


def test_a_new_lesson_is_started_for_all_who_are_enrolled(course, author):
    make_lesson(course=course)
    student = make_student()
    enroll_in(course, student)

    author.post("/api/lessons/", {"title": "New", "course": str(course.id)})

    assert client_of(student).get("/api/progress/").data["count"] == 2


def test_a_page_of_a_list_holds_no_more_text_than_it_may(instructor, monkeypatch):
    monkeypatch.setattr("apps.common.storage.pagination.LARGEST_PAGE_BYTES", 2500)
    course = make_course(instructor=instructor)
    for _ in range(3):
        make_lesson(course=course, content="x" * 400)
    client = client_of(instructor)

    whole = client.get(f"/api/lessons/?course={course.id}")
    part = client.get(f"/api/lessons/?course={course.id}&page_size=2")

    assert (whole.status_code, whole.data["code"]) == (400, "page_too_large")
    assert [len(row["content"]) for row in part.data["results"]] == [400, 400]
    titles = client_of(None).get(f"/api/lessons/?course={course.id}")
    assert [row["content"] for row in titles.data["results"]] == [None] * 3


def test_the_texts_of_a_page_are_limited_in_bytes(instructor, monkeypatch):
    monkeypatch.setattr("apps.common.storage.pagination.LARGEST_PAGE_BYTES", 2500)
    courses = [make_course(instructor=instructor) for _ in range(2)]
    for course, letter in zip(courses, "x🦉", strict=True):
        for _ in range(2):
            make_lesson(course=course, content=letter * 250)
    client = client_of(instructor)

    statuses = [client.get(f"/api/lessons/?course={each.id}").status_code for each in courses]

    assert statuses == [200, 400]


def test_no_text_is_read_after_those_that_are_too_long_for_a_page(instructor, monkeypatch):
    monkeypatch.setattr("apps.common.storage.pagination.LARGEST_PAGE_BYTES", 2500)
    course = make_course(instructor=instructor)
    for _ in range(30):
        make_lesson(course=course, content="x" * 1000)
    read = []
    limit = selectors.limit_bytes
    monkeypatch.setattr(
        selectors, "limit_bytes", lambda rows: limit(read.append(1) or row for row in rows)
    )

    answer = client_of(instructor).get(f"/api/lessons/?course={course.id}&page_size=30")

    assert (answer.status_code, answer.data["code"]) == (400, "page_too_large")
    assert len(read) == 2


def test_few_texts_are_decoded_before_a_page_is_refused(instructor, monkeypatch):
    """The embedded store would decode the texts of all lessons before the first is looked at."""
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


def test_few_lessons_are_read_with_their_texts_at_the_same_time(course, author, monkeypatch):
    lesson = make_lesson(course=course)
    addresses = [f"/api/lessons/{lesson.id}/", f"/api/lessons/?course={course.id}"]

    with all_occupied(selectors.FULL_LESSONS, monkeypatch):
        refused = [author.get(address) for address in addresses]
        assert client_of(None).get(addresses[1]).status_code == 200  # It has no texts.

    assert {(answer.status_code, answer.data["code"]) for answer in refused} == {(503, "busy")}
    assert all(answer["Retry-After"] for answer in refused)
    assert {author.get(address).status_code for address in addresses} == {200}


def test_no_lesson_is_appended_past_the_largest_position(instructor):
    """Clients could not send back what they read."""
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
