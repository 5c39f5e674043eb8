from rest_framework import serializers

from apps.common.http.fields import ChoiceField
from apps.common.http.query_params import BooleanParam, Query
from apps.common.http.serializers import Serializer, output_serializer
from apps.quizzes.question_files import FORMATS
from apps.quizzes.representations import ImportedRepresentation


class ImportQuery(Query):
    skip_unsupported = BooleanParam(
        required=False,
        help_text="Skip questions of unsupported types instead of refusing the file.",
    )


class ImportSerializer(Serializer):
    file = serializers.FileField(help_text="At most 1 MB.")
    format = ChoiceField(choices=list(FORMATS))


class ExportQuery(Query):
    format = ChoiceField(choices=list(FORMATS))


ImportedSerializer = output_serializer(ImportedRepresentation)
