from django.utils.translation import gettext as _
from rest_framework.decorators import action
from rest_framework.exceptions import PermissionDenied
from rest_framework.response import Response

from apps.common.http.parsers import PictureParser
from apps.common.http.viewsets import ViewSet
from apps.courses import selectors, services
from apps.courses.documents import Course
from apps.courses.permissions import IsAdminOrReadOnly, IsCourseInstructor
from apps.courses.representations import represent_course
from apps.courses.serializers import (
    CategorySerializer,
    CourseQuery,
    CourseRemovalQuery,
    CourseSerializer,
)
from apps.users import selectors as users


class CategoryViewSet(ViewSet):
    """The shelves of the catalogue, by name."""

    serializer_class = CategorySerializer
    permission_classes = [IsAdminOrReadOnly]

    def list(self, request):
        """List all categories."""
        page = selectors.list_categories(paging=self.query.paging)
        return self.answer_page(page)

    def retrieve(self, request, id):
        """Read one category."""
        return self.answer(selectors.cached_category(id))

    def create(self, request):
        """Make a category."""
        fields = self.validated(CategorySerializer)
        category = services.create_category(category_id=self.new_id, **fields)
        return self._answer_written(category, status=201)

    def update(self, request, id, partial=False):
        """Change a category."""
        category = selectors.get_category(id)
        fields = self.validated(CategorySerializer, replaces=True, partial=partial)
        category = services.update_category(category, expected=self.expected, **fields)
        return self._answer_written(category)

    def partial_update(self, request, id):
        """Change what is named of a category."""
        return self.update(request, id, partial=True)

    def destroy(self, request, id):
        """Remove a category; its courses stay."""
        services.delete_category(selectors.get_category(id), expected=self.expected)
        return Response(status=204)

    def _answer_written(self, category, **options):
        return self.answer(selectors.cached_category(str(category.id)), **options)


class CourseViewSet(ViewSet):
    """The catalogue: published courses for everybody, drafts for those who write them."""

    serializer_class = CourseSerializer
    permission_classes = [IsCourseInstructor]
    list_query = CourseQuery
    queries = {"destroy": CourseRemovalQuery}
    schemas = {
        "publish": (None, CourseSerializer),
        "unpublish": (None, CourseSerializer),
        "image": ("image", CourseSerializer),
    }
    expandable = {"instructor": users.user_cards, "category": selectors.category_cards}

    def list(self, request):
        """List the courses that one may know of."""
        page = selectors.list_courses(
            viewer=request.user,
            paging=self.query.paging,
            **self.query.filters,
        )
        return self.answer_page(page)

    def retrieve(self, request, id):
        """Read one course."""
        row = selectors.cached_visible_course(id, viewer=request.user)
        return self.answer(row)

    def create(self, request):
        """Make a draft."""
        fields = self.validated(CourseSerializer)
        course = services.create_course(course_id=self.new_id, by=request.user, **fields)
        return self.answer(represent_course(course), status=201)

    def update(self, request, id, partial=False):
        """Change a course."""
        course = self._own_course(id)
        fields = self.validated(CourseSerializer, replaces=True, partial=partial)
        course = services.update_course(course, by=request.user, expected=self.expected, **fields)
        return self.answer(represent_course(course))

    def partial_update(self, request, id):
        """Change what is named of a course."""
        return self.update(request, id, partial=True)

    def destroy(self, request, id):
        """Remove a course and everything below it."""
        cascade = self.query.validated_data.get("cascade", False)
        if cascade and not request.user.is_admin:
            raise PermissionDenied(_("Only an admin may remove a course with its enrolments."))
        services.delete_course(self._own_course(id), cascade=cascade, expected=self.expected)
        return Response(status=204)

    @action(detail=True, methods=["post"])
    def publish(self, request, id):
        """Put a course on show."""
        course = services.publish_course(self._own_course(id), expected=self.expected)
        return self.answer(represent_course(course))

    @action(detail=True, methods=["post"])
    def unpublish(self, request, id):
        """Take a course off the shelves."""
        course = services.unpublish_course(self._own_course(id), expected=self.expected)
        return self.answer(represent_course(course))

    @action(detail=True, methods=["post"], parser_classes=[PictureParser])
    def image(self, request, id):
        """Upload a course's picture, as multipart field `image`."""
        course = self._own_course(id)
        upload = PictureParser.file(request, "image")
        course = services.set_image(course, upload, by=request.user.id, expected=self.expected)
        return self.answer(represent_course(course))

    def _own_course(self, id) -> Course:
        course = selectors.get_visible_course(id, viewer=self.request.user)
        self.check_object_permissions(self.request, course)
        return course
