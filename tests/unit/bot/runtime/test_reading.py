"""JSON is read as leniently as the Telegram library reads it, and whatever comes has a number."""

from __future__ import annotations

import math
from typing import Any

import pytest

from bot.runtime.reading import LARGEST, NotJson, number_of, read_json, trace

DEEP = b'{"a":' * 3000 + b"1" + b"}" * 3000


def test_what_is_not_quite_json_is_read_and_only_what_is_none_is_refused() -> None:
    read: dict[bytes, Any] = {
        b'{"a":"dag"}': {"a": "dag"},
        b'{"a":"caf\xe9 \xff"}': {"a": "caf\ufffd \ufffd"},
        b'{"a":"ik ruik gas\\ud83d"}': {"a": "ik ruik gas\ud83d"},
        b'{"a":"\\ud83d\\ude00"}': {"a": "\U0001f600"},
        b'{"a":"\\udd25\\ud83d"}': {"a": "\udd25\ud83d"},
        b'{"a":"een\x01twee\nregels"}': {"a": "een\x01twee\nregels"},
        b'{"a":"\\u0000"}': {"a": "\0"},
        b'{"a":' + b"9" * 5000 + b"}": {"a": math.inf},
        b'{"a":"\xff","b":' + b"9" * 30 + b"}": {"a": "\ufffd", "b": 1e30},
        b'{"a":"\xff","b":9223372036854775807}': {"a": "\ufffd", "b": 2**63 - 1},
        b'{"a":Infinity}': {"a": math.inf},
    }
    for payload, value in read.items():
        assert read_json(payload) == value, payload[:40]
    for payload in (b"", b"{", b"<html>", b'{"a":}', DEEP, b'{"a":"' + b"\xff" * 9, b'{"a":1}{"a":2}'):
        with pytest.raises(NotJson):
            read_json(payload)


def test_an_update_has_its_own_number_and_one_without_gets_the_same_each_time_it_comes() -> None:
    known: list[tuple[Any, int]] = [
        ({"update_id": 7}, 7),
        ({"update_id": 0}, 0),
        ({"update_id": LARGEST}, LARGEST),
        (b'{"ok":true,"result":[{"update_id": 8,"message":' + DEEP, 8),
        (b'"update_id":9', 9),
    ]
    assert [number_of(update) for update, _ in known] == [number for _, number in known]
    deep: list[Any] = []
    for _ in range(5000):
        deep = [deep]
    strange: list[Any] = [
        {}, {"update_id": "7"}, {"update_id": True}, {"update_id": 7.0}, {"update_id": None}, {"update_id": -7},
        {"update_id": LARGEST + 1}, {"update_id": 2**70}, {"update_id": math.inf}, [], None, 7, "dag", "\ud83d", b"{",
        b'{"text":"\\"update_id\\":5"}', b'"update_id":5.5', deep,
    ]  # fmt: skip
    numbers = [number_of(update) for update in strange]
    assert all(-(2**63) <= number < 0 for number in numbers)
    assert len(set(numbers)) == len(strange)
    assert [number_of(update) for update in strange] == numbers


def test_of_what_is_not_json_nothing_is_told_but_the_id() -> None:
    assert trace(b'[{"update_id":5,"message":{"text":"geheim') == b'"update_id":5'
    assert trace(b"<html>geheim") == b""
