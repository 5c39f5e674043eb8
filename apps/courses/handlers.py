from apps.common.events import answer, subscribe
from apps.courses import selectors, services
from apps.users.events import InstructorsOfPublishedCourses, PersonalData, UserErased


@subscribe(UserErased)
def leave_courses_without_instructor(event: UserErased) -> None:
    services.clear_instructor(event.user_id)


@answer(InstructorsOfPublishedCourses)
def who_teaches_in_public(question: InstructorsOfPublishedCourses) -> set[str]:
    return selectors.instructors_of_published_courses()


@answer(PersonalData)
def courses_taught(question: PersonalData) -> dict:
    return {"courses": selectors.personal_data_of(question.user_id)}
