from rest_framework.response import Response

from apps.common.tasks import enqueue


class MailResponse(Response):
    """
    A response after which the requested emails are sent.

    The task is queued after the response was sent: in the same process it would slow down the
    responses for addresses that have an account.
    """

    def close(self) -> None:
        super().close()
        enqueue("apps.users.tasks.send_account_mails")
