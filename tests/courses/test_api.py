import io

import pytest
from django.conf import settings
from PIL import Image

from apps.courses.documents import Category, Course
from embedded_mongo.fields import decode
from tests.factories import (
    client_of,
    enroll_in,
    lessons_of,
    make_category,
    make_course,
    make_instructor,
    make_lesson,
    make_student,
)


def titles(response) -> list[str]:
    assert response.status_code == 200, response.data
    return [row["title"] for row in response.data["results"]]


# Permissions


def test_an_instructor_creates_a_draft(instructor):
    response = client_of(instructor).post(
        "/api/courses/", {"title": "Logic", "description": "Why?", "price": "19.90"}
    )

    assert response.status_code == 201
    assert response.data["instructor"] == str(instructor.id)
    assert response.data["published"] is False
    assert response.data["price"] == "19.90"
    assert client_of(instructor).get(f"/api/courses/{response.data['id']}/").data == response.data


def test_a_student_cannot_create_a_course(student, anonymous):
    assert client_of(student).post("/api/courses/", {"title": "Mine"}).status_code == 403
    assert anonymous.post("/api/courses/", {"title": "Mine"}).status_code == 401
    assert Course.objects.count() == 0


def test_only_an_admin_can_change_the_instructor_of_a_course(instructor, admin):
    other = make_instructor()
    body = {"title": "Logic", "instructor": str(other.id)}

    assert client_of(instructor).post("/api/courses/", body).status_code == 403
    assert client_of(admin).post("/api/courses/", body).data["instructor"] == str(other.id)


def test_only_instructors_can_be_assigned_to_a_course(admin, student):
    for somebody in (str(student.id), "0" * 24):
        body = {"title": "Logic", "instructor": somebody}
        response = client_of(admin).post("/api/courses/", body)
        assert (response.status_code, list(response.data)) == (400, ["instructor"])


def test_another_instructor_cannot_change_a_course_or_see_a_draft(instructor):
    other = client_of(instructor)
    published, draft = make_course(lessons=1), make_course(published=False)

    for course, status in ((published, 403), (draft, 404)):
        address = f"/api/courses/{course.id}/"
        assert other.patch(address, {"title": "Mine"}).status_code == status
        assert other.put(address, {"title": "Mine"}).status_code == status
        assert other.delete(address).status_code == status
        assert other.post(f"{address}publish/").status_code == status
        assert other.post(f"{address}unpublish/").status_code == status
        body = {"image": picture()}
        assert other.post(f"{address}image/", body, format="multipart").status_code == status
    assert Course.objects.get(id=published.id).title == "Algebra"


def test_a_demoted_instructor_can_only_read_their_courses(admin, instructor):
    course = make_course(instructor=instructor, published=False)
    writer = client_of(instructor)
    client_of(admin).patch(f"/api/users/{instructor.id}/", {"is_instructor": False})

    assert writer.get(f"/api/courses/{course.id}/").status_code == 200
    assert writer.patch(f"/api/courses/{course.id}/", {"title": "x"}).status_code == 403


def test_courses_of_an_erased_instructor_remain_without_an_instructor(instructor, admin, anonymous):
    course = make_course(instructor=instructor, lessons=1)
    address = f"/api/courses/{course.id}/"
    assert anonymous.get(address).data["instructor"] == str(instructor.id)
    assert client_of(instructor).delete("/api/auth/user/").status_code == 204

    assert anonymous.get(f"{address}?expand=instructor").data["instructor"] is None
    assert client_of(make_instructor()).patch(address, {"title": "Mine"}).status_code == 403
    body = client_of(admin).get(address).data
    assert client_of(admin).put(address, body).data["instructor"] is None
    new_instructor = make_instructor()
    response = client_of(admin).patch(address, {"instructor": str(new_instructor.id)})
    assert response.data["instructor"] == str(new_instructor.id)


# Drafts


def test_only_its_instructor_and_admins_can_see_a_draft(anonymous, student, admin):
    category = make_category()
    draft = make_course(title="Secret", published=False, category=category)
    instructor_client = client_of(_instructor_of(draft))

    for client, is_visible in (
        (anonymous, False),
        (client_of(student), False),
        (client_of(make_instructor()), False),
        (instructor_client, True),
        (client_of(admin), True),
    ):
        assert (client.get(f"/api/courses/{draft.id}/").status_code == 200) is is_visible
        assert ("Secret" in titles(client.get("/api/courses/"))) is is_visible
        assert ("Secret" in titles(client.get("/api/courses/?search=secret"))) is is_visible
        assert client.get(f"/api/courses/{draft.id}/lessons/").status_code == (
            200 if is_visible else 404
        )
    assert anonymous.get(f"/api/categories/{category.id}/").data["course_count"] == 0


