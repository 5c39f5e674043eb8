from django.utils.translation import gettext as _
from rest_framework.decorators import action
from rest_framework.response import Response

from apps.common.errors import Forbidden
from apps.common.http.parsers import PictureParser
from apps.common.http.viewsets import ViewSet
from apps.common.tasks import enqueue
from apps.users import selectors, services
from apps.users.documents import User
from apps.users.permissions import IsSelfOrAdmin
from apps.users.serializers import (
    InvitationSerializer,
    PeopleQuery,
    PersonSerializer,
    UserSerializer,
)


class UserViewSet(ViewSet):
    """People: oneself whole, and the cards of those whom one may know of; for admins all."""

    serializer_class = UserSerializer
    permission_classes = [IsSelfOrAdmin]
    list_query = PeopleQuery
    schemas = {
        "create": (InvitationSerializer, UserSerializer),
        "update": (PersonSerializer, UserSerializer),
        "partial_update": (PersonSerializer, UserSerializer),
        "picture": ("picture", UserSerializer),
    }
    error_statuses = {"list": (403,)}

    def list(self, request):
        """List the people that one may know of."""
        filters = self.query.filters
        if not request.user.is_admin and self.query.is_for_admins:
            raise Forbidden(_("Only an admin may filter or sort by this."))
        page = selectors.list_users(
            viewer=request.user, represent=self.represent, paging=self.query.paging, **filters
        )
        return self.answer_page(page)

    def retrieve(self, request, id):
        """Read a person: whole, or their card."""
        row = selectors.cached_visible_user(id, viewer=request.user, represent=self.represent)
        return self.answer(row)

    def create(self, request):
        """Take somebody in; a mail invites them to set a password."""
        given = self.validated(InvitationSerializer)
        user = services.invite(profile_id=self.new_id, **given)
        enqueue("apps.users.tasks.send_account_mails")
        return self.answer(self.represent(user), status=201)

    def update(self, request, id, partial=False):
        """Change a person."""
        user = self._writable_user(id)
        given = self.validated(PersonSerializer, instance=user, partial=partial)
        if not request.user.is_admin:
            given = self._without_rights(given, user)
        user = services.update_user(user_id=id, expected=self.expected, **given)
        return self.answer(self.represent(user))

    def partial_update(self, request, id):
        """Change what is named of a person."""
        return self.update(request, id, partial=True)

    def destroy(self, request, id):
        """Erase a person, and all that is stored of them."""
        services.erase(user_id=str(self._writable_user(id).id), expected=self.expected)
        return Response(status=204)

    @action(detail=True, methods=["post"], parser_classes=[PictureParser])
    def picture(self, request, id):
        """Upload a person's picture, as multipart field `picture`."""
        self._writable_user(id)
        upload = PictureParser.file(request, "picture")
        user = services.set_picture(
            user_id=id, upload=upload, by=request.user.id, expected=self.expected
        )
        return self.answer(self.represent(user))

    def _writable_user(self, id) -> User:
        user = selectors.get_visible_user(id, viewer=self.request.user)
        self.check_object_permissions(self.request, user)
        return user

    def _without_rights(self, given: dict, user: User) -> dict:
        """Leave out what only admins give; asking for a change of it is refused."""
        rights = ("is_instructor", "is_admin", "is_active")
        if any(given.get(name, user[name]) != user[name] for name in rights):
            raise Forbidden(_("Only an admin may do this."))
        return {name: value for name, value in given.items() if name not in rights}
