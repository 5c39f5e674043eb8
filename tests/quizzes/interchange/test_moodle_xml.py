import xml.etree.ElementTree as ElementTree

import pytest

from apps.quizzes.documents import MULTIPLE, NUMERIC, SHORT_TEXT, SINGLE, TRUE_FALSE
from apps.quizzes.interchange import moodle_xml
from apps.quizzes.interchange.draft import ChoiceDraft, Fault, QuestionDraft

TRUE = (
    '<question type="truefalse"><questiontext><text>a</text></questiontext>'
    '<answer fraction="100"><text>true</text></answer>'
    '<answer fraction="0"><text>false</text></answer></question>'
)
BOMB = "".join(f'<!ENTITY e{number} "{f"&e{number - 1};" * 10}">' for number in range(1, 10))
TYPES = "Document types and entities are not allowed."


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
    found = moodle_xml.read(data)
    assert (found.faults, found.unsupported) == ([], [])
    (draft,) = found.questions
    return draft


@pytest.mark.parametrize(
    ("data", "line", "reason"),
    [
        (b"", 1, "This is not well-formed XML: no element found."),
        (b"a {T}", 1, "This is not well-formed XML: syntax error."),
        (b"\n<html/>", 2, "The outermost element must be <quiz>."),
        (b"<quiz>\n<question>", 2, "This is not well-formed XML: no element found."),
        (b"<quiz>\n</question>", 2, "This is not well-formed XML: mismatched tag."),
        (b"<quiz/>\n<quiz/>", 2, "This is not well-formed XML: junk after document element."),
        (
            b"<quiz>\n\ncaf\xe9</quiz>",
            3,
            "This is not well-formed XML: not well-formed (invalid token).",
        ),
        (
            b"<quiz>\n\x00</quiz>",
            2,
            "This is not well-formed XML: not well-formed (invalid token).",
        ),
        (
            b"<quiz>\n&#0;</quiz>",
            2,
            "This is not well-formed XML: reference to invalid character number.",
        ),
        (b"<quiz>\n&nbsp;</quiz>", 2, "This is not well-formed XML: undefined entity."),
        (
            b'<?xml version="1.0" encoding="bogus"?><quiz/>',
            1,
            "The encoding of the file is not known here.",
        ),
        (
            b'<?xml version="1.0" encoding="utf-7"?><quiz/>',
            1,
            "The encoding of the file is not known here.",
        ),
        (b"\n<!DOCTYPE quiz><quiz/>", 2, TYPES),
        (b'<!DOCTYPE quiz SYSTEM "file:///etc/passwd"><quiz/>', 1, TYPES),
        (f'<!DOCTYPE quiz [<!ENTITY e0 "lol">{BOMB}]><quiz>&e9;</quiz>'.encode(), 1, TYPES),
        (b'<!DOCTYPE quiz [<!ENTITY e SYSTEM "file:///etc/passwd">]><quiz>&e;</quiz>', 1, TYPES),
        (quiz("<question>" + "<a>" * 10**5), 2, "Elements are nested too deep."),
        (quiz("<question>" + "<a/>" * 10**5), 2, "A question has too many elements."),
    ],
)
def test_what_is_no_file_of_questions_is_refused_with_the_line(data, line, reason):
    assert moodle_xml.read(data).faults == [Fault(line, reason)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "iso-8859-1", "us-ascii"])
def test_the_encoding_that_is_declared_is_heeded(encoding):
    head = f'<?xml version="1.0" encoding="{encoding.removesuffix("-sig")}"?>'
    text = quiz(TRUE.replace(">a<", ">café?<"), head=head).decode()

    assert only(text.encode(encoding, "xmlcharrefreplace")).text == "café?"


@pytest.mark.parametrize("question", [TRUE, '<question type="essay"/>'])
def test_there_are_at_most_300_questions(question):
    assert moodle_xml.read(quiz(f"{question}\n" * 300)).faults == []
    assert moodle_xml.read(quiz(f"{question}\n" * 10**5)).faults == [
        Fault(302, "A file holds at most 300 questions.")
    ]


