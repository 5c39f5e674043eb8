"""Facts and questions between apps."""

from dataclasses import dataclass

import pytest

from apps.common.events import answer, ask, publish, subscribe


@dataclass(frozen=True)
class Rained:
    drops: int


@dataclass(frozen=True)
class HowWet:
    place: str


heard = []


@subscribe(Rained)
def note(event: Rained) -> None:
    heard.append(event.drops)


@subscribe(Rained)
def fail_at_floods(event: Rained) -> None:
    if event.drops > 9:
        raise RuntimeError("planted")


@answer(HowWet)
def soaked(question: HowWet) -> str:
    if question.place == "nowhere":
        raise RuntimeError("planted")
    return f"{question.place} is soaked"


def test_a_fact_is_told_to_all_and_one_that_fails_is_logged(caplog):
    heard.clear()

    assert publish(Rained(1)) is True
    assert publish(Rained(10)) is False

    assert heard == [1, 10]
    assert "A handler of Rained failed." in caplog.text
    assert "planted" in caplog.text


def test_a_fact_that_nobody_hears_has_succeeded():
    assert publish("nothing of note") is True


def test_a_question_is_answered_and_a_failed_answer_fails_who_asks():
    assert ask(HowWet("Kent")) == ["Kent is soaked"]
    with pytest.raises(RuntimeError):
        ask(HowWet("nowhere"))


def test_a_handler_that_is_imported_twice_hears_once():
    subscribe(Rained)(note)
    heard.clear()

    publish(Rained(2))

    assert heard == [2]
