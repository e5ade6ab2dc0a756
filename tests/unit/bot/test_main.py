"""The command line: `check` refuses what `run` refuses, in the same words, before it says anything else."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.__main__ import main
from bot.settings import OTHERS, Settings

WRONG = {
    "an unknown name": {"TELEGRAM_TOKN": "123:abc"},
    "a name of ours that is none": {"KOPPELKANS_WEATHER": "fine"},
    "half a token": {"TELEGRAM_TOKEN": "abc"},
    "another engine": {"DATABASE_URL": "mysql://x"},
    "no such port": {"KOPPELKANS_PORT": "99999"},
    "no such loop": {"KOPPELKANS_LOOP": "fast"},
    "two settings that clash": {"TELEGRAM_TOKENS": "smitsveen=456:def"},
    "a wijk beside the wijken": {"TELEGRAM_TOKEN": "", "TELEGRAM_TOKENS": "smitsveen=456:def", "WIJK": "smitsveen"},
    "a short secret": {"WEBHOOK_SECRET": "abc"},
    "half a key": {"SECRET_KEYS": "abc"},
}


@pytest.fixture(autouse=True)
def _bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in {name.upper() for name in Settings.model_fields} | OTHERS:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))


def refused(command: str, capsys: pytest.CaptureFixture[str]) -> str:
    """What is said when this command ends with exit code 2 and nothing else."""
    with pytest.raises(SystemExit) as end:
        main(args=[command])
    said = capsys.readouterr()
    assert (end.value.code, said.out) == (2, "")
    return said.err


def test_check_refuses_wrong_settings_in_the_words_of_run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for what, given in WRONG.items():
        with monkeypatch.context() as here:
            here.setenv("TELEGRAM_TOKEN", "123:abc")
            for name, value in given.items():
                here.setenv(name, value)
            found = refused("check", capsys)
            assert found == refused("run", capsys), what
            assert any(name in found for name in given), what


def test_check_refuses_a_wijk_that_has_no_folder(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in {"WIJK": "nergens", "TELEGRAM_TOKENS": "smitsveen=1:a,nergens=2:b"}.items():
        with monkeypatch.context() as here:
            here.setenv(name, value)
            assert refused("check", capsys).startswith("nergens is not a folder of flows/wijken; there are smitsveen")


def test_check_says_first_whether_all_is_in_order_and_makes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as end:
        main(args=["check"])
    assert end.value.code == 0
    said = capsys.readouterr().out.splitlines()
    assert said[0].startswith("De inhoud klopt")
    assert any(line.startswith("Nog niet klaar") for line in said[1:])
    assert list(tmp_path.iterdir()) == []


def test_check_speaks_english_to_whoever_asks_for_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("KOPPELKANS_LANGUAGE", "en")
    with pytest.raises(SystemExit) as end:
        main(args=["check"])
    assert end.value.code == 0
    assert capsys.readouterr().out.startswith("The content is in order")


def test_simulate_asks_what_to_play(capsys: pytest.CaptureFixture[str]) -> None:
    assert "koppelkans simulate --quarter" in refused("simulate", capsys)
