"""What a person can do with a phone in hand. The page uses it, and so do tests."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from bot.demo.standin.api.wording import command_entities, pieces
from bot.demo.standin.world.account import Account
from bot.demo.standin.world.chat import Chat, Message, Profile
from bot.demo.standin.world.files import Upload, content_of, sample_picture, sample_sound

_PAYLOAD = re.compile(r"[A-Za-z0-9_-]{1,64}")
_NEIGHBOUR = ("Buurvrouw", "+31687654321")

SAMPLE_SECONDS = 4
KINDS = ("photo", "voice", "audio", "sticker", "video", "document", "location", "poll", "dice")


class Person(Profile):
    """A person with a phone. Every act goes to the first bot of the world unless `bot` names another.

    `where` is the id of a group; without it things are said in the private chat.
    """

    def __init__(self, id: int, first_name: str, language_code: str = "", *, bots: Sequence[Account]) -> None:
        super().__init__(id, first_name, language_code)
        self._bots = bots

    def chat(self, bot: Account | None = None, where: int | None = None) -> Chat:
        """Return the chat as it looks now. Raises LookupError when there is no such group."""
        account = self._account(bot)
        return account.chat_with(self) if where is None else account.chats[where]

    def say(self, text: str, *, bot: Account | None = None, where: int | None = None) -> int:
        """Type and send; a text over 4,096 characters becomes several messages. Returns the id of the last one."""
        account, chat = self._account(bot), self._open(bot, where)
        parts = pieces(text)
        if not parts:
            raise ValueError("a phone does not send an empty message")
        last = 0
        for part in parts:
            content: dict[str, Any] = {"text": part}
            if entities := command_entities(part):
                content["entities"] = entities
            last = account.hear(chat, self, content)["message_id"]
        return last

    def start(self, payload: str = "", *, bot: Account | None = None) -> int:
        """Open the bot by a link. A payload that Telegram does not take is dropped: then it is a bare /start."""
        chat = self.chat(bot)
        if chat.blocked:
            self.unblock(bot=bot)
        return self.say(f"/start {payload}" if _PAYLOAD.fullmatch(payload) else "/start", bot=bot)

    def tap(self, message_id: int, button: str, *, bot: Account | None = None, where: int | None = None) -> str:
        """Tap the button with that label or data; return the id of the query. Raises LookupError without it."""
        account, chat = self._account(bot), self._open(bot, where)
        found = chat.button(message_id, button)
        if "callback_data" not in found:
            raise LookupError(f"the button {button!r} tells the bot nothing")
        return account.ask(chat, self, chat.messages[message_id], found["callback_data"])

    def tap_stale(self, message_id: int, data: str, *, bot: Account | None = None) -> str:
        """Tap on a screen that is behind: the button may be gone, or the whole message."""
        account, chat = self._account(bot), self._open(bot, None)
        gone: Message = {"chat": chat.info, "message_id": message_id, "date": 0}
        return account.ask(chat, self, chat.messages.get(message_id, gone), data)

    def press(self, label: str, *, bot: Account | None = None) -> int:
        """Press a button of the keyboard at the bottom. Raises LookupError when it is not there."""
        chat = self.chat(bot)
        rows = chat.keyboard.rows if chat.keyboard else []
        button = next((one for row in rows for one in row if one["text"] == label), None)
        if button is None:
            raise LookupError(f"no button {label!r} at the bottom: {[[one['text'] for one in row] for row in rows]}")
        if chat.keyboard and chat.keyboard.options.get("one_time_keyboard"):
            chat.keyboard = None
            self._account(bot).note("keyboard", chat.id, keyboard=None)
        if button.get("request_contact"):
            return self.share_contact(bot=bot)
        return self.say(label, bot=bot)

    def share_contact(
        self, *, own: bool = True, phone: str = "", first_name: str = "", bot: Account | None = None
    ) -> int:
        """Share a contact card: the person's own, which Telegram marks with their id, or somebody else's."""
        name, number = (self.first_name, self.phone) if own else _NEIGHBOUR
        # Telegram's own cards come without the plus on most phones.
        card: dict[str, Any] = {"phone_number": (phone or number).lstrip("+"), "first_name": first_name or name}
        if own:
            card["user_id"] = self.id
        return self._say(bot, None, {"contact": card})

    def send(
        self,
        kind: str,
        upload: Upload | None = None,
        *,
        caption: str = "",
        bot: Account | None = None,
        where: int | None = None,
    ) -> int:
        """Send a photo, voice, audio, sticker, video, document, location, poll or dice; without a file a sample."""
        content = _plain(kind)
        if content is None:
            file = self._account(bot).files.add(kind, upload or _sample(kind))
            content = content_of(file, {"duration": SAMPLE_SECONDS})
        if caption:
            content["caption"] = caption
        return self._say(bot, where, content)

    def edit(self, message_id: int, text: str, *, bot: Account | None = None) -> None:
        """Change a message that this person sent before. Raises LookupError."""
        account, chat = self._account(bot), self._open(bot, None)
        old = chat.messages[message_id]
        if old["from"]["id"] != self.id:
            raise LookupError("that message is not yours")
        message = {**old, "text": text, "entities": command_entities(text), "edit_date": int(account.clock())}
        chat.keep(message)
        account.note("edit", chat.id, message=message)
        account.push("edited_message", message)

    def block(self, *, bot: Account | None = None) -> None:
        """Stop the bot from writing."""
        self._member(bot, "blocked", "member", "kicked")

    def unblock(self, *, bot: Account | None = None) -> None:
        """Let the bot write again."""
        self._member(bot, "", "kicked", "member")

    def _member(self, bot: Account | None, left: str, before: str, after: str) -> None:
        account, chat = self._account(bot), self.chat(bot)
        if chat.left == left:
            return
        chat.left = left
        account.note("blocked", chat.id, blocked=chat.blocked)
        account.push("my_chat_member", {
            "chat": chat.info, "from": self.user(), "date": int(account.clock()),
            "old_chat_member": _status(account, before), "new_chat_member": _status(account, after),
        })  # fmt: skip

    def _say(self, bot: Account | None, where: int | None, content: dict[str, Any]) -> int:
        number: int = self._account(bot).hear(self._open(bot, where), self, content)["message_id"]
        return number

    def _account(self, bot: Account | None) -> Account:
        if bot is not None:
            return bot
        if not self._bots:
            raise LookupError("this world has no bot yet")
        return self._bots[0]

    def _open(self, bot: Account | None, where: int | None) -> Chat:
        chat = self.chat(bot, where)
        if where is None and chat.blocked:
            raise LookupError("the bot is blocked: unblock it first")
        return chat


def _status(account: Account, status: str) -> dict[str, Any]:
    shown = {"user": account.user, "status": status}
    return {**shown, "until_date": 0} if status == "kicked" else shown


def _plain(kind: str) -> dict[str, Any] | None:
    if kind == "location":
        return {"location": {"latitude": 52.17, "longitude": 5.29}}
    if kind == "dice":
        return {"dice": {"emoji": "🎲", "value": 4}}
    if kind == "poll":
        options = [{"persistent_id": word, "text": word, "voter_count": 0} for word in ("Ja", "Nee")]
        facts = {"total_voter_count": 0, "is_closed": False, "is_anonymous": True, "type": "regular"}
        more = {"allows_multiple_answers": False, "allows_revoting": True, "members_only": False}
        return {"poll": {"id": "1", "question": "Koud?", "options": options, **facts, **more}}
    if kind not in KINDS:
        raise ValueError(f"a phone cannot send {kind!r}")
    return None


def _sample(kind: str) -> Upload:
    if kind == "photo":
        return Upload("foto.png", "image/png", sample_picture())
    if kind == "voice":
        return Upload("spraak.ogg", "audio/ogg", sample_sound(SAMPLE_SECONDS))
    names = {"audio": ("liedje.mp3", "audio/mpeg")}
    name, type_ = names.get(kind, (f"{kind}.bin", "application/octet-stream"))
    return Upload(name, type_, b"voorbeeld")
