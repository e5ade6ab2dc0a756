"""Messages that carry a file: the library's own client sends them; all other calls stay on the fast client.

Guards two rules: nothing that was written is lost because it does not fit under a file, or because a person does not
take voice messages; and a file that arrived is not sent again when the text below it has to wait.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from telegram import Bot, InputFile
from telegram.error import BadRequest, ChatMigrated, TelegramError

from bot.messages.attachment import VOICE, Attachment
from bot.messages.message import Outgoing
from bot.runtime.channel import Gone, Outcome, Refused, Sent
from bot.runtime.telegram.errors import outcome, sent
from bot.runtime.telegram.request import FILES_AT_A_TIME, client_named

CAPTION_UNITS, TEXT_UNITS = 1024, 4096
"""What Telegram takes under a file and in a message, in UTF-16 code units."""

WRITE_SECONDS = 60.0

_NO_PREVIEW = {"link_preview_options": {"is_disabled": True}}
_NO_VOICE = "voice_messages_forbidden"

Post = Callable[[str, dict[str, Any]], Awaitable[Outcome]]


class Files:
    """Sends files for one bot; `post` calls a method of the Bot API with a body of JSON."""

    def __init__(self, token: str, base_url: str, post: Post, transport: Any = None) -> None:
        self._client = client_named("httpx", FILES_AT_A_TIME, transport)
        self._bot = Bot(token, base_url=f"{base_url}/bot", request=self._client, get_updates_request=self._client)
        self._post = post
        self._opened = False
        self._sent: dict[int, int] = {}

    async def close(self) -> None:
        """Close the connections."""
        if self._opened:
            await self._client.shutdown()

    async def send(self, chat: int, message: Outgoing, attachment: Attachment, keyboard: Any) -> Outcome:
        """Send the file with its text below it, once. What is too long for a caption follows in other messages.

        The keyboard stands under the last part, and the outcome is that of the last one. When a part has to wait, the
        next try goes on with that part.
        """
        caption, texts = parts(message.text)
        result: Outcome = Sent()
        first = self._sent.pop(message.id, 0)
        for number in range(first, 1 + len(texts)):
            body: dict[str, Any] = {"chat_id": chat, **({} if number else reply(message))}
            if message.protected:
                body["protect_content"] = True
            if keyboard and number == len(texts):
                body["reply_markup"] = keyboard
            if number:
                result = await self._post("sendmessage", {**body, **_NO_PREVIEW, "text": texts[number - 1]})
            else:
                result = await self._file(attachment, caption, body)
            if not isinstance(result, Sent):
                if number and not isinstance(result, Refused | Gone):
                    self._sent[message.id] = number
                return result
        return result

    async def _file(self, attachment: Attachment, caption: str, body: dict[str, Any]) -> Outcome:
        """Send the file itself; a person who takes no voice messages gets it as audio, or else only the words."""
        kinds = (VOICE, "audio") if attachment.kind == VOICE else (attachment.kind,)
        for kind in kinds:
            try:
                made = await self._call(kind, attachment, {**body, "caption": caption} if caption else body)
            except BadRequest as error:
                if attachment.kind == VOICE and (kind != VOICE or _NO_VOICE in error.message.lower()):
                    continue
                return outcome(error)
            except TelegramError as error:
                return outcome(error)
            return sent(made)
        if not caption:
            return Refused("no voice messages are taken, and there are no words to send instead")
        return await self._post("sendmessage", {**body, **_NO_PREVIEW, "text": caption})

    async def _call(self, kind: str, attachment: Attachment, body: dict[str, Any]) -> Any:
        if not self._opened:
            await self._client.initialize()
            self._opened = True
        name = attachment.name or None
        file = InputFile(attachment.content, filename=name) if attachment.content else attachment.file_id
        try:
            return await self._bot.do_api_request(
                f"send{kind.capitalize()}", api_kwargs={**body, kind: file}, write_timeout=WRITE_SECONDS
            )
        except ChatMigrated as error:
            return await self._call(kind, attachment, {**body, "chat_id": error.new_chat_id})


def reply(message: Outgoing) -> dict[str, Any]:
    """Return what makes a call a reply; when the message to reply to is gone, Telegram sends it without."""
    if message.reply_to is None:
        return {}
    return {"reply_parameters": {"message_id": message.reply_to, "allow_sending_without_reply": True}}


def parts(text: str) -> tuple[str, list[str]]:
    """Return what fits under a file, and what follows in other messages, cut after a line or word if possible."""
    caption, rest = _cut(text, CAPTION_UNITS)
    texts = []
    while rest:
        text, rest = _cut(rest, TEXT_UNITS)
        texts.append(text)
    return caption, texts


def _cut(text: str, units: int) -> tuple[str, str]:
    if _units(text) <= units:
        return text, ""
    end = min(len(text), units)
    while _units(text[:end]) > units:
        end -= 1
    for between in ("\n", " "):
        found = text.rfind(between, 1, end + 1)
        if found > 0 and text[:found].strip():
            return text[:found].rstrip(), text[found:].lstrip()
    return text[:end], text[end:]


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
