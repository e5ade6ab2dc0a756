"""A file that goes with a message: a photo, a document or a sound. Guards the limit on its size."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

PHOTO, DOCUMENT, VOICE, AUDIO = KINDS = ("photo", "document", "voice", "audio")

MOST_BYTES = 1024 * 1024
"""The largest size of a file. It stands in the outbox, encrypted, until it is delivered, and in memory meanwhile. A
poster or a report is smaller, and a file for many people goes by its `file_id` after the first time."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file of one of `KINDS`: its `content`, or the `file_id` under which the channel knows it already.

    `name` is the file name that the reader of a document sees, such as `plot.pdf`. Raises ValueError for anything else.
    """

    kind: str
    name: str
    content: bytes = b""
    file_id: str = ""

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError("an attachment is a photo, a document, a voice message or another sound")
        if bool(self.content) == bool(self.file_id):
            raise ValueError("an attachment has either content or a file_id")
        if len(self.content) > MOST_BYTES:
            raise ValueError(f"an attachment has at most {MOST_BYTES} bytes")

    def to_dict(self) -> dict[str, Any]:
        """Return the attachment as the outbox keeps it."""
        held = {"content": b64encode(self.content).decode()} if self.content else {"file_id": self.file_id}
        return {"kind": self.kind, "name": self.name, **held}

    @classmethod
    def from_dict(cls, kept: Mapping[str, Any]) -> Attachment:
        """Return the attachment that `to_dict` wrote down."""
        content = b64decode(kept.get("content", ""))
        return cls(kept["kind"], kept["name"], content, kept.get("file_id", ""))
