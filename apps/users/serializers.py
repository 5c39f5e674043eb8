from dj_rest_auth.serializers import PasswordResetConfirmSerializer
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from rest_framework import serializers

from apps.common.http.fields import (
    BooleanField,
    ChoiceField,
    ObjectIdField,
    PictureField,
    TextField,
    check_length,
)
from apps.common.http.query_params import BooleanParam, ListQuery, SearchParam
from apps.common.http.serializers import DocumentSerializer, Serializer, StrictInput
from apps.common.storage.cache import Json
from apps.users import selectors
from apps.users.documents import User
from apps.users.emails import LONGEST as LONGEST_EMAIL
from apps.users.emails import normalize_email, validate_email
from apps.users.models import Account
from apps.users.passwords import ResetTokenGenerator
from apps.users.usernames import LONGEST, SHORTEST, normalize_username, validate_username

ROLES = ("student", "instructor", "admin")


# Fields


class UsernameField(TextField):
    """The name that a new account is to have."""

    def __init__(self, **options):
        lengths = {"min_length": SHORTEST, "max_length": LONGEST}
        super().__init__(validators=[validate_username], as_written=True, **lengths, **options)

    def to_internal_value(self, data) -> str:
        return normalize_username(super().to_internal_value(data))


class AddressField(TextField):
    """The email address that an account is to have, or that mail is asked for."""

    def __init__(self, **options):
        super().__init__(max_length=LONGEST_EMAIL, as_written=True, **options)

    def to_internal_value(self, data) -> str:
        email = super().to_internal_value(data)
        validate_email(email)
        return normalize_email(email)


class PasswordField(serializers.CharField):
    LONGEST = 4096  # what is longer is no password but a load

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


# A person


class UserSerializer(DocumentSerializer):
    """A person, whole."""

    profile_picture = PictureField(read_only=True)
    profile_picture_small = PictureField(read_only=True)

    class Meta:
        model = User
        fields = (
            "id",
            "username",
            "email",
            "email_verified",
            "language",
            "bio",
            "profile_picture",
            "profile_picture_small",
            "is_student",
            "is_instructor",
            "is_admin",
            "instructor_requested",
            "is_active",
            "created_at",
        )
        read_only_fields = fields


class UserCardSerializer(Serializer):
    """What others see of a user."""

    id = ObjectIdField()
    username = TextField()
    bio = TextField(allow_blank=True)
    profile_picture = TextField(allow_null=True)


def represent_user(user: User) -> Json:
    """Return a person as they see themselves, with the revision."""
    return UserSerializer().represent(user)


class OneselfSerializer(UserSerializer):
    """What one changes of oneself; the rest may be sent back as it was read."""

    bio = BioField()
    language = ChoiceField(choices=settings.LANGUAGES, required=False)
    instructor_requested = BooleanField(required=False, help_text="Asks an admin for the role.")
    profile_picture = PictureField(help_text="null removes it.")
    email = AddressField(required=False)
    password = PasswordField(required=False, help_text="Needed for a new address.")

    class Meta(UserSerializer.Meta):
        fields = (*UserSerializer.Meta.fields, "password")
        kept_by_put = ("profile_picture", "email", "password")


class PersonSerializer(UserSerializer):
    """What an admin changes of somebody; of oneself one may change the first four."""

    bio = BioField()
    language = ChoiceField(choices=settings.LANGUAGES, required=False)
    instructor_requested = BooleanField(required=False)
    profile_picture = PictureField(help_text="null removes it.")
    is_instructor = BooleanField(required=False)
    is_admin = BooleanField(required=False)
    is_active = BooleanField(required=False)

    class Meta(UserSerializer.Meta):
        kept_by_put = ("profile_picture", "is_instructor", "is_admin", "is_active")


# Coming in


class NewNames(Serializer):
    username = UsernameField(
        help_text="3 to 150 letters, digits and `.+-_@`; not an email address."
    )
    email = AddressField()
    bio = BioField()

    def validate_username(self, username: str) -> str:
        return _refuse_taken(by_others_than=self._retried, username=username)

    def validate_email(self, email: str) -> str:
        return _refuse_taken(by_others_than=self._retried, email=email)

    @property
    def _retried(self):
        """Whom an unfinished try under the same `Idempotency-Key` may have made."""
        return getattr(self.context["request"], "new_id", None)


class RegistrationSerializer(NewNames):
    password1 = PasswordField()
    password2 = PasswordField()
    is_instructor = BooleanField(required=False, help_text="Asks an admin for the role.")

    def validate_password1(self, password: str) -> str:
        texts = {name: self.initial_data.get(name) for name in ("username", "email")}
        # Both may be invalid: what is too long for either is no name that a password can resemble.
        names = {name: text for name, text in texts.items() if _is_short_text(text)}
        return _refuse_weak(password, Account(**names))

    def validate_password2(self, password: str) -> str:
        return _refuse_other(password, self.initial_data.get("password1"))


