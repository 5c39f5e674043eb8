from apps.common.events import answer, subscribe
from apps.courses import selectors, services
from apps.users.events import InstructorsOnShow, PersonalDataOf, UserErased


@subscribe(UserErased)
def leave_courses_without_instructor(event: UserErased) -> None:
    services.give_up_courses_of(event.user_id)


@answer(InstructorsOnShow)
def who_teaches_in_public(question: InstructorsOnShow) -> set[str]:
    return selectors.instructors_on_show()


@answer(PersonalDataOf)
def courses_taught(question: PersonalDataOf) -> dict:
    return {"courses": selectors.personal_data_of(question.user_id)}
