import pytest
from django.core.cache import caches

from apps.common.errors import NotFound
from apps.common.events import answer
from apps.common.storage.pagination import Paging
from apps.courses.selectors import invalidate_course
from apps.users import selectors, services
from apps.users.events import InstructorsOfPublishedCourses
from apps.users.models import Session
from apps.users.serializers import represent_user
from apps.users.viewer import AnonymousViewer, SignedInViewer
from tests.factories import make_admin, make_course, make_instructor, make_student

asked = []


@answer(InstructorsOfPublishedCourses)
def count_questions(question: InstructorsOfPublishedCourses) -> set[str]:
    asked.append(question)
    return set()


def names(page) -> list[str]:
    return [row["username"] for row in page.rows]


def person(user) -> SignedInViewer:
    return SignedInViewer(
        id=str(user.id),
        account_id=1,
        username=user.username,
        is_instructor=user.is_instructor,
        is_admin=user.is_admin,
    )


def listed(viewer, **filters):
    return selectors.list_users(viewer=viewer, represent=represent_user, paging=Paging(), **filters)


def test_a_person_is_found_by_name_whatever_its_case_and_width():
    user = make_student(username="ada")

    assert selectors.find_user(username="ＡＤＡ").id == user.id
    with pytest.raises(NotFound):
        selectors.find_user(username="bob")


def test_cards_show_what_everyone_may_see_and_no_more(student):
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


def test_a_card_never_shows_what_was_replaced(student):
    selectors.user_cards({str(student.id)}, viewer=AnonymousViewer())

    services.update_user(user_id=str(student.id), bio="New")

    assert (
        selectors.user_cards({str(student.id)}, viewer=AnonymousViewer())[str(student.id)]["bio"]
        == "New"
    )


def test_a_person_never_shows_what_was_replaced(student):
    assert not selectors.cached_user(str(student.id), represent=represent_user)["is_instructor"]

    services.update_user(user_id=str(student.id), is_instructor=True)

    assert selectors.cached_user(str(student.id), represent=represent_user)["is_instructor"]


def test_the_list_of_teachers_never_shows_what_was_replaced(instructor):
    assert names(listed(AnonymousViewer())) == []

    course = make_course(instructor=instructor)
    assert names(listed(AnonymousViewer())) == [instructor.username]

    services.update_user(user_id=str(instructor.id), bio="New")
    assert [row["bio"] for row in listed(AnonymousViewer()).rows] == ["New"]

    course.update(set__published=False)
    invalidate_course(course.id)
    assert names(listed(AnonymousViewer())) == []


def test_a_search_finds_the_beginnings_of_words_of_names():
    ada = make_student(username="ada.lovelace", email="countess@example.org")
    make_student(username="grace.hopper")

    assert selectors.users_matching("LOVE ada") == [ada.id]
    assert selectors.users_matching("lo") == selectors.users_matching("LOVE a") == []
    assert selectors.users_matching("countess") == []
    for pattern in (".*", "(o+)+$", "\\", ""):
        assert selectors.users_matching(pattern) == []


def test_admins_search_addresses_too_and_others_do_not(admin):
    ada = make_instructor(username="ada", email="countess@example.org")
    make_course(instructor=ada)

    assert names(listed(person(admin), search="COUNTESS@ex")) == ["ada"]
    assert names(listed(AnonymousViewer(), search="countess@ex")) == []
    assert names(listed(AnonymousViewer(), search="ada")) == ["ada"]
    for pattern in (".*", "count.*", "[", "countess?@"):
        assert names(listed(person(admin), search=pattern)) == [], pattern


def test_people_are_narrowed_by_role(admin):
    make_student(username="sam")
    make_instructor(username="ivy")
    make_admin(username="amy", is_instructor=True)

    assert names(listed(person(admin), role="student")) == ["sam"]
    assert names(listed(person(admin), role="instructor")) == ["amy", "ivy"]
    assert names(listed(person(admin), role="admin")) == ["amy", admin.username]
    assert names(listed(person(admin), ordering="-username"))[-1] == "amy"


def test_a_dead_session_is_not_revived_by_an_empty_cache(student):
    tokens = services.open_session(user=student)

    def session():
        return selectors.cached_session_and_user(
            tokens.session_id, str(student.id), represent=represent_user, counting=None
        )[0]

    assert session()["account"]
    services.end_all_sessions(account_id=Session.objects.get().account_id)
    assert session() is None
    caches["default"].clear()
    assert session() is None
