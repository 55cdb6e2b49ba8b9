"""A mail server on this machine that takes every mail it is given, or refuses as told, and keeps what it took."""

from __future__ import annotations

import socketserver
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message


@dataclass
class MailServer:
    """``delay``: seconds between taking a mail and saying so, as a server needs that writes it to a disk."""

    delay: float = 0.0
    refused: set[str] = field(default_factory=set)
    taken: list[tuple[str, Message]] = field(default_factory=list)
    port: int = 0

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    @contextmanager
    def running(self) -> Iterator[MailServer]:
        """Serve on a free port until the block ends."""
        server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Conversation, bind_and_activate=True)
        server.daemon_threads = True
        server.mailbox = self  # type: ignore[attr-defined]
        self.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            server.shutdown()
            server.server_close()
            thread.join()


class _Conversation(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        try:
            self._talk()
        except (BrokenPipeError, ConnectionResetError):
            return  # who was sending was killed

    def _talk(self) -> None:
        mailbox: MailServer = self.server.mailbox  # type: ignore[attr-defined]
        self._say("220 ready")
        to: list[str] = []
        while line := self.rfile.readline():
            word, _, rest = line.decode("ascii", "replace").strip().partition(" ")
            match word.upper():
                case "RCPT":
                    address = rest.partition(":")[2].strip().strip("<>")
                    if address in mailbox.refused:
                        self._say("550 no such person here")
                    else:
                        to.append(address)
                        self._say("250 good")
                case "DATA":
                    self._say("354 go on")
                    body = self._until_the_dot()
                    if body is None:
                        return  # the sender died before the end: a server drops such a mail
                    mailbox.taken += [(address, message_from_bytes(body)) for address in to]
                    time.sleep(mailbox.delay)
                    self._say("250 taken")
                    to = []
                case "QUIT":
                    self._say("221 goodbye")
                    return
                case _:
                    self._say("250 good")

    def _until_the_dot(self) -> bytes | None:
        lines = []
        while line := self.rfile.readline():
            if line == b".\r\n":
                return b"".join(lines)
            lines.append(line[1:] if line.startswith(b".") else line)
        return None

    def _say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode("ascii"))