def test_an_enrolled_student_can_still_read_an_unpublished_course(student):
    course = make_course(lessons=1)
    enroll_in(course, student)
    client_of(_instructor_of(course)).post(f"/api/courses/{course.id}/unpublish/")

    assert client_of(student).get(f"/api/courses/{course.id}/").status_code == 200
    assert titles(client_of(student).get("/api/courses/")) == ["Algebra"]
    assert client_of(make_student()).get(f"/api/courses/{course.id}/").status_code == 404


def test_a_course_without_lessons_cannot_be_published(instructor):
    course = make_course(instructor=instructor, published=False)
    client = client_of(instructor)

    refused = client.post(f"/api/courses/{course.id}/publish/")
    assert (refused.status_code, refused.data["code"]) == (400, "no_lessons")

    make_lesson(course=course)
    assert client.post(f"/api/courses/{course.id}/publish/").data["published"] is True
    assert client.post(f"/api/courses/{course.id}/unpublish/").data["published"] is False


# Finding


def test_a_search_matches_all_words_regardless_of_case_and_accents(anonymous):
    make_course(title="Éléments de géométrie", description="Points and lines")
    make_course(title="Algebra")

    for search in ("elements", "GEOM poin", "éLé lines"):
        assert titles(anonymous.get("/api/courses/", {"search": search})) == [
            "Éléments de géométrie"
        ]
    assert titles(anonymous.get("/api/courses/", {"search": "geometrie algebra"})) == []


def test_a_search_word_of_one_or_two_letters_matches_only_a_whole_word(anonymous):
    make_course(title="Go in practice")
    make_course(title="Google and R")

    for search, title in (("go", "Go in practice"), ("r", "Google and R"), ("goo", "Google and R")):
        assert titles(anonymous.get("/api/courses/", {"search": search})) == [title]
    assert titles(anonymous.get("/api/courses/", {"search": "pr"})) == []


@pytest.mark.parametrize("number", [5, 20])
def test_a_search_for_many_words_only_reads_courses_with_all_words(anonymous, monkeypatch, number):
    if settings.MONGODB_URI:
        pytest.skip("MongoDB selects indexes itself.")
    for n in range(number):
        make_course(title=f"Alpha beta gamma delta epsilon of course{n}x")
    decoded = []
    monkeypatch.setattr(
        "embedded_mongo.fields.decode", lambda stored: decoded.append(stored) or decode(stored)
    )

    search = {"search": "alp bet gam del eps of course4x"}
    assert anonymous.get("/api/courses/", search).data["count"] == 1
    assert len([stored for stored in decoded if b"enrollment_count" in stored]) <= 3


def test_a_repeated_expand_value_is_applied_once(anonymous):
    course = make_course()
    response = anonymous.get(f"/api/courses/{course.id}/?expand=instructor,instructor")
    assert response.data["instructor"]["id"] == str(course.instructor)


@pytest.mark.parametrize("search", ["(a+)+$", ".*", "\\", "[", "^a", "$where"])
def test_a_search_is_not_a_pattern(anonymous, search):
    make_course(title="aaaaaaaaaaaaaaaaaaaaaaaaaaaa!")
    response = anonymous.get("/api/courses/", {"search": search})
    assert response.status_code == 200
    if search in (".*", "\\", "[", "$where"):
        assert titles(response) == []


def test_filters_narrow_the_list(anonymous, instructor):
    category = make_category()
    make_course(title="Free", category=category, price=0)
    make_course(title="Cheap", price=500, instructor=instructor)
    make_course(title="Dear", price=9900, instructor=instructor)

    def found(**query):
        return sorted(titles(anonymous.get("/api/courses/", query)))

    assert found(free="true") == ["Free"]
    assert found(free="false") == ["Cheap", "Dear"]
    assert found(price_min="5.00", price_max="99.00") == ["Cheap", "Dear"]
    assert found(price_max="5") == ["Cheap", "Free"]
    assert found(category=str(category.id)) == ["Free"]
    assert found(instructor=str(instructor.id)) == ["Cheap", "Dear"]
    assert found(published="false") == []


