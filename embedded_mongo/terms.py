"""The terms of a search: strings that a field must have, or prefixes of such strings."""

import re
from bisect import bisect_left
from collections.abc import Mapping
from itertools import islice, takewhile
from typing import Any, NamedTuple

# A literal prefix: characters with a meaning in patterns are escaped.
_PREFIX = re.compile(r"\^((?:[^\\^$.|?*+()\[\]{}]|\\[^\w])*)")
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)


MOST_STRINGS = 1_000  # that a prefix is looked up with
HAS_TERMS = "$hasTerms"  # The store's own operator.
SEPARATOR = "\0"  # A term that contains it is compared as usual.


class Term(NamedTuple):
    field: str
    text: str
    is_prefix: bool


class Search(NamedTuple):
    """
    The terms of a filter, and the filter without them.

    :param rest: an empty filter, if a document with all terms meets the whole filter
    """

    terms: list[Term]
    rest: dict[str, Any]


class SortedStrings:
    """
    The strings among the keys of an index, sorted when they are first needed.

    Removed strings stay until they outnumber the others, because removing one moves all that
    follow, and a write often adds what it has just removed.
    """

    def __init__(self) -> None:
        self._sorted: list[str] | None = None
        self._added: list[str] = []

    def add(self, key: Any) -> None:
        if self._sorted is not None and type(key) is str:
            self._added.append(key)

    def with_prefix(self, prefix: str, entries: Mapping[tuple, Any]) -> list[str] | None:
        """
        Return all strings with this prefix, and possibly some that were removed.

        Return None if they are more than `MOST_STRINGS`: then comparing documents costs less.

        :param entries: the entries of the index, each with its string first
        """
        strings = self._in_order(entries)
        following = islice(strings, bisect_left(strings, prefix), None)
        found = takewhile(lambda string: string.startswith(prefix), following)
        strings = list(islice(found, MOST_STRINGS + 1))
        return list(dict.fromkeys(strings)) if len(strings) <= MOST_STRINGS else None

    def _in_order(self, entries: Mapping[tuple, Any]) -> list[str]:
        if self._sorted is None or len(self._sorted) + len(self._added) > 2 * len(entries) + 100:
            self._sorted, self._added = [key for (key,) in entries if type(key) is str], []
            self._sorted.sort()
        if self._added:
            self._sorted += self._added
            self._sorted.sort()  # Linear, because both parts are sorted.
            self._added = []
        return self._sorted


def split_search(condition: Mapping[str, Any], indexed: set[str]) -> Search | None:
    """
    Return the search in a filter, or None if the filter only compares fields with single values.

    :param indexed: the fields whose terms an index can look up; others stay in the rest
    """
    terms: list[Term] = []
    rest: list[dict[str, Any]] = []
    for field, operand in _conjuncts(condition):
        term = _term(field, operand) if field in indexed else None
        if term is None:
            rest.append({field: operand})
        else:
            terms.append(term)
    fields = {term.field for term in terms}
    if len(fields) == len(terms) and not any(term.is_prefix for term in terms):
        return None
    return Search(terms, {"$and": rest} if rest else {})


def condition_of(terms: list[Term]) -> dict[str, Any]:
    """Return a filter for documents that have all terms, for `filters.matches`."""
    by_field: dict[str, list[str]] = {}
    for term in terms:
        marked = SEPARATOR + term.text + ("" if term.is_prefix else SEPARATOR)
        by_field.setdefault(term.field, []).append(marked)
    return {field: {HAS_TERMS: marked} for field, marked in by_field.items()}


def has_terms(value: Any, marked: list[str]) -> bool:
    """
    Return whether a field has all terms, of which each is marked by separators.

    All strings are searched at once, because the terms and a document's strings may be many.
    """
    strings = value if isinstance(value, list) else [value]
    text = SEPARATOR.join(["", *(one for one in strings if isinstance(one, str)), ""])
    return all(term in text for term in marked)


def with_all_terms(terms: list[list[set[int]]]) -> set[int]:
    """
    Return the documents that have all terms, beginning with the rarest term.

    :param terms: the documents of each term, as `Index.match_term` returns them
    """
    rarest, *others = sorted(terms, key=lambda holders: sum(map(len, holders)))
    numbers = set().union(*rarest)
    for holders in others:
        numbers = set().union(*(numbers & each for each in holders))
    return numbers


def _conjuncts(condition: Any) -> list[tuple[str, Any]]:
    """Return the parts of a filter that must all match; nested `$and` are flattened."""
    parts: list[tuple[str, Any]] = []
    for field, operand in condition.items():
        if field == "$and" and _is_list_of_filters(operand):
            parts += (part for each in operand for part in _conjuncts(each))
        else:
            parts.append((field, operand))
    return parts


def _is_list_of_filters(value: Any) -> bool:
    return bool(value) and isinstance(value, list) and all(isinstance(v, dict) for v in value)


def _term(field: str, operand: Any) -> Term | None:
    if isinstance(operand, str) and SEPARATOR not in operand:
        return Term(field, operand, is_prefix=False)
    if isinstance(operand, Mapping) and list(operand) == ["$regex"]:
        pattern = operand["$regex"]
        match = _PREFIX.fullmatch(pattern) if isinstance(pattern, str) else None
        if match is not None and SEPARATOR not in pattern:
            return Term(field, _ESCAPE.sub(r"\1", match[1]), is_prefix=True)
    return None
