"""What an answer repeats of what the caller sent: short, and writable whatever it contains."""

LONGEST_VALUE = 80
LONGEST_MESSAGE = 500
LONGEST_DETAIL = 10_000


def truncate(value: object, most: int = LONGEST_VALUE) -> str:
    """Return the beginning of a value of the caller's, with a sign for what cannot be printed."""
    text = str(value)
    start = "".join(char if char.isprintable() else "\ufffd" for char in text[:most])
    return f"{start}…" if len(text) > most else start


def encodable(message: object, most: int = LONGEST_MESSAGE) -> str:
    """Return the beginning of a message, as UTF-8 can encode it."""
    text = str(message)
    start = text[:most].encode(errors="replace").decode()
    return f"{start}…" if len(text) > most else start
