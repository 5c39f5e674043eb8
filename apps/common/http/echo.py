"""How responses repeat what the client sent: shortened, and always encodable."""

LONGEST_VALUE = 80
LONGEST_MESSAGE = 500
LONGEST_DETAIL = 10_000


def truncate(value: object, most: int = LONGEST_VALUE) -> str:
    """Return the beginning of a client's value, with a sign for unprintable characters."""
    text = str(value)
    start = "".join(char if char.isprintable() else "\ufffd" for char in text[:most])
    return f"{start}…" if len(text) > most else start


def encodable(message: object, most: int = LONGEST_MESSAGE) -> str:
    """Return the beginning of a message without characters that UTF-8 cannot encode."""
    text = str(message)
    start = text[:most].encode(errors="replace").decode()
    return f"{start}…" if len(text) > most else start
