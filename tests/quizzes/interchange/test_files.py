"""The content of each file in `files`."""

from dataclasses import replace
from pathlib import Path

import pytest

from apps.quizzes.interchange import gift, moodle_xml
from apps.quizzes.interchange.drafts import (
    MULTIPLE,
    NUMERIC,
    SHORT_TEXT,
    SINGLE,
    TRUE_FALSE,
    ChoiceDraft,
    ParsedFile,
    QuestionDraft,
)

FILES = Path(__file__).parent / "files"
FORMATS = {".gift": gift, ".xml": moodle_xml}


def question(line: int, kind: str, text: str, *choices: str, **fields) -> QuestionDraft:
    """Return a draft; right choices start with a +, wrong choices with a -."""
    drafts = [ChoiceDraft(choice[1:], choice[0] == "+") for choice in choices]
    return QuestionDraft(text, kind, choices=drafts, line=line, **fields)


GEOGRAPHY = [
    question(
        5,
        SINGLE,
        "Into which sea does the Nile flow?",
        "-the Red Sea",
        "+the Mediterranean // slashes within a line are text",
        "-the Black Sea",
    ),
    question(
        11,
        SINGLE,
        "The Danube rises in the _____ and flows into the Black Sea.",
        "-Alps",
        "+Black Forest",
        "-Carpathians",
    ),
    question(14, TRUE_FALSE, "The Amazon flows into\nthe Atlantic.", answer="true"),
    question(19, SHORT_TEXT, "Which city is on the Seine?", answer="Paris\nLutetia"),
    question(23, TRUE_FALSE, "Canberra is the capital of Australia.", answer="true"),
    question(
        27,
        TRUE_FALSE,
        "Sydney is the capital of Australia.",
        answer="false",
        explanation="The capital is Canberra.\n“false”: Quite so.\n"
        "“true”: It is the largest city, no more.",
    ),
    question(29, SHORT_TEXT, "The highest waterfall is in _____.", answer="London\nVenezuela"),
]
BIOLOGY = [
    question(
        1,
        SINGLE,
        "Which of these is not an owl?\nLook at the feet: two feet with two toes each",
        "+the nightjar",
        "-the <b>barn</b> owl",
        "-the *tawny* owl",
        explanation="Owls have four toes:\ntwo forward, two back.\n"
        "“the nightjar”: Right – it is no relative.\n“the *tawny* owl”: It is one.",
    ),
    question(
        9,
        TRUE_FALSE,
        "A gram of soil holds about 10⁹ cells\u00a0— true?",
        answer="true",
    ),
    question(
        11,
        SHORT_TEXT,
        "has gills\nhas lungs\nWhich animal has both in its life?",
        answer="frog\n<newt>",
        explanation="“frog”: Or a newt.",
    ),
    question(
        13,
        SHORT_TEXT,
        "The powerhouse of the cell is the _____ .",
        answer="mitochondrion\nmitochondria",
    ),
    question(
        15,
        MULTIPLE,
        "**Which** of these have wings?",
        "+bats",
        "+owls",
        "-moles",
        "-frogs",
        explanation="“bats”: mammals that fly",
    ),
    question(22, TRUE_FALSE, "A name for an empty question", answer="true"),
]
MATHEMATICS = [
    question(1, NUMERIC, "What is 3 + 4?", answer="7"),
    question(
        3,
        NUMERIC,
        "What is the square root of 2, to three places?",
        answer="1.414",
        tolerance=0.001,
        explanation="It is irrational.",
    ),
    question(
        5,
        NUMERIC,
        "Give a number between 3.141 and 3.142.",
        answer="3.1415",
        tolerance=0.0005,
    ),
    question(7, NUMERIC, "Between minus two and minus one?", answer="-1.5", tolerance=0.5),
    question(
        9,
        NUMERIC,
        "Half of three?",
        answer="15e-1",
        explanation="“15e-1”: as a fraction: three halves",
    ),
    question(
        12,
        NUMERIC,
        "Half of three, once more?",
        answer="1,5",
        tolerance=0.1,
        explanation="“1,5”: Good.\n“*”: Count again.",
    ),
    question(17, NUMERIC, "Avogadro's number?", answer="6.02e23", tolerance=1e21),
    question(
        19,
        SHORT_TEXT,
        "Solve {x : x=2}; write it in $\\mathbb{R}$.",
        answer="{2}\nx = 2",
    ),
    question(21, NUMERIC, "What is 0?", answer="0", tolerance=0),
    question(24, NUMERIC, "How many sides has a cube?", answer="6", points=2.75),
]
HISTORY = [
    question(
        2,
        MULTIPLE,
        "Which three were Roman emperors?",
        "+Trajan",
        "+Hadrian",
        "+Nerva",
        "-Hannibal",
        "-Cicero",
        "-Spartacus",
        explanation="“Hannibal”: He nearly ended the republic.",
    ),
    question(
        11,
        MULTIPLE,
        "Which ones fell in 1989 and 1991?",
        "+the Berlin Wall",
        "+the Soviet Union",
        "-the Bastille",
    ),
    question(13, MULTIPLE, "Which are about a third each?", "+one", "+two", "+three", "-none"),
    question(15, MULTIPLE, "Only one may be right, too:", "+yes", "-no"),
    question(
        17,
        SINGLE,
        "In _____ the Berlin Wall fell.",
        "-1492",
        "+1989",
        "-1789",
        explanation="“1789”: Two hundred years too early.",
    ),
]
PROGRAMMING = [
    question(
        1,
        SINGLE,
        "[c]What does [0] of an empty list give in Python?",
        "-[None]",
        "+[IndexError]",
        "-0",
    ),
    question(
        4,
        SHORT_TEXT,
        r"What does \d match, and what \n?",
        answer="a digit and a line break\n\\d",
    ),
    question(6, SHORT_TEXT, "In C++, a::b is what?", answer="a name in a namespace"),
    question(
        8,
        SINGLE,
        "How is a comment begun?\n\n\\/* or \\// or #",
        "+// in C",
        "-# in Python",
        "-~= in none",
    ),
    question(
        14,
        SINGLE,
        "What prints a per cent sign?",
        "-%d",
        "+%%",
        "-%s",
        explanation="“%s”: It prints a text.",
    ),
    question(
        16,
        TRUE_FALSE,
        'A List<String> of "a < b && c > d" &amp; more?',
        answer="false",
    ),
    question(18, SHORT_TEXT, "Which is no operator: 100% or 5 % 3?", answer="100%\n5 % 3"),
    question(20, SHORT_TEXT, "Is [html] a bracket in _____ here?", answer="<i>\n[html]"),
]
LANGUAGES = [
    question(1, SHORT_TEXT, "¿Cómo se dice “búho”?", answer="owl\ntawny owl"),
    question(3, SINGLE, "מהי בירת ישראל?", "-תל אביב", "+ירושלים"),
    question(5, SHORT_TEXT, "ما هي عاصمة مصر؟", answer="القاهرة"),
    question(7, SINGLE, "日本の首都は_____です。", "+東京", "-大阪"),
    question(9, SINGLE, "Which is 🦉?", "+👩‍🏫's owl", "-🐈"),
    question(11, TRUE_FALSE, "Is é the same as e\u0301?", answer="true"),
]
CHEMISTRY = [
    question(
        15,
        SINGLE,
        "What is H2O at 10⁵\u00a0Pa & 20°C?\na glass",
        "-a gas",
        "+a liquid",
        "-a <solid>",
        points=2.75,
        explanation="Between 0 and 100°C it is liquid.\nIf wrong: Read chapter 2.\n"
        "“a liquid”: Well seen.",
    ),
    question(
        71,
        MULTIPLE,
        "Which are noble gases?\nChoose all.",
        "+helium",
        "+neon",
        "+argon",
        "-oxygen",
        "-nitrogen",
        points=3,
    ),
    question(
        84,
        TRUE_FALSE,
        "Is <NaCl> a salt? ]]>",
        answer="true",
        points=0.5,
        explanation="“false”: Taste it.",
    ),
    question(93, TRUE_FALSE, "Ist Xenon ein Edelgas?", answer="true"),
]
ASTRONOMY = [
    question(
        3,
        SHORT_TEXT,
        "Which body circles the Earth?",
        answer="the Moon\nLuna\nMoon*",
        explanation="“the Moon”: Or Luna.\n“*”: Look up.",
    ),
    question(12, NUMERIC, "How *many* planets are there?", answer="8", tolerance=0),
    question(
        21,
        NUMERIC,
        "How far is the Sun, in metres?",
        answer="1.496e11",
        tolerance=1e9,
    ),
    question(27, TRUE_FALSE, "The Sun is a star.", answer="true"),
]
QUESTIONS = {
    "geography.gift": GEOGRAPHY,
    "biology.gift": BIOLOGY,
    "mathematics.gift": MATHEMATICS,
    "history.gift": HISTORY,
    "programming.gift": PROGRAMMING,
    "languages.gift": LANGUAGES,
    "chemistry.xml": CHEMISTRY,
    "astronomy.xml": ASTRONOMY,
}

