"""The fields of names, email addresses, passwords and tokens."""

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from rest_framework import serializers

from apps.common.http.fields import TextField, check_length
from apps.users.emails import LONGEST as LONGEST_EMAIL
from apps.users.emails import normalize_email, validate_email
from apps.users.models import Account
from apps.users.usernames import LONGEST, SHORTEST, normalize_username, validate_username


class UsernameField(TextField):
    """The username of a new account."""

    def __init__(self, **options):
        lengths = {"min_length": SHORTEST, "max_length": LONGEST}
        super().__init__(validators=[validate_username], as_written=True, **lengths, **options)

    def to_internal_value(self, data) -> str:
        return normalize_username(super().to_internal_value(data))


class EmailField(TextField):
    """A new email address of an account, or an address to which an email is requested."""

    def __init__(self, **options):
        super().__init__(max_length=LONGEST_EMAIL, as_written=True, **options)

    def to_internal_value(self, data) -> str:
        email = super().to_internal_value(data)
        validate_email(email)
        return normalize_email(email)


class PasswordField(serializers.CharField):
    LONGEST = 4096  # Longer input would only take processor time.

    def __init__(self, **options):
        style = {"input_type": "password"}
        options |= {"write_only": True, "trim_whitespace": False, "max_length": self.LONGEST}
        super().__init__(style=style, **options)

    def to_internal_value(self, data) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        value = super().to_internal_value(data)
        check_length(self, value)
        return value


class BioField(TextField):
    def __init__(self, **options):
        super().__init__(lines=True, required=False, allow_blank=True, max_length=2000, **options)


class TokenField(TextField):
    def __init__(self, **options):
        super().__init__(max_length=4096, as_written=True, **options)


def check_strength(password: str, account: Account) -> str:
    """
    Return the password.

    :raises ValidationError: it is too weak for the account
    """
    try:
        validate_password(password, account)
    except ValidationError as error:
        raise serializers.ValidationError(error.messages) from error
    return password


def check_repetition(password: str, first: object) -> str:
    """
    Return the password.

    :raises ValidationError: it differs from the one entered first
    """
    if password != first:
        raise serializers.ValidationError(_("The passwords do not match."))
    return password
