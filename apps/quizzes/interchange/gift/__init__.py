r"""
Questions as GIFT, the text that Moodle and others take.

GIFT has no place for some of what a question says here; it stands in comments before the question,
which others pass over: `// points: 2.75`, `// answer: 1,5` where Moodle's own number `1.5` is in
the question, and `// kind: short_text` where several accepted texts, one with `->` in it, would be
taken for a matching question, for which GIFT knows no escape.
"""

from apps.quizzes.interchange.gift.reading import read
from apps.quizzes.interchange.gift.writing import write

__all__ = ["read", "write"]