UNSUPPORTED = {
    "unsupported.gift": [
        (1, "description"),
        (3, "essay"),
        (5, "essay"),
        (7, "matching"),
        (9, "multichoice_partial_credit"),
        (11, "multichoice_unequal_weights"),
        (13, "shortanswer_partial_credit"),
        (15, "shortanswer_wildcard"),
        (17, "numerical_partial_credit"),
        (19, "numerical_several_answers"),
        (21, "numerical_wildcard"),
    ],
    "unsupported.xml": [
        (3, "essay"),
        (4, "matching"),
        (5, "cloze"),
        (6, "description"),
        (7, "calculated"),
        (8, "calculatedsimple"),
        (9, "calculatedmulti"),
        (10, "ddwtos"),
        (11, "gapselect"),
        (12, "multichoice_partial_credit"),
        (18, "multichoice_unequal_weights"),
        (24, "shortanswer_partial_credit"),
        (29, "shortanswer_wildcard"),
        (33, "numerical_units"),
        (38, "numerical_several_answers"),
        (43, "numerical_partial_credit"),
        (48, "numerical_wildcard"),
    ],
}

PROBLEMS = {
    "problems.gift": [
        (1, "closing_brace_missing"),
        (3, "opening_brace_missing"),
        (5, "opening_brace_missing"),
        (7, "several_answers"),
        (10, "category_without_blank_line"),
        (13, "no_text"),
        (15, "no_right_choice"),
        (17, "several_right_choices"),
        (19, "choice_without_text"),
        (21, "too_few_choices"),
        (21, "no_right_choice"),
        (23, "duplicate"),
        (25, "duplicate"),
        (27, "not_a_number"),
        (29, "invalid_tolerance"),
        (31, "invalid_tolerance"),
        (33, "invalid_range"),
        (35, "not_a_number"),
        (37, "no_answer"),
        (39, "choice_without_text"),
        (39, "several_right_choices"),
        (42, "points_out_of_range"),
        (45, "points_out_of_range"),
        (48, "points_too_precise"),
        (50, "control_characters"),
        (52, "answer_without_text"),
        (54, "invalid_tolerance"),
        (56, "closing_brace_missing"),
    ],
    "problems.xml": [
        (3, "no_type"),
        (4, "too_few_choices"),
        (4, "no_right_choice"),
        (11, "invalid_fraction"),
        (13, "invalid_true_false"),
        (19, "unescaped_html"),
        (27, "no_text"),
        (27, "points_out_of_range"),
        (32, "points_too_precise"),
        (32, "not_a_number"),
        (37, "invalid_tolerance"),
        (42, "not_xml"),
    ],
}


