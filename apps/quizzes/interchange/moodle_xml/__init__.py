"""
Read and write Moodle XML.

A number that Moodle cannot read as the instructor typed it, such as `1,5`, is written in Moodle's
form, `1.5`. The element `as_typed`, which Moodle ignores, contains the original.
"""

from apps.quizzes.interchange.moodle_xml.reader import read
from apps.quizzes.interchange.moodle_xml.writer import write

__all__ = ["read", "write"]