def test_the_list_is_sorted_by_the_ordering_parameter(anonymous):
    for title, price, count in (("B", 200, 1), ("A", 300, 3), ("C", 100, 2)):
        make_course(title=title, price=price, enrollment_count=count)

    assert titles(anonymous.get("/api/courses/")) == ["C", "A", "B"]
    for ordering, expected in (
        ("title", "ABC"),
        ("-title", "CBA"),
        ("price", "CBA"),
        ("-price", "ABC"),
        ("created_at", "BAC"),
        ("enrollment_count", "BCA"),
        ("-enrollment_count", "ACB"),
    ):
        assert "".join(titles(anonymous.get("/api/courses/", {"ordering": ordering}))) == expected


@pytest.mark.parametrize(
    "query",
    [
        "nosuch=1",
        "title[$ne]=x",
        "title__ne=x",
        "__raw__=1",
        "category=x",
        "category[$ne]=x",
        "ordering=revision",
        "ordering=-instructor",
        "price_min=-1",
        "price_min=1e3",
        "free=1",
        "published=yes",
        "page=0",
        "page=-1",
        "page=x",
        "page=100000000000000000000",
        "page_size=101",
        "page_size=0",
        "page_size=1e20",
        "expand=lesson",
        "free=true&free=false",
        "search=" + "x" * 10_000,
        "cursor=x",
    ],
)
def test_an_invalid_query_parameter_is_named_in_the_error(anonymous, query):
    response = anonymous.get(f"/api/courses/?{query}")

    assert response.status_code == 400
    assert list(response.data) == [query.partition("=")[0]]


def test_pages_have_links_and_a_page_past_the_end_is_not_found(anonymous):
    for number in range(5):
        make_course(title=f"Course {number}")

    first = anonymous.get("/api/courses/?page_size=2&ordering=title").data
    second = anonymous.get(first["next"]).data
    third = anonymous.get(second["next"]).data

    assert (first["count"], first["previous"], third["next"]) == (5, None, None)
    assert [row["title"][-1] for page in (first, second, third) for row in page["results"]] == [
        *"01234"
    ]
    assert anonymous.get(third["previous"]).data == second
    assert anonymous.get("/api/courses/?page_size=2&page=4").status_code == 404
    assert anonymous.get("/api/courses/?page=2").status_code == 404


def test_expand_replaces_ids_with_objects(anonymous):
    category = make_category(name="Mathematics")
    course = make_course(category=category)

    for data in (
        anonymous.get(f"/api/courses/{course.id}/?expand=instructor,category").data,
        anonymous.get("/api/courses/?expand=instructor,category").data["results"][0],
    ):
        assert data["category"] == {"id": str(category.id), "name": "Mathematics"}
        assert sorted(data["instructor"]) == ["bio", "id", "profile_picture", "username"]


# Input


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", ""),
        ("title", " "),
        ("title", None),
        ("title", 5),
        ("title", ["x"]),
        ("title", {"$ne": 1}),
        ("title", "x" * 256),
        ("title", "a\nb"),
        ("title", "a\x00b"),
        ("description", "x" * 10_001),
        ("description", True),
        ("price", 19.9),
        ("price", 20),
        ("price", "-1.00"),
        ("price", "1.999"),
        ("price", "NaN"),
        ("price", "100000000000000000000"),
        ("category", {"$ne": None}),
        ("category", {}),
        ("category", []),
        ("category", "x"),
        ("category", 7),
        ("category", "0" * 24),
        ("published", True),
        ("lesson_count", 5),
        ("enrollment_count", 5),
        ("created_at", "2020-01-01T00:00:00Z"),
        ("id", "0" * 24),
        ("image", "x.png"),
        ("image_small", "x.png"),
        ("_cls", "User"),
        ("$where", "1"),
        ("a.b", 1),
        ("words", ["x"]),
        ("revision", 9),
        ("removed", True),
    ],
)
def test_an_invalid_field_is_named_in_the_error(instructor, field, value):
    response = client_of(instructor).post("/api/courses/", {"title": "Logic"} | {field: value})

    assert response.status_code == 400
    assert list(response.data) == [field]
    assert Course.objects.count() == 0
    assert client_of(instructor).get("/api/courses/").status_code == 200


