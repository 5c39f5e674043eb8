from rest_framework.response import Response

from apps.common.tasks import enqueue


class MailResponse(Response):
    """
    A response after which the requested mails are sent.

    The work begins when the response has gone out: in the same process it would slow down the
    responses to addresses that have an account.
    """

    def close(self) -> None:
        super().close()
        enqueue("apps.users.tasks.send_account_mails")
