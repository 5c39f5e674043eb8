"""What a file of questions says, before any of it is stored."""

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class ChoiceDraft:
    text: str
    is_correct: bool


@dataclass(frozen=True)
class QuestionDraft:
    """A question with its key; fields as in `apps.quizzes.documents.Question`."""

    text: str
    kind: str
    answer: str = ""
    tolerance: float | None = None
    points: float = 1
    explanation: str = ""
    choices: Sequence[ChoiceDraft] = ()
    line: int = 0  # where it begins in the file, from 1

    def __post_init__(self) -> None:
        object.__setattr__(self, "choices", tuple(self.choices))  # alike, whatever it was given as


@dataclass(frozen=True)
class Fault:
    """Why a file is refused: `reason` is for people, in the language of who asks."""

    line: int
    reason: str


@dataclass(frozen=True)
class Unsupported:
    """A question of a kind that the format knows and we do not, such as `essay`."""

    line: int
    kind: str


@dataclass
class Reading:
    """All that was found in a file; with a fault nothing of it is stored."""

    questions: list[QuestionDraft] = field(default_factory=list)
    unsupported: list[Unsupported] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
