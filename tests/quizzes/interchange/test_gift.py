import re

import pytest

from apps.quizzes.interchange import gift
from apps.quizzes.interchange.drafts import (
    MULTIPLE,
    NUMERIC,
    SHORT_TEXT,
    SINGLE,
    TRUE_FALSE,
    ChoiceDraft,
    ParsedFile,
    Problem,
    QuestionDraft,
    ReadOptions,
    Unsupported,
)


def read(text: str):
    return gift.read(text.encode())


def read_one(text: str) -> QuestionDraft:
    parsed = read(text)
    assert (parsed.problems, parsed.unsupported) == ([], [])
    (draft,) = parsed.questions
    return draft


def problem_codes(text: str) -> list[str]:
    return [problem.code for problem in read(text).problems]


def write(draft: QuestionDraft) -> str:
    return gift.write("Owls", [draft])


@pytest.mark.parametrize(
    ("encoding", "line"), [("latin-1", 3), ("utf-16", 1), ("utf-32", 1), ("cp1252", 3)]
)
def test_other_encodings_are_reported_with_the_line(encoding, line):
    data = "One. {T}\n\nCafé. {T}\n".encode(encoding)

    assert gift.read(data).problems == [Problem(line, "not_utf8")]


@pytest.mark.parametrize("sign", ["\x01", "\x07", "\x0e", "\x7f"])
def test_control_characters_are_reported_with_the_line(sign):
    problems = read(f"Which?\n{{=a\n~b{sign}c}}").problems

    assert problems == [Problem(3, "control_characters")]


@pytest.mark.parametrize("text", ["", "\n \n\t\n", "// a comment\n\n// another", "$CATEGORY: a/b"])
def test_a_file_without_questions_is_read_as_empty(text):
    assert read(text) == ParsedFile()


@pytest.mark.parametrize(
    ("source", "text"),
    [
        (r"a\~b\=c\#d\{e\}f\:g", "a~b=c#d{e}f:g"),
        (r"a\nb", "a\nb"),
        (r"a\\nb", r"a\nb"),
        (r"a\\\nb", "a\\\nb"),
        (r"a\tb\[c", r"a\tb\[c"),
        ("a\nb", "a\nb"),
        ("a\n// c\n  b", "a\nb"),
        ("a // b", "a // b"),
        (r"\//a", r"\//a"),
        ("::name::a", "a"),
        (r"::na\:\:me::a", "a"),
        ("::name", "name"),
        ("a::b::c", "a::b::c"),
        ("[plain]<b>a</b>", "<b>a</b>"),
        ("[markdown]*a*", "*a*"),
        ("[moodle]a", "a"),
        ("[html]<b>a</b>", "a"),
        ("::n:: [html]<b>a</b>", "a"),
        ("[HTML]<b>a</b>", "[HTML]<b>a</b>"),
        ("[1] a", "[1] a"),
        ("[plain][html]a", "[html]a"),
        ("1 $CATEGORY: a", "1 $CATEGORY: a"),
    ],
)
def test_a_text_is_read_as_moodle_reads_it(source, text):
    assert read_one(source + "{T}").text == text


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("a {T} b", "a _____ b"),
        ("a {T}.", "a _____."),
        ("{T} b", "_____ b"),
        ("a {T}\nb", "a _____\nb"),
        ("a {T}\n// b", "a"),
        (r"a {T} b\}", "a _____ b}"),
        ("a {T} b}", "a  b}"),
    ],
)
def test_a_text_after_the_answer_turns_the_answer_into_a_gap(source, text):
    assert read_one(source).text == text


