import xml.etree.ElementTree as ElementTree

import pytest
from defusedxml.expatreader import DefusedExpatParser

from apps.quizzes.interchange import moodle_xml
from apps.quizzes.interchange.drafts import (
    MULTIPLE,
    NUMERIC,
    SHORT_TEXT,
    SINGLE,
    TRUE_FALSE,
    ChoiceDraft,
    Problem,
    QuestionDraft,
)

TRUE = (
    '<question type="truefalse"><questiontext><text>a</text></questiontext>'
    '<answer fraction="100"><text>true</text></answer>'
    '<answer fraction="0"><text>false</text></answer></question>'
)
MANY_ATTRIBUTES = " ".join(f'a{number}=""' for number in range(10**5))
BOMB = "".join(f'<!ENTITY e{number} "{f"&e{number - 1};" * 10}">' for number in range(1, 10))


def quiz(content: str, *, head: str = "") -> bytes:
    return f"{head}<quiz>\n{content}\n</quiz>".encode()


def choices(*, single: str = "", answers: str) -> bytes:
    return quiz(
        f'<question type="multichoice"><questiontext><text>a</text></questiontext>'
        f"{single}{answers}</question>"
    )


def answer(text: str, fraction: str, *, attributes: str = "") -> str:
    return f'<answer fraction="{fraction}" {attributes}><text>{text}</text></answer>'


def only(data: bytes) -> QuestionDraft:
    parsed = moodle_xml.read(data)
    assert (parsed.problems, parsed.unsupported) == ([], [])
    (draft,) = parsed.questions
    return draft


@pytest.mark.parametrize(
    ("data", "line", "error"),
    [
        (b"", 1, "no element found"),
        (b"a {T}", 1, "syntax error"),
        (b"<quiz>\n<question>", 2, "no element found"),
        (b"<quiz>\n</question>", 2, "mismatched tag"),
        (b"<quiz/>\n<quiz/>", 2, "junk after document element"),
        (b"<quiz>\n\ncaf\xe9</quiz>", 3, "not well-formed (invalid token)"),
        (b"<quiz>\n\x00</quiz>", 2, "not well-formed (invalid token)"),
        (b"<quiz>\n&#0;</quiz>", 2, "reference to invalid character number"),
        (b"<quiz>\n&nbsp;</quiz>", 2, "undefined entity"),
    ],
)
def test_a_file_that_is_not_well_formed_is_reported_with_the_line(data, line, error):
    assert moodle_xml.read(data).problems == [Problem(line, "not_xml", {"error": error})]


@pytest.mark.parametrize(
    ("data", "line", "code"),
    [
        (b"\n<html/>", 2, "wrong_root"),
        (b'<?xml version="1.0" encoding="bogus"?><quiz/>', 1, "unknown_encoding"),
        (b'<?xml version="1.0" encoding="utf-7"?><quiz/>', 1, "unknown_encoding"),
        (b"\n<!DOCTYPE quiz><quiz/>", 2, "document_type"),
        (b'<!DOCTYPE quiz SYSTEM "file:///etc/passwd"><quiz/>', 1, "document_type"),
        (
            f'<!DOCTYPE quiz [<!ENTITY e0 "lol">{BOMB}]><quiz>&e9;</quiz>'.encode(),
            1,
            "document_type",
        ),
        (
            b'<!DOCTYPE quiz [<!ENTITY e SYSTEM "file:///etc/passwd">]><quiz>&e;</quiz>',
            1,
            "document_type",
        ),
        (quiz("<question>" + "<a>" * 10**5), 2, "nested_too_deeply"),
        (quiz("<question>" + "<a/>" * 10**5), 2, "too_many_elements"),
        (quiz(f"<question {MANY_ATTRIBUTES}/>"), 2, "too_many_elements"),
        (quiz(f"<question><name {MANY_ATTRIBUTES}/></question>"), 2, "too_many_elements"),
    ],
)
def test_a_file_that_is_not_moodle_xml_is_reported_with_the_line(data, line, code):
    assert moodle_xml.read(data).problems == [Problem(line, code)]


def test_a_file_is_parsed_in_one_piece(monkeypatch):
    pieces = []
    feed = DefusedExpatParser.feed

    def record(parser, data, *args, **options):
        pieces.append(len(data))
        return feed(parser, data, *args, **options)

    monkeypatch.setattr(DefusedExpatParser, "feed", record)
    data = quiz(f"<!--{'long' * 10**5}-->{TRUE}")

    assert moodle_xml.read(data).problems == []
    assert [size for size in pieces if size] == [len(data)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "iso-8859-1", "us-ascii"])
def test_a_file_is_decoded_with_its_declared_encoding(encoding):
    head = f'<?xml version="1.0" encoding="{encoding.removesuffix("-sig")}"?>'
    text = quiz(TRUE.replace(">a<", ">café?<"), head=head).decode()

    assert only(text.encode(encoding, "xmlcharrefreplace")).text == "café?"


