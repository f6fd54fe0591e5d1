"""A real PostgreSQL in a directory of its own, which can be killed and comes back."""

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex

import psycopg

from ivr.provision.postgresql import INSIDE, ensure_postgresql, postgresql_command

USER = "ivr"
SOCKET_NUMBER = 5432
"""Stands in the name of the socket; what the clients expect."""
START_S = 20.0
POLL_S = 0.02


class PostgreSQL:
    """Spoken to by a socket in `directory`, and on loopback when it has a `port`.

    By the socket nobody is asked for a password, on loopback everybody is.
    """

    def __init__(self, directory: Path, port: int | None = None, *, durable: bool = False) -> None:
        """`durable`: what is committed outlives a power cut, too, which takes longer."""
        self._durable = durable
        self._directory = directory
        self._root = ensure_postgresql(print)
        self._port = port
        self._process: subprocess.Popen[bytes] | None = None
        (directory / "password").write_text(f"{token_hex(8)}\n", "utf-8")
        command = self._command(
            *("initdb", "-D", f"{INSIDE}/data", "-U", USER, "--pwfile", f"{INSIDE}/password"),
            *("--auth-local=trust", "--auth-host=scram-sha-256", "--no-sync"),
            *("--no-instructions", "--locale=C", "--encoding=UTF8"),
        )
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr

    def start(self) -> None:
        """Returns when it takes connections."""
        options = {
            "unix_socket_directories": str(INSIDE),
            "listen_addresses": "" if self._port is None else "127.0.0.1",
            "port": str(self._port or SOCKET_NUMBER),
            # It may be killed, the machine may not: mostly nothing has to wait for the disk.
            "fsync": "on" if self._durable else "off",
        }
        settings = [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
        command = self._command("postgres", "-D", f"{INSIDE}/data", *settings)
        with (self._directory / "log").open("ab") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log)
        limit = time.monotonic() + START_S
        while not self._answers():
            assert time.monotonic() < limit, (self._directory / "log").read_text("utf-8")
            time.sleep(POLL_S)

    def kill(self) -> None:
        """As a power cut would; what was committed is there at the next start."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def new_database(self) -> str:
        """An empty database; its URL, by the port when there is one.

        The password is not in it: it names the file that holds it.
        """
        name = f"ivr_{token_hex(4)}"
        with psycopg.connect(self._socket("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        if self._port is None:
            return f"postgresql+psycopg://{USER}@/{name}?host={self._directory}"
        password = f"password_file={self._directory / 'password'}"
        return f"postgresql+psycopg://{USER}@127.0.0.1:{self._port}/{name}?{password}"

    def _answers(self) -> bool:
        try:
            psycopg.connect(self._socket("postgres")).close()
        except psycopg.OperationalError:
            return False
        return True

    def _socket(self, database: str) -> str:
        port = self._port or SOCKET_NUMBER
        return f"host={self._directory} port={port} user={USER} dbname={database}"

    def _command(self, program: str, *arguments: str) -> list[str]:
        return postgresql_command(self._root, self._directory, program, *arguments)


@contextmanager
def running(
    directory: Path, port: int | None = None, *, durable: bool = False
) -> Iterator[PostgreSQL]:
    """A fresh one, up while this lasts."""
    server = PostgreSQL(directory, port, durable=durable)
    server.start()
    try:
        yield server
    finally:
        server.kill()
