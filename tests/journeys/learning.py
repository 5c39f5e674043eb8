"""From registration to 100 per cent, over HTTP, against a server that runs.

    python -m tests.journeys.learning http://127.0.0.1:8000 --admin demo-admin --password …

Two people register; an admin grants one of them the role of an instructor, who publishes a course
of five lessons; the other enrolls, completes them, and reaches every milestone.
"""

import argparse
from dataclasses import dataclass
from secrets import token_hex

import httpx

PASSWORD = "a long enough secret"
LESSONS = ["Points", "Vectors", "Planes", "Angles", "Areas"]


@dataclass
class Visitor:
    """Somebody who speaks to the API, signed in or not."""

    http: httpx.Client
    token: str = ""
    id: str = ""

    def ask(self, method: str, path: str, *, status: int, **body):
        """Send a request and return its JSON; any other status ends the journey."""
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        answer = self.http.request(method, path, json=body or None, headers=headers)
        assert answer.status_code == status, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None

    def sign_in(self, username: str, password: str) -> "Visitor":
        signed = self.ask(
            "POST", "/api/auth/login/", status=200, username=username, password=password
        )
        return Visitor(self.http, signed["access"], signed["user"]["id"])

    def register(self, name: str, **wishes) -> "Visitor":
        username = f"{name}-{token_hex(4)}"
        made = self.ask(
            "POST",
            "/api/auth/registration/",
            status=201,
            username=username,
            email=f"{username}@example.org",
            password1=PASSWORD,
            password2=PASSWORD,
            **wishes,
        )
        return Visitor(self.http, made["access"], made["user"]["id"])


def travel(http: httpx.Client, *, admin: str, password: str) -> list[str]:
    """Walk the whole journey; return its steps, as they were done."""
    visitor = Visitor(http)
    teacher = visitor.register("teacher", is_instructor=True)
    steps = ["a teacher registered and asked for the instructor's role"]
    teacher.ask("POST", "/api/courses/", status=403, title="Too early")

    head = visitor.sign_in(admin, password)
    head.ask("PATCH", f"/api/users/{teacher.id}/", status=200, is_instructor=True)
    steps.append("the admin granted it")

    course = publish_course(teacher)
    steps.append(f"the instructor published a course of {len(LESSONS)} lessons")

    learner = visitor.register("learner")
    place = learner.ask("POST", "/api/enrollments/", status=201, course=course["id"])
    learner.ask("POST", "/api/enrollments/", status=400, course=course["id"])
    steps.append("a student registered and enrolled")

    steps += complete_lessons(learner, course["id"])
    place = learner.ask("GET", f"/api/enrollments/{place['id']}/", status=200)
    assert place["milestones"] == [25, 50, 75, 100], place
    assert place["completed_at"], place
    steps.append("25, 50, 75 and 100 per cent were reached")

    learner.ask("POST", "/api/auth/logout/", status=200)
    learner.ask("GET", "/api/auth/user/", status=401)
    steps.append("the student signed out, and the token is void")
    return steps


def publish_course(teacher: Visitor) -> dict:
    course = teacher.ask(
        "POST", "/api/courses/", status=201, title="Geometry from Nothing", price="19.90"
    )
    address = f"/api/courses/{course['id']}/"
    teacher.ask("POST", f"{address}publish/", status=400)
    for title in LESSONS:
        lesson = {"title": title, "course": course["id"], "content": f"# {title}"}
        teacher.ask("POST", "/api/lessons/", status=201, **lesson)
    return teacher.ask("POST", f"{address}publish/", status=200)


def complete_lessons(learner: Visitor, course_id: str) -> list[str]:
    steps = []
    for lesson in learner.ask("GET", f"/api/courses/{course_id}/lessons/", status=200):
        read = learner.ask("GET", f"/api/lessons/{lesson['id']}/", status=200)
        assert read["content_html"].startswith("<h1>"), read
        learner.ask("POST", "/api/progress/", status=200, lesson=lesson["id"], completed=True)
        summary = learner.ask("GET", f"/api/progress/summary/?course={course_id}", status=200)
        steps.append(f"completed “{lesson['title']}”: {summary['percentage']:g} per cent")
    assert summary["percentage"] == 100, summary
    return steps


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("server", help="such as http://127.0.0.1:8000")
    parser.add_argument("--admin", default="demo-admin")
    parser.add_argument("--password", required=True)
    given = parser.parse_args()
    with httpx.Client(base_url=given.server, timeout=10) as http:
        for step in travel(http, admin=given.admin, password=given.password):
            print(f"ok  {step}")


if __name__ == "__main__":
    main()
