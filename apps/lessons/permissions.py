from apps.courses.permissions import TeachesCourse


class WritesLessons(TeachesCourse):
    """Everybody reads outlines; only a course's own instructor writes its lessons."""

    message = "Only the instructor of this course may change its lessons."
