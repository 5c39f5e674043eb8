"""What all mails share: how they are written, handed to the mail server, and tried again."""

import logging
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from email.utils import parseaddr
from typing import TypeVar

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.template.loader import render_to_string
from django.utils import timezone, translation

from apps.common.http.exception_handler import is_store_unavailable

logger = logging.getLogger(__name__)

FIRST_RETRY = timedelta(minutes=2)  # longer than a server that hangs can hold one try
AN_HOUR = timedelta(hours=1)
A_DAY = timedelta(days=1)
A_WEEK = timedelta(days=7)
A_MOMENT = 0.5  # seconds
LONGEST_ROUND = 60.0  # seconds; other tasks want their turn, and the sweep begins the next round

Row = TypeVar("Row")


class MailServerUnavailable(Exception):
    """The mail server takes no mail of anybody's now."""


def compose(
    template: str,
    *,
    to: str,
    language: str,
    name: str,
    links: dict[str, str],
    headers: dict[str, str] | None = None,
    **words,
) -> EmailMultiAlternatives:
    """
    Return a mail as text and, made of it, as HTML; its template's first line is the subject.

    :param name: unlike any other mail's, and the same whenever this one goes out again
    :param links: by their names in the template; a paragraph that is one of them leads there
    """
    with translation.override(language):
        text = render_to_string(template, links | _in_one_line(words))
    subject, _, body = text.partition("\n")
    body = body.strip()
    message = EmailMultiAlternatives(
        subject=subject,
        body=body + "\n",
        to=[to],
        headers={"Message-ID": f"<{name}@{_domain()}>"} | (headers or {}),
    )
    shown = {
        "language": language,
        "subject": subject,
        "paragraphs": body.split("\n\n"),
        "links": list(links.values()),
    }
    message.attach_alternative(render_to_string("common/mail.html", shown), "text/html")
    return message


def deliver(message: EmailMultiAlternatives) -> None:
    """
    Hand a mail to the mail server.

    :raises MailServerUnavailable: there is none to hand it to
    """
    message.connection = get_connection()
    try:
        message.connection.open()
    except OSError as error:
        raise MailServerUnavailable(type(error).__name__) from error
    try:
        message.send()
    finally:
        with suppress(OSError):  # what was taken is sent, however the server says goodbye
            message.connection.close()


def send_all(due: Callable[[], Sequence[Row]], send: Callable[[Row], bool]) -> int:
    """
    Send batch after batch until nothing is due, and say how many mails went out.

    A server that is away ends the round, so that its mails need not fail one by one.
    """
    sent, end = 0, time.monotonic() + LONGEST_ROUND
    while batch := due():
        for row in batch:
            try:
                sent += send(row)
            except MailServerUnavailable as away:
                logger.warning("The mail server is away (%s); mails wait.", away)
                return sent
            if time.monotonic() > end:
                return sent
    return sent


def retry_until_recorded(note_sent: Callable[[], object]) -> None:
    """Note that a mail is sent, though its store be away for a while: else it goes out again."""
    end = time.monotonic() + FIRST_RETRY.total_seconds()
    while True:
        try:
            note_sent()
            return
        except Exception as error:
            if not is_store_unavailable(error) or time.monotonic() > end:
                raise
            time.sleep(A_MOMENT)


def next_attempt_at(*, attempts: int, created_at: datetime) -> datetime:
    """Return when to try a mail again that has been tried so often before."""
    now = timezone.now()
    longest = AN_HOUR if created_at > now - A_WEEK else A_DAY
    return now + min(FIRST_RETRY * 2 ** min(attempts, 10), longest)


def _in_one_line(words: dict) -> dict:
    """Return the words so that none of them can end the subject, or begin a paragraph."""
    return {
        name: [_one_line(each) for each in word] if isinstance(word, list) else _one_line(word)
        for name, word in words.items()
    }


def _one_line(word):
    return " ".join(word.split()) if isinstance(word, str) else word


def _domain() -> str:
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1].partition("@")[2] or "localhost"
