from rest_framework.decorators import action
from rest_framework.response import Response

from apps.common.http.parsers import PictureParser
from apps.common.http.viewsets import ViewSet
from apps.users import selectors, services
from apps.users.permissions import IsSignedInOrReadOnly
from apps.users.representations import represent_user
from apps.users.serializers import (
    InvitationSerializer,
    UserQuery,
    UserSerializer,
    UserUpdateSerializer,
)


class UserViewSet(ViewSet):
    """Users: the viewer with all fields, others as cards; for admins all with all fields."""

    serializer_class = UserSerializer
    permission_classes = [IsSignedInOrReadOnly]
    list_query = UserQuery
    schemas = {
        "create": (InvitationSerializer, UserSerializer),
        "update": (UserUpdateSerializer, UserSerializer),
        "partial_update": (UserUpdateSerializer, UserSerializer),
        "picture": ("picture", UserSerializer),
    }
    error_statuses = {"list": (403,)}

    def list(self, request):
        """List the users that you may see."""
        page = selectors.list_users(
            viewer=request.user, paging=self.query.paging, **self.query.filters
        )
        return self.answer_page(page)

    def retrieve(self, request, id):
        """Get a user, with all fields or as a card."""
        return self.answer(selectors.cached_visible_user(id, viewer=request.user))

    def create(self, request):
        """Invite a user, who receives an email with a link to set a password."""
        fields = self.validated(InvitationSerializer)
        user = services.invite(profile_id=self.new_id, **fields)
        return self.answer(represent_user(user), status=201)

    def update(self, request, id, partial=False):
        """Replace a user."""
        fields = self.validated(UserUpdateSerializer, replaces=True, partial=partial)
        user = services.edit_user(id, viewer=request.user, expected=self.expected, **fields)
        return self.answer(represent_user(user))

    def partial_update(self, request, id):
        """Change fields of a user."""
        return self.update(request, id, partial=True)

    def destroy(self, request, id):
        """Erase a user and everything stored about the user."""
        services.delete_user(id, viewer=request.user, expected=self.expected)
        return Response(status=204)

    @action(detail=True, methods=["post"], parser_classes=[PictureParser])
    def picture(self, request, id):
        """Upload a profile picture as multipart field `picture`."""
        upload = PictureParser.file(request, "picture")
        user = services.upload_picture(id, upload, viewer=request.user, expected=self.expected)
        return self.answer(represent_user(user))
