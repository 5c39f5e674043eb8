from smtplib import SMTPRecipientsRefused

from django.core.mail.backends.locmem import EmailBackend


class RefusesOne(EmailBackend):
    """A mail server that refuses one address."""

    def send_messages(self, messages) -> int:
        for message in messages:
            if "refused@example.org" in message.to:
                raise SMTPRecipientsRefused({"refused@example.org": (550, b"no")})
        return super().send_messages(messages)
