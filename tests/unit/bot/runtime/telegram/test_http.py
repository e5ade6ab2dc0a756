"""The HTTP client under the library, against a server that says exactly what a test wants it to say."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from telegram.error import NetworkError, TelegramError, TimedOut
from telegram.request import RequestData
from telegram.request._requestparameter import RequestParameter

from bot.runtime.telegram import http
from bot.runtime.telegram.request import HttptoolsRequest
from tests.unit.bot.runtime.line import until

TRUE = b'{"ok":true,"result":true}'
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
Script = Callable[[bytes, asyncio.StreamWriter], Awaitable[bool]]
"""What the server does with a call; False closes the connection."""


class Server:
    """Follows a script per connection; remembers how many there were, and what was asked."""

    def __init__(self, script: Script) -> None:
        self.script = script
        self.connections = self.open = 0
        self.asked: list[bytes] = []
        self.address = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self.open += 1
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0])
                self.asked.append(head + await reader.readexactly(length))
                if not await self.script(self.asked[-1], writer):
                    break
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            self.open -= 1
            writer.close()


@asynccontextmanager
async def line(script: Script, connections: int = 4) -> AsyncIterator[tuple[Server, HttptoolsRequest]]:
    server = Server(script)
    listening = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    server.address = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}/bot1:secret/call"
    client = HttptoolsRequest(connections)
    await client.initialize()
    try:
        yield server, client
    finally:
        await client.shutdown()
        listening.close()
        await until(lambda: not server.open)


def answer(body: bytes = TRUE, status: str = "200 OK", more: bytes = b"") -> bytes:
    return f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n".encode() + more + b"\r\n" + body


def saying(*said: bytes, stay: bool = True) -> Script:
    """A script that says the same to every call."""

    async def script(_asked: bytes, writer: asyncio.StreamWriter) -> bool:
        for part in said:
            writer.write(part)
            await writer.drain()
            await asyncio.sleep(0)
        return stay

    return script


async def test_calls_go_over_one_connection_and_carry_json() -> None:
    async with line(saying(answer())) as (server, client):
        data = RequestData([RequestParameter("text", "Dag é", None), RequestParameter("chat_id", 5, None)])
        assert await client.post(server.address, data) is True
        assert await client.post(server.address) is True
    assert server.connections == 1
    head, _, body = server.asked[0].partition(b"\r\n\r\n")
    assert head.startswith(b"POST /bot1:secret/call HTTP/1.1\r\nHost: 127.0.0.1:")
    assert b"\r\nContent-Type: application/json\r\n" in head
    assert body.decode() == '{"text":"Dag é","chat_id":5}'
    assert server.asked[1].endswith(b"\r\n\r\n")


@pytest.mark.parametrize(
    "said",
    [
        pytest.param([CHUNKED, b"5\r\n", TRUE[:5], b"\r\n14\r\n", TRUE[5:], b"\r\n0\r\n\r\n"], id="chunked"),
        pytest.param([bytes([each]) for each in answer()], id="byte by byte"),
        pytest.param([b"HTTP/1.1 100 Continue\r\n\r\n", answer()], id="continue first"),
    ],
)
async def test_an_answer_may_come_in_pieces(said: list[bytes]) -> None:
    async with line(saying(*said)) as (server, client):
        for _ in range(2):
            assert await client.post(server.address) is True
        assert server.connections == 1


async def test_a_server_that_closes_after_each_answer_gets_a_new_connection_each_time() -> None:
    async with line(saying(answer(more=b"Connection: close\r\n"), stay=False)) as (server, client):
        for _ in range(3):
            assert await client.post(server.address) is True
    assert server.connections == 3


async def test_a_connection_that_the_server_closed_meanwhile_is_not_used_again() -> None:
    async with line(saying(answer(), stay=False)) as (server, client):
        assert await client.post(server.address) is True
        assert client._wire is not None
        known = client._wire._idle[0]
        await until(lambda: not known.kept)
        assert await client.post(server.address) is True
    assert server.connections == 2


async def test_a_connection_that_was_quiet_for_long_is_not_used_again(monkeypatch: pytest.MonkeyPatch) -> None:
    async with line(saying(answer())) as (server, client):
        await client.post(server.address)
        monkeypatch.setattr(http, "KEPT_SECONDS", 0.0)
        await client.post(server.address)
        assert server.connections == 2
        await until(lambda: server.open == 1)


@pytest.mark.parametrize(
    "said",
    [
        pytest.param([b""], id="nothing"),
        pytest.param([answer()[:30]], id="in the head"),
        pytest.param([answer()[:-3]], id="in the body"),
        pytest.param([CHUNKED, b"19\r\n{"], id="in a chunk"),
    ],
)
async def test_an_answer_that_is_cut_off_is_trouble_that_may_pass_and_names_no_address(said: list[bytes]) -> None:
    async with line(saying(*said, stay=False)) as (server, client):
        with pytest.raises(NetworkError) as caught:
            await client.post(server.address)
    assert "secret" not in repr(caught.value)
    assert caught.value.__cause__ is None


async def test_what_is_not_http_is_trouble_that_may_pass() -> None:
    async with line(saying(b"SSH-2.0-OpenSSH_9.2\r\n")) as (server, client):
        for number in (1, 2):
            with pytest.raises(NetworkError):
                await client.post(server.address)
            assert server.connections == number


async def test_an_answer_that_does_not_come_in_time_closes_its_connection() -> None:
    async with line(saying()) as (server, client):
        with pytest.raises(TimedOut):
            await client.post(server.address, read_timeout=0.01)
        await until(lambda: not server.open)


async def test_a_cancelled_call_closes_its_connection_and_gives_its_place_to_the_next() -> None:
    async with line(saying(), connections=1) as (server, client):
        first = asyncio.create_task(client.post(server.address))
        await until(lambda: len(server.asked) == 1)
        second = asyncio.create_task(client.post(server.address))
        first.cancel()
        await until(lambda: len(server.asked) == 2)
        assert (server.connections, server.open) == (2, 1)
        second.cancel()
        await asyncio.gather(first, second, return_exceptions=True)


async def test_no_more_connections_than_were_given() -> None:
    async with line(saying(answer()), connections=3) as (server, client):
        assert await asyncio.gather(*(client.post(server.address) for _ in range(30))) == [True] * 30
    assert server.connections == 3
    assert len(server.asked) == 30


async def test_nobody_listens_there() -> None:
    async with line(saying()) as (server, _client):
        address = server.address
    client = HttptoolsRequest(1)
    with pytest.raises(NetworkError):
        await client.post(address)
    await client.initialize()
    for _ in range(2):  # the place is given back
        with pytest.raises(NetworkError):
            await client.post(address)
    await client.shutdown()


async def test_a_refusal_with_a_page_instead_of_json_is_trouble_that_may_pass() -> None:
    page = b"<html>Bad Gateway</html>"
    async with line(saying(answer(page, "502 Bad Gateway"))) as (server, client):
        with pytest.raises(NetworkError):
            await client.post(server.address)
    async with line(saying(answer(page))) as (server, client):
        with pytest.raises(TelegramError):
            await client.post(server.address)


async def test_files_are_refused_with_a_clear_word() -> None:
    async with line(saying(answer())) as (server, client):
        data = RequestData()
        data.contains_files = True
        with pytest.raises(NetworkError, match="sends no files"):
            await client.post(server.address, data)
        assert server.asked == []


def certificate(folder: Path) -> Path:
    """Key and certificate of localhost, signed by itself, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now, now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = folder / "localhost.pem"
    plain = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file.write_bytes(plain + made.public_bytes(Encoding.PEM))
    return file


@pytest.mark.parametrize("trusted", [True, False])
async def test_https_is_checked(trusted: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = certificate(tmp_path)
    of_server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    of_server.load_cert_chain(file)
    of_client = ssl.create_default_context(cafile=file if trusted else None)
    monkeypatch.setattr(ssl, "create_default_context", lambda: of_client)
    server = Server(saying(answer()))
    listening = await asyncio.start_server(server.serve, "localhost", 0, ssl=of_server)
    client = HttptoolsRequest(1)
    await client.initialize()
    address = f"https://localhost:{listening.sockets[0].getsockname()[1]}/bot1:secret/call"
    if trusted:
        assert [await client.post(address) for _ in range(2)] == [True, True]
        assert server.connections == 1
    else:
        with pytest.raises(NetworkError, match="SSLCertVerificationError"):
            await client.post(address)
    await client.shutdown()
    listening.close()
    await until(lambda: not server.open)
