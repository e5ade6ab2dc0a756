"""What buttons carry: typed taps there and back, at most 64 bytes, and nothing that anybody makes up does harm."""

from __future__ import annotations

import string
from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.messages.taps.buttons import Tap, decode, encode
from bot.messages.taps.members import (
    AvailabilityTap,
    DashboardTap,
    DaysTap,
    InboxTap,
    JoinTap,
    LeadTap,
    LeaveTap,
    PassTap,
    RegisterTap,
    WhoTap,
)
from bot.messages.taps.residents import (
    PARTS,
    HelpTap,
    MineTap,
    NoticesTap,
    OpenTap,
    ReplyTap,
    SayTap,
    SendAnywayTap,
    SendTap,
)
from bot.messages.taps.visits import START, UNIT, PlanTap, VisitTap
from bot.messages.taps.written import LARGEST, base36
from db.leads.lists import LISTS
from db.records.codes import ALPHABET
from flows.model.chart import Crossroads, Question
from flows.model.heard import ChartTap, NoTap, StopHelpTap
from flows.model.memory import answers_of
from flows.model.wijk import STATES, VALUES
from tests.simulated import CONTENT

LANGUAGES = tuple(CONTENT.wijk.languages)
WAYS = ("_back", "_menu", "_next", "_stay", "_danger", "_language", "_help", "_resume", "_why", "_erase", "_data")

numbers = st.integers(0, LARGEST)
revisions = st.integers(0, 2**31 - 1)
tokens = st.text("0123456789abcdef", min_size=16, max_size=16)
answers = [
    ChartTap(name, sign + answer, 0, mark)
    for name, step in CONTENT.charts.steps.items()
    if not isinstance(step, Crossroads)
    for answer in (*answers_of(step), *WAYS, "all", "first", "second", "no")
    for sign in (("+", "-") if isinstance(step, Question) and step.many else ("",))
    for mark in (("01234567",) if isinstance(step, Question) and step.consent and answer == "yes" else ("",))
]
chart_taps = st.builds(
    lambda tap, revision: ChartTap(tap.step, tap.answer, revision, tap.mark), st.sampled_from(answers), revisions
)
own_taps = st.builds(ChartTap, st.just("language"), st.sampled_from(LANGUAGES), numbers) | st.builds(
    ChartTap, st.just("erase"), st.just("yes"), numbers
)
lead_taps = st.one_of(
    [
        st.builds(LeadTap, tokens, st.just(move.name), st.sampled_from(["", *move.reasons]), revisions)
        for move in CONTENT.desk.moves
    ]
) | st.builds(LeadTap, tokens, st.sampled_from(["view", "write"]), st.just(""), revisions)
dashboard_taps = st.sampled_from(
    [
        DashboardTap(),
        DashboardTap("invite_coordinator"),
        *(DashboardTap(act, "k7pm2q9x") for act in ("member", "remove_sure", "remove", "take_back")),
        *(DashboardTap(act, partner) for act in ("partner", "invite") for partner in CONTENT.wijk.partners),
        *(DashboardTap("state", one, state) for one in CONTENT.wijk.partners for state in ("open", "full", "paused")),
        *(DashboardTap("switch", switch, value) for switch in CONTENT.wijk.switches for value in ("", *VALUES)),
    ]
)
slots = st.integers(0, 36**5 - 1).map(lambda count: START + UNIT * count)
taps = st.one_of(
    chart_taps,
    own_taps,
    lead_taps,
    dashboard_taps,
    st.builds(
        PassTap,
        tokens,
        st.sampled_from(["", "eas", "binnenhof"]),
        st.sampled_from(["", "fits", "broken_things"]),
        st.sampled_from(["", "join", "letter"]),
        revisions,
        st.integers(0, 999),
        st.booleans(),
        st.booleans(),
    ),
    st.builds(InboxTap, st.integers(0, 999_999), st.just(""), st.sampled_from(["", *LISTS, "settings"])),
    st.builds(InboxTap, st.just(0), st.sampled_from(["ask", "0", "9", "16"])),
    st.builds(ReplyTap, tokens),
    st.builds(
        SayTap,
        tokens,
        st.from_regex(r"[a-z_]{0,16}", fullmatch=True),
        st.none() | st.dates(date(2026, 1, 1), date(2099, 12, 31)),
        st.sampled_from(("", *PARTS)),
        st.integers(-1, 99),
        st.booleans(),
        numbers,
    ),
    st.builds(SendAnywayTap, tokens, numbers),
    st.builds(SendTap, tokens | st.just(""), numbers),
    st.builds(StopHelpTap, tokens, numbers, st.booleans()),
    st.builds(
        PlanTap,
        tokens,
        st.just("") | st.just("none") | st.text("0123456789abcdef", min_size=4, max_size=4),
        st.lists(slots, max_size=3).map(tuple),
        st.none() | st.dates(date(2026, 1, 1), date(2099, 12, 31)),
        st.just(False),
        revisions,
    ),
    st.builds(PlanTap, tokens, st.just("none"), st.lists(slots, max_size=3).map(tuple), st.none(), st.just(True)),
    st.builds(VisitTap, tokens, st.sampled_from(["choose", "cancel_yes", "could_not"]), st.integers(0, 9), numbers),
    st.builds(MineTap, tokens, st.sampled_from(["view", "ask"]), numbers),
    st.builds(HelpTap, st.integers(0, 999_999)),
    st.builds(
        AvailabilityTap,
        st.text(ALPHABET.lower(), min_size=8, max_size=8),
        st.sampled_from(STATES),
        st.dates(),
        st.sampled_from(["", "weeks", "days"]),
    ),
    st.builds(AvailabilityTap, st.text(ALPHABET.lower(), min_size=8, max_size=8), st.sampled_from(["", *STATES])),
    st.builds(DaysTap, st.text(ALPHABET.lower(), min_size=8, max_size=8), st.integers(0, 99), tokens | st.just("")),
    st.builds(LeaveTap, st.text(ALPHABET.lower(), min_size=8, max_size=8), st.booleans()),
    st.builds(JoinTap, st.text(ALPHABET, min_size=12, max_size=12), st.sampled_from(["both", "move", "no"])),
    st.builds(
        RegisterTap,
        st.sampled_from(["list", "view", "party", "yes"]),
        tokens | st.just(""),
        st.sampled_from(["", "6", "energie_soest", "worked"]),
        revisions,
    ),
    st.builds(WhoTap, st.sampled_from(["list", "view"]), st.sampled_from(["", "6", "energie_soest"])),
    st.builds(OpenTap, tokens),
    st.builds(NoticesTap, st.booleans()),
    st.just(NoTap()),
)


