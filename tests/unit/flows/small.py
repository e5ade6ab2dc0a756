"""Small content that is in order, in a temporary folder, so that a test can break one thing in it."""

from __future__ import annotations

from pathlib import Path

from bot.content import checks
from bot.content.files import FLOWS, Files, read_files

MENU = """
title = "Menu"
start = "welcome"

[welcome]
ask = "Hallo."
sure = true
answers.begin = { text = "Begin", go = "worries" }

[worries]
ask = "Wat is er?"
many = true
go = "home"
answers.cold = { text = "Kou", points = { coach = 2 } }
answers.bills = { text = "Rekeningen" }
answers.unknown = { text = "Weet ik niet", go = "home" }

[home]
ask = "Huur je?"
answers.rent = { text = "Ja", go = "whose" }
answers.own = { text = "Nee", go = "whose" }
answers.unknown = { text = "Weet ik niet", go = "whose" }
answers.change = { text = "Iets veranderen", back = "worries" }

[whose]
choose = [
  { if.home = "rent", go = "help" },
  { at_least.coach = 2, fact = "energiefonds_open", go = "help" },
  { go = "check.bill" },
]

[no_thanks]
say = "Goed. Loop binnen bij {place}."

[help]
say = "Dit kunnen we doen."
yes = "handoff.consent"
no = "no_thanks"
tips = true
offers = ["bills"]
answers.coach = { text = "Toch een coach", go = "no_thanks" }
"""

OFFER = """
[offer.bills]
row = "M2"
if.worries = ["cold", "bills"]
to = "money_desk"
topic = "bills"
hand = ["home"]
say = "Iemand helpt je."
"""

FILES = {
    "charts/menu.toml": MENU + OFFER,
    "charts/check.toml": """
title = "Zelftest"
start = "bill"
scores = [{ fact = "hidden_cold", question = "bill", points = { money = 1 } }]

[bill]
ask = "Wat betaal je?"
answers.unknown = { text = "Weet ik niet", go = "menu.help" }
""",
    "charts/danger.toml": """
title = "Gevaar"
start = "all"
anywhere = true

[all]
ask = "Bel {line_emergency}."
sure = true
answers.gas = { text = "Gas", go = "gas" }

[gas]
say = "Ga naar buiten. Bel {line_emergency}."
[smoke]
say = "Bel {line_emergency}."
[life]
say = "Bel {line_emergency}."
[afraid]
say = "Bel {line_emergency}."
[outage]
say = "Bel {line_emergency}."
""",
    "charts/handoff.toml": """
title = "Doorgeven"
start = "consent"

[consent]
ask = "Dit krijgt {partner}: {packet}"
sure = true
consent = true
answers.yes = { text = "Ja", go = "done" }
answers.no = { text = "Nee", go = "done" }

[done]
refer = true
say = "Gelukt. {receipts}"
""",
    "charts/relay.toml": """
title = "Bericht"
start = "to_partner"

[to_partner]
ask = "Wat wil je zeggen tegen {to}?"
sure = true
write = "message"
go = "sent"

[to_resident]
ask = "Wat wil je zeggen tegen {to}?"
sure = true
write = "message"
go = "sent"

[volunteer]
ask = "Wie gaat helpen? ({to})"
sure = true
write = "message"
go = "sent"

[note]
ask = "Wat wil je noteren? ({to})"
sure = true
write = "message"
go = "sent"

[opportunity]
ask = "Hoe heet het? ({to})"
sure = true
write = "message"
go = "sent"

[call_for]
ask = "Waarvoor? ({to})"
sure = true
write = "message"
go = "sent"

[result_line]
ask = "Wat kwam ervan? ({to})"
sure = true
write = "message"
go = "sent"

[reach]
ask = "Hoe?"
sure = true
answers.chat = { text = "Hier", go = "change" }

[more_words]
ask = "Wat nog?"
sure = true
write = "words"
go = "change"

[change]
relay = "change"
say = "Klopt dit? ({to}) Anders: {place}."

[sent]
say = "Verstuurd. Loop binnen bij {place}."

[not_sent]
say = "Niet verstuurd. Loop binnen bij {place}."
""",
    "wijken/klein/wijk.toml": """
name = "Klein"
municipality = "Dorp"
person = "de sociaal makelaar"
languages = ["nl"]
walk_in = "huis"

[services]
money_desk = "goos"
fallback_person = "goos"

[places.huis]
name = "Het Huis"
source = "A1"
checked = 2026-11-01
""",
    "wijken/klein/partners.toml": """
[goos]
name = "Geld Op Orde"
what = "hulp bij geld"
person = "iemand van Geld Op Orde"
does = "Iemand kijkt met je mee."
place = "huis"
source = "A1"
checked = 2026-11-01

[shm]
name = "Het Maatje"
what = "hulp thuis"
person = "iemand van Het Maatje"
does = "Iemand komt bij je thuis."
place = "huis"
instead = "goos"
source = "A1"
checked = 2026-11-01
""",
    "wijken/klein/amounts.toml": """
[saving.shower]
value = 35
unit = "€/jaar"
source = "C1"
checked = 2026
""",
    "lines.toml": """
[emergency]
name = "Noodnummer"
phone = "112"
source = "A1"
checked = 2026-11-01
""",
    "services.toml": """
money_desk = "hulp bij geld"
fallback_person = "een mens voor de rest"
""",
    "tips.toml": """
[[tip]]
id = "shower"
say = "Douche wat korter. Dat scheelt €{euros}."
free = true
saving = "shower"
when = { if.menu.worries = "cold" }
""",
    "phrases.toml": """
[nav]
back = "Terug"

[topics]
bills = "rekeningen"

[leads]
accepted = "Goed nieuws over {code}."

[profile]
short = "Warm thuis."
""",
    "draw.toml": (Path(__file__).parents[3] / "flows" / "draw.toml").read_text("utf-8"),
    "sayings.toml": '[to_resident]\nthanks = "Dank je wel."\n[to_partner]\nyes = "Ja, dat is goed."\n',
    "watchwords.toml": (FLOWS / "watchwords.toml").read_text("utf-8"),
    "alarm.toml": 'gas = { nl = ["ruik gas"] }\n'
    + "".join(f'{kind} = {{ nl = ["{kind}"] }}\n' for kind in ("smoke", "life", "afraid", "outage")),
    "desk.toml": """
start = "sent"

[may]
inbox = ["coordinator"]

[days]
claim = 2
contact = 5

[status.sent]
label = "nieuw"
resident = "verstuurd"
next = "inbox"
clock = "claim"

[status.accepted]
label = "opgepakt"
resident = "iemand pakt het op"
next = "assignee"
clock = "contact"

[[move]]
name = "accept"
from = ["sent"]
to = "accepted"
who = ["partner"]
shown = ["partner"]
label = "Ik pak dit op"
tell = "leads.accepted"
""",
}


class Small:
    """The files in a folder."""

    emergency = FILES["lines.toml"]

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name, text in FILES.items():
            self.write(name, text)

    def write(self, name: str, text: str) -> None:
        """Put a file there."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")

    def change(self, name: str, old: str, new: str) -> None:
        """Change the first place where the old words stand; they must stand there."""
        text = (self.folder / name).read_text("utf-8")
        assert old in text, f"{old!r} is not in {name}"
        self.write(name, text.replace(old, new, 1))

    def read(self) -> Files:
        """The content as it stands now; raises FlowError."""
        return read_files(self.folder)

    def faults(self) -> list[str]:
        """What the check says, one line each."""
        read = self.read()
        return [str(each) for each in checks.faults(read, read.wijken[0])]
