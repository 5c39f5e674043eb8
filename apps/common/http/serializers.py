"""The bases of all serializers, and serializers derived from representations."""

from functools import cache
from typing import (
    Annotated,
    Any,
    Literal,
    NotRequired,
    get_args,
    get_origin,
    get_type_hints,
    is_typeddict,
)

import mongoengine
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import serializers
from rest_framework_mongoengine.serializers import DocumentSerializer as MongoSerializer

from apps.common.http.fields import (
    BooleanField,
    ChoiceField,
    ListField,
    MoneyField,
    NumberField,
    ObjectIdField,
    TextField,
)
from apps.common.representations import Format, Help
from apps.common.storage.documents import Reference


class StrictInput:
    """
    Refuse unknown fields, and read-only fields in a POST.

    PUT and PATCH ignore read-only fields, so that clients can send back what they have read.
    """

    unknown = gettext_lazy("This field does not exist.")

    @property
    def replaces(self) -> bool:
        """Whether the input changes an existing object."""
        is_root = self.parent is None
        return is_root and self.context.get("replaces", False)

    def to_internal_value(self, data):
        errors = self._unexpected(data) if isinstance(data, dict) else {}
        try:
            value = super().to_internal_value(data)
        except serializers.ValidationError as error:
            raise serializers.ValidationError(errors | error.detail) from error
        if errors:
            raise serializers.ValidationError(errors)
        return value

    def _unexpected(self, data: dict) -> dict:
        errors = {}
        for name in data:
            field = self.fields.get(name)
            if field is None:
                errors[str(name)] = [self.unknown]
            elif field.read_only and not self.replaces:
                errors[name] = [_("This field is read-only.")]
        return errors


class Serializer(StrictInput, serializers.Serializer):
    """
    The body of a request or response that is not a document.

    `Meta.representation` may name the fields of the response; those that are not declared are
    read-only.
    """

    def get_fields(self):
        return _with_described_fields(self, super().get_fields())


_FORMATS: dict[str, type[serializers.Field]] = {
    "id": ObjectIdField,
    "timestamp": serializers.DateTimeField,
    "date": serializers.DateField,
    "money": MoneyField,
}
_TYPES: dict[Any, type[serializers.Field]] = {
    str: serializers.CharField,
    int: serializers.IntegerField,
    float: serializers.FloatField,
    bool: serializers.BooleanField,
}
_OutputDict = serializers.DictField  # It is never input, so its size needs no limit.


@cache
def output_serializer(representation: type) -> type[serializers.Serializer]:
    """Return the serializer that describes a representation: a TypedDict."""
    hints = _hints_of(representation)
    name = representation.__name__.removesuffix("Representation") + "Serializer"
    fields = {name: output_field(hint) for name, hint in hints.items()}
    return type(name, (serializers.Serializer,), fields | {"__doc__": representation.__doc__})


def output_field(hint, **options) -> serializers.Field:
    """Return the field that describes a value of this type."""
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is NotRequired:
        return output_field(arguments[0], required=False, **options)
    if type(None) in arguments:
        [hint] = [argument for argument in arguments if argument is not type(None)]
        return output_field(hint, allow_null=True, **options)
    if origin is Annotated:
        return _annotated_field(*arguments, **options)
    if origin is Literal:
        return ChoiceField(choices=arguments, **options)
    if origin is list:
        return ListField(child=output_field(arguments[0]), **options)
    if origin is dict:
        return _OutputDict(child=output_field(arguments[1]), **options)
    if is_typeddict(hint):
        return output_serializer(hint)(**options)
    if hint is str:
        options.setdefault("allow_blank", True)
    return _TYPES[hint](**options)


def _annotated_field(hint, *annotations, **options) -> serializers.Field:
    for annotation in annotations:
        if isinstance(annotation, Help):
            options["help_text"] = annotation.text
    for annotation in annotations:
        if isinstance(annotation, Format):
            return _FORMATS[annotation.name](**options)
    return output_field(hint, **options)


def _with_described_fields(serializer, fields: dict) -> dict:
    """Add the fields of `Meta.representation` that are not declared, as read-only fields."""
    representation = getattr(getattr(serializer, "Meta", None), "representation", None)
    if representation is None:
        return fields
    described = {
        name: fields.pop(name, None) or output_field(hint, read_only=True)
        for name, hint in _hints_of(representation).items()
    }
    return described | fields


def _hints_of(representation: type) -> dict[str, Any]:
    """Return the types of the response's fields, without the revision, which is for the ETag."""
    hints = get_type_hints(representation, include_extras=True)
    return {name: hint for name, hint in hints.items() if name != "revision"}


class DocumentSerializer(StrictInput, MongoSerializer):
    """
    The input and output of a document's route.

    `Meta.representation` names the fields of the response, and `Meta.writable` those of them that a
    request may set, which the model validates. Declared fields replace those of the model.
    `Meta.reduced_representation` names the fields that viewers with fewer permissions get.
    """

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
            options["allow_blank"] = True  # The default ("") is also a valid input.
        return kind, options

    def get_field_names(self, declared_fields, info):
        """Return the names of the fields that are declared or come from the model."""
        if not hasattr(self.Meta, "representation"):
            return super().get_field_names(declared_fields, info)
        return list(dict.fromkeys((*self.Meta.writable, *declared_fields)))

    def get_fields(self):
        return _with_described_fields(self, super().get_fields())

    def to_internal_value(self, data):
        value = super().to_internal_value(data)
        return self._defaults() | value if self.replaces and not self.partial else value

    def _defaults(self) -> dict:
        """Return the values that a PUT sets for the fields that it omits."""
        kept = getattr(self.Meta, "kept_by_put", ())
        return {
            field.source: _default_of(self.Meta.model._fields[field.source])
            for field in self._writable_fields
            if not field.required and field.source not in kept
        }

    def get_validators(self):
        return []  # The indexes decide about uniqueness.


def _default_of(document_field):
    default = document_field.default
    return default() if callable(default) else default
