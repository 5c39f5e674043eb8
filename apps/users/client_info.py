from apps.common.client_address import client_ip


def client_info(request) -> dict:
    """Return the browser and IP address of the client, which the list of sessions shows."""
    return {"user_agent": request.headers.get("User-Agent", ""), "address": client_ip(request)}