def test_names_and_texts_can_have_the_documented_length(instructor, admin):
    course = {"title": "é" * 255, "description": "🦉" * 10_000}
    lesson = {"title": "é" * 255, "content": "x" * 200_000}
    category = {"name": "é" * 100, "description": "🦉" * 10_000}
    instructor_client, admin_client = client_of(instructor), client_of(admin)
    created = instructor_client.post("/api/courses/", course).data
    lesson |= {"course": created["id"]}

    assert {name: created[name] for name in course} == course
    assert instructor_client.post("/api/lessons/", lesson).data["content"] == lesson["content"]
    assert admin_client.post("/api/categories/", category).data["name"] == category["name"]
    assert (
        instructor_client.patch("/api/auth/user/", {"bio": "🦉" * 2000}).data["bio"] == "🦉" * 2000
    )

    for client, address, body, field in (
        (instructor_client, "/api/lessons/", lesson, "title"),
        (admin_client, "/api/categories/", category, "name"),
        (admin_client, "/api/categories/", category, "description"),
    ):
        refused = client.post(address, body | {field: body[field] + "x"})
        assert (refused.status_code, list(refused.data)) == (400, [field])
    assert list(instructor_client.patch("/api/auth/user/", {"bio": "x" * 2001}).data) == ["bio"]


def test_a_lone_surrogate_is_refused(instructor):
    response = client_of(instructor).post(
        "/api/courses/", '{"title": "a\\ud800b"}', content_type="application/json"
    )
    assert (response.status_code, list(response.data)) == (400, ["title"])


def test_all_invalid_fields_are_reported_together(instructor):
    body = {"price": 1, "category": "x", "nosuch": 1, "published": True}
    response = client_of(instructor).post("/api/courses/", body)

    assert sorted(response.data) == ["category", "nosuch", "price", "published", "title"]


def test_an_id_from_another_collection_is_not_a_valid_category(instructor, student):
    course = make_course(instructor=instructor)
    for other in (course.id, student.id):
        response = client_of(instructor).patch(
            f"/api/courses/{course.id}/", {"category": str(other)}
        )
        assert response.status_code == 400


@pytest.mark.parametrize(
    "title", ["Čas 🕰️ 时间", "مقدمة في الجبر", "e\u0301te\u0301", "क्षि", "👩🏽‍🔬 Labs"]
)
def test_titles_in_every_script_are_returned_unchanged(instructor, anonymous, title):
    client = client_of(instructor)
    made = client.post("/api/courses/", {"title": title, "description": title}).data

    assert client.get(f"/api/courses/{made['id']}/").data["title"] == title


def test_put_replaces_the_course_and_ignores_read_only_fields(instructor):
    category = make_category()
    course = make_course(
        instructor=instructor, category=category, description="Old", price=500, lessons=1
    )
    client = client_of(instructor)
    read = client.get(f"/api/courses/{course.id}/").data

    put_back = client.put(f"/api/courses/{course.id}/", read).data
    assert put_back | {"updated_at": ""} == read | {"updated_at": ""}

    replaced = client.put(f"/api/courses/{course.id}/", {"title": "New"}).data
    assert (replaced["title"], replaced["description"]) == ("New", "")
    assert (replaced["price"], replaced["category"]) == ("0.00", None)
    assert (replaced["instructor"], replaced["published"]) == (str(instructor.id), True)


def test_an_object_created_with_only_a_name_can_be_put_back(instructor, admin):
    course = client_of(instructor).post("/api/courses/", {"title": "Bare"}).data
    lesson = client_of(instructor).post("/api/lessons/", {"title": "B", "course": course["id"]})
    category = client_of(admin).post("/api/categories/", {"name": "Bare"}).data

    for client, name, made in (
        (client_of(instructor), "courses", course),
        (client_of(instructor), "lessons", lesson.data),
        (client_of(admin), "categories", category),
    ):
        put_back = client.put(f"/api/{name}/{made['id']}/", made)
        assert put_back.status_code == 200, put_back.data
        changed = {"updated_at": "", "lesson_count": ""}
        assert put_back.data | changed == made | changed


def test_a_text_can_be_empty_but_a_name_cannot(instructor):
    course = make_course(instructor=instructor, description="Old")
    client, address = client_of(instructor), f"/api/courses/{course.id}/"

    assert client.patch(address, {"description": ""}).data["description"] == ""
    assert list(client.patch(address, {"title": ""}).data) == ["title"]


