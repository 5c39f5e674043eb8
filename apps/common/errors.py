"""Refusals: what a service raises when it may not or cannot do what was asked.

Each is declared beside the verb that raises it and says by its class which answer it becomes.
"""


class Refusal(Exception):
    """A domain call was refused; `status` and `code` are what the API answers."""

    status = 400
    code = "refused"

    def __init__(self, detail: str = ""):
        super().__init__(detail or self.__doc__)
        self.detail = str(self)


class Forbidden(Refusal):
    """You may not do this."""

    status = 403
    code = "permission_denied"


class Missing(Refusal):
    """Not found."""

    status = 404
    code = "not_found"


class Conflict(Refusal):
    status = 409


class StaleVersion(Refusal):
    """Somebody changed this since you read it."""

    status = 412
    code = "stale_version"


class Invalid(Refusal):
    """Fields were given values that the stores' rules refuse: `{field: [messages]}`."""

    code = "invalid"

    def __init__(self, **messages: str):
        super().__init__("; ".join(messages.values()))
        self.messages = {field: [message] for field, message in messages.items()}
