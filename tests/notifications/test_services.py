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
from apps.notifications.services.telling import notify
from apps.notifications.wording import message_of
from apps.progress.events import MilestoneReached
from apps.users.services import erase, update_user
from tests.factories import client_of, enroll_in, lessons_of, make_course, make_student, viewer_of
from tests.notifications.telling import grade, regrade, tell, told

# What is told


def test_who_enrols_is_told_so(student):
    course = make_course(title="Logic")

    enroll_in(course, student)

    [notification] = Notification.objects
    assert str(notification.recipient) == str(student.id)
    assert (notification.kind, notification.link) == ("enrolled", f"/learn/{course.id}")
    assert notification.params == {"title": "Logic"}
    assert notification.key == f"enrolled:{student.id}:{course.id}"


def test_each_milestone_is_told(student):
    course = make_course(lessons=2)
    client = client_of(enroll_in(course, student))

    for lesson in lessons_of(course):
        client.post("/api/progress/", {"lesson": str(lesson.id)})

    milestones = Notification.objects(kind="milestone").order_by("id")
    assert [one.params for one in milestones] == [
        {"title": "Algebra", "percent": percent} for percent in (25, 50, 75, 100)
    ]
    assert {one.link for one in milestones} == {f"/courses/{course.id}"}


def test_results_are_told_and_lead_to_the_submission(student):
    passed, failed = grade(student, passed=True), grade(student, passed=False)
    regrade(student, grade=66.67)

    assert told(student) == [
        ("quiz_passed", f"/quiz/{'a' * 24}?submission={passed.submission_id}"),
        ("quiz_failed", f"/quiz/{'a' * 24}?submission={failed.submission_id}"),
        ("quiz_regraded", f"/quiz/{'a' * 24}?submission={'d' * 24}"),
    ]


def test_a_new_instructor_is_told_each_time_that_it_is_granted(student):
    for is_instructor in (True, False, True):
        update_user(user_id=str(student.id), is_instructor=is_instructor)

    assert told(student) == [("instructor_granted", "/studio")] * 2


def test_who_was_an_instructor_already_is_told_nothing(instructor):
    update_user(user_id=str(instructor.id), is_instructor=True, bio="New")

    assert told(instructor) == []


def test_a_new_result_replaces_the_unread_notification_of_the_one_before(student):
    regrade(student, grade=50, regrade_id="1")
    regrade(student, grade=50, regrade_id="2", quiz_id="b" * 24)
    regrade(student, grade=50, regrade_id="3")  # replaces the first
    grade(student, passed=True)
    shown = Notification.objects(key__startswith="quiz_regraded")
    assert [one.key.split(":")[1] for one in shown.order_by("id")] == ["2", "3"]
    Notification.objects(key__startswith="quiz_regraded:3").update(set__is_read=True)

    regrade(student, grade=50, regrade_id="4")

    assert [one.key.split(":")[1] for one in shown.order_by("id")] == ["2", "3", "4"]
    assert Notification.objects(kind="quiz_passed").count() == 1


@pytest.mark.parametrize(
    "waiting", [{"set__mail_due_at": now_in_milliseconds()}, {"set__mail_batch": ObjectId()}]
)
def test_a_notification_whose_email_waits_is_not_replaced(student, waiting):
    regrade(student, grade=50, regrade_id="1")
    Notification.objects.update(set__emailed_at=None, **waiting)

    regrade(student, grade=50, regrade_id="2")

    assert Notification.objects.count() == 2


# Once


def test_a_fact_that_is_told_twice_makes_one_notification(student):
    course = make_course()
    for _ in range(2):
        assert publish(StudentEnrolled(str(student.id), str(course.id), course_title="Logic"))
        assert publish(MilestoneReached(str(student.id), str(course.id), 25))
        grade(student, passed=True, submission_id="e" * 24)
        regrade(student, grade=50, regrade_id="f" * 24)

    assert len(told(student)) == 4


@pytest.mark.django_db(transaction=True)
def test_twenty_who_tell_a_fact_at_once_make_one_notification(student):
    event = StudentEnrolled(str(student.id), "c" * 24, course_title="Logic")

    with ThreadPoolExecutor(20) as pool:
        assert all(pool.map(lambda _: publish(event), range(20)))

    assert len(told(student)) == 1


