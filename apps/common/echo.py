"""What an answer repeats of what the caller sent: short, and writable whatever it contains."""

LONGEST_VALUE = 80
LONGEST_MESSAGE = 500


def shortened(value: object, most: int = LONGEST_VALUE) -> str:
    """Return the beginning of a value of the caller's, with a sign for what cannot be printed."""
    text = str(value)
    start = "".join(char if char.isprintable() else "\ufffd" for char in text[:most])
    return f"{start}…" if len(text) > most else start


def writable(message: object) -> str:
    """Return a message that UTF-8 can encode, at most LONGEST_MESSAGE characters of it."""
    text = str(message)
    start = text[:LONGEST_MESSAGE].encode(errors="replace").decode()
    return f"{start}…" if len(text) > LONGEST_MESSAGE else start
