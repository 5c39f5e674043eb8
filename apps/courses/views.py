from rest_framework.decorators import action
from rest_framework.response import Response

from apps.common.http.parsers import PictureParser
from apps.common.http.viewsets import ViewSet
from apps.courses import selectors, services
from apps.courses.permissions import IsAdminOrReadOnly, IsInstructorOrReadOnly
from apps.courses.representations import represent_course
from apps.courses.serializers import (
    CategorySerializer,
    CourseDeletionQuery,
    CourseQuery,
    CourseSerializer,
)
from apps.users import selectors as users


class CategoryViewSet(ViewSet):
    """The categories of the catalog, by name."""

    serializer_class = CategorySerializer
    permission_classes = [IsAdminOrReadOnly]

    def list(self, request):
        """List categories."""
        return self.answer_page(selectors.list_categories(paging=self.query.paging))

    def retrieve(self, request, id):
        """Get a category."""
        return self.answer(selectors.cached_category(id))

    def create(self, request):
        """Create a category."""
        fields = self.validated(CategorySerializer)
        category = services.create_category(category_id=self.new_id, **fields)
        return self.answer(category, status=201)

    def update(self, request, id, partial=False):
        """Replace a category."""
        fields = self.validated(CategorySerializer, replaces=True, partial=partial)
        return self.answer(services.update_category(id, expected=self.expected, **fields))

    def partial_update(self, request, id):
        """Change fields of a category."""
        return self.update(request, id, partial=True)

    def destroy(self, request, id):
        """Delete a category. Its courses stay, without a category."""
        services.delete_category(id, expected=self.expected)
        return Response(status=204)


class CourseViewSet(ViewSet):
    """The catalog: published courses for everyone, drafts for their instructors."""

    serializer_class = CourseSerializer
    permission_classes = [IsInstructorOrReadOnly]
    list_query = CourseQuery
    queries = {"destroy": CourseDeletionQuery}
    schemas = {
        "publish": (None, CourseSerializer),
        "unpublish": (None, CourseSerializer),
        "image": ("image", CourseSerializer),
    }
    expandable = {"instructor": users.user_cards, "category": selectors.category_cards}

    def list(self, request):
        """List courses."""
        page = selectors.list_courses(
            viewer=request.user, paging=self.query.paging, **self.query.filters
        )
        return self.answer_page(page)

    def retrieve(self, request, id):
        """Get a course."""
        return self.answer(selectors.cached_visible_course(id, viewer=request.user))

    def create(self, request):
        """Create a draft."""
        fields = self.validated(CourseSerializer)
        course = services.create_course(course_id=self.new_id, viewer=request.user, **fields)
        return self.answer(represent_course(course), status=201)

    def update(self, request, id, partial=False):
        """Replace a course."""
        fields = self.validated(CourseSerializer, replaces=True, partial=partial)
        return self._answer_changed(services.update_course, id, **fields)

    def partial_update(self, request, id):
        """Change fields of a course."""
        return self.update(request, id, partial=True)

    def destroy(self, request, id):
        """Delete a course and everything below it."""
        cascade = self.query.validated_data.get("cascade", False)
        services.delete_course(id, viewer=request.user, cascade=cascade, expected=self.expected)
        return Response(status=204)

    @action(detail=True, methods=["post"])
    def publish(self, request, id):
        """Publish a course."""
        return self._answer_changed(services.publish_course, id)

    @action(detail=True, methods=["post"])
    def unpublish(self, request, id):
        """Turn a published course back into a draft."""
        return self._answer_changed(services.unpublish_course, id)

    @action(detail=True, methods=["post"], parser_classes=[PictureParser])
    def image(self, request, id):
        """Upload the course picture as multipart field `image`."""
        upload = PictureParser.file(request, "image")
        return self._answer_changed(services.set_image, id, upload=upload)

    def _answer_changed(self, change, course_id, **fields) -> Response:
        course = change(course_id, viewer=self.request.user, expected=self.expected, **fields)
        return self.answer(represent_course(course))
