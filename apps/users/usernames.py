"""
Which usernames are accepted: none that looks like another one, or like an email address.

Scripts may be mixed as in the "highly restrictive" level of Unicode's UTS #39. Python does not
provide the script of a letter, but the letter's Unicode name begins with it.
"""

import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from apps.common.normalization import normalize_name

SHORTEST, LONGEST = 3, 150
PUNCTUATION = frozenset(".+-_@")
MOST_MARKS = 4  # on one letter, as in UTS #39
# Invisible letters and marks. Other invisible characters are in neither of these categories.
INVISIBLE = frozenset(
    chr(number)
    for first, last in (
        (0x034F, 0x034F),  # combining grapheme joiner
        (0x115F, 0x1160),  # Hangul fillers
        (0x17B4, 0x17B5),  # Khmer inherent vowels
        (0x180B, 0x180F),  # Mongolian variation selectors
        (0x3164, 0x3164),  # Hangul filler
        (0xFE00, 0xFE0F),  # variation selectors
        (0xFFA0, 0xFFA0),  # half-width Hangul filler
        (0x16FE4, 0x16FE4),  # Khitan filler
        (0xE0100, 0xE01EF),  # variation selectors
    )
    for number in range(first, last + 1)
)
# Unicode names that do not begin with the script.
_SCRIPTS = {
    "IDEOGRAPHIC": "CJK",
    "ARABIC-INDIC": "ARABIC",
    "EXTENDED": "ARABIC",
    "KATAKANA-HIRAGANA": "KATAKANA",  # the prolonged sound mark, which looks like a dash
}
_OF_ANY_SCRIPT = frozenset({"DIGIT", "MODIFIER", "COMBINING"})
# Modifier letters look like punctuation and like each other. This one belongs to Hawaiian and other
# alphabets; U+02BC, the only other letter of this form in UTS #39, looks almost like it.
_MODIFIER_LETTERS = frozenset("\u02bb")
_MIXTURES = (
    frozenset({"LATIN", "CJK", "HIRAGANA", "KATAKANA"}),
    frozenset({"LATIN", "CJK", "BOPOMOFO"}),
    frozenset({"LATIN", "CJK", "HANGUL"}),
)


def normalize_username(name: str) -> str:
    """Return a username as it is stored."""
    return unicodedata.normalize("NFC", name)


def validate_username(name: str) -> None:
    """
    Check a new, normalized username.

    :raises ValidationError: it is not accepted
    """
    key = normalize_name(name[: LONGEST + 1])  # Normalizing marks takes more than linear time.
    if max(len(name), len(key)) > LONGEST:
        raise ValidationError(_("This username is too long."))
    if not all(_is_allowed(character) for character in name + key) or _has_loose_marks(key):
        raise ValidationError(_("Use only letters, digits and the characters . + - _ @"))
    if has_email_form(key):
        raise ValidationError(_("A username cannot be an email address."))
    if not _is_of_one_script(key) or _has_modifier_letters(key):
        raise ValidationError(_("Use letters and digits from only one script."))


def has_email_form(name: str) -> bool:
    """Return whether a name looks like an email address, even an invalid one."""
    local, _at, domain = name.rstrip(".@").rpartition("@")
    labels = domain.split(".")
    return bool(local) and (domain == "localhost" or (len(labels) > 1 and all(labels)))


def _is_allowed(character: str) -> bool:
    if character in PUNCTUATION:
        return True
    category = unicodedata.category(character)
    return (category[0] == "L" or category in ("Mn", "Mc", "Nd")) and character not in INVISIBLE


def _has_loose_marks(name: str) -> bool:
    """Return whether a mark is not on a letter, or too many marks are on one letter."""
    number = MOST_MARKS  # A mark at the beginning is then one too many.
    for character in unicodedata.normalize("NFD", name):
        if unicodedata.category(character)[0] != "M":
            number = MOST_MARKS if character in PUNCTUATION else 0
        elif (number := number + 1) > MOST_MARKS:
            return True
    return False


def _is_of_one_script(name: str) -> bool:
    scripts = {_script_of(character) for character in name if character not in PUNCTUATION}
    scripts -= _OF_ANY_SCRIPT
    return len(scripts) < 2 or any(scripts <= mixture for mixture in _MIXTURES)


def _has_modifier_letters(name: str) -> bool:
    others = (letter for letter in name if letter not in _MODIFIER_LETTERS)
    return any(unicodedata.name(letter, "").startswith("MODIFIER LETTER ") for letter in others)


def _script_of(character: str) -> str:
    first = unicodedata.name(character, "").partition(" ")[0]
    return _SCRIPTS.get(first, first)
