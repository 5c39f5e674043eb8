from apps.common.http.fields import BooleanField, ObjectIdField
from apps.common.http.query_params import BooleanParam, CursorListQuery, Query, reference_filter
from apps.common.http.serializers import DocumentSerializer, output_serializer
from apps.lessons.representations import LessonCardRepresentation
from apps.progress.documents import Progress
from apps.progress.representations import ProgressRepresentation, SummaryRepresentation


class ProgressSerializer(DocumentSerializer):
    completed = BooleanField(default=True)

    class Meta:
        model = Progress
        representation = ProgressRepresentation
        writable = ("lesson",)


class ProgressQuery(CursorListQuery):
    course = reference_filter("course")
    lesson = reference_filter("lesson")
    student = reference_filter("student")
    completed = BooleanParam(required=False)


class SummaryQuery(Query):
    course = ObjectIdField(help_text="The course to get the progress in.")


LessonCardSerializer = output_serializer(LessonCardRepresentation)
SummarySerializer = output_serializer(SummaryRepresentation)
