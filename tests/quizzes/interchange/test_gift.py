import re

import pytest

from apps.quizzes.documents import MULTIPLE, NUMERIC, SHORT_TEXT, SINGLE, TRUE_FALSE
from apps.quizzes.interchange import gift
from apps.quizzes.interchange.draft import ChoiceDraft, Fault, QuestionDraft, Unsupported


def read(text: str):
    return gift.read(text.encode())


def read_one(text: str) -> QuestionDraft:
    found = read(text)
    assert (found.faults, found.unsupported) == ([], [])
    (draft,) = found.questions
    return draft


def reasons(text: str) -> list[str]:
    return [fault.reason for fault in read(text).faults]


def written(draft: QuestionDraft) -> str:
    return gift.write("Owls", [draft])


@pytest.mark.parametrize(
    ("encoding", "line"), [("latin-1", 3), ("utf-16", 1), ("utf-32", 1), ("cp1252", 3)]
)
def test_another_encoding_is_refused_with_the_line(encoding, line):
    data = "One. {T}\n\nCafé. {T}\n".encode(encoding)

    assert gift.read(data).faults == [Fault(line, "The file is not text in UTF-8.")]


@pytest.mark.parametrize("sign", ["\x01", "\x07", "\x0e", "\x7f"])
def test_control_characters_are_refused_with_the_line(sign):
    faults = read(f"Which?\n{{=a\n~b{sign}c}}").faults

    assert faults == [Fault(3, "Control characters are not allowed.")]


@pytest.mark.parametrize("text", ["", "\n \n\t\n", "// a comment\n\n// another", "$CATEGORY: a/b"])
def test_nothing_gives_nothing(text):
    found = read(text)

    assert (found.questions, found.unsupported, found.faults) == ([], [], [])


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
def test_a_text_is_what_moodle_takes_it_for(source, text):
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
def test_a_text_after_the_answer_makes_a_gap(source, text):
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
def test_the_answer_says_the_kind(answers, kind):
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


def test_a_choice_has_one_line():
    draft = read_one("a {=first\n second\n ~[html]<p>third</p><p>fourth</p>}")

    assert [one.text for one in draft.choices] == ["first second", "third fourth"]


def test_a_choice_loses_what_is_invisible_and_an_answer_stays_as_it_is():
    question = read_one("Which? {=a\u202eb\u200b ~\u2066c❤\ufe0f}")
    assert [choice.text for choice in question.choices] == ["ab", "c❤\ufe0f"]
    assert read_one("Which\u200b? {=a\u200bb}").answer == "a\u200bb"


def test_a_question_without_a_text_has_its_name():
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
def test_points_are_in_a_comment(comment, points):
    assert read_one(f"{comment}\na {{T}}").points == points


@pytest.mark.parametrize(
    ("note", "answer"), [("1,5", "1,5"), ("15e-1", "15e-1"), ("2", "1.5"), ("x", "1.5")]
)
def test_a_number_as_typed_is_taken_where_it_is_the_same(note, answer):
    assert read_one(f"// answer: {note}\na {{#1.5:0.1}}").answer == answer


def test_another_comment_changes_no_kind():
    assert read("// kind: essay\na {=b -> c =d -> e}").unsupported == [Unsupported(2, "matching")]


@pytest.mark.parametrize(
    ("least", "over", "reason"),
    [
        ("{} {{T}}", 1024, "The text has more than 1024 characters."),
        ("a {{={}}}", 1024, "The answer has more than 1024 characters."),
        ("a {{=b ~{}}}", 255, "A choice has more than 255 characters."),
        (
            "a {{T####{}}}",
            2000,
            "The explanation, with all feedback, has more than 2000 characters.",
        ),
    ],
)
def test_texts_have_bounds(least, over, reason):
    assert reasons(least.format("é" * over)) == []
    assert reasons(least.format("é" * (over + 1))) == [reason]


def test_more_answers_than_fit_are_not_even_read():
    assert reasons("a {" + "=b " * 1_001 + "}") == ["There are too many answers."]


def test_there_are_at_most_20_choices():
    choices = "".join(f"~choice {number}" for number in range(19))

    assert reasons(f"a {{=right {choices}}}") == []
    assert reasons(f"a {{=right {choices}~more}}") == ["There are more than 20 choices."]


def test_there_are_at_most_300_questions():
    assert reasons("a {T}\n\n" * 300) == []
    assert read("a {T}\n\n" * 10**5).faults == [Fault(601, "A file holds at most 300 questions.")]
    assert read("a {}\n\n" * 301).faults == [Fault(601, "A file holds at most 300 questions.")]


def test_at_most_100_faults_are_told():
    assert len(read("a {\n\n" * 101).faults) == 100


@pytest.mark.parametrize("sign", ["~", "=", "~=", "#", "{", "\\", "[", "%", "-", "\n", "//\n"])
def test_no_sign_in_plenty_takes_long(sign):
    """It would take minutes, and the test's own time-out, if it were not linear."""
    read("a {~" + sign * (1_000_000 // len(sign)) + "}")


def test_the_title_is_the_category():
    assert gift.write("Owls/mice: \n{1}", []) == "$CATEGORY: Owls//mice: {1}\n"


def test_right_choices_share_all_points_and_wrong_ones_cost_as_much():
    choices = [ChoiceDraft(text, text != "d") for text in "abcd"]

    assert written(QuestionDraft("Which?", MULTIPLE, choices=choices, points=2.75)) == (
        "$CATEGORY: Owls\n\n// points: 2.75\n[plain]Which?{\n"
        "\t~%33.33333%a\n\t~%33.33333%b\n\t~%33.33333%c\n\t~%-33.33333%d\n}\n"
    )


def test_a_number_is_written_as_moodle_takes_it():
    draft = QuestionDraft("Half of three?", NUMERIC, answer="1,5", tolerance=0.1)

    assert written(draft) == (
        "$CATEGORY: Owls\n\n// answer: 1,5\n[plain]Half of three?{#\n\t=1.5:0.1\n}\n"
    )


def test_a_star_is_no_wildcard():
    assert r"=2\\*3" in written(QuestionDraft("How?", SHORT_TEXT, answer="2*3"))


def test_an_arrow_makes_no_pairs_of_a_single_answer():
    assert "{\n\ta->b\n}" in written(QuestionDraft("How?", SHORT_TEXT, answer="a->b"))


@pytest.mark.parametrize("kind", [SINGLE, MULTIPLE, TRUE_FALSE, SHORT_TEXT, NUMERIC])
def test_an_unfinished_question_does_not_harm_the_next(kind):
    next_one = QuestionDraft("True?", TRUE_FALSE, answer="true", line=6)
    file = gift.write("Owls", [QuestionDraft("What?", kind), next_one])

    assert [one.text for one in read(file).questions][-1] == next_one.text
    assert "[plain]What?{" in file
    assert len(re.split(r"\n\s*\n", file)) == 3
