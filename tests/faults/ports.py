"""Ports of 127.0.0.1 for servers that are stopped and started again on the same one."""

import random
import socket

HOST = "127.0.0.1"

# Below what systems lend to outgoing connections: a port stays free while its server is down.
OURS = range(20_000, 32_000)


def free_port() -> int:
    """Return a port that nobody listens on right now."""
    for port in random.sample(OURS, k=100):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port))
            except OSError:
                continue
            return port
    raise OSError(f"None of 100 ports of {HOST} was free.")
