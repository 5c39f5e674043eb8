"""
Fill an empty store with the demo: a catalog, users, and twelve weeks of learning.

Documents are written directly, with dates in the past, as if all of it had happened. Events are not
published, because the demo's users have no mailboxes.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
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
from apps.users import selectors, services
from apps.users.documents import User
from apps.users.models import Account
from lms import env
from lms.demo import catalog, notifications, quizzes
from lms.demo.enrollment_plan import PlannedEnrollment, plan_enrollments
from lms.demo.users import (
    DEMO_ADMIN,
    DEMO_INSTRUCTOR,
    DEMO_STUDENT,
    INSTRUCTORS,
    STUDENTS,
    DemoUser,
)

SEED = 2026


class DemoFilling(Document):
    """A record that the store was empty, and has been or is being filled."""

    name = StringField(primary_key=True, max_length=100)
    finished = BooleanField(default=False)

    meta = {"collection": "demo_fillings", "auto_create_index": False}


def fill() -> str | None:
    """
    Fill an empty store, or finish filling it after an interruption.

    :return: the password of the demo accounts, or None if they were not created
    """
    filling = DemoFilling.objects(name="demo").first()
    if filling is None and (User.objects.first() or Course.objects.first()):
        return None
    if filling is not None and filling.finished:
        return None
    filling = filling or DemoFilling(name="demo").save()
    categories = catalog.read_catalog()
    users = _create_users()
    courses_by_title = _create_catalog(categories, users)
    _create_enrollments(categories, users, courses_by_title)
    _grant_demo_instructor(users[DEMO_INSTRUCTOR.username])
    password = env.text("LMS_DEMO_PASSWORD") or token_urlsafe(9)
    _set_passwords(password)
    filling.update(set__finished=True)
    return password


def _create_users() -> dict[str, User]:
    """Return all users of the demo by username."""
    return {
        user.username: _get_or_create_user(
            user, is_admin=user == DEMO_ADMIN, is_instructor=user in INSTRUCTORS
        )
        for user in (DEMO_ADMIN, *INSTRUCTORS, *STUDENTS)
    }


def _get_or_create_user(user: DemoUser, **roles: bool) -> User:
    try:
        return selectors.find_user(username=user.username)
    except NotFound:
        return services.create_account(
            username=user.username, email=user.email, bio=user.bio, **roles
        )


def _set_passwords(password: str) -> None:
    for account in Account.objects.filter(username__startswith="demo-"):
        account.set_password(password)
        account.save(update_fields=["password"])


def _create_catalog(
    planned_categories: Sequence[catalog.Category], users: dict[str, User]
) -> dict[str, Course]:
    """Return all courses of the demo by title."""
    created = {}
    for planned_category in planned_categories:
        category = _get_or_create_category(planned_category)
        for planned in planned_category.courses:
            created[planned.title] = _get_or_create_course(
                planned, category, users[planned.instructor]
            )
    return created


def _get_or_create_category(planned: catalog.Category) -> Category:
    name_key = normalize_name(planned.name)
    try:
        return Category(name=planned.name, name_key=name_key, description=planned.description).save(
            force_insert=True
        )
    except NotUniqueError:
        return Category.objects.get(name_key=name_key)


def _get_or_create_course(planned: catalog.Course, category: Category, instructor: User) -> Course:
    course = Course.objects(title=planned.title, instructor=instructor.id).first()
    if course and course.lesson_count:
        return course
    if course:  # Filling was interrupted before the lessons were counted.
        quizzes.remove_quizzes(course.id)
        Lesson.objects(course=course.id).delete()
        course.delete()
    return _create_course(planned, category, instructor)


def _create_course(planned: catalog.Course, category: Category, instructor: User) -> Course:
    image, image_small = _store_cover(planned)
    created_at = _morning_of(planned.created)
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
        created_at=created_at,
        updated_at=created_at,
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
                created_at=created_at,
                updated_at=created_at,
            )
            for position, lesson in enumerate(planned.lessons, start=1)
        ]
    )
    quizzes.store_quizzes(planned.lessons, lessons)
    # The count comes last, because it marks the course as complete.
    courses.recount_lessons(course.id, len(planned.lessons))
    return course


def _store_cover(planned: catalog.Course) -> tuple[str, str]:
    cover = SimpleUploadedFile(planned.cover.name, planned.cover.read_bytes())
    return store_picture(cover, folder="courses", field="image")


def _create_enrollments(
    categories: Sequence[catalog.Category],
    users: dict[str, User],
    courses_by_title: dict[str, Course],
) -> None:
    planned_courses = [course for category in categories for course in category.courses]
    lessons = {
        title: list(Lesson.objects(course=course.id).order_by("position").only("id"))
        for title, course in courses_by_title.items()
    }
    quizzes_by_title = {
        title: quizzes.quizzes_of(course) for title, course in courses_by_title.items()
    }
    student_notifications: list[Notification] = []
    enrollment_counts: Counter[str] = Counter()
    for planned in plan_enrollments(planned_courses, STUDENTS, SEED):
        course, student = courses_by_title[planned.course], users[planned.student]
        enrollment, completed_at = _create_enrollment(
            planned, student.id, course, lessons[planned.course]
        )
        attempts = quizzes.store_submissions(
            student_id=student.id,
            username=student.username,
            lessons=lessons[planned.course],
            completed_at=completed_at,
            quizzes=quizzes_by_title[planned.course],
            seed=SEED,
        )
        if student.username == DEMO_STUDENT.username:
            student_notifications += _build_notifications(
                enrollment, course, completed_at, lessons[planned.course], attempts
            )
        enrollment_counts[planned.course] += 1
    for title, count in enrollment_counts.items():
        courses.recount_enrollments(courses_by_title[title].id, count)
    notifications.store_notifications(student_notifications)


def _grant_demo_instructor(instructor: User) -> None:
    granted_at = instructor.created_at
    User.objects(id=instructor.id).update_one(set__granted_at=granted_at)
    notifications.store_notifications([notifications.for_grant(instructor.id, at=granted_at)])


def _create_enrollment(
    planned: PlannedEnrollment, student_id: ObjectId, course: Course, lessons: list[Lesson]
) -> tuple[Enrollment, list[datetime]]:
    """Return the enrollment, and when the student completed its first lessons."""
    enrolled_at = datetime.now(UTC).replace(microsecond=0) - timedelta(
        days=planned.enrolled_days_ago, hours=len(planned.student) % 12
    )
    completed_at = [
        enrolled_at + timedelta(days=planned.over_days * number / planned.completed)
        for number in range(1, planned.completed + 1)
    ]
    Enrollment.objects(student=student_id, course=course.id).delete()
    enrollment = Enrollment(
        student=student_id,
        course=course.id,
        enrolled_at=enrolled_at,
        milestones=[
            percent for percent in MILESTONES if 100 * len(completed_at) >= percent * len(lessons)
        ],
        completed_at=completed_at[-1] if len(completed_at) == len(lessons) else None,
    ).save(force_insert=True)
    Course.objects(id=course.id).update_one(min__created_at=enrolled_at - timedelta(days=1))
    Attempt.objects(student=student_id, course=course.id).delete()
    Progress.objects(student=student_id, course=course.id).delete()
    Progress.objects.insert(
        [
            Progress(
                student=student_id,
                lesson=lesson.id,
                course=course.id,
                completed=number < len(completed_at),
                completed_at=completed_at[number] if number < len(completed_at) else None,
            )
            for number, lesson in enumerate(lessons)
        ]
    )
    return enrollment, completed_at


def _build_notifications(
    enrollment: Enrollment,
    course: Course,
    completed_at: list[datetime],
    lessons: list[Lesson],
    attempts: list[Attempt],
) -> list[Notification]:
    milestones = {
        percent: completed_at[-(-percent * len(lessons) // 100) - 1]
        for percent in enrollment.milestones
    }
    return notifications.for_enrollment(
        enrollment.student, course, enrolled_at=enrollment.enrolled_at, milestones=milestones
    ) + notifications.for_submissions(attempts, notifications.quiz_titles())


def _morning_of(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 9, tzinfo=UTC)
