"""What the API answers about lessons, ready for JSON."""

from typing import Annotated, TypedDict

from apps.common.clock import format_timestamp
from apps.common.representations import Help, Id, Revisioned, Timestamp
from apps.lessons import videos
from apps.lessons.documents import Lesson


class LessonRepresentation(Revisioned):
    """A lesson; its content is null for viewers who may only know its title."""

    id: Id
    title: str
    course: Id
    content: str | None
    content_html: str | None
    video_url: str | None
    embed_url: Annotated[str | None, Help("The address of the player to embed.")]
    position: int
    duration_minutes: int
    is_preview: bool
    created_at: Timestamp
    updated_at: Timestamp


class LessonCardRepresentation(TypedDict):
    id: Id
    title: str


class OutlineRepresentation(TypedDict):
    """A lesson in a course's outline."""

    id: Id
    title: str
    position: int
    duration_minutes: int
    is_preview: bool


class RenderedRepresentation(TypedDict):
    content_html: str


def represent_lesson(lesson: Lesson) -> LessonRepresentation:
    return {
        "id": str(lesson.id),
        "title": lesson.title,
        "course": str(lesson.course),
        "content": lesson.content,
        "content_html": lesson.content_html,
        "video_url": lesson.video_url,
        "embed_url": videos.embed_url(lesson.video_url),
        "position": lesson.position,
        "duration_minutes": lesson.duration_minutes,
        "is_preview": lesson.is_preview,
        "created_at": format_timestamp(lesson.created_at),
        "updated_at": format_timestamp(lesson.updated_at),
        "revision": lesson.revision,
    }


def represent_lesson_title(lesson: Lesson) -> LessonRepresentation:
    """Return the lesson with null for everything that needs an enrollment."""
    row = represent_lesson(lesson)
    row["content"] = row["content_html"] = row["video_url"] = row["embed_url"] = None
    return row


def represent_lesson_card(lesson: Lesson) -> LessonCardRepresentation:
    return {"id": str(lesson.id), "title": lesson.title}


def represent_outline(lesson: dict, *, position: int) -> OutlineRepresentation:
    """
    :param lesson: the fields as the store has them
    """
    return {
        "id": str(lesson["_id"]),
        "title": lesson["title"],
        "position": position,
        "duration_minutes": lesson.get("duration_minutes", 0),
        "is_preview": lesson.get("is_preview", False),
    }
