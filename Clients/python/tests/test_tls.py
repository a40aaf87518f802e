"""Over TLS."""

from __future__ import annotations

import pathlib
import ssl
import subprocess
import tempfile
from typing import Optional

from metachat import Client, ConnectionFailed

from .server import TOKEN, Server
from .support import ServerTest


class TLS(ServerTest):
    folder: "tempfile.TemporaryDirectory[str]"
    certificate: pathlib.Path
    key: pathlib.Path

    @classmethod
    def setUpClass(cls) -> None:
        cls.folder = tempfile.TemporaryDirectory()
        cls.certificate = pathlib.Path(cls.folder.name, "certificate.pem")
        cls.key = pathlib.Path(cls.folder.name, "key.pem")
        command = (
            "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost"
        )
        subprocess.run(
            command.split()
            + ["-addext", "subjectAltName=DNS:localhost", "-out", str(cls.certificate), "-keyout", str(cls.key)],
            check=True,
            capture_output=True,
            timeout=60,
        )

    @classmethod
    def tearDownClass(cls) -> None:
        cls.folder.cleanup()

    def secure(self) -> Server:
        server = self.start()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate, self.key)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        return server

    def connect(self, server: Server, host: str, tls: Optional[ssl.SSLContext] = None) -> Client:
        client = Client(f"https://{host}:{server.server_address[1]}", token=TOKEN, timeout=60, tls=tls)
        self.addCleanup(client.close)
        return client

    def test_a_certificate_that_is_trusted(self) -> None:
        server = self.secure()
        client = self.connect(server, "localhost", tls=ssl.create_default_context(cafile=str(self.certificate)))
        for _ in range(5):
            client.fleet.list()
        self.assertEqual((len(server.requests), server.connections), (5, 1))

    def test_one_that_is_not_or_of_another_host(self) -> None:
        server = self.secure()
        trusting = ssl.create_default_context(cafile=str(self.certificate))
        for client in (self.connect(server, "localhost"), self.connect(server, "127.0.0.1", tls=trusting)):
            with self.assertRaisesRegex(ConnectionFailed, "certificate is not accepted"):
                client.fleet.list()
        self.assertEqual(server.requests, [])
