"""How names and words are compared: ignoring case, width and accents."""

import re
import unicodedata

import idna

LONGEST_WORD = 64
SHORTEST_PREFIX = 3  # letters
_WORD = re.compile(r"[^\W_]+")
_CARRIAGE_RETURN = re.compile(r"\r\n?")


def normalize_name(name: str) -> str:
    """Return the form in which a name is unique, which ignores case and width."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())


def normalize_line_breaks(text: str) -> str:
    """Return the text with each CR LF and each CR as a single LF."""
    return _CARRIAGE_RETURN.sub("\n", text)


def normalize_email_key(email: str) -> str:
    """
    Return the form in which an email address is unique, so that a mailbox has only one form.

    Case and width are ignored, and the domain is in its IDNA form if it has one. The function is
    idempotent.

    :param email: of limited length, because the time for combining marks grows with its square
    """
    local, at, domain = unicodedata.normalize("NFKC", email).rpartition("@")
    try:
        domain = ascii_domain(domain).lower() if at else normalize_name(domain)
    except UnicodeError:
        domain = normalize_name(domain)
    return normalize_name(local) + at + domain


def ascii_domain(domain: str) -> str:
    """
    Return the IDNA form of a domain; an ASCII domain is returned unchanged.

    :raises UnicodeError: the domain has no IDNA form
    """
    if domain.isascii():
        return domain
    return idna.encode(domain, uts46=True).decode()


def search_words(text: str) -> list[str]:
    """Return the text's distinct words for searching, without case and accents."""
    # Python needs n² steps to order n combining marks, so each letter is normalized by itself.
    decomposed = "".join(unicodedata.normalize("NFKD", letter) for letter in text).casefold()
    unaccented = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return sorted({word[:LONGEST_WORD] for word in _WORD.findall(unaccented)})


def search_pattern(search: str, field: str = "words") -> dict:
    """
    Return the MongoDB condition that the field has each search word, or a word beginning with it.

    It uses `$and`, because the embedded store does not support `$all` with regular expressions.
    """
    words = search_words(search)
    if not words:
        return {"_id": {"$in": []}}
    following = [*words[1:], ""]
    conditions = [
        _word_condition(word)
        for word, next_word in zip(words, following, strict=True)
        # The words are sorted, so that a word is followed by those that begin with it.
        if not (_is_prefix(word) and next_word.startswith(word))
    ]
    return {"$and": [{field: condition} for condition in conditions]}


def _word_condition(word: str) -> str | dict:
    """Return the condition for a word: a short one must be a whole word."""
    return {"$regex": f"^{re.escape(word)}"} if _is_prefix(word) else word


def _is_prefix(word: str) -> bool:
    return len(word) >= SHORTEST_PREFIX or any(map(_is_wide, word))


def _is_wide(letter: str) -> bool:
    """Return whether a letter is Chinese, Japanese or Korean, where a short word says much."""
    return unicodedata.east_asian_width(letter) == "W"
