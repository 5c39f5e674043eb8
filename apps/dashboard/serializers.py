from apps.common.http.fields import ObjectIdField
from apps.common.http.query_params import Query
from apps.common.http.serializers import output_serializer
from apps.dashboard.representations import DashboardRepresentation


class DashboardQuery(Query):
    course = ObjectIdField(
        required=False, help_text="Limits the instructor part to this course of your own."
    )


DashboardSerializer = output_serializer(DashboardRepresentation)
