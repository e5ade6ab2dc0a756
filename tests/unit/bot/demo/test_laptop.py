"""The demo on one laptop: no second one in the same folder, and one message for what cannot be."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.demo.laptop import TOKEN, run_demo
from bot.runtime.intake.poll_lock import AlreadyRunning, only_poller
from bot.settings import SettingsError, read_settings


def test_a_second_demo_in_the_same_folder_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settings = read_settings(data_dir=tmp_path / "data", koppelkans_port=0)
    home = settings.data_dir / "demo"
    home.mkdir(parents=True, mode=0o700)
    with only_poller(home, TOKEN), pytest.raises(AlreadyRunning, match="A demo already runs in this folder"):
        run_demo(settings)
    assert [path.suffix for path in home.iterdir()] == [".lock"]
    assert capsys.readouterr().out == ""


def test_a_demo_that_cannot_listen_there_says_so(tmp_path: Path) -> None:
    settings = read_settings(data_dir=tmp_path / "data", koppelkans_port=0, koppelkans_host="192.0.2.1")
    with pytest.raises(SettingsError, match="KOPPELKANS_HOST: cannot listen there"):
        run_demo(settings)
