"""
Measure the product under a mixed load, or two checkouts under the same load in turns.

`python -m tests.benchmarks.load [--rounds N] [--against PATH]`: on the embedded store, or under
`tests/wire/run` on the wire server and Redis. Prints requests per second, and the p50 and p95 of
each kind of request. With `--against`, both checkouts are served at once but loaded one after the
other, round by round, so that whatever else the machine does slows both. What counts is the ratio
within each round: its median, and how far the middle half of the rounds lies apart. On a busy
machine the processor time of the servers' workers is the steadier measure.
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
from tests.journeys.learning import PASSWORD, Visitor

ROUNDS = 16
CONNECTIONS = 4
STUDENTS = 8
LESSONS = 40
QUESTIONS = 10
DEMO_PASSWORD = "only for this load"

# Requests of a round, by kind: what students do while they learn, with few signing in.
SHARES = {
    "catalogue": 30,
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
    """What one side did in one round."""

    seconds: float
    processor_seconds: float  # of all workers together
    milliseconds: dict[str, list[float]]

    @property
    def per_second(self) -> float:
        return PER_ROUND / self.seconds


@dataclass
class Side:
    """A checkout that is served, its students, and what was measured of it."""

    name: str
    product: Product
    rounds: list[Round] = field(default_factory=list)
    students: list[Visitor] = field(default_factory=list)
    names: list[str] = field(default_factory=list)

    def prepare(self) -> None:
        """Serve the demo, and add a course with students of the load's own."""
        self.product.prepare().start(path="/health/ready")
        with httpx.Client(base_url=self.product.address, timeout=30, verify=False) as http:
            visitor = Visitor(http)
            teacher = visitor.sign_in("demo-instructor", DEMO_PASSWORD)
            self.course, self.lessons, self.quiz = write_course(teacher)
            for _ in range(STUDENTS):
                student = visitor.register("load")
                student.ask("POST", "/api/enrollments/", status=201, course=self.course)
                user = student.ask("GET", "/api/auth/user/", status=200)
                self.students.append(student)
                self.names.append(user["username"])
        pairs = [(student, lesson) for lesson in self.lessons for student in self.students]
        self._open_lessons = cycle(pairs)  # a lesson that was completed before is completed again

    def load(self, number: int) -> Round:
        """Send one round's requests over all connections, each as soon as one is free."""
        requests = iter(self.requests(random.Random(number)))
        milliseconds: dict[str, list[float]] = {kind: [] for kind in SHARES}

        def send_all(_: int) -> None:
            # A connection of this round: the server closes those that wait for the other's round.
            connection = HTTPConnection(HOST, self.product.port, timeout=60)
            for request in requests:  # a list's iterator, which threads may share
                milliseconds[request.kind].append(send(connection, request))
            connection.close()

        began, worked = time.perf_counter(), self.processor_seconds()
        with ThreadPoolExecutor(CONNECTIONS) as threads:
            list(threads.map(send_all, range(CONNECTIONS)))
        taken = time.perf_counter() - began
        return Round(taken, self.processor_seconds() - worked, milliseconds)

    def processor_seconds(self) -> float:
        """Return the processor time that the workers have used until now."""
        stats = [Path(f"/proc/{pid}/stat").read_text() for pid in self.product.workers()]
        fields = [stat.rpartition(")")[2].split() for stat in stats]
        return sum(int(each[11]) + int(each[12]) for each in fields) / os.sysconf("SC_CLK_TCK")

    def requests(self, chance: random.Random) -> list[Request]:
        """Return a round's requests in an order that is the same for every checkout."""
        kinds = [kind for kind, share in SHARES.items() for _ in range(share)]
        chance.shuffle(kinds)
        return [self._request(kind, chance) for kind in kinds]

    def _request(self, kind: str, chance: random.Random) -> Request:
        number = chance.randrange(STUDENTS)
        student, token = self.students[number], self.students[number].token
        match kind:
            case "catalogue":
                return Request(kind, "GET", "/api/courses/?published=true")
            case "course":
                return Request(kind, "GET", f"/api/courses/{self.course}/", token)
            case "lesson":
                lesson = chance.choice(self.lessons)
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


