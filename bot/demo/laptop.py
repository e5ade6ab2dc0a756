"""The demo on one laptop: the stand-in and its phones in a thread, and beside it the real bot, over real HTTP."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

from pydantic import SecretStr

from bot.content.loaded import ZONE
from bot.demo.clock import MovableTime
from bot.demo.filled import filled
from bot.demo.standin.guard import HOSTS
from bot.demo.standin.server import StandinServer, standin_app
from bot.demo.standin.world.world import World
from bot.handle import clock
from bot.messages.links import INVITATION
from bot.runtime.intake.poll_lock import only_poller
from bot.runtime.jobs.clocks import LOOKS
from bot.runtime.processes.open import Opened, open_all
from bot.runtime.processes.polling import run_bot
from bot.runtime.processes.publish import publish
from bot.settings import Settings, SettingsError
from db.people import invitations
from flows.model.wijk import COORDINATOR

TOKEN = "4242:demo-token-of-this-laptop"
TOLD = "A demo already runs in this folder. Stop that one first, or give this one another DATA_DIR."
RESIDENT, PARTNER, CHIEF = 1001, 2001, 3001
"""The people who hold the phones: a resident, a member of a partner, the coordinator. Their names are made up."""


def run_demo(settings: Settings, everything: bool = False) -> None:
    """Serve the demo until Ctrl-C. Takes another port when its own is taken, and prints the address.

    With `everything`, what the wijk does not know yet is made up, and says so.

    Raises AlreadyRunning when another demo runs in the same folder.
    """
    settings.make_data_dir()
    home = settings.model_copy(
        update={
            "telegram_token": SecretStr(TOKEN),
            "telegram_tokens": (),
            "data_dir": settings.data_dir / "demo",
            "database_url": SecretStr(""),
            "digest_hour": 0,  # anyone sees a lead arrive
        }
    )
    home.make_data_dir()
    with (
        only_poller(home.data_dir, TOKEN, TOLD),
        closing(_listen(settings.koppelkans_host, settings.koppelkans_port)) as line,
    ):
        host, port = line.getsockname()[:2]
        address = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
        here = home.model_copy(update={"telegram_base_url": address})
        opened = open_all(here)
        if everything:
            today = clock().astimezone(ZONE).date()
            opened = Opened({key: filled(each, today) for key, each in opened.contents.items()}, opened.store)
        time = MovableTime(LOOKS)
        with closing(opened.store), _phones(opened, line, time):
            print(f"Koppelkans demo: open {address}  (stop with Ctrl-C)", flush=True)
            asyncio.run(publish(here, opened.content))
            asyncio.run(run_bot(here, opened, time=time))


@contextmanager
def _phones(opened: Opened, line: socket.socket, time: MovableTime) -> Iterator[None]:
    """Serve the stand-in with the page, on this socket, for as long as the block lasts."""
    world = World()
    world.bot(TOKEN, name="Koppelkans", username="koppelkans_demo_bot")
    hosts = (*HOSTS, line.getsockname()[0])
    app = standin_app(world, config=_config(opened, time), invite=_invite(opened, time), hosts=hosts, move=time.move)
    server = StandinServer(world, app)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [line]}, name="phones", daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(timeout=10)


def _config(opened: Opened, time: MovableTime) -> Any:
    wijk = opened.content.wijk

    def config() -> dict[str, Any]:
        return {
            "phones": [
                {"kind": "resident", "id": RESIDENT, "name": "Fatma", "language_code": "nl"},
                {"kind": "partner", "id": PARTNER, "name": "Ans", "language_code": "nl"},
                {"kind": "coordinator", "id": CHIEF, "name": "Dewi", "language_code": "nl"},
            ],
            "now": time().isoformat(),
            "partners": [{"id": partner.id, "name": partner.name} for partner in wijk.partners.values()],
        }

    return config


def _invite(opened: Opened, time: MovableTime) -> Any:
    def invite(wish: dict[str, Any]) -> str:
        partner = str(wish.get("partner") or COORDINATOR)
        if partner != COORDINATOR and partner not in opened.content.wijk.partners:
            raise LookupError(f"no such partner: {partner}")
        role = "coordinator" if partner == COORDINATOR else "partner"
        with opened.store.write() as tx:
            return INVITATION + invitations.make(tx, opened.content.wijk.id, partner, role, None, time())

    return invite


def _listen(host: str, port: int) -> socket.socket:
    """Return a listening socket on this port, or on a free one when it is taken."""
    for wanted in (port, 0):
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        # With the protocol named, asyncio turns off the delay of small answers (40 ms on every call).
        line = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        line.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            line.bind((host, wanted))
            line.listen(2048)
            return line
        except OSError as error:
            line.close()
            if wanted == 0:
                raise SettingsError(f"KOPPELKANS_HOST: cannot listen there ({error.strerror})") from None
    raise AssertionError("a free port is always tried last")
