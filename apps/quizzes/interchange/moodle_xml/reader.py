from collections.abc import Callable, Iterator
from contextlib import suppress
from decimal import Decimal

from apps.quizzes.interchange.collector import ImportCollector, LimitReached
from apps.quizzes.interchange.drafts import DEFAULT_OPTIONS, ParsedFile, ReadOptions
from apps.quizzes.interchange.errors import InvalidFile, UnsupportedQuestion
from apps.quizzes.interchange.html_to_text import html_to_text
from apps.quizzes.interchange.moodle_questions import (
    MULTICHOICE,
    NUMERICAL,
    SHORTANSWER,
    TRUEFALSE,
    UNITS,
    Answer,
    MoodleQuestion,
)
from apps.quizzes.interchange.moodle_xml.parser import Element, parse_questions
from apps.quizzes.numbers import parse_number

# Moodle adds this feedback to every question; it says nothing about the question.
_DEFAULT_FEEDBACK = (
    "Your answer is correct.",
    "Your answer is partially correct.",
    "Your answer is incorrect.",
)


def read(data: bytes, options: ReadOptions = DEFAULT_OPTIONS) -> ParsedFile:
    """Return the content of a Moodle XML file."""
    collector = ImportCollector(options)
    with suppress(LimitReached):
        try:
            parse_questions(data, lambda element: _add_question(element, collector))
        except InvalidFile as error:
            collector.add_error(error, line=1)
    return collector.file


def _add_question(element: Element, collector: ImportCollector) -> None:
    if element.attributes.get("type") != "category":
        reader = _QuestionReader(element, collector.options)
        collector.add(element.line, reader.question)


class _QuestionReader:
    def __init__(self, element: Element, options: ReadOptions):
        self.element = element
        self.options = options
        self.kind = element.attributes.get("type", "").strip()
        self.format = _text_format(element.find("questiontext"), "html")

    def question(self) -> MoodleQuestion:
        if not self.kind:
            raise InvalidFile("no_type")
        if self.kind not in _ANSWERS:
            raise UnsupportedQuestion(self.kind)
        return MoodleQuestion(
            line=self.element.line,
            kind=self.kind,
            text=self._plain_text("questiontext") or _question_name(self.element),
            answers=_ANSWERS[self.kind](self),
            single=self.element.child_text("single", "true") not in ("", "0", "false"),
            points=self.element.child_text("defaultgrade", "1"),
            feedback="\n".join(self._feedback()),
        )

    def choices(self) -> list[Answer]:
        answers = list(self._answers())
        limit = self.options.max_choices
        if len(answers) > limit:  # Converting the texts of more choices would take long.
            raise InvalidFile("too_many_choices", number=limit)
        return [
            self._answer(answer, _element_to_plain_text(answer, self.format)) for answer in answers
        ]

    def true_and_false(self) -> list[Answer]:
        """Return both answers; if they are not in English, the first is "true"."""
        answers = list(self._answers())
        names = [_raw_text(answer) for answer in answers]
        if not set(names) <= {"true", "false"}:
            names = ["true", "false", *names[2:]]
        return [self._answer(answer, name) for answer, name in zip(answers, names, strict=False)]

    def accepted_texts(self) -> list[Answer]:
        return [self._answer(answer, _raw_text(answer)) for answer in self._answers()]

    def numbers(self) -> list[Answer]:
        units = self.element.find("units")
        if units is not None and units.find("unit") is not None:
            raise UnsupportedQuestion(UNITS)
        return self.accepted_texts()

    def _answers(self) -> Iterator[Element]:
        return self.element.find_all("answer")

    def _answer(self, element: Element, text: str) -> Answer:
        return Answer(
            text=text,
            weight=_weight(element),
            feedback=_element_to_plain_text(element.find("feedback"), self.format),
            tolerance=element.child_text("tolerance") or None,
            as_typed=element.child_text("as_typed"),
        )

    def _feedback(self) -> Iterator[str]:
        """Yield the general feedback, then the feedback on right and wrong answers."""
        general = self._plain_text("generalfeedback")
        if general:
            yield general
        for name, template in (
            ("correctfeedback", self.options.if_right),
            ("partiallycorrectfeedback", self.options.if_partly_right),
            ("incorrectfeedback", self.options.if_wrong),
        ):
            feedback = self._plain_text(name)
            if feedback and feedback not in _DEFAULT_FEEDBACK:
                yield template % {"feedback": feedback}

    def _plain_text(self, name: str) -> str:
        return _element_to_plain_text(self.element.find(name), self.format)


_ANSWERS: dict[str, Callable[[_QuestionReader], list[Answer]]] = {
    MULTICHOICE: _QuestionReader.choices,
    TRUEFALSE: _QuestionReader.true_and_false,
    SHORTANSWER: _QuestionReader.accepted_texts,
    NUMERICAL: _QuestionReader.numbers,
}


def _question_name(question: Element) -> str:
    name = question.find("name")
    return "" if name is None else _raw_text(name)


def _raw_text(element: Element) -> str:
    """Return the text of an element, with its markup."""
    return element.child_text("text")


def _element_to_plain_text(element: Element | None, default_format: str) -> str:
    if element is None:
        return ""
    text, text_format = _raw_text(element), _text_format(element, default_format)
    if text_format in ("plain_text", "markdown", "wiki_like"):
        return text
    return html_to_text(text, keep_lines=text_format == "moodle_auto_format")


def _text_format(element: Element | None, default: str) -> str:
    return default if element is None else element.attributes.get("format", default).strip()


def _weight(answer: Element) -> Decimal:
    number = parse_number(answer.attributes.get("fraction", "0"))
    if number is None:
        raise InvalidFile("invalid_fraction", line=answer.line)
    return number
