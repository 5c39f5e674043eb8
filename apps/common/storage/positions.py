"""The positions of lessons, questions and choices."""

from django.utils.translation import gettext_lazy as _

from apps.common.errors import Conflict

LARGEST_POSITION = 1_000_000_000  # that a client may send, and so the largest that it may read


class NoPositionLeft(Conflict):
    code = "crowded"
    detail = _("The largest position is taken. Move that item to a lower position first.")


def position_after(last: int, *, number: int = 1) -> int:
    """
    Return the first of the next positions.

    :param number: how many positions are needed
    :raises NoPositionLeft: clients could not send back the last one
    """
    if last + number > LARGEST_POSITION:
        raise NoPositionLeft()
    return last + 1
