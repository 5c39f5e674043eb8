from apps.common.http.fields import ChoiceField
from apps.common.http.query_params import Query
from apps.common.http.serializers import output_serializer
from apps.quizzes.representations import StatisticsRepresentation


class StatisticsQuery(Query):
    attempts = ChoiceField(
        required=False,
        choices=["first", "all"],
        help_text="`first` (the default): the first submission of each student; `all`: every one.",
    )


StatisticsSerializer = output_serializer(StatisticsRepresentation)
