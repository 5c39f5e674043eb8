from rest_framework.decorators import action
from rest_framework.permissions import IsAuthenticated
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.common.http.viewsets import ApiView, Rows, ViewSet
from apps.common.languages import supported_language
from apps.notifications import selectors, services
from apps.notifications.documents import Notification
from apps.notifications.messages import format_message
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
            recipient_id=request.user.id, paging=self.query.paging, **self.query.filters
        )
        return self.answer_page(page)

    def retrieve(self, request, id):
        """Get a notification."""
        return self._answer(self._own(id))

    def update(self, request, id, partial=False):
        """Mark a notification as read or unread."""
        notification = self._own(id)
        fields = self.validated(NotificationSerializer, instance=notification, partial=partial)
        return self._set_read(notification, fields.get("is_read", notification.is_read))

    def partial_update(self, request, id):
        """Mark a notification as read or unread."""
        return self.update(request, id, partial=True)

    def destroy(self, request, id):
        """Delete a notification."""
        services.delete_notification(self._own(id), expected=self.expected)
        return Response(status=204)

    @action(detail=True, methods=["post"])
    def read(self, request, id):
        """Mark a notification as read."""
        return self._set_read(self._own(id), True)

    @action(detail=False, methods=["post"], url_path="read-all")
    def read_all(self, request):
        """Mark all your notifications as read."""
        return Response({"unread": services.mark_all_read(request.user.id)})

    @action(detail=False, methods=["get"], url_path="unread-count")
    def unread_count(self, request):
        """Count your unread notifications."""
        return Response({"unread": selectors.count_unread(request.user.id)})

    def expanded(self, rows: Rows) -> Rows:
        """Add the messages, in the language of the viewer's profile."""
        language = supported_language(self.request.user.language)
        return [_with_message(row, language) for row in rows]

    def _own(self, id) -> Notification:
        return selectors.get_notification(id, recipient_id=self.request.user.id)

    def _set_read(self, notification: Notification, is_read: bool) -> Response:
        return self._answer(
            services.set_read(notification, is_read=is_read, expected=self.expected)
        )

    def _answer(self, notification: Notification) -> Response:
        return self.answer(selectors.represent_notification(notification))


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

    def _answer(self, preferences) -> Response:
        return self.answer(selectors.represent_preferences(preferences))


def _with_message(row: dict, language: str) -> dict:
    fields = {name: value for name, value in row.items() if name != "params"}
    return fields | {"message": format_message(row["kind"], row["params"], language=language)}
