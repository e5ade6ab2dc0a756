"""What a resident answers to the question whether they were helped, and what they read then.

Guards the rule that the last word is theirs: it counts as they said it, and they can take back that they were helped
for as long as the lead is kept.
"""

from __future__ import annotations

from bot.content.loaded import Content
from bot.leads.afterwards import again
from bot.leads.afterwards.asking import SAYS, next_one, question
from bot.leads.afterwards.thanks import may_thank, thank
from bot.messages.card import Card, Choice, Rows
from bot.messages.taps.residents import MineTap
from bot.messages.turn import Turn
from db.leads.consent import verdicts
from db.leads.consent.verdicts import SAID
from db.leads.lead import Lead
from db.records import audit
from flows.model.heard import ChartTap
from flows.model.names import MENU

OTHER, THANKS = "other", "thanks"
"""What the other buttons say: rather somebody else, and thank you."""


def hears(content: Content, turn: Turn, lead: Lead, tap: MineTap) -> bool:
    """Do what a resident says of their lead; False when the button is old, or says something else."""
    said = tap.act.removeprefix(SAYS)
    if lead.version != tap.version:
        return False
    if tap.act == OTHER and lead.closed_at is None and lead.reason == again.NOT_YET:
        if again.somebody_else(content, turn, lead) is None:
            return False
        _shows(content, turn, lead, "said_other", ())
        return True
    if lead.closed_at is None or not content.desk.statuses[lead.status].stays:
        return False
    if tap.act == THANKS:
        key = "thanked" if thank(content, turn, lead) else "thanked_before"
        _shows(content, turn, lead, key, ())
        return True
    if tap.act not in {SAYS + each for each in SAID}:
        return False
    verdicts.say(turn.tx, turn.wijk.id, lead.id, lead.version, said, turn.now)
    audit.add(turn.tx, turn.wijk.id, "resident", f"verdict.{said}", turn.now, lead.id)
    rows: Rows = ()
    if said == again.NOT_YET:
        moved = again.go_on(content, turn, lead, by="resident")
        if moved is None:
            said = "not_yet_runs"
        elif moved.inbox == lead.inbox and moved.owner != "coordinator":
            rows = ((_choice(content, turn, moved, OTHER),),)
    elif may_thank(content, turn, lead) and said != "rather_not":
        rows = ((_choice(content, turn, lead, THANKS),),)
    _shows(content, turn, lead, f"said_{said}", rows)
    return True


def on_card(content: Content, turn: Turn, lead: Lead) -> tuple[str, list[Choice]]:
    """Return what a resident said of a lead that ended, and what they can still say."""
    found = [each for each in verdicts.of_lead(turn.tx, turn.wijk.id, lead.id) if each.n == lead.version]
    said = found[0].said if found else None
    line = content.words.phrase(turn.language, f"verdict.you_{said}") if said in SAID else ""
    choices = [_choice(content, turn, lead, SAYS + again.NOT_YET)]
    if may_thank(content, turn, lead) and not (found and found[0].thanked_at):
        choices.append(_choice(content, turn, lead, THANKS))
    return line, choices


def _shows(content: Content, turn: Turn, lead: Lead, key: str, rows: Rows) -> None:
    """Answer on the card that was tapped, with the next question below it if there is one."""
    parts = [content.words.phrase(turn.language, f"verdict.{key}", code=lead.code)]
    if key.startswith(SAYS) and (other := next_one(content, turn)) is not None:
        text, answers = question(content, other, turn.language)
        parts, rows = [*parts, text], (*answers, *rows)
    help = Choice(content.words.phrase(turn.language, "nav.my_help"), ChartTap(MENU, "_help", 0))
    turn.say(turn.me, Card("\n\n".join(parts), (*rows, (help,))), edit=turn.incoming.message, lead=lead.id)


def _choice(content: Content, turn: Turn, lead: Lead, act: str) -> Choice:
    key = "still_not" if act == SAYS + again.NOT_YET else act
    text = content.words.phrase(turn.language, f"verdict.button_{key}", code=lead.code)
    return Choice(text, MineTap(lead.token, act, lead.version))
