"""`make attack` itself: its table runs, a bot that holds is told from one that falls, and the exit code says which."""

from __future__ import annotations

import pytest

from tests.attack.__main__ import main, play
from tests.attack.case import Case
from tests.e2e.process import free_ports


@pytest.mark.soak
def test_a_case_runs_against_both_bots_and_its_rows_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--only", "the same update again"]) == 0
    head, *rows, verdict = capsys.readouterr().out.splitlines()
    assert head.split() == ["by", "case", "what", "was", "sent", "what", "was", "expected"]
    assert [(row.split()[0], row.split()[-1]) for row in rows] == [("run", "held"), ("serve", "held")]
    assert verdict == "2 held, 0 fell."


def test_a_door_behind_which_nobody_is_falls_and_so_does_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    (port,) = free_ports(1)
    assert main(["--base-url", f"http://127.0.0.1:{port}", "--only", "a wrong secret"]) == 1
    said = capsys.readouterr().out.splitlines()
    assert said[1].endswith("FELL")
    assert "ConnectionRefusedError" in said[2]
    assert said[-1] == "0 held, 1 fell."


def test_what_needs_the_secret_is_not_called_held_without_it(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("WEBHOOK_SECRET", raising=False)
    (port,) = free_ports(1)
    assert main(["--base-url", f"http://127.0.0.1:{port}", "--only", "bodies that are no update"]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[1].endswith("not tried")
    assert said[-1] == "0 held, 0 fell, 1 not tried."


def test_a_name_that_is_no_case_is_refused() -> None:
    with pytest.raises(SystemExit):
        main(["--only", "no such case"])


async def test_what_a_case_raises_is_the_reason_of_its_fall() -> None:
    async def nothing(_target: object) -> None:
        return None

    async def not_held(_target: object) -> None:
        raise AssertionError("3 answers\nand more")

    async def broken(_target: object) -> None:
        raise ExceptionGroup("many", [LookupError("no button")])

    for attack, reason in ((nothing, ""), (not_held, "3 answers"), (broken, "LookupError: no button")):
        row = await play(Case("a case", "words", "an answer", attack), object(), "run")
        assert row.reason == reason
        assert row.told((5, 6, 5, 9)).splitlines()[0].endswith("FELL" if reason else "held")
