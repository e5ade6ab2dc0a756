"""Telegram as a channel: updates come out of it as dicts, messages go in as `Outgoing`.

Guards the rule that nothing of Telegram's errors leaves this room: deliveries end in one of four plain outcomes. The
calls of every turn go through `do_api_request`, so that no answer is built into objects. Their names are in small
letters: methods that the library knows by name cost a warning at each call.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from telegram import Bot
from telegram.error import BadRequest, ChatMigrated, NetworkError, TelegramError, TimedOut

from bot.messages.message import Button, Incoming, Outgoing
from bot.runtime.channel import Garbled, Outcome, Refused, Sent
from bot.runtime.reading import number_of
from bot.runtime.telegram.deleting import delete
from bot.runtime.telegram.errors import down, outcome, sent
from bot.runtime.telegram.files import Files, reply
from bot.runtime.telegram.request import NotAnAnswer, client_named
from bot.runtime.telegram.updates import CHANNEL, HEARD_KINDS, hear

CONNECTIONS = 256
"""The most calls at a time; a smaller pool makes bursts slower."""

_FEWER = (None, 10, 1, 1)
"""How many updates are asked for while the answer is not JSON: fewer and fewer, until the one that spoils it is alone.
That one is asked for once more before it is given up: something between us and Telegram may have spoiled it."""

_UNCHANGED = "message is not modified"
_UNEDITABLE = (
    "message to edit not found",
    "message can't be edited",
    "message_id_invalid",
    "message identifier is not specified",
    "there is no text in the message to edit",
)
_NO_PREVIEW = {"is_disabled": True}


@dataclass(frozen=True, slots=True)
class Profile:
    """What Telegram shows of the bot in one language; language "" is for everybody else.

    At most 64 characters for `name`, 120 for `about`, 512 for `description`. `commands` are pairs of a command
    and what it does.
    """

    language: str
    name: str = ""
    about: str = ""
    description: str = ""
    commands: tuple[tuple[str, str], ...] = ()


class Telegram:
    """One bot: hears what came in, sends what goes out.

    `client` is httptools or httpx (ValueError for another). `transport` replaces the network below httpx, for a
    server in the same process. Open it in a running loop before the first call, and close it afterwards.
    """

    name = CHANNEL

    def __init__(
        self, token: str, base_url: str = "https://api.telegram.org", client: str = "httptools", transport: Any = None
    ) -> None:
        # The library asks to use its typed twin of every call, each time.
        warnings.filterwarnings("ignore", message=r"Please use 'Bot\.")
        warnings.filterwarnings("ignore", message=r".*attribute `retry_after`")
        self._calls = client_named(client, CONNECTIONS, transport)
        self._polls = client_named(client, 1, transport)
        self._known = False
        base = base_url.rstrip("/")
        self._bot = Bot(
            token,
            base_url=f"{base}/bot",
            base_file_url=f"{base}/file/bot",
            request=self._calls,
            get_updates_request=self._polls,
        )
        self._files = Files(token, base, self._post, transport)

    async def open(self) -> None:
        """Open the connections; nothing is called yet."""
        await self._calls.initialize()
        await self._polls.initialize()

    async def close(self) -> None:
        """Close the connections, including those of calls under way."""
        await self._polls.shutdown()
        await self._files.close()
        await self._calls.shutdown()

    async def me(self) -> Mapping[str, Any]:
        """Ask who the bot is (`id`, `username`, `first_name`). Raises TokenRefused or ChannelDown."""
        try:
            me = await self._bot.do_api_request("getMe")
        except TelegramError as error:
            raise down(error, self._known) from None
        if not isinstance(me, dict) or "id" not in me:
            raise Garbled("getMe told nobody's name")
        return me

    async def updates(self, offset: int | None, seconds: int) -> list[Any]:
        """Fetch the updates from `offset` on (None: all that are not confirmed), waiting at most so many `seconds`.

        Asking confirms everything before `offset`. An update that is not JSON comes alone, as the bytes that tell its
        id. Raises AnotherPoller, WebhookIsSet, TokenRefused (only as long as the token never worked) or ChannelDown,
        which is Garbled when the whole answer cannot be read.
        """
        asked: dict[str, Any] = {"timeout": seconds, "allowed_updates": HEARD_KINDS}
        if offset is not None:
            asked["offset"] = offset
        spoiled = b""
        for limit in _FEWER:
            try:
                found = await self._bot.do_api_request(
                    "getUpdates",
                    api_kwargs=asked if limit is None else {**asked, "limit": limit},
                    read_timeout=seconds + 10.0,
                )
            except NotAnAnswer as error:
                spoiled = error.trace
                if not spoiled:
                    raise down(error, self._known) from None
                continue
            except TelegramError as error:
                raise down(error, self._known) from None
            if not isinstance(found, list):
                raise Garbled("getUpdates gave no list")
            self._known = True
            return found
        if offset is not None and number_of(spoiled) < offset:  # it does not tell its own id: nothing is sure
            raise Garbled("an update that is not JSON tells the id of another one")
        return [spoiled]

    def hear(self, update: Any) -> Incoming | None:
        """Return what this update says; None when there is nothing to hear in it. Raises when it cannot be read."""
        return hear(update)

    async def send(self, message: Outgoing) -> Outcome:
        """Send or edit, once. An edit that changes nothing counts as delivered; one that cannot be made is sent anew.

        A message with a file is always a new one.
        """
        chat = _chat(message.reached_at)
        if chat is None:
            return Refused("not an address on Telegram")
        if message.delete:
            return await delete(self._bot, chat, message.delete)
        keyboard = _keyboard(message)
        if message.menu is not None:
            return await self._menu(chat, message.menu)
        if message.attachment is not None:
            return await self._files.send(chat, message, message.attachment, keyboard)
        body: dict[str, Any] = {"chat_id": chat, "text": message.text, "link_preview_options": _NO_PREVIEW}
        if keyboard:
            body["reply_markup"] = keyboard
        if message.edit is not None and not message.text:
            return await self._bare(chat, message.edit)
        edited, body = body, {**body, **({"protect_content": True} if message.protected else {})}
        if message.edit is None:
            body |= reply(message)
        if message.edit is None or "inline_keyboard" not in (keyboard or {"inline_keyboard": ()}):
            return await self._post("sendmessage", body)
        try:
            await self._bot.do_api_request("editmessagetext", api_kwargs={**edited, "message_id": message.edit})
        except BadRequest as error:
            said = error.message.lower()
            if _UNCHANGED in said:
                return Sent()
            if any(known in said for known in _UNEDITABLE):
                return Sent() if message.neutral else await self._post("sendmessage", body)  # that only takes away
            return outcome(error)
        except ChatMigrated as error:
            return await self._post("sendmessage", {**body, "chat_id": error.new_chat_id})
        except TelegramError as error:
            return outcome(error)
        return Sent()

    async def _bare(self, chat: int, message: int) -> Outcome:
        """Take the buttons of a message away; where that cannot be done any more, nothing is lost."""
        try:
            await self._bot.do_api_request(
                "editMessageReplyMarkup", api_kwargs={"chat_id": chat, "message_id": message}
            )
        except (BadRequest, ChatMigrated):
            return Sent()
        except TelegramError as error:
            return outcome(error)
        return Sent()

    async def _menu(self, chat: int, commands: Sequence[tuple[str, str]]) -> Outcome:
        """Set the command menu of one chat, or take it away: then that of everybody is shown."""
        body: dict[str, Any] = {"scope": {"type": "chat", "chat_id": chat}}
        if commands:
            body["commands"] = _commands(commands)
        try:
            await self._bot.do_api_request("setmycommands" if commands else "deletemycommands", api_kwargs=body)
        except TelegramError as error:
            return outcome(error)
        return Sent()

    async def _post(self, method: str, body: dict[str, Any]) -> Outcome:
        try:
            made = await self._bot.do_api_request(method, api_kwargs=body)
        except ChatMigrated as error:
            return await self._post(method, {**body, "chat_id": error.new_chat_id})
        except TelegramError as error:
            return outcome(error)
        return sent(made)

    async def answer(self, query: str, text: str = "", *, alert: bool = False) -> bool:
        """End the waiting sign on a tapped button; False when that did not work, which harms nobody. Never raises.

        `text` (at most 200 characters) floats by, or stands in a window when it is an `alert`. After a broken
        connection it is tried once more: a second answer to one tap is refused, and that is fine.
        """
        asked: dict[str, Any] = {"callback_query_id": query}
        if text:
            asked |= {"text": text, "show_alert": alert}
        for _ in range(2):
            try:
                await self._bot.do_api_request("answercallbackquery", api_kwargs=asked)
            except (BadRequest, TimedOut):
                return False
            except NetworkError:
                continue
            except TelegramError:
                return False
            return True
        return False

    async def ask(self, method: str, asked: dict[str, Any]) -> None:
        """Make any other call, of which only the success counts. Raises TokenRefused or ChannelDown."""
        try:
            await self._bot.do_api_request(method, api_kwargs=asked)
        except TelegramError as error:
            raise down(error, self._known) from None

    async def publish(self, profiles: Iterable[Profile]) -> list[str]:
        """Set names, texts and commands, and return the languages that were published.

        Telegram knows profiles in two-letter languages only; others are left out. Raises TokenRefused or ChannelDown; a
        name may be changed only a few times a day.
        """
        published = []
        for profile in profiles:
            if profile.language and not (len(profile.language) == 2 and profile.language.isalpha()):
                continue
            language = {"language_code": profile.language} if profile.language else {}
            commands = _commands(profile.commands)
            for method, body in (
                ("setMyName", {"name": profile.name}),
                ("setMyShortDescription", {"short_description": profile.about}),
                ("setMyDescription", {"description": profile.description}),
                ("setMyCommands", {"commands": commands}),
            ):
                try:
                    await self._bot.do_api_request(method, api_kwargs={**body, **language})
                except TelegramError as error:
                    raise down(error, self._known) from None
            published.append(profile.language)
        return published


def _chat(address: str) -> int | None:
    """Return the number of the chat; None when this is no address on Telegram."""
    name, _, number = address.partition(":")
    return int(number) if name == CHANNEL and number.removeprefix("-").isdecimal() else None


def _commands(pairs: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"command": name, "description": does} for name, does in pairs]


def _keyboard(message: Outgoing) -> dict[str, Any] | None:
    """Return the one kind of keyboard that Telegram shows per message: buttons win over asking or dropping."""
    if message.buttons:
        return {"inline_keyboard": [[_button(b) for b in row] for row in message.buttons]}
    if message.ask_contact:
        share: Sequence[Any] = [[{"text": message.ask_contact, "request_contact": True}]]
        return {"keyboard": share, "resize_keyboard": True, "one_time_keyboard": True}
    if message.drop_keyboard:
        return {"remove_keyboard": True}
    return None


def _button(button: Button) -> dict[str, Any]:
    if button.copy:
        return {"text": button.text, "copy_text": {"text": button.copy}}
    if button.url:
        return {"text": button.text, "url": button.url}
    return {"text": button.text, "callback_data": button.data}
