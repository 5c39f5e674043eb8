"""ETags are `"<revision>-<digest>"`: the whole says "not modified", the revision "not stale"."""

import json
import re
from hashlib import blake2b

_TAG = re.compile(r'(?:W/)?"(\d{1,9})-[0-9a-f]+"')


def etag_of(revision: int, data: object) -> str:
    shown = json.dumps(data, sort_keys=True, ensure_ascii=False, default=str)
    return f'"{revision}-{blake2b(shown.encode(), digest_size=8).hexdigest()}"'


def is_known(request, etag: str) -> bool:
    """Say whether the caller has exactly this already (`If-None-Match`)."""
    given = request.headers.get("If-None-Match", "")
    tags = [tag.strip().removeprefix("W/") for tag in given.split(",")]
    return etag in tags or tags == ["*"]


def expected_revisions(request) -> list[int] | None:
    """Return the revisions that the caller will change (`If-Match`), None where any will do."""
    given = request.headers.get("If-Match", "").strip()
    if given in ("", "*"):
        return None
    return [int(revision) for revision in _TAG.findall(given)]
