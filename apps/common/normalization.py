"""How names and words are compared: without case, width or accents."""

import re
import unicodedata

import idna

LONGEST_WORD = 64
_WORD = re.compile(r"[^\W_]+")
_CARRIAGE_RETURN = re.compile(r"\r\n?")


def normalize_name(name: str) -> str:
    """Return the form under which a name is unique: case and width do not matter."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())


def normalize_line_breaks(text: str) -> str:
    """Return the text with each CR LF and each CR as a single LF."""
    return _CARRIAGE_RETURN.sub("\n", text)


def normalize_email_key(email: str) -> str:
    """
    Return the form under which an email address is unique: one mailbox, one form.

    Case and width do not matter, and the domain is in its IDNA form, if it has one. Folding a
    folded address changes nothing.

    :param email: of bounded length; normalizing marks takes longer than in proportion
    """
    local, at, domain = unicodedata.normalize("NFKC", email).rpartition("@")
    try:
        domain = ascii_domain(domain).lower() if at else normalize_name(domain)
    except UnicodeError:
        domain = normalize_name(domain)
    return normalize_name(local) + at + domain


def ascii_domain(domain: str) -> str:
    """
    Return the IDNA form of a domain; one in ASCII stays as it is.

    :raises UnicodeError: it has none
    """
    if domain.isascii():
        return domain
    return idna.encode(domain, uts46=True).decode()


def search_words(text: str) -> list[str]:
    """Return the text's different words for searching: case and accents do not matter."""
    # Letter by letter: Python takes n² to put n combining marks in order, and none remains.
    apart = "".join(unicodedata.normalize("NFKD", letter) for letter in text).casefold()
    bare = "".join(letter for letter in apart if not unicodedata.combining(letter))
    return sorted({word[:LONGEST_WORD] for word in _WORD.findall(bare)})


def search_pattern(search: str, field: str = "words") -> dict:
    """Return the MongoDB condition that every word of the search begins a word of the field.

    `$and` and not `$all`: the embedded store finds nothing by `$all` of regular expressions.
    """
    words = search_words(search)
    if not words:
        return {"_id": {"$in": []}}
    return {"$and": [{field: {"$regex": f"^{re.escape(word)}"}} for word in words]}