@pytest.mark.parametrize(
    ("answers", "kind"),
    [
        ("T", TRUE_FALSE),
        (" TRUE ", TRUE_FALSE),
        ("F#a#b####c", TRUE_FALSE),
        ("FALSE", TRUE_FALSE),
        ("true", SHORT_TEXT),
        ("=T", SHORT_TEXT),
        ("a", SHORT_TEXT),
        ("=a =b", SHORT_TEXT),
        ("a -> b", SHORT_TEXT),
        ("=a####b -> c", SHORT_TEXT),
        ("=a ~b", SINGLE),
        ("~b =a -> c", SINGLE),
        ("~%100%a ~b", MULTIPLE),
        ("a ~%100%b", MULTIPLE),
        ("#5", NUMERIC),
        ("#5~#a", NUMERIC),
        ("#=5:1", NUMERIC),
    ],
)
def test_the_answer_determines_the_kind(answers, kind):
    assert read_one(f"a {{{answers}}}").kind == kind


@pytest.mark.parametrize(
    ("answers", "answer", "tolerance"),
    [
        ("#5", "5", None),
        ("#5:0", "5", 0),
        ("#5:0.5", "5", 0.5),
        ("# 5 : 0,5 ", "5", 0.5),
        ("#=5:1e-9", "5", 1e-9),
        ("#=%100%5", "5", None),
        ("#0.1..0.3", "0.2", 0.1),
        ("#-1..2", "0.5", 1.5),
        ("#1e3..3e3", "2000", 1000),
        ("#5..5", "5", 0),
        ("#1,5..2,5", "2", 0.5),
    ],
)
def test_a_number_is_read_exactly(answers, answer, tolerance):
    draft = read_one(f"a {{{answers}}}")

    assert (draft.answer, draft.tolerance) == (answer, tolerance)


@pytest.mark.parametrize(
    ("answers", "explanation"),
    [
        ("T", ""),
        ("T####why", "why"),
        ("T#wrong", "“false”: wrong"),
        ("F#wrong#right####why", "why\n“false”: right\n“true”: wrong"),
        ("=a#one =b#two####why", "why\n“a”: one\n“b”: two"),
        ("=a#one ~b\n#two\nlines", "“a”: one\n“b”: two\nlines"),
        ("#5#five ~#else", "“5”: five\n“*”: else"),
        ("=a####one####two", "two\n“a”: ###one"),
        ("=a#[html]<b>b</b>####[html]<i>c</i>", "c\n“a”: b"),
    ],
)
def test_feedback_is_kept_in_the_explanation(answers, explanation):
    assert read_one(f"a {{{answers}}}").explanation.split("\n") == explanation.split("\n")


def test_the_lines_of_a_choice_are_joined():
    draft = read_one("a {=first\n second\n ~[html]<p>third</p><p>fourth</p>}")

    assert [choice.text for choice in draft.choices] == ["first second", "third fourth"]


def test_invisible_characters_are_removed_from_choices_but_not_from_answers():
    question = read_one("Which? {=a\u202eb\u200b ~\u2066c❤\ufe0f}")
    assert [choice.text for choice in question.choices] == ["ab", "c❤\ufe0f"]
    assert read_one("Which\u200b? {=a\u200bb}").answer == "a\u200bb"


def test_a_question_without_a_text_uses_its_name():
    assert read_one(r":: An owl\: a bird? :: {T}").text == "An owl: a bird?"


@pytest.mark.parametrize(
    ("comment", "points"),
    [
        ("// points: 2.75", 2.75),
        ("// points: 3", 3),
        ("// points: many", 1),
        ("// points", 1),
        ("// the points: 3", 1),
        ("// points: 3\n// points: 4", 4),
        ("// points: 3\n", 1),
    ],
)
def test_points_are_read_from_a_comment(comment, points):
    assert read_one(f"{comment}\na {{T}}").points == points


@pytest.mark.parametrize(
    ("typed", "answer"), [("1,5", "1,5"), ("15e-1", "15e-1"), ("2", "1.5"), ("x", "1.5")]
)
def test_a_number_as_typed_is_used_if_it_equals_the_answer(typed, answer):
    assert read_one(f"// answer: {typed}\na {{#1.5:0.1}}").answer == answer


def test_a_comment_with_another_kind_is_ignored():
    assert read("// kind: essay\na {=b -> c =d -> e}").unsupported == [Unsupported(2, "matching")]