def test_at_most_100_faults_are_told():
    assert len(moodle_xml.read(quiz("<question/>" * 10**5)).faults) == 100


@pytest.mark.parametrize("text", ["a&#x7f;b", "a&amp;#7;b"])
def test_control_characters_are_refused(text):
    found = moodle_xml.read(quiz(TRUE.replace(">a<", f">{text}<")))

    assert found.faults == [Fault(2, "Control characters are not allowed.")]


def test_a_question_before_the_fault_is_still_looked_at():
    found = moodle_xml.read(quiz(f"{TRUE}\n<question/>\n<oops>"))

    assert [fault.line for fault in found.faults] == [3, 5]
    assert len(found.questions) == 1


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
def test_single_says_whether_one_choice_is_to_be_taken(single, kind):
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
def test_a_text_is_read_by_its_format(text_format, text):
    source = "<![CDATA[1\n2<br>3 &lt;]]>"
    question = TRUE.replace("<questiontext>", f'<questiontext format="{text_format}">')

    assert only(quiz(question.replace(">a<", f">{source}<"))).text == text


def test_a_choice_has_the_format_of_its_question():
    answers = answer("&lt;b&gt;b&lt;/b&gt;", "100") + answer(
        "&lt;i&gt;", "0", attributes='format="plain_text"'
    )

    assert [one.text for one in only(choices(answers=answers)).choices] == ["b", "<i>"]


def test_points_are_the_default_grade():
    points = "<defaultgrade>2.7500000</defaultgrade></question>"

    assert only(quiz(TRUE.replace("</question>", points))).points == 2.75


@pytest.mark.parametrize(
    "text", ["]]></text>", "<![CDATA[", "&amp;", "\ud7ff\ue000", "a\r\nb", "\U0001f989", "\ufffe"]
)
def test_what_is_written_is_well_formed(text):
    written = moodle_xml.write(text, [QuestionDraft(text, TRUE_FALSE, answer="true")])

    ElementTree.fromstring(written.encode())


def test_right_choices_share_all_points_and_wrong_ones_cost_as_much():
    drafts = [ChoiceDraft(text, text != "d") for text in "abcd"]
    written = moodle_xml.write("Owls", [QuestionDraft("Which?", MULTIPLE, choices=drafts)])

    worth = [one.get("fraction") for one in ElementTree.fromstring(written).iter("answer")]
    assert worth == ["33.33333", "33.33333", "33.33333", "-33.33333"]


def test_a_number_is_written_as_moodle_takes_it():
    draft = QuestionDraft("Half of three?", NUMERIC, answer="1,5", tolerance=0.1, points=0.5)

    root = ElementTree.fromstring(moodle_xml.write("Owls/mice", [draft]))
    assert root.findtext("question/category/text") == "Owls//mice"
    assert root.findtext("question/answer/text") == "1.5"
    assert root.findtext("question/answer/tolerance") == "0.1"
    assert root.findtext("question/defaultgrade") == "0.5"
    assert root.findtext("question/name/text") == "Half of three?"


def test_a_number_as_typed_is_taken_where_it_is_the_same():
    draft = QuestionDraft("Half of three?", NUMERIC, answer="1,5")
    edited = moodle_xml.write("Owls", [draft]).replace("<text>1.5<", "<text>2.5<")

    assert only(edited.encode()).answer == "2.5"


def test_a_star_is_no_wildcard():
    draft = QuestionDraft("How?", SHORT_TEXT, answer="2*3")

    assert r"<text>2\*3</text>" in moodle_xml.write("Owls", [draft])


@pytest.mark.parametrize("kind", [SINGLE, MULTIPLE, TRUE_FALSE, SHORT_TEXT, NUMERIC])
def test_an_unfinished_question_is_written_as_far_as_it_is(kind):
    written = moodle_xml.write("Owls", [QuestionDraft("What?", kind)])

    assert ElementTree.fromstring(written).findtext("question/questiontext/text") == "What?"