def test_an_action_without_a_body_takes_none(instructor):
    course = make_course(instructor=instructor, lessons=1, published=False)
    client, address = client_of(instructor), f"/api/courses/{course.id}/publish/"

    unknown = client.post(address, {"nosuch": 1})
    broken = client.post(address, "{", content_type="application/json")
    other = client.post(address, "x", content_type="text/plain")

    assert (unknown.status_code, list(unknown.data)) == (400, ["nosuch"])
    assert (broken.status_code, broken.data["code"]) == (400, "parse_error")
    assert other.status_code == 415
    assert Course.objects.get(id=course.id).published is False
    assert client.post(address, {}).status_code == 200
    assert client.post(address).status_code == 200


def test_patch_changes_only_the_given_fields(instructor):
    course = make_course(instructor=instructor, description="Kept")
    response = client_of(instructor).patch(
        f"/api/courses/{course.id}/", {"title": "New", "lesson_count": 9}
    )

    assert (response.data["title"], response.data["description"]) == ("New", "Kept")
    assert response.data["lesson_count"] == 0
    assert titles(client_of(instructor).get("/api/courses/?search=new")) == ["New"]


@pytest.mark.parametrize("id", ["x", "1" * 23, "1" * 25, "0" * 24, "%00", "A" * 24])
def test_an_unknown_or_malformed_id_in_a_path_is_not_found(admin, id):
    client = client_of(admin)
    for answer in (
        client.get(f"/api/courses/{id}/"),
        client.patch(f"/api/courses/{id}/", {"title": "x"}),
        client.delete(f"/api/courses/{id}/"),
        client.get(f"/api/categories/{id}/"),
    ):
        assert answer.status_code == 404
        assert answer.json()["code"] == "not_found"


# Versions


def test_a_request_with_a_stale_version_changes_nothing(instructor):
    course = make_course(instructor=instructor)
    client, address = client_of(instructor), f"/api/courses/{course.id}/"
    seen = client.get(address)["ETag"]

    first = client.patch(address, {"title": "First"}, HTTP_IF_MATCH=seen)
    assert first.status_code == 200
    assert first["ETag"] == client.get(address)["ETag"] != seen
    for stale in (seen, f"W/{seen}", '"x"'):
        assert client.patch(address, {"title": "2"}, HTTP_IF_MATCH=stale).status_code == 412
        assert client.put(address, {"title": "2"}, HTTP_IF_MATCH=stale).status_code == 412
        assert client.delete(address, HTTP_IF_MATCH=stale).status_code == 412
    assert Course.objects.get(id=course.id).title == "First"
    assert client.patch(address, {"title": "2"}, HTTP_IF_MATCH="*").status_code == 200


def test_an_action_with_a_stale_version_is_refused(instructor, settings):
    course = make_course(instructor=instructor, lessons=1)
    client, address = client_of(instructor), f"/api/courses/{course.id}/"
    stale = {"HTTP_IF_MATCH": '"99-00"'}

    assert client.post(f"{address}unpublish/", **stale).status_code == 412
    assert Course.objects.get(id=course.id).published is True
    client.post(f"{address}unpublish/")
    assert client.post(f"{address}publish/", **stale).status_code == 412
    assert Course.objects.get(id=course.id).published is False
    body = {"image": picture()}
    sent = client.post(f"{address}image/", body, format="multipart", **stale)
    assert sent.status_code == 412
    assert Course.objects.get(id=course.id).image is None
    assert not [path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()]


def test_counts_and_expand_do_not_change_the_version(instructor):
    course = make_course(instructor=instructor, lessons=1)
    client, address = client_of(instructor), f"/api/courses/{course.id}/"
    seen = client.get(f"{address}?expand=instructor")["ETag"]
    enroll_in(course)

    assert client.get(address)["ETag"] != seen
    weak = f"W/{seen}"
    assert client.patch(address, {"title": "New"}, HTTP_IF_MATCH=weak).status_code == 200


def test_an_unchanged_course_is_not_sent_again(anonymous):
    address = f"/api/courses/{make_course().id}/"
    etag = anonymous.get(address)["ETag"]

    again = anonymous.get(address, HTTP_IF_NONE_MATCH=etag)
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", etag)
    assert anonymous.get(address, HTTP_IF_NONE_MATCH='"other"').status_code == 200


