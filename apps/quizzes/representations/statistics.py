"""Representations of the statistics of a quiz; rates are in percent."""

from typing import Annotated, TypedDict

from apps.common.representations import Help, Id
from apps.quizzes.item_analysis import SampleWarning


class ChoiceFiguresRepresentation(TypedDict):
    """How often a choice was selected; `true` and `false` have no id."""

    id: Id | None
    text: str
    is_correct: bool
    count: int


class QuestionFiguresRepresentation(TypedDict):
    question: Id
    text: str
    kind: str
    n: Annotated[int, Help("Submissions that contain the question.")]
    facility: Annotated[
        float | None, Help("Facility index: mean points ÷ maximum points, in percent.")
    ]
    discrimination: Annotated[
        float | None,
        Help(
            "Discrimination index: 100 × the correlation of the question's points with the points "
            "for all other questions. Null with fewer than two submissions, or if one of the two "
            "does not vary."
        ),
    ]
    warning: SampleWarning | None
    choices: list[ChoiceFiguresRepresentation]


class StatisticsRepresentation(TypedDict):
    """The statistics of a quiz and its questions; rates are in percent."""

    quiz: Id
    attempts: Annotated[int, Help("Submissions that are counted.")]
    students: int
    mean: float | None
    median: float | None
    pass_rate: float | None
    warning: Annotated[SampleWarning | None, Help("Set with fewer than 20 submissions.")]
    questions: list[QuestionFiguresRepresentation]
