"""The manner of all serializers: nothing unknown is taken, nothing read-only is set."""

import mongoengine
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import serializers
from rest_framework_mongoengine.serializers import DocumentSerializer as MongoSerializer

from apps.common.http.fields import BooleanField, ChoiceField, NumberField, ObjectIdField, TextField
from apps.common.storage.documents import Reference


class StrictInput:
    """Refuses fields that it does not know, and read-only ones where something is made.

    In PUT and PATCH read-only fields are ignored, so that what was read can be put back.
    """

    unknown = gettext_lazy("There is no such field.")

    def to_internal_value(self, data):
        errors = self._strangers(data) if isinstance(data, dict) else {}
        try:
            value = super().to_internal_value(data)
        except serializers.ValidationError as error:
            raise serializers.ValidationError(errors | error.detail) from error
        if errors:
            raise serializers.ValidationError(errors)
        return value

    def _strangers(self, data: dict) -> dict:
        errors = {}
        for name in data:
            field = self.fields.get(name)
            if field is None:
                errors[str(name)] = [self.unknown]
            elif field.read_only and self.instance is None:
                errors[name] = [_("This field is read-only.")]
        return errors


class Serializer(StrictInput, serializers.Serializer):
    """A request's or an answer's shape that is no document's."""


class DocumentSerializer(StrictInput, MongoSerializer):
    """A document's fields as the API shows and takes them; `Meta.fields` lists each."""

    serializer_choice_field = ChoiceField

    serializer_field_mapping = MongoSerializer.serializer_field_mapping | {
        mongoengine.ObjectIdField: ObjectIdField,
        mongoengine.StringField: TextField,
        mongoengine.IntField: NumberField,
        mongoengine.BooleanField: BooleanField,
    }

    def build_field(self, field_name, info, model_class, nested_depth, embedded_depth):
        document_field = model_class._fields.get(field_name)
        if isinstance(document_field, Reference):
            return ObjectIdField, {
                "required": document_field.required,
                "allow_null": not document_field.required,
            }
        kind, options = super().build_field(
            field_name, info, model_class, nested_depth, embedded_depth
        )
        if issubclass(kind, TextField) and document_field.default == "":
            options["allow_blank"] = True  # what is there when nothing is said may be said
        return kind, options

    def to_internal_value(self, data):
        value = super().to_internal_value(data)
        replaces = self.instance is not None and not self.partial
        return self._defaults() | value if replaces else value

    def _defaults(self) -> dict:
        """What a PUT makes of the fields that it leaves out."""
        kept = getattr(self.Meta, "kept_by_put", ())
        return {
            field.source: _default_of(self.Meta.model._fields[field.source])
            for field in self._writable_fields
            if not field.required and field.source not in kept
        }

    def get_validators(self):
        return []  # uniqueness is the indexes' matter

    def represent(self, document) -> dict:
        """
        Return the document ready for JSON, with its revision for the ETag.

        What `Meta.computed` names is not of the document: selectors put it in.
        """
        computed = getattr(self.Meta, "computed", ())
        shown = self.to_representation(document) | {"revision": getattr(document, "revision", 1)}
        return {name: value for name, value in shown.items() if name not in computed}


def _default_of(document_field):
    default = document_field.default
    return default() if callable(default) else default
