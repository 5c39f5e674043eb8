"""Update the Spanish catalog from the messages that the code marks: `make messages`.

A translation is kept as long as its message exists; a new message has none. The files contain no
dates, authors and versions, so that they change only if a message does.
"""

import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import BinaryIO

from babel.messages import catalog, mofile, pofile
from babel.messages.extract import extract_from_dir, extract_from_file

ROOT = Path(__file__).resolve().parent.parent
PO = ROOT / "lms/locale/es/LC_MESSAGES/django.po"
MO = PO.with_suffix(".mo")
FOLDERS = ("apps", "lms")
KEYWORDS = {"_": None, "gettext": None, "gettext_lazy": None, "ngettext": (1, 2)}

# Messages of libraries whose own Spanish is missing, wrong, or uses "usted".
LIBRARY_MESSAGES = {
    "rest_framework.exceptions": (
        "Authentication credentials were not provided.",
        'Unsupported media type "{media_type}" in request.',
        "You do not have permission to perform this action.",
    ),
    "rest_framework.fields": (
        "A valid integer is required.",
        "Ensure this field has at least {min_length} characters.",
        "Ensure this field has no more than {max_length} characters.",
        "Ensure this field has no more than {max_length} elements.",
        "Ensure this value is greater than or equal to {min_value}.",
        "Ensure this value is less than or equal to {max_value}.",
        "Must be a valid boolean.",
        "Not a valid string.",
        "The submitted data was not a file. Check the encoding type on the form.",
        "The submitted file is empty.",
        "This field is required.",
        "This field may not be blank.",
        "This value does not match the required pattern.",
        '"{input}" is not a valid choice.',
    ),
    "rest_framework.serializers": ("Invalid data. Expected a dictionary, but got {datatype}.",),
    "rest_framework.validators": ("Surrogate characters are not allowed: U+{code_point:X}.",),
    "django.contrib.auth.password_validation": (
        "The password is too similar to the %(verbose_name)s.",
    ),
    "django.core.validators": ("Enter a valid email address.",),
}


class Catalog(catalog.Catalog):
    """Messages under a header without dates, people and versions."""

    mime_headers = [
        ("Language", "es"),
        ("MIME-Version", "1.0"),
        ("Content-Type", "text/plain; charset=utf-8"),
        ("Content-Transfer-Encoding", "8bit"),
        ("Plural-Forms", "nplurals=2; plural=(n != 1);"),
    ]

    def __init__(self):
        super().__init__(locale="es", charset="utf-8", fuzzy=False)
        self.header_comment = "# What the API says to people, in Spanish."


def marked_messages() -> Iterator[tuple[str, str | tuple]]:
    """Yield the file that marks each message, and the message."""
    for folder in FOLDERS:
        messages = extract_from_dir(ROOT / folder, [("**.py", "python")], keywords=KEYWORDS)
        for name, _line, message, _comments, _context in messages:
            yield f"{folder}/{name}", message
    for module, messages in LIBRARY_MESSAGES.items():
        yield from ((module, message) for message in messages)


def messages_in(module: str) -> set:
    """Return all messages of a library's module."""
    messages = extract_from_file("python", find_spec(module).origin, keywords=KEYWORDS)
    return {message for _line, message, _comments, _context in messages}


def stored() -> catalog.Catalog:
    with PO.open("rb") as file:
        return pofile.read_po(file)


def updated_catalog(known: catalog.Catalog) -> Catalog:
    """Return a catalog of the messages that are marked now, with the known translations."""
    current = Catalog()
    for file, message in marked_messages():
        before = known.get(message)
        current.add(message, before.string if before else None, locations=[(file, 0)])
    return current


def write_po(file: BinaryIO, current: Catalog) -> None:
    pofile.write_po(file, current, width=0, sort_output=True, include_lineno=False)


def write(current: Catalog) -> None:
    PO.parent.mkdir(parents=True, exist_ok=True)
    with PO.open("wb") as file:
        write_po(file, current)
    with MO.open("wb") as file:
        mofile.write_mo(file, current)


def _is_translated(message: catalog.Message) -> bool:
    return all(message.string) if message.pluralizable else bool(message.string)


def main() -> int:
    current = updated_catalog(stored() if PO.exists() else Catalog())
    write(current)
    missing = [message for message in current if not _is_translated(message)]
    for message in missing:
        print(f"Not translated yet: {message.id}")
    if missing:
        print(f"Translate them in {PO.relative_to(ROOT)}, then run this again.")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
