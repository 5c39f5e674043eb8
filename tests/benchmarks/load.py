"""
Measure the product under a mixed load, or two checkouts under the same load in turns.

`python -m tests.benchmarks.load [--rounds N] [--against PATH]`: on the embedded store, or under
`tests/wire/run` on the wire server and Redis. Prints requests per second, and the p50 and p95 of
each kind of request. With `--against`, both checkouts run at the same time but are loaded one after
the other, round by round, so that other work of the machine slows both. The result is the median
and the interquartile range of the ratios within each round. On a busy machine, the processor time
of the workers is more stable.
"""

import argparse
import json
import os
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from http.client import HTTPConnection
from itertools import cycle
from pathlib import Path
from statistics import median, quantiles
from typing import Any, NamedTuple

import httpx

from tests.faults.ports import HOST
from tests.faults.product import ROOT, Product
from tests.journeys.learning import PASSWORD, ApiClient

ROUNDS = 16
CONNECTIONS = 4
STUDENTS = 8
LESSONS = 40
QUESTIONS = 10
DEMO_PASSWORD = "only for this load"

# Number of requests per round, by kind: mostly learning, with few sign-ins.
SHARES = {
    "catalog": 30,
    "course": 30,
    "lesson": 30,
    "own user": 15,
    "dashboard": 15,
    "complete a lesson": 15,
    "submit a quiz": 8,
    "sign in": 3,
}
PER_ROUND = sum(SHARES.values())


class Request(NamedTuple):
    kind: str
    method: str
    path: str
    token: str = ""
    body: dict[str, Any] | None = None
    status: int = 200


@dataclass
class Round:
    """The measurements of one checkout in one round."""

    seconds: float
    processor_seconds: float  # of all workers together
    milliseconds: dict[str, list[float]]

    @property
    def per_second(self) -> float:
        return PER_ROUND / self.seconds


@dataclass
class Side:
    """A running checkout, its students and its measurements."""

    name: str
    product: Product
    rounds: list[Round] = field(default_factory=list)
    students: list[ApiClient] = field(default_factory=list)
    names: list[str] = field(default_factory=list)

    def prepare(self) -> None:
        """Start the product with demo data, and add a course and students for the load."""
        self.product.prepare().start(path="/health/ready")
        with httpx.Client(base_url=self.product.address, timeout=30, verify=False) as http:
            anonymous = ApiClient(http)
            instructor = anonymous.sign_in("demo-instructor", DEMO_PASSWORD)
            self.course, self.lessons, self.quiz = write_course(instructor)
            for _ in range(STUDENTS):
                student = anonymous.register("load")
                student.request("POST", "/api/enrollments/", status=201, course=self.course)
                user = student.request("GET", "/api/auth/user/", status=200)
                self.students.append(student)
                self.names.append(user["username"])
        pairs = [(student, lesson) for lesson in self.lessons for student in self.students]
        self._open_lessons = cycle(pairs)  # Lessons are completed again after the last one.

    def load(self, number: int) -> Round:
        """Send the requests of one round over all connections."""
        requests = iter(self.requests(random.Random(number)))
        milliseconds: dict[str, list[float]] = {kind: [] for kind in SHARES}

        def send_all(_: int) -> None:
            # Open a new connection in each round, because the server closes idle connections.
            connection = HTTPConnection(HOST, self.product.port, timeout=60)
            for request in requests:  # Threads can share the iterator of a list.
                milliseconds[request.kind].append(send(connection, request))
            connection.close()

        start, processor_start = time.perf_counter(), self.processor_seconds()
        with ThreadPoolExecutor(CONNECTIONS) as threads:
            list(threads.map(send_all, range(CONNECTIONS)))
        seconds = time.perf_counter() - start
        return Round(seconds, self.processor_seconds() - processor_start, milliseconds)

    def processor_seconds(self) -> float:
        """Return the processor time that the workers have used until now."""
        stats = [Path(f"/proc/{pid}/stat").read_text() for pid in self.product.workers()]
        fields = [stat.rpartition(")")[2].split() for stat in stats]
        return sum(int(values[11]) + int(values[12]) for values in fields) / os.sysconf(
            "SC_CLK_TCK"
        )

    def requests(self, rng: random.Random) -> list[Request]:
        """Return a round's requests in an order that is the same for every checkout."""
        kinds = [kind for kind, share in SHARES.items() for _ in range(share)]
        rng.shuffle(kinds)
        return [self._request(kind, rng) for kind in kinds]

    def _request(self, kind: str, rng: random.Random) -> Request:
        number = rng.randrange(STUDENTS)
        student, token = self.students[number], self.students[number].token
        match kind:
            case "catalog":
                return Request(kind, "GET", "/api/courses/?published=true")
            case "course":
                return Request(kind, "GET", f"/api/courses/{self.course}/", token)
            case "lesson":
                lesson = rng.choice(self.lessons)
                return Request(kind, "GET", f"/api/lessons/{lesson}/", token)
            case "own user":
                return Request(kind, "GET", "/api/auth/user/", token)
            case "dashboard":
                return Request(kind, "GET", "/api/dashboard/", token)
            case "complete a lesson":
                student, lesson = next(self._open_lessons)
                body = {"lesson": lesson, "completed": True}
                return Request(kind, "POST", "/api/progress/", student.token, body)
            case "submit a quiz":
                answers = [
                    {"question": question["id"], "choices": [question["choices"][0]["id"]]}
                    for question in self.quiz["questions"]
                ]
                body = {"quiz": self.quiz["id"], "answers": answers}
                return Request(kind, "POST", "/api/quiz-submissions/", token, body, 201)
            case _:
                body = {"username": self.names[number], "password": PASSWORD}
                return Request(kind, "POST", "/api/auth/login/", "", body)


