r"""
Read and write GIFT, a text format of Moodle that many systems read.

GIFT cannot express some properties of a question. They are in comments before the question, which
other systems ignore:

- `// points: 2.75`
- `// answer: 1,5` is the number as the instructor typed it; the question has Moodle's form, `1.5`.
- `// kind: short_text` marks several accepted texts, one with `->` in it. GIFT has no escape for
  `->`, so they would be read as a matching question.
"""

from apps.quizzes.interchange.gift.reader import read
from apps.quizzes.interchange.gift.writer import write

__all__ = ["read", "write"]
