"""Which email addresses are accepted, and how they are stored."""

import unicodedata

import idna
from django.core.exceptions import ValidationError
from django.core.validators import validate_email as validate_form
from django.utils.translation import gettext as _

from apps.common.normalization import ascii_domain, normalize_email_key

LONGEST = 254
LONGEST_LOCAL = 64  # RFC 5321, 4.5.3.1.1


def normalize_email(email: str) -> str:
    """
    Return an address as it is stored: in NFC, with a domain in ASCII.

    Mail programs differ in how they encode other domains, so all emails go to the domain that
    `normalize_email_key` compares. A domain that cannot be encoded stays as it is.
    """
    local, at, domain = unicodedata.normalize("NFC", email).rpartition("@")
    try:
        return local + at + ascii_domain(domain)
    except UnicodeError:
        return local + at + domain


def validate_email(email: str) -> None:
    """
    Check a new email address as it was typed.

    :raises ValidationError: it is not accepted
    """
    if len(email) > LONGEST:  # Normalizing marks takes more than linear time.
        raise ValidationError(_("This email address is too long."))
    if any(unicodedata.category(letter) in ("Cf", "Cc", "Zs", "Zl", "Zp") for letter in email):
        raise _malformed()
    stored = normalize_email(email)
    local, _at, domain = stored.rpartition("@")
    # Django's pattern ignores case, so it accepts a few letters outside ASCII, such as "ſ" for "s".
    if '"' in local or not local.isascii() or not _has_idna_form(domain):
        raise _malformed()
    validate_form(stored)
    if len(local) > LONGEST_LOCAL or max(len(stored), len(normalize_email_key(email))) > LONGEST:
        raise ValidationError(_("This email address is too long."))


def _malformed() -> ValidationError:
    return ValidationError(validate_form.message, code=validate_form.code)


def _has_idna_form(domain: str) -> bool:
    """
    Return whether a normalized domain is in its IDNA form.

    Labels in ASCII that are not encoded are their own IDNA form.
    """
    if not domain.isascii() or domain.startswith("["):
        return False
    if "xn--" not in domain.lower():
        return True
    try:
        return idna.encode(domain, uts46=True).decode() == domain.lower()
    except UnicodeError:
        return False
