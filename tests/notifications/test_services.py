from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from bson import ObjectId
from mongoengine import NotUniqueError

from apps.common.clock import now_in_milliseconds
from apps.common.errors import NotFound, StaleRevision
from apps.common.events import publish
from apps.enrollments.documents import Enrollment
from apps.enrollments.events import StudentEnrolled
from apps.enrollments.services import enroll_student, leave, repair_enrollments
from apps.notifications import selectors, services
from apps.notifications.documents import Notification, Preferences
from apps.notifications.messages import format_message
from apps.notifications.services import notify
from apps.notifications.services.preferences import unsubscribe_token
from apps.progress.events import MilestoneReached
from apps.users.services import erase, update_user
from tests.factories import client_of, enroll_in, lessons_of, make_course, make_student, viewer_of
from tests.notifications.factories import (
    kinds_and_links,
    make_notification,
    publish_grade,
    publish_regrade,
)

# Events that notify


def test_an_enrolled_student_is_notified(student):
    course = make_course(title="Logic")

    enroll_in(course, student)

    [notification] = Notification.objects
    assert str(notification.recipient) == str(student.id)
    assert (notification.kind, notification.link) == ("enrolled", f"/learn/{course.id}")
    assert notification.params == {"title": "Logic"}
    assert notification.key == f"enrolled:{student.id}:{course.id}"


def test_a_student_is_notified_of_each_milestone(student):
    course = make_course(lessons=2)
    client = client_of(enroll_in(course, student))

    for lesson in lessons_of(course):
        client.post("/api/progress/", {"lesson": str(lesson.id)})

    milestones = Notification.objects(kind="milestone").order_by("id")
    assert [milestone.params for milestone in milestones] == [
        {"title": "Algebra", "percent": percent} for percent in (25, 50, 75, 100)
    ]
    assert {milestone.link for milestone in milestones} == {f"/courses/{course.id}"}


def test_notifications_of_grades_link_to_the_submission(student):
    passed, failed = publish_grade(student, passed=True), publish_grade(student, passed=False)
    publish_regrade(student, grade=66.67)

    assert kinds_and_links(student) == [
        ("quiz_passed", f"/quiz/{'a' * 24}?submission={passed.submission_id}"),
        ("quiz_failed", f"/quiz/{'a' * 24}?submission={failed.submission_id}"),
        ("quiz_regraded", f"/quiz/{'a' * 24}?submission={'d' * 24}"),
    ]


def test_a_new_instructor_is_notified_of_each_grant(student):
    for is_instructor in (True, False, True):
        update_user(user_id=str(student.id), is_instructor=is_instructor)

    assert kinds_and_links(student) == [("instructor_granted", "/studio")] * 2


def test_an_existing_instructor_is_not_notified(instructor):
    update_user(user_id=str(instructor.id), is_instructor=True, bio="New")

    assert kinds_and_links(instructor) == []


def test_a_regrade_replaces_the_unread_notification_of_the_previous_one(student):
    publish_regrade(student, grade=50, regrade_id="1")
    publish_regrade(student, grade=50, regrade_id="2", quiz_id="b" * 24)
    publish_regrade(student, grade=50, regrade_id="3")  # replaces the first
    publish_grade(student, passed=True)

    def regrade_ids() -> list[str]:
        regrades = Notification.objects(kind="quiz_regraded").order_by("id")
        return [notification.key.split(":")[1] for notification in regrades]

    assert regrade_ids() == ["2", "3"]
    Notification.objects(key__startswith="quiz_regraded:3").update(set__is_read=True)

    publish_regrade(student, grade=50, regrade_id="4")

    assert regrade_ids() == ["2", "3", "4"]
    assert Notification.objects(kind="quiz_passed").count() == 1


@pytest.mark.parametrize(
    "unsent", [{"set__mail_due_at": now_in_milliseconds()}, {"set__mail_batch": ObjectId()}]
)
def test_a_notification_with_an_unsent_email_is_not_replaced(student, unsent):
    publish_regrade(student, grade=50, regrade_id="1")
    Notification.objects.update(set__emailed_at=None, **unsent)

    publish_regrade(student, grade=50, regrade_id="2")

    assert Notification.objects.count() == 2


# Repeated events


def test_a_repeated_event_creates_one_notification(student):
    course = make_course()
    for _ in range(2):
        assert publish(StudentEnrolled(str(student.id), str(course.id), course_title="Logic"))
        assert publish(MilestoneReached(str(student.id), str(course.id), 25))
        publish_grade(student, passed=True, submission_id="e" * 24)
        publish_regrade(student, grade=50, regrade_id="f" * 24)

    assert len(kinds_and_links(student)) == 4


@pytest.mark.django_db(transaction=True)
def test_twenty_concurrent_deliveries_create_one_notification(student):
    event = StudentEnrolled(str(student.id), "c" * 24, course_title="Logic")

    with ThreadPoolExecutor(20) as pool:
        assert all(pool.map(lambda _: publish(event), range(20)))

    assert len(kinds_and_links(student)) == 1


def test_a_repeated_delivery_invalidates_the_cache_for_one_that_crashed(student):
    client = client_of(student)
    assert client.get("/api/notifications/").data["count"] == 0
    key = f"enrolled:{student.id}:{'c' * 24}"
    Notification(
        recipient=student.id, kind="enrolled", key=key, link="/", params={"title": "T"}
    ).save()

    notify(recipient_id=str(student.id), kind="enrolled", key=key, link="/", title="T")

    assert client.get("/api/notifications/").data["count"] == 1


