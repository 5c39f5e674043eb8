"""An SMTP server for tests that can accept mail, reject it or hang."""

import socketserver
import threading
import time
from email import message_from_bytes
from email.message import Message
from typing import Self

from tests.faults.ports import HOST


class MailServer:
    """A minimal SMTP server that keeps the received messages in `received`."""

    def __init__(self, port: int = 0):
        self.received: list[tuple[str, Message]] = []
        self.rejected_addresses: set[str] = set()
        self.hanging_addresses: set[str] = set()  # The server does not respond to these recipients.
        self.rejects_all = False  # temporarily, with status 450
        self.is_silent = False  # sends no greeting
        self.is_goodbye_invalid = False  # answers QUIT with a line that is too long for SMTP
        self.connection_count = 0
        self._server = _Server((HOST, port), _Handler)
        self._server.daemon_threads = True
        self._server.mail = self
        self.port = self._server.server_address[1]

    def messages_to(self, address: str) -> list[Message]:
        return [message for recipient, message in self.received if recipient == address]

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True


class _Handler(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        mail: MailServer = self.server.mail
        mail.connection_count += 1
        if mail.is_silent:
            time.sleep(5)
            return
        self._send_line("220 ready")
        recipient = ""
        for line in self.rfile:
            verb = line[:4].upper()
            if verb == b"RCPT":
                recipient = line.decode().partition("<")[2].partition(">")[0]
                if recipient in mail.hanging_addresses:
                    time.sleep(30)
                if mail.rejects_all:
                    self._send_line("450 try again later")
                else:
                    is_rejected = recipient in mail.rejected_addresses
                    self._send_line("550 no such mailbox" if is_rejected else "250 ok")
            elif verb == b"DATA":
                self._send_line("354 send the message")
                mail.received.append((recipient, message_from_bytes(self._read_message())))
                self._send_line("250 accepted")
            elif verb == b"QUIT":
                self._send_line("221 bye" + 10_000 * "e" * mail.is_goodbye_invalid)
                return
            else:
                self._send_line("250 ok")

    def _read_message(self) -> bytes:
        lines = iter(self.rfile.readline, b".\r\n")
        return b"".join(lines)

    def _send_line(self, line: str) -> None:
        self.wfile.write(line.encode() + b"\r\n")
