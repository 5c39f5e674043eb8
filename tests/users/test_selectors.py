import pytest
from django.core.cache import caches

from apps.common.errors import NotFound
from apps.common.events import answer
from apps.common.storage.pagination import Paging
from apps.courses.selectors import invalidate_course
from apps.users import selectors, services
from apps.users.events import InstructorsOfPublishedCourses
from apps.users.models import Session
from apps.users.viewer import AnonymousViewer
from tests.factories import (
    enroll_in,
    make_admin,
    make_course,
    make_instructor,
    make_student,
    viewer_of,
)

questions = []


@answer(InstructorsOfPublishedCourses)
def record_question(question: InstructorsOfPublishedCourses) -> set[str]:
    questions.append(question)
    return set()


def names(page) -> list[str]:
    return [row["username"] for row in page.rows]


def list_users(viewer, **filters):
    return selectors.list_users(viewer=viewer, paging=Paging(), **filters)


def test_a_user_is_found_by_username_in_any_case_and_width():
    user = make_student(username="ada")

    assert selectors.find_user(username="ＡＤＡ").id == user.id
    with pytest.raises(NotFound):
        selectors.find_user(username="bob")


def test_cards_contain_only_public_fields(student):
    services.update_user(user_id=str(student.id), bio="Hello")

    cards = selectors.user_cards({str(student.id), "0" * 24}, viewer=AnonymousViewer())

    assert cards == {
        str(student.id): {
            "id": str(student.id),
            "username": student.username,
            "bio": "Hello",
            "profile_picture": None,
        }
    }


def test_a_card_is_never_stale(student):
    selectors.user_cards({str(student.id)}, viewer=AnonymousViewer())

    services.update_user(user_id=str(student.id), bio="New")

    assert (
        selectors.user_cards({str(student.id)}, viewer=AnonymousViewer())[str(student.id)]["bio"]
        == "New"
    )


def test_a_cached_user_is_never_stale(student):
    assert not selectors.cached_user(str(student.id))["is_instructor"]

    services.update_user(user_id=str(student.id), is_instructor=True)

    assert selectors.cached_user(str(student.id))["is_instructor"]


def test_the_list_of_instructors_is_never_stale(instructor):
    assert names(list_users(AnonymousViewer())) == []

    course = make_course(instructor=instructor)
    assert names(list_users(AnonymousViewer())) == [instructor.username]

    services.update_user(user_id=str(instructor.id), bio="New")
    assert [row["bio"] for row in list_users(AnonymousViewer()).rows] == ["New"]

    course.update(set__published=False)
    invalidate_course(course.id)
    assert names(list_users(AnonymousViewer())) == []


def test_a_search_matches_beginnings_of_words_in_usernames():
    ada = make_student(username="ada.lovelace", email="countess@example.org")
    make_student(username="grace.hopper")

    assert selectors.users_matching("LOVE ada") == [ada.id]
    assert selectors.users_matching("lo") == selectors.users_matching("LOVE a") == []
    assert selectors.users_matching("countess") == []
    for pattern in (".*", "(o+)+$", "\\", ""):
        assert selectors.users_matching(pattern) == []


def test_only_admins_search_email_addresses(admin):
    ada = make_instructor(username="ada", email="countess@example.org")
    make_course(instructor=ada)

    assert names(list_users(viewer_of(admin), search="COUNTESS@ex")) == ["ada"]
    assert names(list_users(AnonymousViewer(), search="countess@ex")) == []
    assert names(list_users(AnonymousViewer(), search="ada")) == ["ada"]
    for pattern in (".*", "count.*", "[", "countess?@"):
        assert names(list_users(viewer_of(admin), search=pattern)) == [], pattern


def test_users_are_filtered_by_role(admin):
    make_student(username="sam")
    make_instructor(username="ivy")
    make_admin(username="amy", is_instructor=True)

    assert names(list_users(viewer_of(admin), role="student")) == ["sam"]
    assert names(list_users(viewer_of(admin), role="instructor")) == ["amy", "ivy"]
    assert names(list_users(viewer_of(admin), role="admin")) == ["amy", admin.username]
    assert names(list_users(viewer_of(admin), ordering="-username"))[-1] == "amy"


def test_no_filter_reveals_to_others_who_is_an_admin(admin):
    instructor, student = make_instructor(), make_student(username="sam")
    course = make_course(instructor=instructor)
    for enrolled in (student, admin):
        enroll_in(course, enrolled)

    students = names(list_users(viewer_of(instructor), role="student"))

    assert sorted(students) == sorted(["sam", admin.username])


def test_an_ended_session_is_not_restored_by_an_empty_cache(student):
    tokens = services.open_session(user=student)

    def session():
        return selectors.cached_session_and_user(tokens.session_id, str(student.id), counting=None)[
            0
        ]

    assert session()["account"]
    services.end_all_sessions(account_id=Session.objects.get().account_id)
    assert session() is None
    caches["default"].clear()
    assert session() is None
