from bson import ObjectId
from django.utils.translation import gettext_lazy as _
from mongoengine import NotUniqueError

from apps.common.errors import Conflict, Invalid
from apps.common.normalization import normalize_name
from apps.common.storage.count_limits import CountLimit
from apps.common.storage.documents import raise_not_written, update
from apps.common.storage.rounds import in_rounds
from apps.courses import selectors
from apps.courses.documents import Category, Course
from apps.courses.representations import CategoryRepresentation

MOST_CATEGORIES = 1000


class TooManyCategories(Conflict):
    code = "too_many_categories"
    detail = _("There can be at most %(number)s categories.") % {"number": MOST_CATEGORIES}


CATEGORIES = CountLimit(
    "categories",
    MOST_CATEGORIES,
    count=lambda _all: Category.objects(removed=None).count(),
    refusal=TooManyCategories,
)


def create_category(
    *, category_id: ObjectId, name: str, description: str = ""
) -> CategoryRepresentation:
    """
    :raises TooManyCategories: there is no room for another one
    :raises Invalid: the name is taken, ignoring case and accents
    """
    category = Category(
        id=category_id, name=name, name_key=normalize_name(name), description=description
    )
    try:
        CATEGORIES.insert("all", category)
    except NotUniqueError as error:
        raise _name_taken() from error
    finally:
        selectors.invalidate_categories()
    return selectors.cached_category(str(category_id))


def update_category(
    category_id: str, *, expected: list[int] | None, **fields
) -> CategoryRepresentation:
    """
    :raises NotFound: there is no such category
    :raises Invalid: the name is taken
    :raises StaleRevision: the category was edited in the meantime
    """
    if "name" in fields:
        fields["name_key"] = normalize_name(fields["name"])
    try:
        update(selectors.get_category(category_id), expected=expected, **fields)
    except NotUniqueError as error:
        raise _name_taken() from error
    finally:
        selectors.invalidate_categories()
    return selectors.cached_category(category_id)


def delete_category(category_id: str, *, expected: list[int] | None) -> None:
    """
    Hide a category, take its courses out of it, and then delete it.

    :raises NotFound: there is no such category
    :raises StaleRevision: the category was edited in the meantime
    """
    category = selectors.get_category(category_id)
    condition = {} if expected is None else {"revision__in": expected}
    visible = Category.objects(id=category.id, removed=None, **condition)
    with CATEGORIES.released("all"):
        if visible.modify(set__removed=True) is None:
            raise_not_written(Category, category.id)
    finish_category_deletion(category)


def finish_category_deletion(category: Category) -> None:
    """Take the courses out of a hidden category and delete it."""
    selectors.invalidate_categories()
    for courses in in_rounds(Course.objects(category=category.id)):
        course_ids = courses.distinct("id")
        courses.update(unset__category=True, inc__revision=1)
        for course_id in course_ids:
            selectors.invalidate_course(course_id)
    category.delete()


def _name_taken() -> Invalid:
    return Invalid(name=_("A category with this name already exists."))
