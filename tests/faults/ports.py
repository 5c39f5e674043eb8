"""Free ports of 127.0.0.1 for servers that are restarted on the same port."""

import random
import socket

HOST = "127.0.0.1"

# Below the ephemeral range, so that no outgoing connection takes the port of a stopped server.
PORTS = range(20_000, 32_000)


def free_port() -> int:
    """Return a port on which no process listens."""
    for port in random.sample(PORTS, k=100):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port))
            except OSError:
                continue
            return port
    raise OSError(f"None of 100 ports of {HOST} was free.")