def test_a_repetition_forgets_what_who_told_it_may_have_died_before_forgetting(student):
    reader = client_of(student)
    assert reader.get("/api/notifications/").data["count"] == 0
    key = f"enrolled:{student.id}:{'c' * 24}"
    Notification(
        recipient=student.id, kind="enrolled", key=key, link="/", params={"title": "T"}
    ).save()

    notify(recipient_id=str(student.id), kind="enrolled", key=key, link="/", title="T")

    assert reader.get("/api/notifications/").data["count"] == 1


def test_the_database_itself_keeps_a_fact_from_being_told_twice(student):
    notification = tell(student)

    with pytest.raises(NotUniqueError):
        Notification(recipient=student.id, kind="enrolled", key=notification.key, link="/").save()


def test_a_removed_notification_does_not_come_again(student):
    notification = tell(student, key="k")
    services.delete_notification(notification)

    tell(student, key="k")

    assert selectors.count_unread(str(student.id)) == 0
    with pytest.raises(NotFound):
        selectors.get_notification(notification.id, recipient_id=str(student.id))


def test_coming_back_to_a_course_is_told_no_second_time(student):
    course = make_course()
    enroll_in(course, student)
    leave(Enrollment.objects.get(student=student.id).id, viewer=viewer_of(student))
    enroll_student(student_id=str(student.id), course=course)

    assert len(told(student)) == 1


# Cut off


def _cut_off(student, course) -> None:
    since = now_in_milliseconds() - timedelta(minutes=2)
    Enrollment(student=student.id, course=course.id, undelivered_since=since).save()


def test_the_sweep_tells_what_was_cut_off_with_the_courses_title(student):
    _cut_off(student, make_course(title="Logic"))

    repair_enrollments()

    assert Notification.objects.get().params == {"title": "Logic"}


def test_a_course_that_goes_keeps_the_sweep_from_nothing(student):
    gone, course = make_course(), make_course()
    for one in (gone, course):
        _cut_off(student, one)
    gone.update(set__removed=True)

    repair_enrollments()

    assert told(student) == [("enrolled", f"/learn/{course.id}")]


def test_a_milestone_of_a_course_that_was_removed_is_told_to_nobody(student):
    assert publish(MilestoneReached(str(student.id), "0" * 24, 25))

    assert told(student) == []


# Who is erased


def test_an_erased_person_leaves_nothing(student):
    tell(student)
    services.delete_notification(tell(student))
    services.set_preferences(user_id=str(student.id), muted=["enrolled"], mail_muted=[])
    other = make_student()
    tell(other)

    erase(user_id=str(student.id))

    assert [one.recipient for one in Notification.objects] == [other.id]
    assert Preferences.objects.count() == 0


# What one changes


def test_a_stale_mark_or_removal_changes_nothing(student):
    notification = tell(student)
    services.set_read(notification, is_read=True, expected=[1])

    for act in (
        lambda: services.set_read(notification, is_read=False, expected=[1]),
        lambda: services.delete_notification(notification, expected=[1]),
    ):
        with pytest.raises(StaleRevision):
            act()
    assert notification.reload().is_read


def test_of_ten_who_remove_at_once_one_does(student):
    notification = tell(student)

    def remove(_):
        try:
            services.delete_notification(notification)
        except NotFound as refusal:
            return refusal

    with ThreadPoolExecutor(10) as pool:
        assert list(pool.map(remove, range(10))).count(None) == 1


def test_ten_who_set_preferences_at_once_leave_one_set_of_them(student):
    def mute(_):
        services.mute_mail(user_id=str(student.id), kinds=["enrolled"])

    with ThreadPoolExecutor(10) as pool:
        list(pool.map(mute, range(10)))

    assert Preferences.objects.get().mail_muted == ["enrolled"]


# The words


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
def test_no_message_is_too_long_however_long_a_title_is(kind, params, language):
    for title in ("é" * 255, "Logic", "%(title)s %s", "a “b” %"):
        message = message_of(kind, params | {"title": title}, language)
        assert len(message) <= 255
        if kind != "instructor_granted":
            assert title[:5] in message
            assert ("…" in message) == (len(title) == 255)
            assert len(message) > 250 or len(title) < 255


def test_numbers_are_written_as_the_language_writes_them():
    said = [
        message_of("quiz_regraded", {"title": "T", "grade": grade}, language)
        for language in ("en", "es")
        for grade in (80.0, 66.67)
    ]

    assert [message.rpartition(" is ")[2] for message in said[:2]] == ["80% now.", "66.67% now."]
    assert [message.rpartition(" es ")[2] for message in said[2:]] == ["80 %.", "66,67 %."]
