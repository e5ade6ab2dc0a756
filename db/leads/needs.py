"""What a lead is about, as pairs of service and topic. Guards the rule that nothing is asked twice while it is open."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, bindparam, select

from db.tables import leads

Needs = Sequence[tuple[str, str]]


class RunsAlready(LookupError):
    """There is an open lead of this resident about the same, or there are as many as they may have."""


_OPEN = select(leads.c.needs, leads.c.urgent).where(
    leads.c.wijk == bindparam("wijk"), leads.c.resident == bindparam("resident"), leads.c.closed_at.is_(None)
)


def refuse_twice(tx: Connection, wijk: str, resident: str, needs: Needs, urgent: bool, most: int | None) -> None:
    """Raise RunsAlready when an open lead of the resident has one of these needs, or when they have `most` open leads.

    What cannot wait may stand beside a lead that can. The caller has locked the conversation of the resident: otherwise
    two transactions could each make the first.
    """
    if not needs and most is None:
        return
    open_ones = tx.execute(_OPEN, {"wijk": wijk, "resident": resident}).all()
    wanted = {tuple(each) for each in needs}
    if any((one.urgent or not urgent) and wanted & {tuple(each) for each in one.needs or ()} for one in open_ones):
        raise RunsAlready("this runs already for this resident")
    if most is not None and len(open_ones) >= most:
        raise RunsAlready("this resident has as many open leads as they may have")