def write_course(teacher: Visitor) -> tuple[str, list[str], dict]:
    """Publish a course; return its id, the ids of its lessons without a quiz, and its quiz."""
    course = teacher.ask("POST", "/api/courses/", status=201, title="Learning under load")["id"]
    lessons = [
        teacher.ask(
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
    quiz = teacher.ask("POST", "/api/quizzes/", status=201, title="All of it", lesson=last)
    for number in range(QUESTIONS):
        choices = [{"text": f"{place}", "is_correct": place == 0} for place in range(4)]
        text = f"What is the answer to question {number}?"
        question = {"quiz": quiz["id"], "text": text, "kind": "single", "choices": choices}
        teacher.ask("POST", "/api/questions/", status=201, **question)
    teacher.ask("POST", f"/api/courses/{course}/publish/", status=200)
    return course, lessons, teacher.ask("GET", f"/api/quizzes/{quiz['id']}/", status=200)


def send(connection: HTTPConnection, request: Request) -> float:
    """
    Send a request, read the answer, and return the milliseconds that it took.

    :raises AssertionError: it was answered by another status: what was measured counts for nothing
    """
    headers = {"Authorization": f"Bearer {request.token}"} if request.token else {}
    body = None if request.body is None else json.dumps(request.body)
    if body:
        headers["Content-Type"] = "application/json"
    began = time.perf_counter()
    connection.request(request.method, request.path, body, headers)
    answer = connection.getresponse()
    content = answer.read()
    taken = (time.perf_counter() - began) * 1_000
    assert answer.status == request.status, (request.kind, answer.status, content[:500])
    return taken


def measure(sides: list[Side], rounds: int) -> None:
    """Load the sides in turns, a different one first each time."""
    for number in range(-1, rounds):
        for side in sides if number % 2 else sides[::-1]:
            done = side.load(number)
            if number >= 0:  # the first fills the caches
                side.rounds.append(done)
        print(f"\rround {number + 1} of {rounds}", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)


def show(side: Side) -> None:
    speed = median(each.per_second for each in side.rounds)
    worked = median(each.processor_seconds for each in side.rounds) / PER_ROUND
    print(
        f"\n{side.name}: {speed:.0f} requests a second, {worked * 1_000:.1f} ms of processor each"
    )
    print(f"{'ms':20}{'requests':>10}{'p50':>10}{'p95':>10}")
    for kind in SHARES:
        taken = [one for each in side.rounds for one in each.milliseconds[kind]]
        parts = quantiles(taken, n=20)
        print(f"{kind:20}{len(taken):>10}{median(taken):>10.1f}{parts[18]:>10.1f}")


def compare(this: Side, that: Side) -> None:
    """Show how much faster this side is than that one; above 1 is faster."""
    pairs = list(zip(this.rounds, that.rounds, strict=True))
    print(f"\n{'speed, this ÷ that':20}{'median':>10}{f'middle half of {len(pairs)} rounds':>30}")
    show_ratios("all", [one.per_second / other.per_second for one, other in pairs])
    show_ratios(
        "processor time", [other.processor_seconds / one.processor_seconds for one, other in pairs]
    )
    for kind in SHARES:
        show_ratios(
            kind,
            [
                median(other.milliseconds[kind]) / median(one.milliseconds[kind])
                for one, other in pairs
            ],
        )


def show_ratios(name: str, ratios: list[float]) -> None:
    low, middle, high = quantiles(ratios, n=4)
    print(f"{name:20}{middle:>10.2f}{f'{low:.2f} to {high:.2f}':>30}")


def sides_of(roots: list[Path], folder: Path) -> Iterator[Side]:
    """Return a side for each checkout; on shared servers each has databases of its own."""
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
        sides = list(sides_of(roots, Path(folder)))
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
