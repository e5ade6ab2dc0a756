"""Two thousand updates of every kind, broken ones too: none is lost, none meets silence, none is unhandled."""

from __future__ import annotations

import pytest

from bot.runtime.intake import polling
from db.store import Store
from tests.fuzz import fuzz


@pytest.mark.soak
@pytest.mark.both_stores
async def test_whatever_telegram_sends_is_noted_and_answered(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(polling, "STUCK_SECONDS", 0.0)
    found = await fuzz(store, 2_000, seed=8)
    assert (found.lost, found.silent, found.unhandled) == (0, 0, 0), found.samples
    assert (found.updates, sum(found.labels.values())) == (2_000, 2_000)
    assert found.labels["answer"] > 500
    assert found.recorded > 10
