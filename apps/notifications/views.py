from rest_framework.decorators import action
from rest_framework.permissions import IsAuthenticated
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.common.http.viewsets import ApiView, ViewSet
from apps.notifications import selectors, services
from apps.notifications.documents import Notification, Preferences
from apps.notifications.representations import (
    UnreadRepresentation,
    represent_notification,
    represent_preferences,
)
from apps.notifications.serializers import (
    NotificationQuery,
    NotificationSerializer,
    PreferencesSerializer,
    UnreadSerializer,
)


class NotificationViewSet(ViewSet):
    """The viewer's own notifications."""

    serializer_class = NotificationSerializer
    permission_classes = [IsAuthenticated]
    list_query = NotificationQuery
    schemas = {
        "read": (None, NotificationSerializer),
        "read_all": (None, UnreadSerializer),
        "unread_count": (None, UnreadSerializer),
    }

    def list(self, request):
        """List your notifications, newest first, without the kinds that you have turned off."""
        page = selectors.list_notifications(
            viewer=request.user, paging=self.query.paging, **self.query.filters
        )
        return self.answer_page(page)

    def retrieve(self, request, id):
        """Get a notification."""
        return self._answer(selectors.get_notification(id, viewer=request.user))

    def update(self, request, id, partial=False):
        """Mark a notification as read or unread."""
        fields = self.validated(NotificationSerializer, replaces=True, partial=partial)
        return self._update(id, **fields)

    def partial_update(self, request, id):
        """Mark a notification as read or unread."""
        return self.update(request, id, partial=True)

    def destroy(self, request, id):
        """Delete a notification."""
        services.delete_notification(id, viewer=request.user, expected=self.expected)
        return Response(status=204)

    @action(detail=True, methods=["post"])
    def read(self, request, id):
        """Mark a notification as read."""
        return self._update(id, is_read=True)

    @action(detail=False, methods=["post"], url_path="read-all")
    def read_all(self, request):
        """Mark all your notifications as read."""
        unread = services.mark_all_read(request.user.id)
        return Response(UnreadRepresentation(unread=unread))

    @action(detail=False, methods=["get"], url_path="unread-count")
    def unread_count(self, request):
        """Count your unread notifications."""
        unread = selectors.count_unread(request.user.id)
        return Response(UnreadRepresentation(unread=unread))

    def _update(self, id, **fields) -> Response:
        viewer, expected = self.request.user, self.expected
        notification = services.update_notification(id, viewer=viewer, expected=expected, **fields)
        return self._answer(notification)

    def _answer(self, notification: Notification) -> Response:
        language = self.request.user.language
        return self.answer(represent_notification(notification, language=language))


class PreferencesView(ApiView, APIView):
    """The kinds of notifications that are on in the app and by email."""

    serializer_class = PreferencesSerializer
    permission_classes = [IsAuthenticated]

    def get(self, request):
        """Get your notification preferences."""
        return self._answer(selectors.get_preferences(request.user.id))

    def put(self, request):
        """Replace your notification preferences; a kind that is omitted is on everywhere."""
        channels = self.validated(PreferencesSerializer)
        preferences = services.set_preferences(
            user_id=request.user.id,
            muted=[kind for kind, channel in channels.items() if not channel["app"]],
            mail_muted=[kind for kind, channel in channels.items() if not channel["mail"]],
            expected=self.expected,
        )
        return self._answer(preferences)

    def _answer(self, preferences: Preferences) -> Response:
        return self.answer(represent_preferences(preferences))