@pytest.mark.parametrize("question", [TRUE, '<question type="essay"/>'])
def test_there_are_at_most_300_questions(question):
    assert moodle_xml.read(quiz(f"{question}\n" * 300)).problems == []
    assert moodle_xml.read(quiz(f"{question}\n" * 10**5)).problems == [
        Problem(302, "too_many_questions", {"number": 300})
    ]


def test_at_most_100_problems_are_reported():
    assert len(moodle_xml.read(quiz("<question/>" * 10**5)).problems) == 100


@pytest.mark.parametrize("text", ["a&#x7f;b", "a&amp;#7;b"])
def test_control_characters_are_reported(text):
    parsed = moodle_xml.read(quiz(TRUE.replace(">a<", f">{text}<")))

    assert parsed.problems == [Problem(2, "control_characters")]


def test_questions_before_malformed_xml_are_still_checked():
    parsed = moodle_xml.read(quiz(f"{TRUE}\n<question/>\n<oops>"))

    assert [problem.line for problem in parsed.problems] == [3, 5]
    assert len(parsed.questions) == 1


@pytest.mark.parametrize(
    ("single", "kind"),
    [
        ("", SINGLE),
        ("<single>true</single>", SINGLE),
        ("<single>1</single>", SINGLE),
        ("<single> false </single>", MULTIPLE),
        ("<single>0</single>", MULTIPLE),
        ("<single/>", MULTIPLE),
    ],
)
def test_single_determines_whether_one_or_more_choices_can_be_selected(single, kind):
    data = choices(single=single, answers=answer("a", "100") + answer("b", "0"))

    assert only(data).kind == kind


@pytest.mark.parametrize(
    ("text_format", "text"),
    [
        ("html", "1 2\n3 <"),
        ("moodle_auto_format", "1\n2\n3 <"),
        ("plain_text", "1\n2<br>3 &lt;"),
        ("markdown", "1\n2<br>3 &lt;"),
        ("wiki_like", "1\n2<br>3 &lt;"),
        ("nonsense", "1 2\n3 <"),
    ],
)
def test_a_text_is_converted_by_its_format(text_format, text):
    source = "<![CDATA[1\n2<br>3 &lt;]]>"
    question = TRUE.replace("<questiontext>", f'<questiontext format="{text_format}">')

    assert only(quiz(question.replace(">a<", f">{source}<"))).text == text


def test_a_choice_has_the_format_of_its_question():
    answers = answer("&lt;b&gt;b&lt;/b&gt;", "100") + answer(
        "&lt;i&gt;", "0", attributes='format="plain_text"'
    )

    assert [choice.text for choice in only(choices(answers=answers)).choices] == ["b", "<i>"]


def test_points_are_read_from_the_default_grade():
    points = "<defaultgrade>2.7500000</defaultgrade></question>"

    assert only(quiz(TRUE.replace("</question>", points))).points == 2.75


@pytest.mark.parametrize(
    "text", ["]]></text>", "<![CDATA[", "&amp;", "\ud7ff\ue000", "a\r\nb", "\U0001f989", "\ufffe"]
)
def test_any_text_is_written_as_well_formed_xml(text):
    written = moodle_xml.write(text, [QuestionDraft(text, TRUE_FALSE, answer="true")])

    ElementTree.fromstring(written.encode())


def test_right_choices_share_all_points_and_wrong_choices_cost_as_much():
    drafts = [ChoiceDraft(text, text != "d") for text in "abcd"]
    written = moodle_xml.write("Owls", [QuestionDraft("Which?", MULTIPLE, choices=drafts)])

    answers = ElementTree.fromstring(written).iter("answer")
    fractions = [answer.get("fraction") for answer in answers]
    assert fractions == ["33.33333", "33.33333", "33.33333", "-33.33333"]


def test_a_number_is_written_in_moodles_form():
    draft = QuestionDraft("Half of three?", NUMERIC, answer="1,5", tolerance=0.1, points=0.5)

    root = ElementTree.fromstring(moodle_xml.write("Owls/mice", [draft]))
    assert root.findtext("question/category/text") == "Owls//mice"
    assert root.findtext("question/answer/text") == "1.5"
    assert root.findtext("question/answer/tolerance") == "0.1"
    assert root.findtext("question/defaultgrade") == "0.5"
    assert root.findtext("question/name/text") == "Half of three?"


def test_a_number_as_typed_is_used_if_it_equals_the_answer():
    draft = QuestionDraft("Half of three?", NUMERIC, answer="1,5")
    edited = moodle_xml.write("Owls", [draft]).replace("<text>1.5<", "<text>2.5<")

    assert only(edited.encode()).answer == "2.5"


def test_an_asterisk_is_escaped():
    draft = QuestionDraft("How?", SHORT_TEXT, answer="2*3")

    assert r"<text>2\*3</text>" in moodle_xml.write("Owls", [draft])


@pytest.mark.parametrize("kind", [SINGLE, MULTIPLE, TRUE_FALSE, SHORT_TEXT, NUMERIC])
def test_an_incomplete_question_can_be_written(kind):
    written = moodle_xml.write("Owls", [QuestionDraft("What?", kind)])

    assert ElementTree.fromstring(written).findtext("question/questiontext/text") == "What?"
