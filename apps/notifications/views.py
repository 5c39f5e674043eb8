from rest_framework.decorators import action
from rest_framework.permissions import IsAuthenticated
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.common.http.viewsets import ApiView, Rows, ViewSet
from apps.common.languages import supported_language
from apps.notifications import selectors, services
from apps.notifications.documents import Notification
from apps.notifications.serializers import (
    NotificationQuery,
    NotificationSerializer,
    PreferencesSerializer,
    UnreadSerializer,
)
from apps.notifications.wording import message_of


class NotificationViewSet(ViewSet):
    """What one was told: nobody else's can be reached from here."""

    serializer_class = NotificationSerializer
    permission_classes = [IsAuthenticated]
    list_query = NotificationQuery
    schemas = {
        "read": (None, NotificationSerializer),
        "read_all": (None, UnreadSerializer),
        "unread_count": (None, UnreadSerializer),
    }

    def list(self, request):
        """List what one was told, newest first, without the kinds that one does not want."""
        page = selectors.list_notifications(
            recipient_id=request.user.id, paging=self.query.paging, **self.query.filters
        )
        return self.answer_page(page)

    def retrieve(self, request, id):
        """Read one notification."""
        return self._answer(self._own(id))

    def update(self, request, id, partial=False):
        """Mark a notification as read, or as unread."""
        notification = self._own(id)
        given = self.validated(NotificationSerializer, instance=notification, partial=partial)
        return self._mark(notification, given.get("is_read", notification.is_read))

    def partial_update(self, request, id):
        """Mark a notification as read, or as unread."""
        return self.update(request, id, partial=True)

    def destroy(self, request, id):
        """Remove a notification."""
        services.delete_notification(self._own(id), expected=self.expected)
        return Response(status=204)

    @action(detail=True, methods=["post"])
    def read(self, request, id):
        """Mark a notification as read."""
        return self._mark(self._own(id), True)

    @action(detail=False, methods=["post"], url_path="read-all")
    def read_all(self, request):
        """Mark all notifications as read."""
        return Response({"unread": services.mark_all_read(request.user.id)})

    @action(detail=False, methods=["get"], url_path="unread-count")
    def unread_count(self, request):
        """Count the notifications that one has not read."""
        return Response({"unread": selectors.count_unread(request.user.id)})

    def expanded(self, rows: Rows) -> Rows:
        """Word what is shown in the reader's own language."""
        language = supported_language(self.request.user.language)
        return [_worded(row, language) for row in rows]

    def _own(self, id) -> Notification:
        return selectors.get_notification(id, recipient_id=self.request.user.id)

    def _mark(self, notification: Notification, is_read: bool) -> Response:
        return self._answer(
            services.set_read(notification, is_read=is_read, expected=self.expected)
        )

    def _answer(self, notification: Notification) -> Response:
        return self.answer(selectors.represent_notification(notification))


class PreferencesView(ApiView, APIView):
    """Of which kinds one wants to hear in the app, and by mail."""

    serializer_class = PreferencesSerializer
    permission_classes = [IsAuthenticated]

    def get(self, request):
        """Read which kinds one wants to hear of, and where."""
        return self._answer(selectors.get_preferences(request.user.id))

    def put(self, request):
        """Say which kinds one wants to hear of, and where; a kind left out is wanted."""
        given = self.validated(PreferencesSerializer)
        preferences = services.set_preferences(
            user_id=request.user.id,
            muted=[kind for kind, wanted in given.items() if not wanted["app"]],
            mail_muted=[kind for kind, wanted in given.items() if not wanted["mail"]],
            expected=self.expected,
        )
        return self._answer(preferences)

    def _answer(self, preferences) -> Response:
        return self.answer(selectors.represent_preferences(preferences))


def _worded(row: dict, language: str) -> dict:
    shown = {name: value for name, value in row.items() if name != "params"}
    return shown | {"message": message_of(row["kind"], row["params"], language)}
