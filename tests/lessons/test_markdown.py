"""Markdown becomes HTML in time and memory that grow no faster than the text."""

import time
import tracemalloc
from contextlib import suppress

import pytest

from apps.common.capacity import Busy
from apps.common.errors import Invalid
from apps.lessons import markdown
from apps.lessons.documents import MOST_HTML_BYTES, Lesson
from apps.lessons.markdown import MOST_COLUMNS, MOST_ROWS, render
from tests.factories import client_of, make_course

MOST = 200_000  # characters of a lesson


def repeated(unit: str, *, before: str = "", after: str = ""):
    return lambda size: before + unit * ((size - len(before)) // len(unit)) + after


def growing(unit: str, *, after: str = " "):
    """Make texts that repeat the unit once, twice, three times, …"""
    return lambda size: "".join(unit * number + after for number in range(int((2 * size) ** 0.5)))


UNITS = (
    *("[", "![", "[a](", "[a](<b", "[]", "*_*_", "*a_ ", "**a *b ", "a**b", "~~a ", "\\", "[a\n"),
    *("<a", "<a b", "a <!-- ", "a <? ", "a <!A ", "a <![CDATA[", "&#", "&ngE;", '"', '[a](b "'),
    *("- ", "- a\n", "> ", "> a\n", "- - - - - a\n\n", "> - > - a\n\n", "a\n=\n", "# a\n"),
    *("    a\n", "<div>\n\n", "<!--\n", "|a\n", "a|b\n-\n", "[a]: x\n", "|a\n|-\n|\n\n", "![a][b]"),
    *("<ul>", "<b><p>", "<a><b>", "<table><b>", "<style><b></style>"),
    *("<b title=1><!--</b>-->", "<b title='</b>'>"),
)
HOSTILE = {
    **{unit: repeated(unit) for unit in UNITS},
    "backticks": growing("`"),
    "backticks after letters": growing("`", after="e"),
    "deeper lists": lambda size: "".join(
        " " * 2 * depth + "- a\n" for depth in range(int(size**0.5))
    ),
    "deeper quotes": growing(">", after="a\n"),
    "unclosed before paragraphs": lambda size: (
        "".join(f"<b title={number}>" for number in range(150)) + "\n\n" + "a\n\n" * (size // 3)
    ),
    "unclosed in table": repeated("<b title=1>\n\n|a|b|\n|-|-|\n|</b>|</b>|\n\n"),
    "wide table": repeated("|\n", before="|a" * 500 + "\n" + "|-" * 500 + "\n"),
    "table of most columns": repeated("|\n", before="|a" * 50 + "\n" + "|-" * 50 + "\n"),
    "attributes": lambda size: "<p " + "".join(f"a{number} " for number in range(size // 8)) + ">",
    "long reference": lambda size: f"[a]: http://x/{'y' * (size // 2)}\n\n" + "[a] " * (size // 8),
    "long title": lambda size: f'[a]: x "{"y" * (size // 2)}"\n\n' + "[a] " * (size // 8),
    "long picture": lambda size: f"[a]: x{'y' * (size // 2)}\n\n" + "![a] " * (size // 10),
    "nested links": lambda size: "[" * (size // 6) + "a" + "](b)" * (size // 6),
    "nested pictures": lambda size: "![" * (size // 6) + "a" + "](b)" * (size // 6),
    "definition over lines": lambda size: '[a]: x "' + "a\n" * (size // 2),
    "lines of a nested quote": repeated("a\n", before=">" * 28),
    "lines of a nested list": repeated("a\n", before="- " * 14),
}  # fmt: skip


def seconds(source: str) -> float:
    """Return the processor time of rendering, or of refusing to; other threads' do not count."""
    began = time.thread_time()
    with suppress(Invalid):
        assert len(render(source).encode()) <= MOST_HTML_BYTES
    return time.thread_time() - began


@pytest.mark.parametrize("name", HOSTILE)
def test_the_time_of_hostile_text_grows_no_faster_than_its_length(name):
    small, large = HOSTILE[name](MOST // 32), HOSTILE[name](MOST // 8)

    assert any(seconds(large) < max(0.1, 8 * seconds(small)) for _ in range(3))


@pytest.mark.parametrize(
    "name", ["[a\n", "a <![CDATA[", "&#", "- a\n", "nested pictures", "table of most columns"]
)
def test_the_longest_text_takes_seconds_at_worst(name):
    """Prose of this length takes a tenth of a second, and some hostile text took a minute."""
    assert seconds(HOSTILE[name](MOST)[:MOST]) < 5


@pytest.mark.parametrize(
    "name", ["unclosed before paragraphs", "long reference", "wide table", "unclosed in table"]
)
def test_hostile_text_takes_little_memory(name):
    tracemalloc.start()
    seconds(HOSTILE[name](MOST)[:MOST])
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak < 100_000_000


def refusal_of(source: str) -> str:
    with pytest.raises(Invalid) as refused:
        render(source)
    return refused.value.messages["content"][0]


def table(*, columns: int, rows: int) -> str:
    return "|a" * columns + "|\n" + "|-" * columns + "|\n" + "|x|\n" * rows


def test_a_table_has_so_many_columns_and_rows():
    for columns, rows in ((MOST_COLUMNS, 9), (2, MOST_ROWS)):
        assert render(table(columns=columns, rows=rows)).count("<tr>") == rows + 1
    for columns, rows in ((MOST_COLUMNS + 1, 1), (2, MOST_ROWS + 1)):
        assert "50 columns or 1000 rows" in refusal_of(table(columns=columns, rows=rows))
    assert "50 columns" in refusal_of("".join(f"{table(columns=50, rows=9)}\n" for _ in range(120)))
    assert "50 columns" in refusal_of("> " + table(columns=51, rows=1).replace("\n", "\n> "))


def test_each_bound_has_a_message_of_its_own():
    for line_break in ("\n", "\r", "\r\n"):
        assert "20000 lines" in refusal_of(f"a{line_break}" * 20_001)
    assert "nested lists or quotes" in refusal_of(">" * 28 + "a\n" * 4_000)
    assert "nested lists or quotes" in refusal_of("> - " * 7 + "a\n" * 8_000)
    assert "signs" in refusal_of("*" * 20_001)
    assert "lists and quotes" in refusal_of("- - - - - a\n\n" * 1_300)
    assert "nested too deep" in refusal_of(">" * 32 + "a")
    assert "nested too deep" in refusal_of("- " * 16 + "a")
    assert "too much HTML" in refusal_of("<ul>" * 201)
    assert "too much HTML" in refusal_of("<br>" * 5_001)
    assert "1 MB" in refusal_of(f"[a]: http://x/{'y' * 1_000}\n\n" + "[a] " * 1_000)
    assert "1 MB" in refusal_of("&" * 199_999)


def test_a_nested_quote_ends_where_a_list_or_a_blank_line_follows():
    for after in ("\n", "- a\n"):
        assert render(">" * 28 + "a\n" + after + "a\n" * 8_000).count("<blockquote>") == 28


def test_deep_lists_and_quotes_are_rendered_whole():
    assert ">a<" in render(">" * 25 + "a").replace("\n", "")
    assert "a" in render("- " * 12 + "a")


def test_a_long_lesson_as_people_write_it_is_rendered():
    page = """## Heading\n\nText with **bold**, *italic*, `code`, [a link](http://a.org "Title").

- one\n- two\n  1. three\n\n> quoted\n\n```html\n<b class="x">code</b>\n```\n
<details>\n<summary>More</summary>\n\nHidden <kbd>x</kbd> H<sub>2</sub>O<br>\n\n</details>\n
| a | b |\n|---|--:|\n| 1 | 2 |\n\n"""
    page += "Plain words in a sentence. " * 10 + "\n\n"
    source = page * (MOST // len(page))

    assert render(source).count("<details>") == MOST // len(page)


def test_a_lesson_that_is_refused_is_not_stored(instructor):
    client, course = client_of(instructor), make_course(instructor=instructor)
    body = {"title": "Deep", "course": str(course.id), "content": "<ul>" * 50_000}

    refused = client.post("/api/lessons/", body)

    assert (refused.status_code, list(refused.data)) == (400, ["content"])
    assert Lesson.objects.count() == 0
    kept = client.post("/api/lessons/", body | {"content": "well"}).data
    again = client.patch(f"/api/lessons/{kept['id']}/", {"content": "<ul>" * 50_000})
    preview = client.post("/api/lessons/preview/", {"content": "<ul>" * 50_000})
    assert again.status_code == preview.status_code == 400
    assert list(again.data) == list(preview.data) == ["content"]
    assert Lesson.objects.get().content == "well"


def test_an_instructor_has_so_many_previews_a_minute(settings, instructor):
    settings.RATE_LIMITED = True
    settings.RATE_LIMITS = settings.RATE_LIMITS | {"previews": (2, 60)}
    client = client_of(instructor)

    statuses = [client.post("/api/lessons/preview/", {"content": "a"}).status_code for _ in "abc"]

    assert statuses == [200, 200, 429]


def test_few_texts_are_rendered_at_the_same_time(monkeypatch):
    monkeypatch.setattr(markdown._rendering, "_wait", 0.01)
    with markdown._rendering, markdown._rendering, pytest.raises(Busy):
        render("a")
