from collections.abc import Callable, Iterator
from contextlib import suppress
from decimal import Decimal

from django.utils.translation import gettext as _

from apps.quizzes.documents import MAX_CHOICES
from apps.quizzes.interchange.draft import Reading
from apps.quizzes.interchange.gathering import Enough, Gathering
from apps.quizzes.interchange.markup import plain_text
from apps.quizzes.interchange.moodle import (
    MULTICHOICE,
    NUMERICAL,
    SHORTANSWER,
    TRUEFALSE,
    UNITS,
    Answer,
    CannotBeKept,
    MoodleQuestion,
    Refused,
)
from apps.quizzes.interchange.moodle_xml.elements import Element, read_questions
from apps.quizzes.numbers import parse_number

# What Moodle itself puts into every question for all who answer it says nothing about it.
_COMMONPLACES = (
    "Your answer is correct.",
    "Your answer is partially correct.",
    "Your answer is incorrect.",
)


def read(data: bytes) -> Reading:
    """Read the questions of a Moodle XML file."""
    gathered = Gathering()
    with suppress(Enough):
        try:
            read_questions(data, lambda element: _take(element, gathered))
        except Refused as refused:
            gathered.refuse(refused.line, refused.reason)
    return gathered.reading


def _take(element: Element, gathered: Gathering) -> None:
    if element.attributes.get("type") != "category":
        gathered.take(element.line, lambda: _Question(element).read())


class _Question:
    def __init__(self, element: Element):
        self.element = element
        self.kind = element.attributes.get("type", "").strip()
        text = element.find("questiontext")
        self.format = _format_of(text, "html")

    def read(self) -> MoodleQuestion:
        if not self.kind:
            raise Refused(_("The question has no type."))
        if self.kind not in _ANSWERS:
            raise CannotBeKept(self.kind)
        return MoodleQuestion(
            line=self.element.line,
            kind=self.kind,
            text=self._text_of("questiontext") or _named(self.element),
            answers=_ANSWERS[self.kind](self),
            single=self.element.text_of("single", "true") not in ("", "0", "false"),
            points=self.element.text_of("defaultgrade", "1"),
            feedback="\n".join(self._feedback()),
        )

    def choices(self) -> list[Answer]:
        answers = list(self._answers())
        if len(answers) > MAX_CHOICES:  # before their texts are read
            raise Refused(_("There are more than %(number)s choices.") % {"number": MAX_CHOICES})
        return [self._answer(one, _readable(one, self.format)) for one in answers]

    def true_and_false(self) -> list[Answer]:
        """Read both answers; where they are in another language, true is the first."""
        answers = list(self._answers())
        names = [_typed(one) for one in answers]
        if not set(names) <= {"true", "false"}:
            names = ["true", "false", *names[2:]]
        return [self._answer(one, name) for one, name in zip(answers, names, strict=False)]

    def accepted_texts(self) -> list[Answer]:
        return [self._answer(one, _typed(one)) for one in self._answers()]

    def numbers(self) -> list[Answer]:
        units = self.element.find("units")
        if units is not None and units.find("unit") is not None:
            raise CannotBeKept(UNITS)
        return self.accepted_texts()

    def _answers(self) -> Iterator[Element]:
        return self.element.find_all("answer")

    def _answer(self, element: Element, text: str) -> Answer:
        return Answer(
            text=text,
            weight=_weight(element),
            feedback=_readable(element.find("feedback"), self.format),
            tolerance=element.text_of("tolerance") or None,
            as_typed=element.text_of("as_typed"),
        )

    def _feedback(self) -> Iterator[str]:
        """Yield what is said whatever the answer, and then what is said of right and wrong."""
        general = self._text_of("generalfeedback")
        if general:
            yield general
        for name, said in (
            ("correctfeedback", _("If right: %(feedback)s")),
            ("partiallycorrectfeedback", _("If partly right: %(feedback)s")),
            ("incorrectfeedback", _("If wrong: %(feedback)s")),
        ):
            feedback = self._text_of(name)
            if feedback and feedback not in _COMMONPLACES:
                yield said % {"feedback": feedback}

    def _text_of(self, name: str) -> str:
        return _readable(self.element.find(name), self.format)


_ANSWERS: dict[str, Callable[[_Question], list[Answer]]] = {
    MULTICHOICE: _Question.choices,
    TRUEFALSE: _Question.true_and_false,
    SHORTANSWER: _Question.accepted_texts,
    NUMERICAL: _Question.numbers,
}


def _named(question: Element) -> str:
    name = question.find("name")
    return "" if name is None else _typed(name)


def _typed(element: Element) -> str:
    """Return the text of an element that has no mark-up."""
    return element.text_of("text")


def _readable(element: Element | None, otherwise: str) -> str:
    if element is None:
        return ""
    text, text_format = _typed(element), _format_of(element, otherwise)
    if text_format in ("plain_text", "markdown", "wiki_like"):
        return text
    return plain_text(text, keep_lines=text_format == "moodle_auto_format")


def _format_of(element: Element | None, otherwise: str) -> str:
    return otherwise if element is None else element.attributes.get("format", otherwise).strip()


def _weight(answer: Element) -> Decimal:
    number = parse_number(answer.attributes.get("fraction", "0"))
    if number is None:
        raise Refused(_("What an answer is worth must be a number."), line=answer.line)
    return number
