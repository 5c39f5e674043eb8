from apps.common.http.fields import ChoiceField, MoneyField, PictureField
from apps.common.http.query_params import (
    BooleanParam,
    ListQuery,
    Query,
    SearchParam,
    reference_filter,
)
from apps.common.http.serializers import DocumentSerializer, output_serializer
from apps.courses.documents import Category, Course
from apps.courses.representations import (
    CategoryCardRepresentation,
    CategoryRepresentation,
    CourseCardRepresentation,
    CourseRepresentation,
)


class CategorySerializer(DocumentSerializer):
    class Meta:
        model = Category
        representation = CategoryRepresentation
        writable = ("name", "description")
        extra_kwargs = {"description": {"lines": True}}


class CourseSerializer(DocumentSerializer):
    price = MoneyField(required=False)
    image = PictureField()
    image_small = PictureField(read_only=True)

    class Meta:
        model = Course
        representation = CourseRepresentation
        writable = ("title", "description", "instructor", "category", "image", "price")
        kept_by_put = ("instructor", "image")
        extra_kwargs = {"description": {"lines": True}}


CategoryCardSerializer = output_serializer(CategoryCardRepresentation)
CourseCardSerializer = output_serializer(CourseCardRepresentation)


class CourseQuery(ListQuery):
    category = reference_filter("category")
    instructor = reference_filter("instructor")
    published = BooleanParam(required=False)
    free = BooleanParam(required=False)
    price_min = MoneyField(required=False)
    price_max = MoneyField(required=False)
    search = SearchParam(
        required=False,
        help_text="Words of title or description; those of three letters or more may be prefixes.",
    )
    ordering = ChoiceField(
        required=False,
        choices=[
            f"{sign}{name}"
            for name in ("title", "price", "created_at", "enrollment_count")
            for sign in ("", "-")
        ],
    )


class CourseDeletionQuery(Query):
    cascade = BooleanParam(required=False, help_text="Also delete its enrollments (admins only).")