def test_a_course_is_up_to_date_after_each_change(instructor, admin, anonymous):
    category, other = make_category(name="A"), make_category(name="B")
    course = make_course(instructor=instructor, category=category, lessons=2)
    client, address = client_of(instructor), f"/api/courses/{course.id}/"

    def read() -> tuple:
        rows = anonymous.get("/api/courses/").data["results"]
        detail = anonymous.get(address)
        assert rows == ([detail.data] if detail.status_code == 200 else [])
        counts = [
            anonymous.get(f"/api/categories/{each.id}/").data["course_count"]
            for each in (category, other)
        ]
        listed = anonymous.get("/api/categories/").data["results"]
        assert [row["course_count"] for row in listed] == counts
        fields = ("title", "lesson_count", "enrollment_count")
        return [row[name] for row in rows for name in fields], counts

    assert read() == (["Algebra", 2, 0], [1, 0])
    client.patch(address, {"title": "New", "category": str(other.id)})
    assert read() == (["New", 2, 0], [0, 1])
    client.post("/api/lessons/", {"title": "L", "course": str(course.id)})
    assert read() == (["New", 3, 0], [0, 1])
    client.delete(f"/api/lessons/{lessons_of(course)[0].id}/")
    assert read() == (["New", 2, 0], [0, 1])
    student = client_of(enroll_in(course))
    assert read() == (["New", 2, 1], [0, 1])
    [enrollment] = student.get("/api/enrollments/").data["results"]
    student.delete(f"/api/enrollments/{enrollment['id']}/")
    assert read() == (["New", 2, 0], [0, 1])
    client.post(f"{address}unpublish/")
    assert read() == ([], [0, 0])
    client.post(f"{address}publish/")
    assert read() == (["New", 2, 0], [0, 1])
    client_of(admin).delete(f"/api/categories/{other.id}/")
    assert anonymous.get(address).data["category"] is None
    assert anonymous.get("/api/courses/").data["results"][0]["category"] is None
    client.delete(address)
    assert anonymous.get("/api/courses/").data["count"] == 0
    assert anonymous.get(address).status_code == 404


# Removing


def test_removing_a_course_removes_only_its_own_data(instructor, admin):
    course, other = make_course(instructor=instructor, lessons=2), make_course(lessons=1)
    student = enroll_in(course)
    enroll_in(other, student)

    refused = client_of(instructor).delete(f"/api/courses/{course.id}/")
    assert (refused.status_code, refused.data["code"]) == (409, "has_enrollments")
    forbidden = client_of(instructor).delete(f"/api/courses/{course.id}/?cascade=true")
    assert forbidden.status_code == 403
    assert client_of(admin).delete(f"/api/courses/{course.id}/?cascade=true").status_code == 204

    client = client_of(student)
    assert client.get(f"/api/courses/{course.id}/").status_code == 404
    assert [row["course"] for row in client.get("/api/enrollments/").data["results"]] == [
        str(other.id)
    ]
    assert client.get("/api/progress/").data["count"] == 1
    assert client.get("/api/lessons/").data["count"] == 1
    assert Course.objects.count() == 1


def test_a_course_being_removed_is_not_found(admin, student):
    removed_course, other = make_course(lessons=1, category=make_category()), make_course(lessons=1)
    for course in (removed_course, other):
        enroll_in(course, student)
    [lesson] = lessons_of(removed_course)
    Course.objects(id=removed_course.id).update(set__removed=True)

    for client in (client_of(student), client_of(admin), client_of(_instructor_of(removed_course))):
        for address in ("/api/courses/", "/api/courses/?search=algebra", "/api/lessons/"):
            rows = client.get(address).data["results"]
            course_ids = {row.get("course", row["id"]) for row in rows}
            assert str(removed_course.id) not in course_ids, address
        for address in (
            f"/api/courses/{removed_course.id}/",
            f"/api/courses/{removed_course.id}/lessons/",
            f"/api/lessons/{lesson.id}/",
        ):
            assert client.get(address).status_code == 404, address
        assert client.patch(f"/api/courses/{removed_course.id}/", {"title": "x"}).status_code in (
            403,
            404,
        )
        body = {"course": str(removed_course.id)}
        assert list(client.post("/api/enrollments/", body).data) == ["course"]
    rows = client_of(student).get("/api/enrollments/?expand=course").data["results"]
    assert [row["course"] and row["course"]["id"] for row in rows] == [str(other.id), None]
    category = client_of(admin).get(f"/api/categories/{removed_course.category}/").data
    assert category["course_count"] == 0
    assert client_of(None).get(f"/api/users/{removed_course.instructor}/").status_code == 404


