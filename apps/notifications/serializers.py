from rest_framework import serializers

from apps.common.http.fields import BooleanField, ChoiceField
from apps.common.http.query_params import BooleanParam, CursorListQuery
from apps.common.http.serializers import DocumentSerializer, Serializer, output_serializer
from apps.notifications.documents import KINDS, Notification
from apps.notifications.messages import LONGEST
from apps.notifications.representations import NotificationRepresentation, UnreadRepresentation


class NotificationSerializer(DocumentSerializer):
    """A notification of the current user; `link` is a path of the web app."""

    message = serializers.CharField(read_only=True, max_length=LONGEST)

    class Meta:
        model = Notification
        representation = NotificationRepresentation
        writable = ("is_read",)


UnreadSerializer = output_serializer(UnreadRepresentation)


class NotificationQuery(CursorListQuery):
    is_read = BooleanParam(required=False)
    kind = ChoiceField(required=False, choices=KINDS)


class ChannelsSerializer(Serializer):
    """Where notifications of a kind are delivered."""

    app = BooleanField(default=True)
    mail = BooleanField(default=True)


class PreferencesSerializer(Serializer):
    """The channels of each kind; a kind that is omitted is on everywhere."""

    def get_fields(self) -> dict:
        return {kind: ChannelsSerializer(required=False) for kind in KINDS}
