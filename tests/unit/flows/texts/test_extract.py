"""From content to catalogs: every text under its own context, no translation lost, every broken one named."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from bot.content.chores import catalogs
from bot.content.chores.translate import words_command
from bot.content.files import own_messages, read_files
from bot.content.words import Words
from flows.texts.extract import Message
from tests.unit.flows.small import Small

ROOT = Path(__file__).parents[4]
MENU = "charts/menu.toml"
GIVEN = re.compile(r"^[a-z_]+\.[a-z_]+$")


@pytest.fixture
def small(tmp_path: Path) -> Small:
    return Small(tmp_path)


def entry(message: Message, translation: str) -> str:
    """A catalog with one translation."""
    text = catalogs.catalog([message], "en")
    return text.removesuffix('msgstr ""\n') + f'msgstr "{translation}"\n'


def test_every_text_is_a_message_under_the_context_by_which_it_is_looked_up(small: Small) -> None:
    found = {each.context: each for each in small.read().messages()}
    assert found["menu.home"].text == "Huur je?"
    assert found["menu.home.rent"].text == "Ja"
    assert found["menu.offer.bills"].text == "Iemand helpt je."
    assert found["tip.shower"].fields == {"euros"}
    assert found["nav.back"].limit == 40
    assert found["status.sent"].text == "verstuurd"
    assert found["partner.goos.person"].text == "iemand van Geld Op Orde"
    assert found["wijk.person"].text == "de sociaal makelaar"
    assert "menu.whose" not in found


def test_what_only_partners_read_is_not_translated() -> None:
    contexts = [each.context for each in read_files().messages()]
    assert not [each for each in contexts if each.startswith(("desk.", "coordinator.", "moves.", "roles."))]


def test_every_context_stands_for_one_text() -> None:
    contexts = [each.context for each in read_files().messages()]
    assert len(contexts) == len(set(contexts))


def test_every_phrase_that_the_code_names_exists() -> None:
    phrases = read_files().phrases
    sections = {key.partition(".")[0] for key in phrases}
    missing = [
        f"{path.name}: {node.value}"
        for path in sorted((ROOT / "bot").glob("*.py"))
        for call in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(call, ast.Call) and ast.unparse(call.func).endswith("phrase")
        for argument in call.args
        for node in ast.walk(argument)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and GIVEN.match(node.value)
        if node.value.partition(".")[0] in sections and node.value not in phrases
    ]
    assert missing == []


def test_the_template_has_no_dates_hosts_or_paths_and_is_stable(small: Small) -> None:
    messages = small.read().messages()
    text = catalogs.template(messages)
    assert text == catalogs.template(messages)
    assert not re.search(r"Date|Generated-By|Translator|http|\.py|/tmp|#:", text)
    assert 'msgctxt "menu.home.rent"\nmsgid "Ja"\nmsgstr ""\n' in text
    assert text.index('"menu.home"') < text.index('"menu.home.rent"') < text.index('"tip.shower"')


def test_arabic_keeps_the_usual_plural_header() -> None:
    header = catalogs.catalog([], "ar")
    assert "nplurals=6; plural=(n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 :" in header
    assert catalogs.catalog([], "ar", header) == header


def test_a_translation_is_kept_and_read_by_the_bot(small: Small, tmp_path: Path) -> None:
    home = Message("menu.home", "Huur je?")
    path = catalogs.po(tmp_path / "locale", "en")
    path.parent.mkdir(parents=True)
    path.write_text(catalogs.catalog([home], "en", entry(home, "Do you rent?")), "utf-8")
    assert Words(tmp_path / "locale", {}).say("en", "menu.home", "Huur je?") == "Do you rent?"


def test_a_wording_fix_is_fuzzy_and_not_lost() -> None:
    old = entry(Message("menu.home", "Huur je?"), "Do you rent?")
    text = catalogs.catalog([Message("menu.home", "Huur jij?")], "en", old)
    assert '#, fuzzy\n#| msgid "Huur je?"\nmsgctxt "menu.home"\nmsgid "Huur jij?"\nmsgstr "Do you rent?"\n' in text
    again = catalogs.catalog([Message("menu.home", "Huur jij nu?")], "en", text)
    assert '#, fuzzy\n#| msgid "Huur je?"\n' in again
    assert "Huur jij?" not in again
    assert catalogs.catalog([Message("menu.home", "Huur jij nu?")], "en", again) == again


def test_the_old_words_of_a_text_of_several_lines_stay_with_it() -> None:
    old = entry(Message("menu.home", "Huur je?\nOf niet?"), "Do you rent?")
    fixed = [Message("menu.home", "Huur jij?\nOf niet?")]
    text = catalogs.catalog(fixed, "en", old)
    assert '#| "Huur je?\\n"\n#| "Of niet?"\n' in text
    assert catalogs.catalog(fixed, "en", text) == text


def test_an_offer_that_moved_keeps_its_translation_without_doubt() -> None:
    old = entry(Message("advice.help.offer.1", "Iemand helpt je."), "Somebody helps you.")
    text = catalogs.catalog(
        [Message("advice.help.offer.1", "Nieuw."), Message("advice.help.offer.2", "Iemand helpt je.")], "en", old
    )
    entries = catalogs.translations(text, "en")
    assert entries["advice.help.offer.2"].string == "Somebody helps you."
    assert not entries["advice.help.offer.2"].fuzzy
    assert entries["advice.help.offer.1"].fuzzy


def test_what_is_no_longer_said_is_left_out() -> None:
    old = entry(Message("menu.home", "Huur je?"), "Do you rent?")
    assert "Do you rent?" not in catalogs.catalog([Message("menu.other", "Anders")], "en", old)


def test_a_comment_of_a_translator_stays() -> None:
    home = Message("menu.home", "Huur je?")
    old = entry(home, "Do you rent?").replace("msgctxt", "# ask Samira\nmsgctxt")
    assert "# ask Samira\n" in catalogs.catalog([home], "en", old)


@pytest.mark.parametrize(
    ("message", "translation", "told"),
    [
        (
            Message("a", "Bij {place}", "", frozenset({"place"})),
            "At",
            ["the field {place} of the Dutch text is missing"],
        ),
        (
            Message("a", "Bij {place}", "", frozenset({"place"})),
            "At {plaec}",
            [
                "the field {place} of the Dutch text is missing",
                "the field {plaec} is not in the Dutch text; write the name exactly as it is there",
            ],
        ),
        (Message("a", "Bij"), "At {place", ["a brace { or } is not closed, or a field has no plain name"]),
        (Message("a", "Ja", limit=5), "Yes please", ["10 characters, at most 5"]),
        (Message("a", "Ja", limit=5), "Yes!!!", ["6 characters, at most 5"]),
        (Message("a", "Ja", limit=5), "Yes!!", []),
        (
            Message("a", "Bel 112."),
            "اتصل بـ ١١٢.",
            ["the number 112 of the Dutch text is missing; numbers to call keep their usual digits"],
        ),
        (Message("a", "Bel."), "Call 0800-9009.", ["the number 0800-9009 is not in the Dutch text"]),
        (Message("a", "Ja"), "Yes ", ["begins or ends with a space or an empty line"]),
        (Message("a", "Bel 112 bij {place}", "", frozenset({"place"})), "{place}: 112", []),
    ],
)
def test_a_broken_translation_is_named(message: Message, translation: str, told: list[str]) -> None:
    assert list(catalogs.broken(message, translation)) == told


def fill(path: Path) -> None:
    """Translate each entry that lacks by its own Dutch."""
    path.write_text(re.sub(r'(msgid "(.+)"\nmsgstr )""', r'\1"\2"', path.read_text("utf-8")), "utf-8")


def test_the_words_chore_makes_catalogs_and_says_what_lacks(
    small: Small, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    small.change("wijken/klein/wijk.toml", '["nl"]', '["nl", "en"]')
    locale = tmp_path / "locale"
    own = small.folder / "wijken" / "klein" / "en.po"
    assert words_command(True, small.folder, locale) == 1
    assert "LC_MESSAGES/bot.po is not up to date. Run: make words" in capsys.readouterr().out
    assert words_command(False, small.folder, locale) == 0
    capsys.readouterr()
    assert words_command(True, small.folder, locale) == 0
    assert "Not offered (1)" in capsys.readouterr().out, "nobody began to translate"
    fill(catalogs.po(locale, "en"))
    fill(own)
    own.write_text(own.read_text("utf-8").replace('msgstr "Het Maatje"', 'msgstr ""'), "utf-8")
    assert words_command(True, small.folder, locale) == 1
    assert "en: 1 texts are not translated: partner.shm.name" in capsys.readouterr().out
    fill(own)
    assert words_command(True, small.folder, locale) == 0
    assert "The catalogs are whole." in capsys.readouterr().out
    small.change(MENU, "Huur je?", "Huur jij?")
    assert words_command(True, small.folder, locale) == 1
    told = capsys.readouterr().out
    assert "LC_MESSAGES/bot.po is not up to date. Run: make words" in told
    assert "1 texts changed in Dutch: menu.home. Translate them" in told


def test_the_words_of_one_wijk_are_kept_up_to_date_without_touching_those_of_all(small: Small, tmp_path: Path) -> None:
    small.change("wijken/klein/wijk.toml", '["nl"]', '["nl", "en"]')
    locale, own = tmp_path / "locale", small.folder / "wijken" / "klein" / "en.po"
    assert words_command(False, small.folder, locale, "klein") == 0
    assert [path.name for path in locale.rglob("*")] == []
    assert 'msgctxt "partner.goos.name"' in own.read_text("utf-8")
    assert "menu.home" not in own.read_text("utf-8")


def test_two_buttons_that_become_the_same_words_are_named(small: Small, tmp_path: Path) -> None:
    messages = [each for each in small.read().messages() if each.context in ("menu.home.own", "menu.home.rent")]
    path = catalogs.po(tmp_path / "locale", "en")
    path.parent.mkdir(parents=True)
    path.write_text(catalogs.catalog(messages, "en").replace('msgstr ""\n\n#', 'msgstr "Yes"\n\n#'), "utf-8")
    text = path.read_text("utf-8")
    path.write_text(text.removesuffix('msgstr ""\n') + 'msgstr "Yes"\n', "utf-8")
    told = [str(each) for each in catalogs.faults(messages, tmp_path / "locale", ("nl", "en"))]
    assert told == ['locale/en/LC_MESSAGES/bot.po [menu.home.own]: the same words as the button "menu.home.rent"']


def test_a_catalog_that_cannot_be_read_is_named(small: Small, tmp_path: Path) -> None:
    path = catalogs.po(tmp_path / "locale", "en")
    path.parent.mkdir(parents=True)
    path.write_text("dit is geen catalogus", "utf-8")
    told = [str(each) for each in catalogs.faults(small.read().messages(), tmp_path / "locale", ("en",))]
    assert len(told) == 1
    assert "line 1 cannot be read" in told[0]


def test_the_real_catalogs_have_the_texts_of_today_and_no_broken_translation() -> None:
    content = read_files()
    messages = content.shared()
    wanted = catalogs.wanted(messages, ROOT / "locale", content.languages)
    found = [*catalogs.faults(messages, ROOT / "locale", content.languages)]
    for wijk in content.wijken:
        own = content.homes[wijk.id], wijk.languages
        wanted |= catalogs.wanted_own(own_messages(wijk), *own)
        found += catalogs.faults(own_messages(wijk), *own, catalogs.own_po)
    for path, text in wanted.items():
        assert path.read_text("utf-8") == text, f"{path.name}: run make words"
    assert [str(each) for each in found] == []
