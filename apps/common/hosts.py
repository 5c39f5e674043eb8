"""Normalize hosts as browsers and gateways do, so that they can be compared."""

import re
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

from apps.common.normalization import ascii_domain

LONGEST_HOST = 253
_NAT64 = IPv6Network("64:ff9b::/96")
_GLOBAL_UNICAST = IPv6Network("2000::/3")
_LABEL = re.compile(r"[a-z0-9_-]+")
_LOCAL = (
    *("localhost", "localdomain", "local", "internal", "lan", "home"),
    *("arpa", "test", "invalid", "onion"),
)


def normalize_host(host: str) -> str:
    """
    Return a host in lower case and ASCII, without a final dot, as UTS 46 maps it.

    :raises UnicodeError: it is not a valid host, or too long
    """
    if len(host) > LONGEST_HOST:
        raise UnicodeError("The host is too long.")
    return ascii_domain(host).lower().rstrip(".")


def translated_ipv4(address: IPv6Address) -> IPv4Address | None:
    """Return the IPv4 address to which a host or a NAT64 gateway translates an IPv6 address."""
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.ipv4_mapped


def is_public(host: str) -> bool:
    """
    Return whether a host may be on the public internet, without resolving its name.

    :param host: as :func:`normalize_host` returns it
    """
    try:
        return _is_public_address(ip_address(host))
    except ValueError:
        pass
    labels = host.split(".")
    if len(labels) < 2 or not all(map(_LABEL.fullmatch, labels)):
        return False
    # A last label of digits is an address in another notation: 127.1, 0x7f.1, 2130706433.
    return not labels[-1][0].isdigit() and labels[-1] not in _LOCAL


def _is_public_address(address: IPv4Address | IPv6Address) -> bool:
    if isinstance(address, IPv6Address):
        ipv4 = translated_ipv4(address) or address.sixtofour
        if ipv4 is None:
            return address.is_global and address in _GLOBAL_UNICAST
        address = ipv4
    return address.is_global and not address.is_multicast
