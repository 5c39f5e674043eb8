"""Every read of categories."""

from collections.abc import Iterable

from bson import ObjectId

from apps.common.errors import NotFound
from apps.common.storage.cache import Json, invalidate, read_through
from apps.common.storage.pagination import LARGEST_PAGE, PAGE_SIZE, Page, Paging, page_of
from apps.courses.documents import Category, Course
from apps.courses.representations import (
    CategoryCardRepresentation,
    CategoryRepresentation,
    represent_category,
    represent_category_card,
)
from apps.users.viewer import Viewer

AN_HOUR = 60 * 60

CATEGORY_LISTS = "categories"  # the cache key that all lists of categories depend on
CACHED_PAGE_SIZES = (PAGE_SIZE, LARGEST_PAGE)  # those that the web app asks for


def get_category(category_id) -> Category:
    """
    :raises NotFound: there is no such category
    """
    category = Category.objects(id=category_id, removed=None).first()
    if category is None:
        raise NotFound()
    return category


def cached_category(category_id: str) -> CategoryRepresentation:
    def load() -> Json:
        category = get_category(category_id)
        return represent_category(
            category, course_count=count_published([category.id])[category.id]
        )

    return read_through(
        f"category:{category_id}",
        load,
        AN_HOUR,
        depends_on=[CATEGORY_LISTS],
    )


def list_categories(*, paging: Paging) -> Page:
    def load() -> Json:
        categories = Category.objects(removed=None).order_by("name_key")
        page = page_of(categories, paging, lambda category: category)
        counts = count_published([category.id for category in page.rows])
        page.rows[:] = [represent_category(row, course_count=counts[row.id]) for row in page.rows]
        return page.as_json()

    if paging.size not in CACHED_PAGE_SIZES:
        return Page(**load())
    key = f"categories:{paging.number}:{paging.size}"
    return Page(**read_through(key, load, AN_HOUR, depends_on=[CATEGORY_LISTS]))


def count_published(category_ids: Iterable[ObjectId]) -> dict[ObjectId, int]:
    """Return the number of published courses of each of the categories."""
    counts = dict.fromkeys(category_ids, 0)
    courses = Course.objects(category__in=list(counts), published=True, removed=None)
    groups = courses.aggregate([{"$group": {"_id": "$category_id", "count": {"$sum": 1}}}])
    return counts | {group["_id"]: group["count"] for group in groups}


def category_cards(
    category_ids: set[str], *, viewer: Viewer
) -> dict[str, CategoryCardRepresentation]:
    """Return the cards of categories, which everybody may see."""
    categories = Category.objects(id__in=list(category_ids), removed=None).only("name")
    return {str(category.id): represent_category_card(category) for category in categories}


def invalidate_categories() -> None:
    invalidate(CATEGORY_LISTS)
