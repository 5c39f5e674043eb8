from mongoengine import QuerySet


def count_by_day(documents: QuerySet, field: str) -> dict[str, int]:
    """Return the number of documents by the day of a time field, in UTC: `{"2026-03-02": 3}`."""
    day = {"$dateToString": {"date": f"${field}", "format": "%Y-%m-%d"}}
    groups = documents.aggregate([{"$group": {"_id": day, "count": {"$sum": 1}}}])
    return {group["_id"]: group["count"] for group in groups}
