from apps.common.events import answer, subscribe
from apps.courses import selectors, services
from apps.users.events import InstructorsOfPublishedCourses, PersonalData, UserErased


@subscribe(UserErased)
def clear_instructor_of_courses(event: UserErased) -> None:
    services.clear_instructor(event.user_id)


@answer(InstructorsOfPublishedCourses)
def instructors_of_published_courses(question: InstructorsOfPublishedCourses) -> set[str]:
    return selectors.instructors_of_published_courses()


@answer(PersonalData)
def personal_data_about_courses(question: PersonalData) -> dict:
    return {"courses": selectors.personal_data_of(question.user_id)}
