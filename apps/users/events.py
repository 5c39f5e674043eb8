from dataclasses import dataclass


@dataclass(frozen=True)
class UserRegistered:
    user_id: str


@dataclass(frozen=True)
class InstructorGranted:
    """An admin has made an instructor of somebody; told once for each time."""

    user_id: str
    granted_at: str


@dataclass(frozen=True)
class UserErased:
    """Told again until every app above has removed or made nameless what it stores of the user."""

    user_id: str


@dataclass(frozen=True)
class InstructorsOfPublishedCourses:
    """Who teaches a published course; answered with a set of user ids."""


@dataclass(frozen=True)
class StudentsOfInstructor:
    """Who learns in an instructor's courses; answered with a set of user ids."""

    instructor_id: str


@dataclass(frozen=True)
class PersonalData:
    """All that is stored of a person; answered with `{name: list}`, or iterators of large items."""

    user_id: str
