"""Events and queries between apps."""

from dataclasses import dataclass

import pytest

from apps.common.events import answer, ask, publish, subscribe


@dataclass(frozen=True)
class Rained:
    drops: int


@dataclass(frozen=True)
class HowWet:
    region: str


drops_seen = []


@subscribe(Rained)
def record(event: Rained) -> None:
    drops_seen.append(event.drops)


@subscribe(Rained)
def fail_at_floods(event: Rained) -> None:
    if event.drops > 9:
        raise RuntimeError("planted")


@answer(HowWet)
def describe(query: HowWet) -> str:
    if query.region == "nowhere":
        raise RuntimeError("planted")
    return f"{query.region} is soaked"


def test_an_event_reaches_all_handlers_and_a_failed_one_is_logged(caplog):
    drops_seen.clear()

    assert publish(Rained(1)) is True
    assert publish(Rained(10)) is False

    assert drops_seen == [1, 10]
    assert "A handler of Rained failed." in caplog.text
    assert "planted" in caplog.text


def test_an_event_without_subscribers_succeeds():
    assert publish("an event without subscribers") is True


def test_a_failed_answer_to_a_query_fails_the_caller():
    assert ask(HowWet("Kent")) == ["Kent is soaked"]
    with pytest.raises(RuntimeError):
        ask(HowWet("nowhere"))


def test_a_handler_that_is_imported_twice_is_called_once():
    subscribe(Rained)(record)
    drops_seen.clear()

    publish(Rained(2))

    assert drops_seen == [2]
