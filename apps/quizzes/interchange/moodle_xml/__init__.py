"""
Questions as Moodle XML.

A number that Moodle would not take as it is written here, such as `1,5`, has beside Moodle's own
`1.5` an element `as_typed`, which Moodle passes over.
"""

from apps.quizzes.interchange.moodle_xml.reading import read
from apps.quizzes.interchange.moodle_xml.writing import write

__all__ = ["read", "write"]