def read(name: str) -> ParsedFile:
    return FORMATS[Path(name).suffix].read((FILES / name).read_bytes())


def test_every_file_has_an_expected_content():
    expected = QUESTIONS.keys() | UNSUPPORTED.keys() | PROBLEMS.keys()

    assert expected == {path.name for path in FILES.iterdir()}


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_file_is_read_into_its_questions(name):
    assert read(name) == ParsedFile(questions=QUESTIONS[name])


@pytest.mark.parametrize("name", QUESTIONS)
@pytest.mark.parametrize("file_format", [gift, moodle_xml], ids=["gift", "moodle_xml"])
def test_its_questions_can_be_written_and_read_in_both_formats(name, file_format):
    again = file_format.read(file_format.write("Again", QUESTIONS[name]).encode())

    assert again.problems == again.unsupported == []
    assert [replace(question, line=0) for question in again.questions] == [
        replace(question, line=0) for question in QUESTIONS[name]
    ]


@pytest.mark.parametrize("name", UNSUPPORTED)
def test_unsupported_questions_are_listed_with_their_type(name):
    parsed = read(name)

    assert [(question.line, question.kind) for question in parsed.unsupported] == UNSUPPORTED[name]
    assert parsed.problems == []


def test_feedback_on_wrong_answers_is_kept():
    assert read("unsupported.gift").questions == [
        question(23, TRUE_FALSE, "Is this one kept?", answer="true"),
        question(25, SHORT_TEXT, "Which animal?", answer="owl", explanation="“*”: No, an owl."),
        question(27, NUMERIC, "Twice two?", answer="4", explanation="“5”: Nearly."),
    ]


@pytest.mark.parametrize("name", PROBLEMS)
def test_all_problems_of_a_file_are_listed(name):
    assert [(problem.line, problem.code) for problem in read(name).problems] == PROBLEMS[name]


@pytest.mark.parametrize("ending", [b"\n", b"\r\n", b"\r"], ids=["LF", "CRLF", "CR"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["", "BOM"])
@pytest.mark.parametrize("name", [name for name in QUESTIONS if name.endswith(".gift")])
def test_gift_files_can_have_any_line_ending_and_a_byte_order_mark(name, mark, ending):
    data = (FILES / name).read_bytes().replace(b"\n", ending)

    assert gift.read(mark + data) == ParsedFile(questions=QUESTIONS[name])
