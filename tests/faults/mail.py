"""A mail server of a test's own, that takes, refuses or hangs as it is told."""

import socketserver
import threading
import time
from email import message_from_bytes
from email.message import Message
from typing import Self

from tests.faults.ports import HOST


class MailServer:
    """Speaks as much SMTP as a client needs; what it took is in `taken`."""

    def __init__(self, port: int = 0):
        self.taken: list[tuple[str, Message]] = []
        self.refused: set[str] = set()
        self.hanging: set[str] = set()  # addresses at whose name it falls silent
        self.refusing = False  # takes nothing of anybody's for now
        self.silent = False  # does not even greet
        self.rude = False  # says goodbye in a way that is no SMTP
        self.callers = 0
        self._server = _Server((HOST, port), _Conversation)
        self._server.daemon_threads = True
        self._server.mail = self
        self.port = self._server.server_address[1]

    def letters_to(self, address: str) -> list[Message]:
        return [letter for to, letter in self.taken if to == address]

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True


class _Conversation(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        mail: MailServer = self.server.mail
        mail.callers += 1
        if mail.silent:
            time.sleep(5)
            return
        self._say("220 ready")
        to = ""
        for line in self.rfile:
            verb = line[:4].upper()
            if verb == b"RCPT":
                to = line.decode().partition("<")[2].partition(">")[0]
                if to in mail.hanging:
                    time.sleep(30)
                if mail.refusing:
                    self._say("450 not now")
                else:
                    self._say("550 nobody here" if to in mail.refused else "250 ok")
            elif verb == b"DATA":
                self._say("354 go on")
                mail.taken.append((to, message_from_bytes(self._letter())))
                self._say("250 taken")
            elif verb == b"QUIT":
                self._say("221 bye" + 10_000 * "e" * mail.rude)
                return
            else:
                self._say("250 ok")

    def _letter(self) -> bytes:
        lines = iter(self.rfile.readline, b".\r\n")
        return b"".join(lines)

    def _say(self, line: str) -> None:
        self.wfile.write(line.encode() + b"\r\n")
