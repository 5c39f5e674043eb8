from drf_yasg import openapi
from drf_yasg.inspectors import FieldInspector, NotHandled
from rest_framework.fields import Field
from rest_framework.serializers import BaseSerializer

from apps.common.http.fields import ObjectIdField
from apps.common.http.query_params import BooleanParam, ChoicesParam
from lms.schema.definitions import with_flags


class CustomFieldInspector(FieldInspector):
    """Describe the product's own fields, whose base classes do not reveal their JSON type."""

    def field_to_swagger_object(self, field, swagger_object_type, use_references, **kwargs):
        schema, _ = self._get_partial_types(field, swagger_object_type, use_references, **kwargs)
        if isinstance(field, ChoicesParam):
            words = openapi.Items(type=openapi.TYPE_STRING, enum=list(field.choices))
            return schema(type=openapi.TYPE_ARRAY, items=words, collection_format="csv")
        if isinstance(field, BooleanParam):
            return schema(type=openapi.TYPE_BOOLEAN)
        if isinstance(field, ObjectIdField):
            return schema(**field.Meta.swagger_schema_fields)
        return NotHandled

    def process_result(self, result, method_name, obj, **kwargs):
        if isinstance(obj, BaseSerializer) and isinstance(result, openapi.SchemaRef):
            # drf-yasg marks the shared definition as nullable if the first field that uses it is.
            result.resolve(self.components).pop("x-nullable", None)
            return with_flags(result, obj)
        if isinstance(obj, Field) and isinstance(result, openapi.Schema):
            if obj.read_only:
                result.pop("minLength", None)  # It is a rule for input only.
            if obj.field_name in getattr(getattr(obj.parent, "Meta", None), "null_in_answers", ()):
                result["x-nullable"] = True
        return result