@pytest.mark.parametrize(
    ("template", "limit", "code"),
    [
        ("{} {{T}}", 1024, "text_too_long"),
        ("a {{={}}}", 1024, "answer_too_long"),
        ("a {{=b ~{}}}", 255, "choice_too_long"),
        ("a {{T####{}}}", 2000, "explanation_too_long"),
    ],
)
def test_texts_have_a_maximum_length(template, limit, code):
    assert read(template.format("é" * limit)).problems == []
    problems = read(template.format("é" * (limit + 1))).problems

    assert problems == [Problem(1, code, {"number": limit})]


def test_too_many_answers_are_reported():
    assert problem_codes("a {" + "=b " * 1_001 + "}") == ["too_many_answers"]


def test_there_are_at_most_20_choices():
    choices = "".join(f"~choice {number}" for number in range(19))

    assert problem_codes(f"a {{=right {choices}}}") == []
    problems = read(f"a {{=right {choices}~more}}").problems
    assert problems == [Problem(1, "too_many_choices", {"number": 20})]


def test_there_are_at_most_300_questions():
    assert problem_codes("a {T}\n\n" * 300) == []
    too_many = [Problem(601, "too_many_questions", {"number": 300})]
    assert read("a {T}\n\n" * 10**5).problems == too_many
    assert read("a {}\n\n" * 301).problems == too_many


def test_the_limits_can_be_changed():
    options = ReadOptions(max_questions=1, max_choices=2, max_text=3)
    parsed = gift.read(b"Long text {=a ~b ~c}\n\nLong text {T}\n\na {T}", options)

    assert [problem.code for problem in parsed.problems] == [
        "too_many_choices",
        "text_too_long",
        "too_many_questions",
    ]


def test_at_most_100_problems_are_reported():
    assert len(read("a {\n\n" * 101).problems) == 100


@pytest.mark.parametrize("sign", ["~", "=", "~=", "#", "{", "\\", "[", "%", "-", "\n", "//\n"])
def test_many_special_characters_do_not_take_long(sign):
    """Without linear time, this would exceed the test's timeout."""
    read("a {~" + sign * (1_000_000 // len(sign)) + "}")


def test_the_title_is_written_as_the_category():
    assert gift.write("Owls/mice: \n{1}", []) == "$CATEGORY: Owls//mice: {1}\n"


def test_right_choices_share_all_points_and_wrong_choices_cost_as_much():
    choices = [ChoiceDraft(text, text != "d") for text in "abcd"]

    assert write(QuestionDraft("Which?", MULTIPLE, choices=choices, points=2.75)) == (
        "$CATEGORY: Owls\n\n// points: 2.75\n[plain]Which?{\n"
        "\t~%33.33333%a\n\t~%33.33333%b\n\t~%33.33333%c\n\t~%-33.33333%d\n}\n"
    )


def test_a_number_is_written_in_moodles_form():
    draft = QuestionDraft("Half of three?", NUMERIC, answer="1,5", tolerance=0.1)

    assert write(draft) == (
        "$CATEGORY: Owls\n\n// answer: 1,5\n[plain]Half of three?{#\n\t=1.5:0.1\n}\n"
    )


def test_an_asterisk_is_escaped():
    assert r"=2\\*3" in write(QuestionDraft("How?", SHORT_TEXT, answer="2*3"))


def test_a_single_answer_with_an_arrow_is_not_written_as_a_matching_pair():
    assert "{\n\ta->b\n}" in write(QuestionDraft("How?", SHORT_TEXT, answer="a->b"))


@pytest.mark.parametrize("kind", [SINGLE, MULTIPLE, TRUE_FALSE, SHORT_TEXT, NUMERIC])
def test_an_incomplete_question_does_not_affect_the_next(kind):
    next_question = QuestionDraft("True?", TRUE_FALSE, answer="true", line=6)
    file = gift.write("Owls", [QuestionDraft("What?", kind), next_question])

    assert [question.text for question in read(file).questions][-1] == next_question.text
    assert "[plain]What?{" in file
    assert len(re.split(r"\n\s*\n", file)) == 3
