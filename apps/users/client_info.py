from apps.common.client_address import client_ip


def client_info(request) -> dict:
    """Return where somebody signs in from, as their list of sessions shows it."""
    return {"user_agent": request.headers.get("User-Agent", ""), "address": client_ip(request)}