def test_an_index_prevents_two_notifications_with_one_key(student):
    notification = make_notification(student)

    with pytest.raises(NotUniqueError):
        Notification(recipient=student.id, kind="enrolled", key=notification.key, link="/").save()


def test_a_deleted_notification_is_not_created_again(student):
    notification = make_notification(student, key="k")
    services.delete_notification(str(notification.id), viewer=viewer_of(student))

    make_notification(student, key="k")

    assert selectors.count_unread(str(student.id)) == 0
    with pytest.raises(NotFound):
        selectors.get_notification(notification.id, viewer=viewer_of(student))


def test_reenrolling_does_not_notify_again(student):
    course = make_course()
    enroll_in(course, student)
    leave(Enrollment.objects.get(student=student.id).id, viewer=viewer_of(student))
    enroll_student(student_id=str(student.id), course=course)

    assert len(kinds_and_links(student)) == 1


# Interrupted deliveries


def _make_undelivered_enrollment(student, course) -> None:
    since = now_in_milliseconds() - timedelta(minutes=2)
    Enrollment(student=student.id, course=course.id, undelivered_since=since).save()


def test_the_sweep_notifies_of_an_undelivered_enrollment(student):
    _make_undelivered_enrollment(student, make_course(title="Logic"))

    repair_enrollments()

    assert Notification.objects.get().params == {"title": "Logic"}


def test_a_deleted_course_does_not_stop_the_sweep(student):
    deleted, course = make_course(), make_course()
    _make_undelivered_enrollment(student, deleted)
    _make_undelivered_enrollment(student, course)
    deleted.update(set__removed=True)

    repair_enrollments()

    assert kinds_and_links(student) == [("enrolled", f"/learn/{course.id}")]


def test_nobody_is_notified_of_a_milestone_of_a_deleted_course(student):
    assert publish(MilestoneReached(str(student.id), "0" * 24, 25))

    assert kinds_and_links(student) == []


# Erasure


def test_erasing_a_user_deletes_notifications_and_preferences(student):
    make_notification(student)
    deleted = make_notification(student)
    services.delete_notification(str(deleted.id), viewer=viewer_of(student))
    services.set_preferences(user_id=str(student.id), muted=["enrolled"], mail_muted=[])
    other = make_student()
    make_notification(other)

    erase(user_id=str(student.id))

    assert [notification.recipient for notification in Notification.objects] == [other.id]
    assert Preferences.objects.count() == 0


# Changes by the recipient


def test_a_stale_edit_or_deletion_changes_nothing(student):
    notification, viewer = make_notification(student), viewer_of(student)
    arguments = {"notification_id": str(notification.id), "viewer": viewer, "expected": [1]}
    services.update_notification(**arguments, is_read=True)

    for change in (
        lambda: services.update_notification(**arguments, is_read=False),
        lambda: services.delete_notification(**arguments),
    ):
        with pytest.raises(StaleRevision):
            change()
    assert notification.reload().is_read


def test_only_the_recipient_may_change_a_notification(student, admin):
    notification_id = str(make_notification(student).id)

    for viewer in (viewer_of(make_student()), viewer_of(admin)):
        with pytest.raises(NotFound):
            services.update_notification(notification_id, viewer=viewer, is_read=True)
        with pytest.raises(NotFound):
            services.delete_notification(notification_id, viewer=viewer)
    assert not selectors.get_notification(notification_id, viewer=viewer_of(student)).is_read


def test_one_of_ten_concurrent_deletions_succeeds(student):
    notification_id, viewer = str(make_notification(student).id), viewer_of(student)

    def delete(_):
        try:
            services.delete_notification(notification_id, viewer=viewer)
        except NotFound as error:
            return error

    with ThreadPoolExecutor(10) as pool:
        assert list(pool.map(delete, range(10))).count(None) == 1


def test_ten_concurrent_changes_store_one_document_of_preferences(student):
    token = unsubscribe_token(user_id=str(student.id), kinds=["enrolled"])

    with ThreadPoolExecutor(10) as pool:
        list(pool.map(services.unsubscribe, [token] * 10))

    assert Preferences.objects.get().mail_muted == ["enrolled"]


# Messages


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize(
    ("kind", "params"),
    [
        ("enrolled", {}),
        ("milestone", {"percent": 75}),
        ("milestone", {"percent": 100}),
        ("quiz_passed", {}),
        ("quiz_failed", {}),
        ("quiz_regraded", {"grade": 66.67}),
        ("instructor_granted", {}),
    ],
)
def test_a_long_title_is_shortened_to_fit_into_the_message(kind, params, language):
    for title in ("é" * 255, "Logic", "%(title)s %s", "a “b” %"):
        message = format_message(kind, params | {"title": title}, language=language)
        assert len(message) <= 255
        if kind != "instructor_granted":
            assert title[:5] in message
            assert ("…" in message) == (len(title) == 255)
            assert len(message) > 250 or len(title) < 255


def test_numbers_are_formatted_for_the_language():
    messages = [
        format_message("quiz_regraded", {"title": "T", "grade": grade}, language=language)
        for language in ("en", "es")
        for grade in (80.0, 66.67)
    ]

    assert [message.rpartition(" now ")[2] for message in messages[:2]] == ["80%.", "66.67%."]
    assert [message.rpartition(" es ")[2] for message in messages[2:]] == ["80 %.", "66,67 %."]
