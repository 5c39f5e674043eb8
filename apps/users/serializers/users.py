"""The input and output of the routes for users."""

from django.conf import settings

from apps.common.http.fields import BooleanField, ChoiceField, PictureField
from apps.common.http.query_params import BooleanParam, ListQuery, SearchParam
from apps.common.http.serializers import DocumentSerializer, output_serializer
from apps.users.documents import User
from apps.users.representations import UserCardRepresentation, UserRepresentation
from apps.users.serializers.fields import BioField, EmailField, PasswordField

ROLES = ("student", "instructor", "admin")

UserCardSerializer = output_serializer(UserCardRepresentation)


class UserSerializer(DocumentSerializer):
    """A user with all fields; others than admins and the user get only those of a card."""

    class Meta:
        model = User
        representation = UserRepresentation
        reduced_representation = UserCardRepresentation
        writable = ()


class CurrentUserSerializer(DocumentSerializer):
    """The fields that users change of themselves; the others may be sent back as they were."""

    bio = BioField()
    language = ChoiceField(choices=settings.LANGUAGES, required=False)
    instructor_requested = BooleanField(required=False, help_text="Asks an admin for the role.")
    profile_picture = PictureField(help_text="null removes it.")
    email = EmailField(required=False)
    password = PasswordField(required=False, help_text="Required to change the email address.")

    class Meta(UserSerializer.Meta):
        kept_by_put = ("profile_picture", "email", "password")


class UserUpdateSerializer(DocumentSerializer):
    """The fields that admins change of any user, and users the first four of themselves."""

    bio = BioField()
    language = ChoiceField(choices=settings.LANGUAGES, required=False)
    instructor_requested = BooleanField(required=False)
    profile_picture = PictureField(help_text="null removes it.")
    is_instructor = BooleanField(required=False)
    is_admin = BooleanField(required=False)
    is_active = BooleanField(required=False)

    class Meta(UserSerializer.Meta):
        kept_by_put = ("profile_picture", "is_instructor", "is_admin", "is_active")


class UserQuery(ListQuery):
    search = SearchParam(
        required=False,
        help_text="Beginnings of words in the username; for admins also of the email address.",
    )
    role = ChoiceField(required=False, choices=ROLES)
    instructor_requested = BooleanParam(required=False, help_text="Admins only.")
    is_active = BooleanParam(required=False, help_text="Admins only.")
    ordering = ChoiceField(
        required=False,
        choices=["username", "-username", "created_at", "-created_at"],
        help_text="`created_at` is for admins only.",
    )
