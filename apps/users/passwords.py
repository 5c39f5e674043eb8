"""How passwords are kept, and what is refused as one."""

from django.contrib.auth.hashers import Argon2PasswordHasher
from django.contrib.auth.password_validation import UserAttributeSimilarityValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _


class Argon2Hasher(Argon2PasswordHasher):
    """Argon2id at 19 MiB: Django's own default takes 100 MiB for each sign-in."""

    time_cost = 2
    memory_cost = 19456
    parallelism = 1


LONGEST = 128  # characters


class SimilarityValidator(UserAttributeSimilarityValidator):
    """Compares only passwords that may be taken: the comparison grows with their length."""

    def validate(self, password: str, user=None) -> None:
        """
        :raises ValidationError: the password resembles the user's name or address
        """
        if len(password) <= LONGEST:
            super().validate(password, user)


class MaximumLengthValidator:
    def __init__(self, max_length: int = LONGEST):
        self.max_length = max_length

    def validate(self, password: str, user=None) -> None:
        """
        :raises ValidationError: the password is too long
        """
        if len(password) > self.max_length:
            raise ValidationError(self.get_help_text(), code="password_too_long")

    def get_help_text(self) -> str:
        return _("Your password must have at most %(max)d characters.") % {"max": self.max_length}
