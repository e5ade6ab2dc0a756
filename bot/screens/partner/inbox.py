"""The inbox: the leads of all organisations that a member reads for, in lists. Dutch only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta

from bot.content.loaded import ZONE, Content
from bot.leads.members import digest
from bot.leads.recipients import inbox_name
from bot.messages.card import Card, Choice, Rows, arranged
from bot.messages.taps.members import DashboardTap, InboxTap, LeadTap, LeaveTap, RegisterTap, WhoTap
from bot.messages.turn import Turn
from bot.screens.partner.availability import Availability
from bot.screens.partner.days import AgreedDays
from bot.screens.partner.join import place_name
from db.leads import lists
from db.leads.lead import Lead
from db.people import digests, members
from db.people.members import Member

PAGE = 6
"""Leads on one page of a list."""

NAMED = 4
"""Organisations that are named above the inbox of a member of several."""

DONE_DAYS = 30
"""So long what ended stands in the list of what is done."""

LINE = 34
"""Letters that a phone of 360 px shows of a button."""

WHO = 8
"""Letters of the name of who has a lead."""


class Inbox:
    """Draws the inbox of a member."""

    def __init__(self, content: Content) -> None:
        self.content, self.words = content, content.words
        self.availability, self.days = Availability(content), AgreedDays(content)

    def phrase(self, key: str, **fields: object) -> str:
        """Return a sentence of the desk, in Dutch."""
        return self.words.phrase("nl", f"desk.{key}", **fields)

    def show(self, turn: Turn, memberships: Sequence[Member], shows: str = lists.TODO, offset: int = 0) -> None:
        """Show one list of the organisations for which the sender may read, or what they can set here."""
        if shows == "settings":
            self.show_settings(turn, memberships)
            return
        organisations = self.reads(memberships)
        if not organisations:
            turn.say(turn.me, Card(self.phrase("no_member"), replaces="no_member"))
            return
        since = turn.now - timedelta(days=DONE_DAYS)
        today = datetime.combine(turn.now.astimezone(ZONE), time.max, ZONE)
        where = turn.tx, turn.wijk.id, organisations, turn.sender
        found = lists.of(*where, shows, since, today, PAGE + 1, offset)
        if offset and not found:  # the page has emptied meanwhile
            offset, found = 0, lists.of(*where, shows, since, today, PAGE + 1)
        counted = lists.count(*where, since, today)
        takers = {each.assignee: each.inbox for each in found[:PAGE] if each.assignee}
        names = {each: self.name(turn, each, inbox) for each, inbox in takers.items()}
        rows: list[tuple[Choice, ...]] = [(self.line(lead, names),) for lead in found[:PAGE]]
        if len(found) > PAGE:
            rows.append((Choice(self.words.phrase("nl", "nav.next"), InboxTap(offset + PAGE, shows=shows)),))
        rows += self.others(shows, counted)
        at_partners = [each for each in memberships if each.organisation in turn.wijk.partners]
        stands = (self.availability.button(turn, each, alone=len(at_partners) == 1) for each in at_partners[:NAMED])
        rows += [(each,) for each in stands if each is not None]
        asked = (
            self.days.button(turn, each) for each in at_partners if not turn.wijk.partners[each.organisation].agreed
        )
        rows += [(each,) for each in asked if each is not None][:NAMED]
        again = Choice(self.phrase("refresh"), InboxTap(shows=shows))
        rows.append((again, Choice(self.phrase("settings"), InboxTap(shows="settings"))))
        if any(self.content.desk.may("dashboard.home", each.role) for each in memberships):
            rows.append((Choice(self.words.phrase("nl", "coordinator.overview"), DashboardTap()),))
        who = Choice(self.words.phrase("nl", "who.button"), WhoTap())
        rows.append((who, Choice(self.words.phrase("nl", "register.button"), RegisterTap())))
        card = Card(self.text(turn, organisations, shows, counted, found), tuple(rows), replaces="inbox")
        turn.say(turn.me, card, edit=turn.incoming.message)

    def reads(self, memberships: Sequence[Member]) -> list[str]:
        """Return the organisations of which the inbox is open to these memberships; a wijkverbinder has none."""
        reading = [each.organisation for each in memberships if self.content.desk.may("inbox", each.role)]
        return list(dict.fromkeys(reading))

    def text(
        self, turn: Turn, organisations: Sequence[str], shows: str, counted: lists.Counted, found: Sequence[Lead]
    ) -> str:
        """Return whose inbox it is, how many leads are open in it, and which list is shown."""
        names = [inbox_name(self.content, turn, each) for each in organisations[:NAMED]]
        if len(organisations) > NAMED:
            names.append(self.phrase("others", count=len(organisations) - NAMED))
        partner = self.words.in_row(names, "nl")
        opened = counted["ours"]
        above = self.phrase("inbox", partner=partner, count=opened)
        if not opened:
            above = self.phrase("inbox_empty", partner=partner)
        if (shows == lists.TODO and found) or (shows in (lists.TODO, "ours") and not opened):
            return above
        return "\n".join([above, self.phrase(f"list_{shows}" if found else f"no_{shows or 'todo'}")])

    def name(self, turn: Turn, person: str, inbox: str) -> str:
        """Return how who has a lead of this inbox is named in its line."""
        here = members.of(turn.tx, turn.wijk.id, person)
        name = next((each.name for each in here if each.organisation == inbox), self.phrase("nobody"))
        return self.phrase("line_me") if person == turn.sender else cut(name, WHO)

    def line(self, lead: Lead, names: Mapping[str, str]) -> Choice:
        """Return the button of one lead: what cannot wait, its code, the day that counts, what about, who has it."""
        moment = lead.closed_at or lead.due_at or lead.created_at
        free = self.phrase("line_new" if lead.status == self.content.desk.start else "line_free")
        who = names.get(lead.assignee or "", free)
        mark = "❗" if lead.urgent else ""
        fields = {"mark": mark, "code": lead.code, "who": who}
        fields["day"] = self.words.short_date("nl", moment.astimezone(ZONE).date())
        room = LINE - len(self.phrase("line", topics="", **fields))
        text = self.phrase("line", topics=self.about(lead, room), **fields)
        return Choice(text, LeadTap(lead.token, "view", version=lead.version))

    def about(self, lead: Lead, room: int) -> str:
        """Return the first topic of a lead in so many letters, and how many more there are if that fits."""
        known = [each for each in lead.topic if f"topics.{each}" in self.words.phrases]
        if not known:
            return ""
        short = f"desk.topic_{known[0]}"
        first = self.words.phrase("nl", short if short in self.words.phrases else f"topics.{known[0]}")
        more = f" +{len(known) - 1}" if len(known) > 1 else ""
        return first + more if len(first) + len(more) <= room else cut(first, room)

    def others(self, shows: str, counted: lists.Counted) -> Rows:
        """Return the buttons of the other lists that have something in them, and the way back to the first."""
        todo = counted[lists.TODO]
        named = [each for each in lists.LISTS if counted[each] and each != shows]
        if counted["ours"] == todo + counted["waiting"] and "ours" in named:
            named.remove("ours")
        if not (counted["new"] and counted["mine"]):
            named = [each for each in named if each not in ("new", "mine")]
        found = [Choice(self.phrase(f"tab_{each}", count=counted[each]), InboxTap(shows=each)) for each in named]
        if shows != lists.TODO:
            found.insert(0, Choice(self.phrase("tab_todo", count=todo), InboxTap()))
        return arranged(found, rtl=False, wide=LINE // 2)

    def show_settings(self, turn: Turn, memberships: Sequence[Member]) -> None:
        """Show what a member sets for themselves: the hour of the digest, and the end of a membership."""
        rows: list[tuple[Choice, ...]] = [(Choice(self.hour(turn), InboxTap(digest="ask")),)]
        for each in memberships[:NAMED]:
            if self.content.desk.may("leave", each.role):
                partner = place_name(self.content, turn, each.organisation)
                rows.append((Choice(self.phrase("leave", partner=partner), LeaveTap(each.handle)),))
        rows.append((Choice(self.phrase("back"), InboxTap()),))
        turn.say(turn.me, Card(self.phrase("settings_text"), tuple(rows)), edit=turn.incoming.message)

    def hour(self, turn: Turn) -> str:
        """Return at which hour the member reads the digest, in words."""
        chosen = digests.of(turn.tx, turn.wijk.id, turn.me)
        return self.phrase("digest_hour", hour=chosen.hour) if chosen else self.phrase("digest_at_once")

    def hears_of_digest(self, turn: Turn, memberships: Sequence[Member], hour: str) -> None:
        """Note the hour that a member chose, or ask for it."""
        if hour.isdecimal():
            digest.choose(turn, turn.sender, int(hour))
            self.show_settings(turn, memberships)
            return
        said = [(self.phrase("digest_hour", hour=each), str(each)) for each in digest.HOURS]
        said.append((self.phrase("digest_at_once"), "0"))
        rows = tuple((Choice(label, InboxTap(digest=each)),) for label, each in said)
        back = Choice(self.phrase("back"), InboxTap(shows="settings"))
        turn.say(turn.me, Card(self.phrase("digest_asks"), (*rows, (back,))), edit=turn.incoming.message)


def cut(text: str, most: int) -> str:
    """Return a text in so many letters, with … where it was cut off."""
    return text if len(text) <= most else text[: max(0, most - 1)].rstrip() + "…"
