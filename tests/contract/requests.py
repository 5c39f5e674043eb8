"""Generated requests that refer to existing objects, which random ids would never find."""

import io
from collections.abc import Callable
from random import Random

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from PIL import Image
from schemathesis import Case
from schemathesis.core.parameters import ParameterLocation
from schemathesis.transport.serialization import Binary

from apps.lessons.documents import Lesson
from apps.quizzes.documents import Choice, Question, Quiz
from apps.users.models import Account
from apps.users.services.mails import verification_key
from tests.contract.world import REFERENCES, World
from tests.factories import PASSWORD, right_answers

NEW_PASSWORD = "a battery for every horse"


def use_existing_objects(case: Case, world: World, random: Random) -> None:
    """
    Put ids of existing objects into most cases, and complete valid bodies into some.

    Intended violations stay as they were generated.
    """
    if case.meta.generation.mode.is_negative:
        _trim(case.query)
        _trim(case.body)
    if case.meta.is_negative_at(ParameterLocation.PATH) or random.random() < 0.1:
        return
    _fill_path(case, world, random)
    if case.meta.generation.mode.is_negative:
        return
    for part in (case.query, case.body):
        _fill(part, world, random)
    make_body = VALID_BODIES.get(case.operation.label)
    if make_body and random.random() < 0.5:
        case.headers.pop("If-Match", None)
        case.body = make_body(case.path_parameters.get("id"), world, random)


def _fill_path(case: Case, world: World, random: Random) -> None:
    collection = case.path.strip("/").split("/")[0]
    for name in case.path_parameters:
        pool = "sessions" if name == "session_id" else REFERENCES.get(name, collection)
        case.path_parameters[name] = world.pick(pool, random)


def _fill(part: object, world: World, random: Random) -> None:
    """Replace references at any depth with ids of existing objects."""
    if isinstance(part, list):
        for item in part:
            _fill(item, world, random)
    if not isinstance(part, dict):
        return
    for name, value in part.items():
        if name in REFERENCES and random.random() < 0.75:
            part[name] = world.pick(REFERENCES[name], random)
        else:
            _fill(value, world, random)


def _trim(part: object) -> None:
    """Trim all texts like the API, for which a text that is too long only by spaces is valid."""
    if not isinstance(part, dict | list):
        return
    for key in part if isinstance(part, dict) else range(len(part)):
        value = part[key]
        if type(value) is str:
            part[key] = value.strip()
        else:
            _trim(value)


def _account(world: World) -> Account:
    return Account.objects.get(profile_id=str((world.viewer or world.student).id))


def _registration(_id, _world, random: Random) -> dict:
    name = f"new{random.randrange(10**9)}"
    passwords = dict.fromkeys(("password1", "password2"), NEW_PASSWORD)
    return {"username": name, "email": f"{name}@example.org"} | passwords


def _invitation(_id, _world, random: Random) -> dict:
    name = f"new{random.randrange(10**9)}"
    return {"username": name, "email": f"{name}@example.org"}


def _login(_id, world: World, _random) -> dict:
    return {"username": _account(world).username, "password": PASSWORD}


def _password_change(_id, _world, _random) -> dict:
    passwords = dict.fromkeys(("new_password1", "new_password2"), NEW_PASSWORD)
    return {"old_password": PASSWORD} | passwords


def _reset(_id, world: World, _random) -> dict:
    account = _account(world)
    link = {
        "uid": user_pk_to_url_str(account),
        "token": default_token_generator.make_token(account),
    }
    return link | dict.fromkeys(("new_password1", "new_password2"), NEW_PASSWORD)


def _verification(_id, world: World, _random) -> dict:
    return {"key": verification_key(_account(world))}


def _address(_id, world: World, _random) -> dict:
    return {"email": _account(world).email}


def _new_address(_id, _world, random: Random) -> dict:
    return {"email": f"new{random.randrange(10**9)}@example.org", "password": PASSWORD}


def _refresh(_id, world: World, _random) -> dict:
    return {"refresh": world.tokens.refresh} if world.tokens else {}


def _token(_id, world: World, _random) -> dict:
    return {"token": world.tokens.access if world.tokens else "none"}


def _lesson_order(course_id, _world, random: Random) -> dict:
    return {"lessons": _shuffled(Lesson.objects(course=course_id), random)}


def _question_order(quiz_id, _world, random: Random) -> dict:
    return {"questions": _shuffled(Question.objects(quiz=quiz_id), random)}


def _shuffled(rows, random: Random) -> list[str]:
    ids = sorted(str(row.id) for row in rows)
    random.shuffle(ids)
    return ids


def _submission(_id, world: World, random: Random) -> dict:
    quiz = Quiz.objects.get(id=world.pick("quizzes", random))
    return {"quiz": str(quiz.id), "answers": right_answers(quiz)}


def _question(_id, world: World, random: Random) -> dict:
    choices = [{"text": "Yes", "is_correct": True}, {"text": "No"}]
    quiz = world.pick("quizzes", random)
    return {"quiz": quiz, "text": "Is it so?", "kind": "single", "choices": choices}


def _choice(choice_id, _world, _random) -> dict:
    return {"question": str(Choice.objects.get(id=choice_id).question), "text": "Perhaps"}


def _enrollment(_id, world: World, random: Random) -> dict:
    return {"course": world.pick("courses", random)}


def _progress(_id, world: World, random: Random) -> dict:
    return {"lesson": world.pick("lessons", random), "completed": random.random() < 0.5}


def _picture(field: str) -> Callable:
    picture = io.BytesIO()
    Image.new("RGB", (4, 4)).save(picture, "PNG")
    return lambda _id, _world, _random: {field: Binary(picture.getvalue())}


def _import(_id, _world, _random) -> dict:
    return {"file": Binary(b"::Q:: Is it so? {T}\n"), "format": "gift"}


# By operation; each function takes the id in the path, the world, and a source of random numbers.
VALID_BODIES: dict[str, Callable] = {
    "POST /auth/registration/": _registration,
    "POST /auth/registration/verify-email/": _verification,
    "POST /auth/registration/resend-email/": _address,
    "POST /auth/login/": _login,
    "POST /auth/logout/": _refresh,
    "POST /auth/token/refresh/": _refresh,
    "POST /auth/token/verify/": _token,
    "PATCH /auth/user/": _new_address,
    "POST /auth/password/change/": _password_change,
    "POST /auth/password/reset/": _address,
    "POST /auth/password/reset/confirm/": _reset,
    "POST /users/": _invitation,
    "POST /users/{id}/picture/": _picture("picture"),
    "POST /courses/{id}/image/": _picture("image"),
    "PUT /courses/{id}/lessons/order/": _lesson_order,
    "PUT /quizzes/{id}/questions/order/": _question_order,
    "POST /quizzes/{id}/import/": _import,
    "POST /quiz-submissions/": _submission,
    "POST /questions/": _question,
    "PUT /questions/{id}/": _question,
    "PUT /choices/{id}/": _choice,
    "POST /enrollments/": _enrollment,
    "POST /progress/": _progress,
}