def test_an_instructor_can_remove_their_course_without_students(instructor):
    course = make_course(instructor=instructor, lessons=1)

    assert client_of(instructor).delete(f"/api/courses/{course.id}/").status_code == 204
    assert client_of(instructor).get(f"/api/courses/{course.id}/").status_code == 404


# Pictures


def picture(format="PNG", size=(1600, 900), **options) -> io.BytesIO:
    file = io.BytesIO()
    Image.new("RGB", size, "teal").save(file, format, **options)
    file.name = f"../../evil.{format.lower()}"
    file.seek(0)
    return file


@pytest.mark.parametrize("format", ["PNG", "JPEG", "WEBP"])
def test_a_picture_is_reencoded_in_two_sizes(instructor, anonymous, settings, format):
    course = make_course(instructor=instructor)
    response = client_of(instructor).post(
        f"/api/courses/{course.id}/image/", {"image": picture(format)}, format="multipart"
    )

    assert response.status_code == 200, response.data
    for field, width in (("image", 1280), ("image_small", 480)):
        stored = settings.MEDIA_ROOT / response.data[field].removeprefix("/media/")
        assert "evil" not in stored.name
        assert Image.open(stored).width == width
    assert anonymous.get(f"/api/courses/{course.id}/").data["image"] == response.data["image"]


@pytest.mark.parametrize("size", [(100, 19_000), (1, 20_000), (20_000, 1)])
def test_a_very_long_picture_is_accepted(instructor, settings, size):
    course = make_course(instructor=instructor)
    response = client_of(instructor).post(
        f"/api/courses/{course.id}/image/", {"image": picture(size=size)}, format="multipart"
    )

    assert response.status_code == 200, response.data
    with Image.open(settings.MEDIA_ROOT / response.data["image"].removeprefix("/media/")) as stored:
        assert stored.width <= 1280


def test_null_removes_the_picture(instructor, settings):
    course = make_course(instructor=instructor)
    client, address = client_of(instructor), f"/api/courses/{course.id}/"
    client.post(f"{address}image/", {"image": picture()}, format="multipart")

    response = client.patch(address, {"image": None})

    assert (response.data["image"], response.data["image_small"]) == (None, None)
    assert not [path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()]
    for wrong in (5, True, {}, []):
        assert list(client.patch(address, {"image": wrong}).data) == ["image"]


