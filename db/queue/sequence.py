"""The ids of a wijk's messages. They only rise from commit to commit; the transaction that draws first goes first.

Guards two rules. A wijk's turns are taken one group after another, whichever process hears them, so that no two of
them lock each other out or make the same new conversation; and a message that was decided later has the higher id.
"""

from __future__ import annotations

from sqlalchemy import Connection, bindparam

from db.store import Upsert
from db.tables import sequence

_DRAW = Upsert(
    lambda insert: (
        insert(sequence)
        .values(wijk=bindparam("wijk"), last=bindparam("many"))
        .on_conflict_do_update(index_elements=["wijk"], set_={"last": sequence.c.last + bindparam("many")})
        .returning(sequence.c.last)
    )
)


def draw(tx: Connection, wijk: str, many: int = 1) -> range:
    """Draw so many new ids in a row; a rollback gives them back.

    Until this transaction ends no other one in the wijk gets any, so that its next draw follows on.
    """
    last: int = tx.execute(_DRAW.on(tx), {"wijk": wijk, "many": many}).scalar_one()
    return range(last - many + 1, last + 1)
