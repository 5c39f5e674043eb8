from dataclasses import dataclass


@dataclass(frozen=True)
class UserRegistered:
    user_id: str


@dataclass(frozen=True)
class InstructorGranted:
    """An admin has granted a user the instructor role; published once for each grant."""

    user_id: str
    granted_at: str


@dataclass(frozen=True)
class UserErased:
    """Published until every app above has deleted or anonymized what it stores about the user."""

    user_id: str


@dataclass(frozen=True)
class InstructorsOfPublishedCourses:
    """Asks for the ids of the instructors of published courses, as a set."""


@dataclass(frozen=True)
class StudentsOfInstructor:
    """Asks for the ids of the students in an instructor's courses, as a set."""

    instructor_id: str


@dataclass(frozen=True)
class PersonalData:
    """
    Asks for everything that is stored about a user, as `{name: list}`.

    A list of large items may be an iterator, which reads each item when it is needed.
    """

    user_id: str
