from django.utils.translation import gettext as _
from rest_framework.permissions import IsAuthenticated
from rest_framework.response import Response

from apps.common.errors import Forbidden, Invalid, NotFound
from apps.common.events import ask
from apps.common.http.viewsets import Rows, ViewSet
from apps.common.normalization import normalize_name
from apps.courses import selectors as courses
from apps.courses.permissions import is_instructor_of
from apps.enrollments import selectors, services
from apps.enrollments.events import ProgressSummaries
from apps.enrollments.serializers import EnrollmentQuery, EnrollmentSerializer
from apps.users import selectors as users


class EnrollmentViewSet(ViewSet):
    """Places in courses: a student's own, and those in the courses that one teaches."""

    serializer_class = EnrollmentSerializer
    permission_classes = [IsAuthenticated]
    list_query = EnrollmentQuery
    expandable = {"student": users.user_cards, "course": courses.course_cards, "progress": None}

    def list(self, request):
        """List the enrolments that one may see."""
        page = selectors.list_enrollments(
            viewer=request.user,
            represent=selectors.represent_enrollment,
            paging=self.query.paging,
            **self.query.filters,
        )
        return self.answer_page(page)

    def retrieve(self, request, id):
        """Read one enrolment."""
        return self.answer(selectors.cached_visible_enrollment(id, viewer=request.user))

    def create(self, request):
        """Take a place in a course, or give one to a student of a course that one teaches."""
        given = self.validated(EnrollmentSerializer)
        course = self._course(given["course"])
        enrollment = services.enroll(
            student_id=self._student(given, course),
            course=course,
            enrollment_id=self.new_id,
        )
        return self.answer(selectors.represent_enrollment(enrollment), status=201)

    def destroy(self, request, id):
        """Leave a course, or take a student's place in a course that one teaches."""
        enrollment = selectors.get_visible_enrollment(id, viewer=request.user)
        course = courses.get_course(enrollment.course)
        if str(enrollment.student) != request.user.id and not is_instructor_of(
            request.user, course
        ):
            raise Forbidden()
        self.check_expected()
        services.leave(enrollment)
        return Response(status=204)

    def expanded(self, rows: Rows) -> Rows:
        """Put in cards, and with `progress` how far the student has come."""
        if "progress" in self.query.expand:
            places = tuple((row["student"], row["course"]) for row in rows)
            [summaries] = ask(ProgressSummaries(places))
            rows = [
                row | {"progress": summaries[place]}
                for row, place in zip(rows, places, strict=True)
            ]
        return super().expanded(rows)

    def _course(self, course_id):
        try:
            return courses.get_visible_course(course_id, viewer=self.request.user)
        except NotFound as error:
            raise Invalid(course=_("There is no such course.")) from error

    def _student(self, given: dict, course) -> str:
        """Return whose place it will be; only who teaches the course may name another."""
        viewer = self.request.user
        student, username = given.get("student", viewer.id), given.get("username", viewer.username)
        if (str(student), normalize_name(username)) == (viewer.id, normalize_name(viewer.username)):
            return viewer.id
        if not is_instructor_of(viewer, course):
            raise Forbidden(_("Only who teaches the course may enrol somebody else."))
        if not course.published:  # the answer for a draft must not reveal which usernames exist
            raise services.CourseNotOpen()
        return self._somebody(given)

    def _somebody(self, given: dict) -> str:
        try:
            if "username" in given:
                return str(users.find_user(username=given["username"]).id)
            return str(users.get_user(given["student"]).id)
        except NotFound as error:
            field = "username" if "username" in given else "student"
            raise Invalid(**{field: _("There is no such person.")}) from error
