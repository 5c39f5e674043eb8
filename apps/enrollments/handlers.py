from apps.common.events import answer, subscribe
from apps.courses.events import CourseRemoved, CoursesOfStudent
from apps.enrollments import selectors, services
from apps.users.events import PersonalData, StudentsOfInstructor, UserErased


@subscribe(CourseRemoved)
def delete_enrollments_of_course(event: CourseRemoved) -> None:
    services.delete_enrollments_of_course(event.course_id)


@subscribe(UserErased)
def erase_enrollments(event: UserErased) -> None:
    services.erase(event.user_id)


@answer(CoursesOfStudent)
def courses_of_student(question: CoursesOfStudent) -> list[str]:
    return selectors.courses_of_student(question.student_id)


@answer(StudentsOfInstructor)
def students_of_instructor(question: StudentsOfInstructor) -> set[str]:
    return selectors.students_of_instructor(question.instructor_id)


@answer(PersonalData)
def personal_data_about_enrollments(question: PersonalData) -> dict:
    return {"enrollments": selectors.personal_data_of(question.user_id)}
