"""Hostile files take no longer to read than valid files of the same size."""

import time
import tracemalloc

import pytest

from apps.quizzes.interchange import gift, moodle_xml

UNCLOSED = "".join(f"<b title\\={number}>" for number in range(95)) + "<p>x" * 95
ANSWER = "<answer fraction='100'><text>a</text></answer>"


def quiz(question: str) -> str:
    return f"<quiz>{question}</quiz>"


def choice_question(inner: str) -> str:
    start = "<question type='multichoice'><questiontext format='html'><text>q</text>"
    return f"{start}</questiontext>{inner}</question>"


HOSTILE = {
    "choices": (gift, lambda size: ("[html]q{" + "=a#b~" * 450 + "}\n\n") * (size // 2_300)),
    "weights": (gift, lambda size: ("[html]q{" + "~%100%a" * 450 + "}\n\n") * (size // 3_200)),
    "accepted texts": (gift, lambda size: ("q{" + "=a " * 900 + "}\n\n") * (size // 2_700)),
    "escapes": (gift, lambda size: "q{" + "\\=" * (size // 2) + "}"),
    "comments": (gift, lambda size: "// points: 1\n" * (size // 13)),
    "long comment": (gift, lambda size: "// points: " + "1" * size + "x\nq{T}"),
    "categories": (gift, lambda size: "$CATEGORY: a\n\n" * (size // 14)),
    "number": (gift, lambda size: "q{#" + "1" * size + "}"),
    "ranges": (gift, lambda size: "q{#" + "1.." * (size // 3) + "}"),
    "unclosed": (gift, lambda size: f"[html]{UNCLOSED}{{T}}\n\n" * (size // 1_900)),
    "sup": (
        gift,
        lambda size: ("[html]" + "<sup>1</sup>" * 300 + "{T}\n\n") * (size // 3_600),
    ),
    "blank lines": (gift, lambda size: "\n" * size),
    "answers": (moodle_xml, lambda size: quiz(choice_question(ANSWER * (size // 46)))),
    "many answers": (moodle_xml, lambda size: quiz(choice_question(ANSWER * 400))),
    "elements": (moodle_xml, lambda size: quiz("<a/>" * (size // 4))),
    "attributes": (
        moodle_xml,
        lambda size: quiz(
            "<question " + " ".join(f"a{number}='1'" for number in range(size // 12)) + "/>"
        ),
    ),
    "categories in XML": (
        moodle_xml,
        lambda size: quiz("<question type='category'/>" * (size // 27)),
    ),
    "depth": (moodle_xml, lambda size: "<quiz>" * (size // 6)),
    "CDATA": (
        moodle_xml,
        lambda size: quiz(choice_question("<![CDATA[]]>" * (size // 12))),
    ),
    "comments in XML": (moodle_xml, lambda size: quiz("<!---->" * (size // 7))),
    "file": (
        moodle_xml,
        lambda size: quiz(
            choice_question(f"<file encoding='base64'>{'QUJD' * (size // 4)}</file>")
        ),
    ),
}


def seconds(name: str, size: int) -> float:
    file_format, make = HOSTILE[name]
    data = make(size).encode()
    start = time.thread_time()
    file_format.read(data)
    return time.thread_time() - start


@pytest.mark.parametrize("name", HOSTILE)
def test_time_grows_in_proportion_to_the_file(name):
    assert any(seconds(name, 400_000) < max(0.3, 8 * seconds(name, 100_000)) for _ in range(3))


@pytest.mark.parametrize("name", ["unclosed", "sup", "choices", "weights", "elements"])
def test_the_largest_file_takes_less_than_five_seconds(name):
    assert seconds(name, 1_000_000) < 5


def test_memory_stays_in_proportion_to_an_embedded_file():
    tracemalloc.start()
    seconds("file", 1_000_000)
    _current, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak < 50_000_000
