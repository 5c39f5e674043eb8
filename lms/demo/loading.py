"""Fills an empty store with the demo: catalogue, people, and twelve weeks of learning.

What it writes is written as it would lie in the store had it happened so, with its dates; nobody
is told of it, for these people have no mailbox.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from io import BytesIO
from secrets import token_urlsafe

from bson import ObjectId
from django.core.files.uploadedfile import SimpleUploadedFile
from mongoengine import BooleanField, Document, NotUniqueError, StringField

from apps.common.errors import NotFound
from apps.common.normalization import normalize_name, search_words
from apps.common.storage.pictures import store_picture
from apps.courses import services as courses
from apps.courses.documents import Category, Course
from apps.enrollments.documents import Enrollment
from apps.lessons.documents import Lesson
from apps.lessons.markdown import render
from apps.notifications.documents import Notification
from apps.progress.documents import Progress
from apps.progress.services import MILESTONES
from apps.quizzes.documents import Attempt
from apps.users import selectors as people
from apps.users import services as users
from apps.users.documents import User
from apps.users.models import Account
from lms import env
from lms.demo import catalogue, notifications, quizzes
from lms.demo.covers import draw_cover
from lms.demo.people import (
    DEMO_ADMIN,
    DEMO_INSTRUCTOR,
    DEMO_STUDENT,
    INSTRUCTORS,
    STUDENTS,
    Person,
    PlannedEnrollment,
    plan_enrollments,
)

SEED = 2026


class DemoFilling(Document):
    """That a store was empty and is being, or was, filled."""

    name = StringField(primary_key=True, max_length=100)
    finished = BooleanField(default=False)

    meta = {"collection": "demo_fillings", "auto_create_index": False}


def fill() -> str | None:
    """Fill an empty store; return the demo accounts' password where they were made just now.

    A filling that was cut off is gone on with.
    """
    filling = DemoFilling.objects(name="demo").first()
    if filling is None and (User.objects.first() or Course.objects.first()):
        return None
    if filling is not None and filling.finished:
        return None
    filling = filling or DemoFilling(name="demo").save()
    shelves = catalogue.read_catalogue()
    users_by_name = _make_people()
    courses_by_title = _make_catalogue(shelves, users_by_name)
    _make_places(shelves, users_by_name, courses_by_title)
    password = env.text("LMS_DEMO_PASSWORD") or token_urlsafe(9)
    _set_passwords(password)
    filling.update(set__finished=True)
    return password


def _make_people() -> dict[str, User]:
    instructors = {person.username for person in INSTRUCTORS}
    return {
        person.username: _make_person(
            person,
            is_admin=person == DEMO_ADMIN,
            is_instructor=person.username in instructors,
        )
        for person in (DEMO_ADMIN, *INSTRUCTORS, *STUDENTS)
    }


def _make_person(person: Person, **roles: bool) -> User:
    try:
        return people.find_user(username=person.username)
    except NotFound:
        return users.create_account(
            username=person.username, email=person.email, bio=person.bio, **roles
        )


def _set_passwords(password: str) -> None:
    for account in Account.objects.filter(username__startswith="demo-"):
        account.set_password(password)
        account.save(update_fields=["password"])


def _make_catalogue(
    shelves: Sequence[catalogue.Category], users_by_name: dict[str, User]
) -> dict[str, Course]:
    made = {}
    for shelf in shelves:
        category = _make_category(shelf)
        for planned in shelf.courses:
            made[planned.title] = _make_course(planned, category, users_by_name[planned.instructor])
    return made


def _make_category(shelf: catalogue.Category) -> Category:
    try:
        return Category(
            name=shelf.name, name_key=normalize_name(shelf.name), description=shelf.description
        ).save(force_insert=True)
    except NotUniqueError:
        return Category.objects.get(name_key=normalize_name(shelf.name))


def _make_course(planned: catalogue.Course, category: Category, instructor: User) -> Course:
    known = Course.objects(title=planned.title, instructor=instructor.id).first()
    if known and known.lesson_count:
        return known
    if known:  # cut off before its lessons were counted
        quizzes.remove_quizzes(known.id)
        Lesson.objects(course=known.id).delete()
        known.delete()
    image, image_small = _store_cover(planned.title, category.name)
    created = _moment(planned.created)
    course = Course(
        title=planned.title,
        description=planned.description,
        instructor=instructor.id,
        category=category.id,
        image=image,
        image_small=image_small,
        price=int(planned.price.replace(".", "")),
        published=planned.published,
        words=search_words(f"{planned.title} {planned.description}"),
        created_at=created,
        updated_at=created,
    ).save(force_insert=True)
    lessons = Lesson.objects.insert(
        [
            Lesson(
                title=lesson.title,
                course=course.id,
                content=lesson.content,
                content_html=render(lesson.content),
                video_url=lesson.video or "",
                position=position,
                duration_minutes=lesson.minutes,
                is_preview=lesson.preview,
                created_at=created,
                updated_at=created,
            )
            for position, lesson in enumerate(planned.lessons, start=1)
        ]
    )
    quizzes.store_quizzes(planned.lessons, lessons)
    courses.recount_lessons(course.id, len(planned.lessons))  # last: it says that all is there
    return course


def _store_cover(title: str, category: str) -> tuple[str, str]:
    cover = SimpleUploadedFile("cover.jpg", BytesIO(draw_cover(title, category)).getvalue())
    return store_picture(cover, folder="courses", field="image")


def _make_places(
    shelves: Sequence[catalogue.Category],
    users_by_name: dict[str, User],
    courses_by_title: dict[str, Course],
) -> None:
    on_offer = [course for shelf in shelves for course in shelf.courses]
    lessons = {
        title: list(Lesson.objects(course=course.id).order_by("position").only("id"))
        for title, course in courses_by_title.items()
    }
    asked = {title: quizzes.quizzes_of(course) for title, course in courses_by_title.items()}
    told: list[Notification] = []
    taken: dict[str, int] = {}
    for planned in plan_enrollments(on_offer, STUDENTS, SEED):
        course, student = courses_by_title[planned.course], users_by_name[planned.student]
        place, done = _make_place(planned, student.id, course, lessons[planned.course])
        attempts = quizzes.store_submissions(
            student_id=student.id,
            username=student.username,
            lessons=lessons[planned.course],
            done=done,
            quizzes=asked[planned.course],
            seed=SEED,
        )
        if student.username == DEMO_STUDENT.username:
            told += _what_was_told(place, course, done, lessons[planned.course], attempts)
        taken[planned.course] = taken.get(planned.course, 0) + 1
    for title, number in taken.items():
        courses.recount_enrollments(courses_by_title[title].id, number)
    notifications.store_notifications(told)
    teacher = users_by_name[DEMO_INSTRUCTOR.username]
    User.objects(id=teacher.id).update_one(set__granted_at=teacher.created_at)
    notifications.store_notifications([notifications.of_grant(teacher.id, at=teacher.created_at)])


def _make_place(
    planned: PlannedEnrollment, student_id: ObjectId, course: Course, lessons: list[Lesson]
) -> tuple[Enrollment, list[datetime]]:
    """Return the place, and when its first lessons were completed."""
    enrolled = datetime.now(UTC).replace(microsecond=0) - timedelta(
        days=planned.enrolled_days_ago, hours=len(planned.student) % 12
    )
    done = [
        enrolled + timedelta(days=planned.over_days * (number + 1) / max(planned.completed, 1))
        for number in range(planned.completed)
    ]
    Enrollment.objects(student=student_id, course=course.id).delete()
    place = Enrollment(
        student=student_id,
        course=course.id,
        enrolled_at=enrolled,
        milestones=[one for one in MILESTONES if 100 * len(done) >= one * len(lessons)],
        completed_at=done[-1] if len(done) == len(lessons) else None,
    ).save(force_insert=True)
    Course.objects(id=course.id).update_one(min__created_at=enrolled - timedelta(days=1))
    Attempt.objects(student=student_id, course=course.id).delete()
    Progress.objects(student=student_id, course=course.id).delete()
    Progress.objects.insert(
        [
            Progress(
                student=student_id,
                lesson=lesson.id,
                course=course.id,
                completed=number < len(done),
                completed_at=done[number] if number < len(done) else None,
            )
            for number, lesson in enumerate(lessons)
        ]
    )
    return place, done


def _what_was_told(
    place: Enrollment,
    course: Course,
    done: list[datetime],
    lessons: list[Lesson],
    attempts: list[Attempt],
) -> list[Notification]:
    milestones = {
        percent: done[-(-percent * len(lessons) // 100) - 1] for percent in place.milestones
    }
    titles = notifications.titles_of_quizzes()
    return notifications.of_place(
        place.student, course, enrolled=place.enrolled_at, milestones=milestones
    ) + notifications.of_submissions(attempts, titles)


def _moment(day) -> datetime:
    return datetime(day.year, day.month, day.day, 9, tzinfo=UTC)
