"""How emails are composed, and handed to the mail server."""

from contextlib import suppress
from email.utils import parseaddr

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.template.loader import render_to_string
from django.utils import translation


class MailServerUnavailable(Exception):
    """The mail server accepts no emails for any recipient at the moment."""


def compose(
    template: str,
    *,
    to: str,
    language: str,
    name: str,
    links: dict[str, str],
    headers: dict[str, str] | None = None,
    **variables,
) -> EmailMultiAlternatives:
    """
    Return an email as text and, made from the text, as HTML.

    :param template: of the text; its first line is the subject
    :param name: unique to the email, and the same whenever it is sent again
    :param links: by their names in the template; a paragraph that is a link becomes a button
    """
    with translation.override(language):
        text = render_to_string(template, links | _single_lines(variables))
    subject, _, body = text.partition("\n")
    body = body.strip()
    message = EmailMultiAlternatives(
        subject=subject,
        body=body + "\n",
        to=[to],
        headers={"Message-ID": f"<{name}@{_domain()}>"} | (headers or {}),
    )
    html_variables = {
        "language": language,
        "subject": subject,
        "paragraphs": body.split("\n\n"),
        "links": list(links.values()),
    }
    message.attach_alternative(render_to_string("common/mail.html", html_variables), "text/html")
    return message


def send(message: EmailMultiAlternatives) -> None:
    """
    Hand an email to the mail server.

    :raises MailServerUnavailable: no connection to the mail server can be opened
    """
    message.connection = get_connection()
    try:
        message.connection.open()
    except OSError as error:
        raise MailServerUnavailable(type(error).__name__) from error
    try:
        message.send()
    finally:
        with suppress(OSError):  # An accepted email is sent, even if closing the connection fails.
            message.connection.close()


def _single_lines(variables: dict) -> dict:
    """Return the variables without line breaks, which would end the subject or a paragraph."""
    return {
        name: [_single_line(item) for item in value]
        if isinstance(value, list)
        else _single_line(value)
        for name, value in variables.items()
    }


def _single_line(value):
    return " ".join(value.split()) if isinstance(value, str) else value


def _domain() -> str:
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1].partition("@")[2] or "localhost"