def write_course(instructor: ApiClient) -> tuple[str, list[str], dict]:
    """Publish a course; return its ID, the IDs of its lessons without a quiz, and its quiz."""
    course = instructor.request("POST", "/api/courses/", status=201, title="Learning under load")[
        "id"
    ]
    lessons = [
        instructor.request(
            "POST",
            "/api/lessons/",
            status=201,
            title=f"Lesson {number}",
            course=course,
            content="# A lesson\n\n" + "It has *some* text, and [a link](https://a.test).\n\n" * 20,
        )["id"]
        for number in range(LESSONS)
    ]
    last = lessons.pop()
    quiz = instructor.request("POST", "/api/quizzes/", status=201, title="Final quiz", lesson=last)
    for number in range(QUESTIONS):
        choices = [{"text": f"{n}", "is_correct": n == 0} for n in range(4)]
        text = f"What is the answer to question {number}?"
        question = {"quiz": quiz["id"], "text": text, "kind": "single", "choices": choices}
        instructor.request("POST", "/api/questions/", status=201, **question)
    instructor.request("POST", f"/api/courses/{course}/publish/", status=200)
    return course, lessons, instructor.request("GET", f"/api/quizzes/{quiz['id']}/", status=200)


def send(connection: HTTPConnection, request: Request) -> float:
    """
    Send a request, read the response, and return the duration in milliseconds.

    :raises AssertionError: the status is not the expected one
    """
    headers = {"Authorization": f"Bearer {request.token}"} if request.token else {}
    body = None if request.body is None else json.dumps(request.body)
    if body:
        headers["Content-Type"] = "application/json"
    start = time.perf_counter()
    connection.request(request.method, request.path, body, headers)
    response = connection.getresponse()
    content = response.read()
    duration = (time.perf_counter() - start) * 1_000
    assert response.status == request.status, (request.kind, response.status, content[:500])
    return duration


def measure(sides: list[Side], rounds: int) -> None:
    """Load the checkouts in turns, starting with a different one in each round."""
    for number in range(-1, rounds):
        for side in sides if number % 2 else sides[::-1]:
            measured = side.load(number)
            if number >= 0:  # The first round fills the caches.
                side.rounds.append(measured)
        print(f"\rround {number + 1} of {rounds}", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)


def show(side: Side) -> None:
    speed = median(round_.per_second for round_ in side.rounds)
    worked = median(round_.processor_seconds for round_ in side.rounds) / PER_ROUND
    print(
        f"\n{side.name}: {speed:.0f} requests a second, {worked * 1_000:.1f} ms of processor each"
    )
    print(f"{'ms':20}{'requests':>10}{'p50':>10}{'p95':>10}")
    for kind in SHARES:
        durations = [ms for round_ in side.rounds for ms in round_.milliseconds[kind]]
        parts = quantiles(durations, n=20)
        print(f"{kind:20}{len(durations):>10}{median(durations):>10.1f}{parts[18]:>10.1f}")


def compare(this: Side, that: Side) -> None:
    """Print the ratios of the two checkouts; above 1, the first is faster."""
    pairs = list(zip(this.rounds, that.rounds, strict=True))
    print(f"\n{'speed, this ÷ that':20}{'median':>10}{f'middle half of {len(pairs)} rounds':>30}")
    show_ratios("all", [first.per_second / second.per_second for first, second in pairs])
    show_ratios(
        "processor time",
        [second.processor_seconds / first.processor_seconds for first, second in pairs],
    )
    for kind in SHARES:
        show_ratios(
            kind,
            [
                median(second.milliseconds[kind]) / median(first.milliseconds[kind])
                for first, second in pairs
            ],
        )


def show_ratios(name: str, ratios: list[float]) -> None:
    low, middle, high = quantiles(ratios, n=4)
    print(f"{name:20}{middle:>10.2f}{f'{low:.2f} to {high:.2f}':>30}")


def make_sides(roots: list[Path], folder: Path) -> Iterator[Side]:
    """Yield a side for each checkout, with separate databases on shared servers."""
    for number, root in enumerate(roots):
        settings = {"LMS_DEMO": "on", "LMS_DEMO_PASSWORD": DEMO_PASSWORD, "WEB_WORKERS": "2"}
        if uri := os.environ.get("MONGODB_URI"):
            settings["MONGODB_URI"] = uri.rpartition("/")[0] + f"/load{number}"
        if uri := os.environ.get("REDIS_URL"):
            settings["REDIS_URL"] = uri.rpartition("/")[0] + f"/{number}"
        name = f"{'this' if number == 0 else 'that'} ({root})"
        yield Side(name, Product(folder / str(number), root=root, **settings))


def main(rounds: int, against: Path | None) -> None:
    roots = [ROOT, *([against.resolve()] if against else [])]
    with tempfile.TemporaryDirectory() as folder, ExitStack() as running:
        sides = list(make_sides(roots, Path(folder)))
        for side in sides:
            running.enter_context(side.product)
        with ThreadPoolExecutor(len(sides)) as threads:
            list(threads.map(Side.prepare, sides))
        measure(sides, rounds)
    for side in sides:
        show(side)
    if against:
        compare(*sides)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--against", type=Path, help="another checkout of the product")
    main(**vars(parser.parse_args()))