def test_a_file_that_is_not_a_picture_is_refused(instructor):
    course = make_course(instructor=instructor)
    svg = io.BytesIO(b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>")
    svg.name = "a.png"
    gif = picture("GIF", size=(10, 10))
    half = io.BytesIO(picture().getvalue()[:1500])
    half.name = "half.png"
    large = picture("JPEG", size=(8000, 5001))
    long = picture(size=(20_001, 1))
    for upload in (svg, gif, half, large, long):
        response = client_of(instructor).post(
            f"/api/courses/{course.id}/image/", {"image": upload}, format="multipart"
        )
        assert (response.status_code, list(response.data)) == (400, ["image"])
    heavy = io.BytesIO(picture().getvalue() + b"\0" * 5 * 1024 * 1024)
    heavy.name = "heavy.png"
    response = client_of(instructor).post(
        f"/api/courses/{course.id}/image/", {"image": heavy}, format="multipart"
    )
    assert response.status_code == 413
    assert Course.objects.get(id=course.id).image is None


# Categories


def test_only_admins_manage_categories(admin, instructor, anonymous):
    client = client_of(admin)
    made = client.post("/api/categories/", {"name": "Mathematics", "description": "Sets"})
    assert made.status_code == 201
    assert sorted(made.data) == ["course_count", "description", "id", "name"]
    address = f"/api/categories/{made.data['id']}/"

    assert anonymous.get(address).data == made.data
    assert client.patch(address, {"name": "Maths"}).data["description"] == "Sets"
    assert client.put(address, {"name": "Maths"}).data["description"] == ""
    for other, status in ((client_of(instructor), 403), (anonymous, 401)):
        assert other.post("/api/categories/", {"name": "Mine"}).status_code == status
        assert other.patch(address, {"name": "Mine"}).status_code == status
        assert other.delete(address).status_code == status
    assert client.delete(address).status_code == 204
    assert anonymous.get(address).status_code == 404


@pytest.mark.parametrize("name", ["mathematics", "MATHEMATICS", "Ｍathematics"])
def test_category_names_are_unique_regardless_of_case(admin, name):
    make_category(name="Mathematics")
    other = make_category(name="Other")

    made = client_of(admin).post("/api/categories/", {"name": name})
    changed = client_of(admin).patch(f"/api/categories/{other.id}/", {"name": name})

    assert (made.status_code, changed.status_code) == (400, 400)
    assert list(made.data) == list(changed.data) == ["name"]
    assert Category.objects.count() == 2


def test_categories_are_sorted_by_name_and_count_published_courses(anonymous):
    second, first = make_category(name="beta"), make_category(name="Alpha")
    make_course(category=second)
    make_course(category=second, published=False)

    rows = anonymous.get("/api/categories/").data["results"]
    assert [(row["name"], row["course_count"]) for row in rows] == [("Alpha", 0), ("beta", 1)]
    make_course(category=first)


def test_removing_a_category_keeps_its_courses(admin, anonymous):
    category = make_category()
    course = make_course(category=category)
    assert anonymous.get(f"/api/courses/{course.id}/").data["category"] == str(category.id)

    client_of(admin).delete(f"/api/categories/{category.id}/")

    assert anonymous.get(f"/api/courses/{course.id}/").data["category"] is None


def test_a_course_moved_to_a_category_during_its_removal_has_none(instructor, monkeypatch):
    from apps.courses.services import courses as services
    from apps.courses.services import delete_category

    category, course = make_category(), make_course(instructor=instructor)
    check = services._check_category

    def check_and_lose(category_id) -> None:
        check(category_id)
        delete_category(str(category.id), expected=None)

    monkeypatch.setattr(services, "_check_category", check_and_lose)
    body = {"title": "Logic", "category": str(category.id)}
    changed = client_of(instructor).patch(f"/api/courses/{course.id}/", body)

    assert (changed.status_code, changed.data["category"]) == (200, None)
    assert Course.objects.get(id=course.id).category is None


def test_a_category_being_removed_is_not_found(admin, anonymous):
    from apps.courses.services import finish_deletions

    category = make_category(name="Going")
    course = make_course(category=category)
    Category.objects(id=category.id).update(set__removed=True)

    assert anonymous.get("/api/categories/").data["count"] == 0
    assert anonymous.get(f"/api/categories/{category.id}/").status_code == 404
    [row] = anonymous.get("/api/courses/?expand=category").data["results"]
    assert row["category"] is None
    assert client_of(admin).delete(f"/api/categories/{category.id}/").status_code == 404
    assert finish_deletions() == 1
    assert Course.objects.get(id=course.id).category is None
    assert Category.objects.count() == 0


def test_a_request_with_a_stale_category_version_changes_nothing(admin):
    client, address = client_of(admin), f"/api/categories/{make_category(name='Old').id}/"
    seen = client.get(address)["ETag"]
    first = client.patch(address, {"name": "First"}, HTTP_IF_MATCH=seen)
    assert (first.status_code, first["ETag"]) == (200, client.get(address)["ETag"])

    assert client.patch(address, {"name": "2"}, HTTP_IF_MATCH=seen).status_code == 412
    assert client.put(address, {"name": "2"}, HTTP_IF_MATCH=seen).status_code == 412
    assert client.delete(address, HTTP_IF_MATCH=seen).status_code == 412
    assert client.get(address).data["name"] == "First"
    assert client.get(address, HTTP_IF_NONE_MATCH=first["ETag"]).status_code == 304
    assert client.delete(address, HTTP_IF_MATCH=first["ETag"]).status_code == 204


def _instructor_of(course):
    from apps.users.selectors import get_user

    return get_user(course.instructor)


def test_names_and_titles_are_stored_without_invisible_characters(admin):
    sent = {"name": "Cat\u202e\u200b"}
    made = client_of(admin).post("/api/categories/", sent)
    again = client_of(admin).post("/api/categories/", {"name": "Cat\u200b\u202e"})
    course = client_of(admin).post(
        "/api/courses/", {"title": "ab\u202ecd\u200bef\u2066g", "description": "a\u202eb"}
    )

    assert (made.status_code, made.data["name"]) == (201, "Cat")
    assert (again.status_code, list(again.data)) == (400, ["name"])
    assert (course.data["title"], course.data["description"]) == ("abcdefg", "a\u202eb")
