"""Play the charts in the terminal: the real `handle`, a store in a temporary folder, numbers for buttons."""

from __future__ import annotations

import tempfile
from contextlib import closing
from pathlib import Path

from bot.content.loaded import ZONE, load_content
from bot.demo.filled import filled
from bot.demo.simulator import Shown, Simulator
from bot.handle import clock
from db.store import open_store
from db.types import encrypted

HELP = "Type the number of a button, or words, or a command such as /menu. Stop with an empty line."


def play(wijk: str, language: str, everything: bool = False) -> None:
    """Let one resident play at the keyboard, until an empty line or the end of the input.

    With `everything`, what the wijk does not know yet is made up, and says so.
    """
    content = load_content(wijk)
    if everything:
        content = filled(content, clock().astimezone(ZONE).date())
    with tempfile.TemporaryDirectory(prefix="koppelkans-") as folder:
        encrypted.use([encrypted.new_key()])
        with closing(open_store(f"sqlite:///{Path(folder) / 'talk.db'}")) as store:
            store.migrate()
            sim = Simulator(content, store)
            me = sim.person("telegram:1", "Fatma", language)
            print(HELP)
            news = sim.type(me, "/start")
            while True:
                buttons = _show(news)
                try:
                    said = input("> ").strip()
                except EOFError:
                    return
                if not said:
                    return
                if said.isdigit() and 0 < int(said) <= len(buttons):
                    message, data = buttons[int(said) - 1]
                    news = sim.press(me, message, data)
                else:
                    news = sim.type(me, said)


def _show(news: list[Shown]) -> list[tuple[int, str]]:
    buttons: list[tuple[int, str]] = []
    for shown in news:
        print(f"\n{shown.text}\n")
        for row in shown.buttons:
            labels = []
            for button in row:
                buttons.append((shown.id, button.data))
                labels.append(f"{len(buttons)} [{button.text}]")
            print("   " + "  ".join(labels))
    return buttons
