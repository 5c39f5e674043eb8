"""
Every route responds to generated requests as described by `/swagger.json`, for each role.

`make schemathesis` sends 1,500 requests for each role; the suite sends fewer. The same seed gives
the same requests, except for the ids in them.
"""

import os
from collections.abc import Iterator
from contextlib import suppress
from random import Random

import hypothesis
import pytest
import schemathesis
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.core.transport import Response
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from lms.wsgi import application
from tests.contract.requests import use_existing_objects
from tests.contract.world import ROLES, World

CASES = int(os.environ.get("SCHEMATHESIS_CASES", "100"))  # for each role
SEED = int(os.environ.get("SCHEMATHESIS_SEED", "1"))
SAFE = ("GET", "HEAD")
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
VIOLATING = [*CHECKS, negative_data_rejection]
REJECTIONS = [400, 401, 403, 404, 405, 406, 409, 411, 412, 413, 415, 429]


@pytest.mark.django_db(transaction=True)  # Requests close their connections.
@pytest.mark.timeout(900)
@pytest.mark.parametrize("role", ROLES)
def test_every_response_is_described(role):
    random = Random(f"{SEED} {role}")
    world = World(role)
    faults: dict[str, str] = {}
    for case in _cases(CASES, random):
        checks = VIOLATING if case.meta.generation.mode.is_negative else CHECKS
        use_existing_objects(case, world, random)
        response = case.call(headers=world.headers)
        faults |= _faults(case, response, checks)
        if case.method not in SAFE:
            world.restore()
    assert not faults, "\n\n".join(faults.values())


def _cases(number: int, random: Random) -> Iterator[Case]:
    """Return generated cases, spread evenly over the operations as far as these have enough."""
    config = schemathesis.Config.from_dict(
        {
            "seed": SEED,
            # The requests have a token of the world, not a generated one.
            "generation": {"with-security-parameters": False},
            "checks": {"negative_data_rejection": {"expected-statuses": REJECTIONS}},
        }
    )
    schema = schemathesis.openapi.from_wsgi("/swagger.json", application, config=config)
    operations = [result.ok() for result in schema.get_all_operations()]
    while number > 0:  # An operation without parameters has one case per round.
        random.shuffle(operations)
        share = max(1, number // len(operations))
        for operation in operations:
            cases = _cases_of(operation, min(share, number), random)
            number -= len(cases)
            yield from cases


def _cases_of(operation: APIOperation, number: int, random: Random) -> list[Case]:
    """Return generated cases, half of which violate the schema."""
    half = (number + random.randrange(2)) // 2
    violating = _generate(operation, GenerationMode.NEGATIVE, half, random)
    rest = number - len(violating)
    return violating + _generate(operation, GenerationMode.POSITIVE, rest, random)


def _generate(
    operation: APIOperation, mode: GenerationMode, number: int, random: Random
) -> list[Case]:
    cases: list[Case] = []
    if number == 0:
        return cases

    @hypothesis.seed(random.randrange(2**32))
    @hypothesis.settings(
        max_examples=number + 1,
        database=None,
        deadline=None,
        phases=[hypothesis.Phase.generate],
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    @hypothesis.given(operation.as_strategy(generation_mode=mode))
    def collect(case: Case) -> None:
        cases.append(case)

    # Without parameters or a body, nothing can be violated.
    with suppress(hypothesis.errors.Unsatisfiable):
        collect()
    return cases[1:] or cases  # The first one is always the simplest.


def _faults(case: Case, response: Response, checks: list) -> dict[str, str]:
    try:
        # Swagger 2.0 cannot describe that a 204 or a 304 has no body and no Content-Type.
        without = [] if response.content else [content_type_conformance]
        case.validate_response(response, checks=checks, excluded_checks=without)
    except FailureGroup as group:
        return {
            f"{case.operation.label} {response.status_code} {failure.title}": str(group)
            for failure in group.exceptions
        }
    return {}
