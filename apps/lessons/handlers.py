from apps.common.events import subscribe
from apps.courses.events import CourseRemoved
from apps.lessons import services


@subscribe(CourseRemoved)
def delete_lessons_of_course(event: CourseRemoved) -> None:
    services.delete_lessons_of_course(event.course_id)