@given(taps)
def test_every_tap_fits_on_a_button_and_comes_back_as_it_was(tap: Tap) -> None:
    data = encode(tap)
    assert 0 < len(data.encode()) <= 64, data
    assert decode(data) == tap


def test_every_answer_of_the_charts_fits_with_the_largest_revision() -> None:
    for tap in answers:
        largest = ChartTap(tap.step, tap.answer, 2**31 - 1, tap.mark)
        assert len(encode(largest).encode()) <= 64
        assert decode(encode(largest)) == largest


@given(st.one_of(st.text(), st.text(string.printable), st.from_regex(r"[a-z_.]*:[a-z0-9_.+]*:[0-9a-z]*(:[0-9a-f]*)?")))
@example("referral.cold:often:" + "z" * 13)
@example("withdraw:0123456789abcdef:" + "z" * 13)
@example("lead:0123456789abcdef.view:" + "z" * 13)
@example("send_anyway:0123456789abcdef:" + "z" * 13)
@example("lead.99999999999999999999:view:1")
@example("desk:inbox99999999999999999999:0")
@example("reply:99999999999999999999:0")
def test_whatever_a_button_carries_holds_no_number_that_a_store_cannot_look_for(data: str) -> None:
    tap = decode(data)
    held = [getattr(tap, name, 0) for name in ("revision", "version", "offset")]
    assert all(0 <= number <= LARGEST for number in held)
    assert decode(encode(tap)) == tap


@given(st.binary(max_size=64))
def test_any_bytes_at_all_are_decoded(data: bytes) -> None:
    assert decode(encode(decode(data.decode("utf-8", "replace")))) == decode(data.decode("utf-8", "replace"))


@pytest.mark.parametrize(
    "data",
    [
        "",
        "::0",
        ":::",
        "referral.cold:often",
        "referral.cold:often:-1",
        "referral.cold:often:1c:2",
        "referral.cold:often:3w5e11264sgsg",
        "referral.cold:often:" + "z" * 40,
        "☃:often:1c",
        "referral.cold:often:١",
        "nothing:often:1",
        "lead:0123456789abcdef.accept:3w5e11264sgsg",
        "lead:0123456789abcde.accept:1",
        "send_anyway:0123456789abcde:1",
        "send_anyway:42:0",
        "send_anyway:0123456789abcdef:3w5e11264sgsg",
        "lead:0123456789abcdef.accept.x.y:1",
        "dashboard:a.b.c.d:0",
        "leave:k7pm2q9:0",
        "leave_sure:42:0",
        "join_all:23456789ABCD:0",
        "join_both:23456789abcd:0",
        "open:0123456789abcde:0",
        "notices:maybe:0",
        "x" * 64,
    ],
)
def test_what_no_version_ever_sent_is_no_tap(data: str) -> None:
    assert decode(data) == NoTap()


@pytest.mark.parametrize(
    ("data", "tap"),
    [
        ("lead.42:view:3", InboxTap()),
        ("lead.42:accept:1", InboxTap()),
        ("lead.42:complete.helped:z", InboxTap()),
        ("lead.42:write:1", InboxTap()),
        ("lead.99999999999999999999:view:1", InboxTap()),
        ("desk:inbox:0", InboxTap()),
        ("desk:inbox16:0", InboxTap(16)),
        ("desk:inbox99999999999999999999:0", InboxTap()),
        ("office:home:0", DashboardTap()),
        ("office:partner.balans:0", DashboardTap()),
        ("office:state.balans.full:0", DashboardTap()),
        ("office:switch.energiefonds_open:0", DashboardTap()),
        ("reply:42:0", ChartTap("help", "_help")),
        ("reply:99999999999999999999:0", ChartTap("help", "_help")),
        ("stop_help:KOP-4F7:1c", ChartTap("help", "_help")),
        ("withdraw:KOP-4F7:1c", ChartTap("help", "_help")),
        ("referral.paying:not_always:1c", ChartTap("referral.paying", "not_always", 48)),
        ("handoff.consent:yes:7:0a1b2c3d", ChartTap("handoff.consent", "yes", 7, "0a1b2c3d")),
        ("language:ar:0", ChartTap("language", "ar")),
        ("erase:yes:3", ChartTap("erase", "yes", 3)),
        ("danger:_danger:0", ChartTap("danger", "_danger")),
    ],
)
def test_what_older_versions_sent_leads_somewhere_harmless(data: str, tap: Tap) -> None:
    assert decode(data) == tap


@pytest.mark.parametrize(("number", "written"), [(0, "0"), (35, "z"), (36, "10"), (1328, "10w"), (2**31 - 1, "zik0zj")])
def test_a_number_is_written_in_base_36_and_read_back(number: int, written: str) -> None:
    assert base36(number) == written
    assert int(written, 36) == number