class InvitationSerializer(NewNames):
    is_instructor = BooleanField(required=False)


# Signing in


class LoginSerializer(Serializer):
    username = TextField(
        required=False,
        allow_blank=True,
        max_length=254,
        as_written=True,
        help_text="Or an email address.",
    )
    email = TextField(required=False, allow_blank=True, max_length=254, as_written=True)
    password = PasswordField()

    def validate(self, given: dict) -> dict:
        if not given.get("username") and not given.get("email"):
            raise serializers.ValidationError({"username": [_("Give a name or an address.")]})
        return given


class RefreshSerializer(Serializer):
    refresh = TokenField(required=False, help_text="In cookie mode the cookie has it.")


class TokenSerializer(Serializer):
    token = TokenField()


class SignedInSerializer(Serializer):
    """In cookie mode the refresh token is in the cookie, and not here."""

    access = TokenField(help_text="For `Authorization: Bearer …`, 15 minutes.")
    refresh = TokenField(required=False, help_text="For one refresh, within 7 days.")
    user = UserSerializer()


class SessionSerializer(Serializer):
    id = TextField()
    created_at = serializers.DateTimeField()
    last_used_at = serializers.DateTimeField()
    user_agent = TextField(allow_blank=True)
    address = TextField(allow_blank=True)
    current = BooleanField(help_text="Whether it is the one that asks.")


class SaidSerializer(Serializer):
    detail = TextField()


# Passwords and addresses


class PasswordChangeSerializer(Serializer):
    old_password = PasswordField()
    new_password1 = PasswordField()
    new_password2 = PasswordField()

    def validate_new_password1(self, password: str) -> str:
        viewer = self.context["request"].user
        return _refuse_weak(password, selectors.get_account(viewer.id))

    def validate_new_password2(self, password: str) -> str:
        return _refuse_other(password, self.initial_data.get("new_password1"))


class AddressSerializer(Serializer):
    email = AddressField()


class ResetSerializer(StrictInput, PasswordResetConfirmSerializer):
    """dj-rest-auth checks the link and the password; `account` is whose link it is."""

    uid = TokenField()
    token = TokenField()
    new_password1 = PasswordField()
    new_password2 = PasswordField()

    def validate(self, attrs: dict) -> dict:
        try:
            given = super().validate(attrs)
        except serializers.ValidationError as error:
            if not {"uid", "token"} & set(error.detail):
                raise
            self._check_token_of_nobody(error, attrs["token"])
            raise serializers.ValidationError({"token": [_("This link is not valid.")]}) from error
        return {"account": self.user, "new_password": given["new_password1"]}

    def _check_token_of_nobody(self, error: serializers.ValidationError, token: str) -> None:
        """Take as long for an account that does not exist as for a wrong token."""
        if "uid" in error.detail:
            ResetTokenGenerator().check_token(Account(pk=0), token)


class KeySerializer(Serializer):
    key = TokenField()


# Lists


class PeopleQuery(ListQuery):
    search = SearchParam(
        required=False,
        help_text="Words of the username; those of three letters or more may be prefixes. "
        "For admins, also the beginning of an email address.",
    )
    role = ChoiceField(required=False, choices=ROLES)
    instructor_requested = BooleanParam(required=False, help_text="For admins.")
    is_active = BooleanParam(required=False, help_text="For admins.")
    ordering = ChoiceField(
        required=False,
        choices=["username", "-username", "created_at", "-created_at"],
        help_text="By `created_at`: for admins.",
    )

    @property
    def is_for_admins(self) -> bool:
        """Whether a filter or the order uses a field that public profiles do not show."""
        filters = self.filters
        return (
            filters.get("role") == "admin"
            or filters.get("ordering") in ("created_at", "-created_at")
            or bool({"instructor_requested", "is_active"} & set(filters))
        )


def _refuse_taken(*, by_others_than=None, **given: str) -> str:
    if taken := selectors.taken_names(by_others_than=by_others_than, **given):
        raise serializers.ValidationError(list(taken.values()))
    [value] = given.values()
    return value


def _is_short_text(value: object) -> bool:
    return isinstance(value, str) and len(value) <= 254


def _refuse_weak(password: str, account: Account) -> str:
    try:
        validate_password(password, account)
    except ValidationError as error:
        raise serializers.ValidationError(error.messages) from error
    return password


def _refuse_other(password: str, first: object) -> str:
    if password != first:
        raise serializers.ValidationError(_("The two passwords differ."))
    return password
