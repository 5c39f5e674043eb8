"""How many documents there are of each day."""

from mongoengine import QuerySet


def count_by_day(documents: QuerySet, moment: str) -> dict[str, int]:
    """Return how many documents have the moment on each day, in UTC: `{"2026-03-02": 3}`."""
    day = {"$dateToString": {"date": f"${moment}", "format": "%Y-%m-%d"}}
    groups = documents.aggregate([{"$group": {"_id": day, "count": {"$sum": 1}}}])
    return {group["_id"]: group["count"] for group in groups}
