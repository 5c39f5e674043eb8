"""The input of the routes that create accounts."""

from rest_framework import serializers

from apps.common.http.fields import BooleanField
from apps.common.http.serializers import Serializer
from apps.users import selectors
from apps.users.models import Account
from apps.users.serializers.fields import (
    BioField,
    EmailField,
    PasswordField,
    UsernameField,
    check_repetition,
    check_strength,
)


class NewAccountSerializer(Serializer):
    username = UsernameField(
        help_text="3 to 150 letters, digits and `.+-_@`; not an email address."
    )
    email = EmailField()
    bio = BioField()

    def validate_username(self, username: str) -> str:
        return self._check_free(username=username)

    def validate_email(self, email: str) -> str:
        return self._check_free(email=email)

    def _check_free(self, **name: str) -> str:
        # An interrupted request with the same `Idempotency-Key` may have created the account.
        own_id = getattr(self.context["request"], "new_id", None)
        if messages := selectors.taken_names(except_user_id=own_id, **name):
            raise serializers.ValidationError(list(messages.values()))
        [value] = name.values()
        return value


class RegistrationSerializer(NewAccountSerializer):
    password1 = PasswordField()
    password2 = PasswordField()
    is_instructor = BooleanField(required=False, help_text="Asks an admin for the role.")

    def validate_password1(self, password: str) -> str:
        texts = {name: self.initial_data.get(name) for name in ("username", "email")}
        # Both may be invalid. Texts that are too long are not worth comparing with the password.
        names = {name: text for name, text in texts.items() if _is_short_text(text)}
        return check_strength(password, Account(**names))

    def validate_password2(self, password: str) -> str:
        return check_repetition(password, self.initial_data.get("password1"))


class InvitationSerializer(NewAccountSerializer):
    is_instructor = BooleanField(required=False)


def _is_short_text(value: object) -> bool:
    return isinstance(value, str) and len(value) <= 254
