"""What a file of questions says, before any of it is stored."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _


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


def first_of(faults: Sequence[Fault], *, most: int = 100) -> list[Fault]:
    """Return the first faults of a file in its order; the last one says how many more there are."""
    in_order = sorted(faults, key=lambda fault: fault.line)
    if len(in_order) <= most:
        return in_order
    shown, others = in_order[: most - 1], in_order[most - 1 :]
    reason = _("%(number)s more questions or lines cannot be imported.") % {"number": len(others)}
    return [*shown, Fault(others[0].line, reason)]


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
