"""What the tests share."""

from __future__ import annotations

import unittest
from typing import Any, Callable, Optional

from metachat import Client

from .server import TOKEN, Exchange, Server


class ServerTest(unittest.TestCase):
    """Each test starts a server that plays a part."""

    def start(self, play: Optional[Callable[[Exchange], None]] = None) -> Server:
        server = Server(play)
        server.__enter__()
        self.addCleanup(server.__exit__, None, None, None)
        return server

    def client(self, server: Server, **options: Any) -> Client:
        options.setdefault("timeout", 60)
        client = Client(server.url, token=TOKEN, **options)
        self.addCleanup(client.close)
        return client
