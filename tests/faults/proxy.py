"""A box on the network between web server and database: it passes everything on, or nothing, or is not there."""

from __future__ import annotations

import selectors
import socket
import threading
from contextlib import suppress
from pathlib import Path

from tests.faults.server import HOST


class Proxy:
    """Listens on TCP and passes on to the database's Unix socket, as it is told."""

    def __init__(self, socket_file: Path, port: int = 0) -> None:
        self.target = str(socket_file)
        self.listener = socket.create_server((HOST, port))
        self.port = int(self.listener.getsockname()[1])
        #: Whether bytes go to the database, and whether its answers come back.
        self.asks = self.answers = True
        self.closing = False
        self.pairs: list[tuple[socket.socket, socket.socket]] = []
        threading.Thread(target=self._listen, daemon=True).start()

    def cut(self) -> None:
        """Every connection ends, as when the machine behind it goes."""
        for one, other in self.pairs:
            for end in (one, other):
                with suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)
        self.pairs.clear()

    def close(self) -> None:
        """Nobody listens any more."""
        self.closing = True
        self.listener.close()
        self.cut()

    def _listen(self) -> None:
        while not self.closing:
            try:
                client, _address = self.listener.accept()
                server = socket.socket(socket.AF_UNIX)
                server.connect(self.target)
            except OSError:
                return
            self.pairs.append((client, server))
            threading.Thread(target=self._pass_on, args=(client, server), daemon=True).start()

    def _pass_on(self, client: socket.socket, server: socket.socket) -> None:
        """What comes while the way is shut is lost, as it is when a box on the way forgets a connection."""
        with selectors.DefaultSelector() as ready, client, server:
            ready.register(client, selectors.EVENT_READ, (server, lambda: self.asks))
            ready.register(server, selectors.EVENT_READ, (client, lambda: self.answers))
            while True:
                for key, _events in ready.select():
                    end: socket.socket = key.fileobj  # type: ignore[assignment]
                    other, is_open = key.data
                    try:
                        data = end.recv(1 << 16)
                        if not data:
                            return
                        if is_open():
                            other.sendall(data)
                    except OSError:
                        return
