from rest_framework import serializers

from apps.common.http.fields import ChoiceField, MoneyField, ObjectIdField, PictureField, TextField
from apps.common.http.query_params import (
    BooleanParam,
    ListQuery,
    Query,
    SearchParam,
    reference_filter,
)
from apps.common.http.serializers import DocumentSerializer, Serializer
from apps.courses.documents import Category, Course


class CategorySerializer(DocumentSerializer):
    course_count = serializers.IntegerField(read_only=True, help_text="Published courses.")

    class Meta:
        model = Category
        fields = ("id", "name", "description", "course_count")
        extra_kwargs = {"description": {"lines": True}}


class CategoryCardSerializer(Serializer):
    id = ObjectIdField()
    name = TextField()


class CourseSerializer(DocumentSerializer):
    price = MoneyField(required=False)
    image = PictureField()
    image_small = PictureField(read_only=True)

    class Meta:
        model = Course
        fields = (
            "id",
            "title",
            "description",
            "instructor",
            "category",
            "image",
            "image_small",
            "price",
            "published",
            "lesson_count",
            "enrollment_count",
            "created_at",
            "updated_at",
        )
        read_only_fields = (
            "published",
            "lesson_count",
            "enrollment_count",
            "created_at",
            "updated_at",
        )
        kept_by_put = ("instructor", "image")
        extra_kwargs = {"description": {"lines": True}}


class CourseCardSerializer(Serializer):
    id = ObjectIdField()
    title = TextField()
    image = TextField(allow_null=True)
    published = serializers.BooleanField()


class CourseQuery(ListQuery):
    category = reference_filter("category")
    instructor = reference_filter("instructor")
    published = BooleanParam(required=False)
    free = BooleanParam(required=False)
    price_min = MoneyField(required=False)
    price_max = MoneyField(required=False)
    search = SearchParam(
        required=False, help_text="Words, or beginnings of words, of title and description."
    )
    ordering = ChoiceField(
        required=False,
        choices=[
            f"{sign}{name}"
            for name in ("title", "price", "created_at", "enrollment_count")
            for sign in ("", "-")
        ],
    )


class CourseRemovalQuery(Query):
    cascade = BooleanParam(required=False, help_text="An admin's: its enrolments go with it.")
