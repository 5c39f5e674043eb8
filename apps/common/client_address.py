"""The client's IP address, as the connection or a trusted proxy reports it."""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from django.conf import settings

from apps.common.hosts import translated_ipv4

LONGEST_HOP = 100  # characters; an address with brackets, zone and port has at most 70
SITE_PREFIX, SIX_TO_FOUR_PREFIX = 64, 48  # bits that identify a subscriber


def client_ip(request) -> str:
    """
    Return the client's address in its shortest form, or "" if the connection has none.

    Forwarded addresses count only from trusted proxies, each of which appends one hop. If a hop is
    not an address, the address of the connection is used instead.
    """
    direct = parse_ip(request.META.get("REMOTE_ADDR", ""))
    address = _forwarded_ip(request) or direct
    return str(address or "")


def client_network(request) -> str:
    """Return the network by which rate limits identify the client; see :func:`network_of`."""
    return network_of(client_ip(request))


def network_of(address: str) -> str:
    """
    Return the subscriber's network: the IPv4 address, or the IPv6 network around the address.

    A subscriber can choose the last 64 bits of an IPv6 address (80 bits with 6to4).
    """
    parsed = parse_ip(address)
    if not isinstance(parsed, IPv6Address):
        return str(parsed or "")
    prefix = SIX_TO_FOUR_PREFIX if parsed.sixtofour else SITE_PREFIX
    return str(ip_network((parsed, prefix), strict=False))


def parse_ip(text: str) -> IPv4Address | IPv6Address | None:
    """
    Return the address in a text, or None if it contains none.

    A port, brackets, quotes and a zone are ignored, and an IPv4 address in IPv6 notation becomes
    an IPv4 address.
    """
    if len(text) > LONGEST_HOP:
        return None
    host = _without_port(text.strip().strip('"'))
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return None
    if isinstance(address, IPv6Address):
        # All IPv4 clients of a NAT64 gateway are in the same /64.
        return translated_ipv4(address) or address
    return address


def _forwarded_ip(request) -> IPv4Address | IPv6Address | None:
    """Return the hop that the outermost trusted proxy appended, if it is an address."""
    proxies = settings.TRUSTED_PROXIES
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "")
    if not proxies or not forwarded:
        return None
    hops = forwarded.rsplit(",", proxies)  # Proxies append, so what the client sent is on the left.
    return parse_ip(hops[-min(proxies, len(hops))])


def _without_port(text: str) -> str:
    if text.startswith("["):
        host, bracket, rest = text[1:].partition("]")
        return host if bracket and (not rest or _is_port(rest)) else ""
    host, colon, port = text.partition(":")
    return host if colon and _is_port(f":{port}") else text


def _is_port(text: str) -> bool:
    return text[0] == ":" and len(text) <= 6 and text[1:].isascii() and text[1:].isdigit()
