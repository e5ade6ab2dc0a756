"""A store knows which keys it needs: a start without one of them is refused, however few rows are under it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from cryptography.fernet import Fernet
from sqlalchemy import Column, event

from bot.runtime.processes.open import open_all
from bot.settings import SettingsError, read_settings
from db import keys, opening
from db.people import conversations
from db.store import Store, open_store
from db.tables import metadata
from db.types import encrypted
from db.types.encrypted import EncryptedJson, EncryptedText
from tests.unit.db.examples import NOW, WIJK

pytestmark = pytest.mark.both_stores

ONE, TWO, THREE = (encrypted.new_key() for _ in range(3))

ENCRYPTED = [
    pytest.param(table.name, column.name, id=f"{table.name}.{column.name}")
    for table in metadata.sorted_tables
    for column in table.columns
    if isinstance(column.type, EncryptedText | EncryptedJson)
]


def started(url: str, *given: str) -> Store | None:
    """The store as a start with these keys opens it; None when it refuses."""
    encrypted.use(given)
    store = open_store(url)
    if not opening.keys_are_here(store):
        store.close()
        return None
    opening.bring_up_to_date(store, NOW)
    return store


def refused(url: str, *given: str) -> bool:
    """Whether a start with these keys is refused."""
    store = started(url, *given)
    if store is not None:
        store.close()
    return store is None


def begun(url: str, *given: str) -> closing[Store]:
    """The store after a start with these keys, until the end of a block."""
    store = started(url, *given)
    assert store is not None
    return closing(store)


def come(store: Store, numbers: range) -> None:
    """These people say something for the first time."""
    with store.write() as tx:
        conversations.load(tx, WIJK, [f"telegram:{number}" for number in numbers], NOW)


def test_after_a_rotation_both_keys_are_needed_although_few_rows_in_the_middle_are_under_one(
    store_url: str,
) -> None:
    for given, numbers in (((ONE,), range(5)), ((TWO, ONE), range(5, 6)), ((ONE, TWO), range(6, 12))):
        with begun(store_url, *given) as store:
            come(store, numbers)
    assert refused(store_url, ONE)
    assert refused(store_url, TWO)
    assert refused(store_url, THREE, ONE)
    assert not refused(store_url, THREE, ONE, TWO)


def test_the_command_line_says_so_in_one_line(store_url: str, tmp_path: Path) -> None:
    with begun(store_url, ONE) as store:
        come(store, range(5))
    with begun(store_url, TWO, ONE) as store:
        come(store, range(5, 6))
    with pytest.raises(SettingsError) as error:
        open_all(read_settings(data_dir=tmp_path, database_url=store_url, secret_keys=ONE))
    assert str(error.value).startswith("SECRET_KEYS: something in the store was encrypted with another key")
    assert "\n" not in str(error.value)
    assert ONE not in str(error.value)


def test_a_key_is_noted_before_it_encrypts_anything(store_url: str) -> None:
    with begun(store_url, ONE) as store:
        come(store, range(1))
    with begun(store_url, TWO, ONE) as store, store.read() as tx:
        assert keys.noted(tx) == set(encrypted.names())
    assert refused(store_url, ONE), "another process may still write with the second key"


def test_a_store_in_which_nothing_is_stored_takes_any_key(store_url: str) -> None:
    refused(store_url, ONE)
    with begun(store_url, TWO) as store, store.read() as tx:
        assert keys.noted(tx) == set(encrypted.names())


def value_for(column: Column[Any], number: int) -> Any:
    """Something that fits in this column."""
    kind = column.type.python_type if not isinstance(column.type, sa.JSON) else list
    return {str: f"x{number}", int: number, bool: False, list: [], datetime: NOW}[kind]


def row_for(table: sa.Table, number: int) -> dict[str, Any]:
    """A row with what must be in it; rows of the same number refer to each other, and a lead is closed."""
    row = {each.name: value_for(each, number) for each in table.columns if not each.nullable}
    return row | ({"closed_at": NOW} if table.name == "leads" else {})


def _needed(reference: sa.ForeignKeyConstraint) -> bool:
    return not any(each.nullable for each in reference.columns)


@pytest.mark.parametrize(("table", "column"), ENCRYPTED)
def test_a_store_from_before_this_table_is_read_whole_once(table: str, column: str, store_url: str) -> None:
    found = sa.Table(table, sa.MetaData(), autoload_with=(first := open_store(store_url)).reader)
    with first.write() as tx:
        for number in range(1, 13):
            for parent in {each.referred_table for each in found.foreign_key_constraints if _needed(each)}:
                tx.execute(sa.insert(parent), row_for(parent, number))
            row = row_for(found, number)
            sealed = Fernet(TWO if number == 6 else ONE).encrypt(b'"x"').decode()
            needed = [each for one, each in (param.values for param in ENCRYPTED) if one == table and each in row]
            row |= dict.fromkeys([column, *map(str, needed)], sealed)
            tx.execute(sa.insert(found), row)
    first.close()
    assert refused(store_url, ONE)
    assert refused(store_url, TWO)
    with begun(store_url, THREE, TWO, ONE) as store, store.read() as tx:
        assert keys.noted(tx) == set(encrypted.names())
    assert refused(store_url, TWO, ONE)


def test_a_start_reads_no_table_whole_once_the_keys_are_noted(
    store_url: str, open_stores: Callable[[str], Store]
) -> None:
    with begun(store_url, ONE) as store:
        come(store, range(20))
    store = open_stores(store_url)
    asked: list[str] = []
    for engine in {store.reader, store.writer}:
        event.listen(engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
    assert opening.keys_are_here(store)
    opening.bring_up_to_date(store, NOW)
    of_people = [each for each in asked if each.startswith("SELECT") and "FROM addresses" in each]
    assert of_people
    assert all("LIMIT" in each for each in of_people)
