"""What the API answers about categories and courses, ready for JSON."""

from typing import Annotated, TypedDict

from apps.common.clock import format_timestamp
from apps.common.representations import Help, Id, Money, Revisioned, Timestamp, format_money
from apps.common.storage.pictures import picture_url
from apps.courses.documents import Category, Course


class CategoryRepresentation(Revisioned):
    id: Id
    name: str
    description: str
    course_count: Annotated[int, Help("Published courses.")]


class CategoryCardRepresentation(TypedDict):
    id: Id
    name: str


class CourseRepresentation(Revisioned):
    id: Id
    title: str
    description: str
    instructor: Id | None
    category: Id | None
    image: str | None
    image_small: str | None
    price: Money
    published: bool
    lesson_count: int
    enrollment_count: int
    created_at: Timestamp
    updated_at: Timestamp


class CourseCardRepresentation(TypedDict):
    id: Id
    title: str
    image: str | None
    published: bool


def represent_category(category: Category, *, course_count: int) -> CategoryRepresentation:
    return {
        "id": str(category.id),
        "name": category.name,
        "description": category.description,
        "course_count": course_count,
        "revision": category.revision,
    }


def represent_category_card(category: Category) -> CategoryCardRepresentation:
    return {"id": str(category.id), "name": category.name}


def represent_course(course: Course) -> CourseRepresentation:
    return {
        "id": str(course.id),
        "title": course.title,
        "description": course.description,
        "instructor": str(course.instructor) if course.instructor else None,
        "category": str(course.category) if course.category else None,
        "image": picture_url(course.image),
        "image_small": picture_url(course.image_small),
        "price": format_money(course.price),
        "published": course.published,
        "lesson_count": course.lesson_count,
        "enrollment_count": course.enrollment_count,
        "created_at": format_timestamp(course.created_at),
        "updated_at": format_timestamp(course.updated_at),
        "revision": course.revision,
    }


def represent_course_card(course: Course) -> CourseCardRepresentation:
    return {
        "id": str(course.id),
        "title": course.title,
        "image": picture_url(course.image),
        "published": course.published,
    }
