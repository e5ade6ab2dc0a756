"""Files that people and bots send: kept in memory, the oldest thrown away when there is too much."""

from __future__ import annotations

import secrets
import struct
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.demo.standin.api.refusal import Refusal, bad

KEPT_BYTES = 64 * 1024 * 1024
_LIMITS = {"photo": 10 * 1024 * 1024}
_LIMIT = 50 * 1024 * 1024
_FOLDERS = {"photo": "photos", "voice": "voice", "audio": "music", "sticker": "stickers", "video": "videos"}
_TYPES = {"photo": "image/jpeg", "voice": "audio/ogg", "audio": "audio/mpeg", "sticker": "image/webp"}


@dataclass(frozen=True, slots=True)
class Upload:
    """A file inside a call."""

    name: str
    type: str
    data: bytes


@dataclass(frozen=True, slots=True)
class File:
    """A kept file; `path` is what getFile names."""

    id: str
    unique: str
    kind: str
    path: str
    name: str
    type: str
    data: bytes


class Files:
    """All files of one world, at most 64 MB together."""

    def __init__(self) -> None:
        self._files: dict[str, File] = {}
        self._paths: dict[str, str] = {}
        self._bytes = 0

    def add(self, kind: str, upload: Upload) -> File:
        """Keep a file. Raises Refusal for an empty one, a too large one and a photo that is no picture."""
        if not upload.data:
            raise bad("file must be non-empty")
        if len(upload.data) > _LIMITS.get(kind, _LIMIT):
            raise Refusal(413, "Request Entity Too Large")
        if kind == "photo" and size_of(upload.data) is None:
            raise bad("IMAGE_PROCESS_FAILED")
        number = len(self._paths)
        folder = _FOLDERS.get(kind, "documents")
        ending = upload.name.rpartition(".")[2] if "." in upload.name else "bin"
        name = f"file_{number}.{''.join(filter(str.isalnum, ending)) or 'bin'}"
        found = File(
            secrets.token_urlsafe(24), secrets.token_urlsafe(9), kind, f"{folder}/{name}", upload.name,
            upload.type or _TYPES.get(kind, "application/octet-stream"), upload.data,
        )  # fmt: skip
        self._files[found.id] = found
        self._paths[found.path] = found.id
        self._bytes += len(found.data)
        while self._bytes > KEPT_BYTES and len(self._files) > 1:
            oldest = self._files.pop(next(iter(self._files)))
            self._bytes -= len(oldest.data)
        return found

    def get(self, file_id: str) -> File | None:
        """Return the file with that id, while it is kept."""
        return self._files.get(file_id)

    def at(self, path: str) -> File | None:
        """Return the file under the path that getFile gave."""
        return self._files.get(self._paths.get(path, ""))


def size_of(data: bytes) -> tuple[int, int] | None:
    """Return width and height of a PNG, GIF, JPEG or WebP; None when it is none of these."""
    if data[:8] == b"\x89PNG\r\n\x1a\n" and len(data) >= 24:
        width, height = struct.unpack(">II", data[16:24])
        return width, height
    if data[:6] in (b"GIF87a", b"GIF89a") and len(data) >= 10:
        width, height = struct.unpack("<HH", data[6:10])
        return width, height
    if data[:2] == b"\xff\xd8":
        return _jpeg_size(data)
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return 512, 512
    return None


def _jpeg_size(data: bytes) -> tuple[int, int] | None:
    position = 2
    while position + 9 <= len(data) and data[position] == 0xFF:
        marker, length = data[position + 1], struct.unpack(">H", data[position + 2 : position + 4])[0]
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", data[position + 5 : position + 9])
            return width, height
        position += 2 + length
    return None


def content_of(file: File, details: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return what a message holds for that file, under the name of its kind."""
    shown: dict[str, Any] = {"file_id": file.id, "file_unique_id": file.unique, "file_size": len(file.data)}
    given = details or {}
    if file.kind == "photo":
        width, height = size_of(file.data) or (0, 0)
        return {"photo": [{**shown, "width": width, "height": height}]}
    if file.kind == "sticker":
        extra = {"type": "regular", "width": 512, "height": 512, "is_animated": False, "is_video": False}
        return {"sticker": {**shown, **extra, "emoji": given.get("emoji", "🙂")}}
    shown["mime_type"] = file.type
    if file.kind == "voice":
        return {"voice": {**shown, "duration": int(given.get("duration") or 1)}}
    if file.kind == "audio":
        named = {name: given[name] for name in ("performer", "title") if given.get(name)}
        return {"audio": {**shown, **named, "duration": int(given.get("duration") or 1), "file_name": file.name}}
    if file.kind == "video":
        return {"video": {**shown, "width": 640, "height": 360, "duration": 1, "file_name": file.name}}
    return {"document": {**shown, "file_name": file.name}}


def sample_picture(width: int = 480, height: int = 320) -> bytes:
    """Draw a window at dusk as a PNG, for a person who taps "photo" without having one."""
    rows = bytearray()
    for y in range(height):
        rows.append(0)
        for x in range(width):
            frame = x % (width // 2) < 10 or y % (height // 2) < 10 or x >= width - 10 or y >= height - 10
            sky = (90 + 120 * y // height, 120 + 60 * y // height, 190 - 50 * y // height)
            rows += bytes((236, 232, 224) if frame else sky)
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(bytes(rows))), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body)) for name, body in chunks
    )


def sample_sound(seconds: int = 4) -> bytes:
    """Make a voice message as phones record them (Opus in Ogg), in which nobody says anything."""
    frame, samples = b"\xf8\xff\xfe", 960  # 20 milliseconds of silence, at 48,000 samples a second
    head = b"OpusHead" + struct.pack("<BBHIhB", 1, 1, 312, 48_000, 0, 0)
    tags = b"OpusTags" + struct.pack("<I", 10) + b"koppelkans" + struct.pack("<I", 0)
    pages = [_ogg(0, 2, 0, [head]), _ogg(1, 0, 0, [tags])]
    for second in range(seconds):
        last = 4 if second + 1 == seconds else 0
        pages.append(_ogg(second + 2, last, (second + 1) * 50 * samples, [frame] * 50))
    return b"".join(pages)


def _ogg(number: int, kind: int, until: int, packets: list[bytes]) -> bytes:
    lengths = bytes(len(each) for each in packets)  # all shorter than a segment of 255 bytes
    head = struct.pack("<4sBBqIII", b"OggS", 0, kind, until, 1, number, 0)
    page = bytearray(head + bytes([len(lengths)]) + lengths + b"".join(packets))
    check = 0
    for byte in page:
        check ^= byte << 24
        for _ in range(8):
            check = ((check << 1) ^ 0x04C11DB7 if check & 0x80000000 else check << 1) & 0xFFFFFFFF
    struct.pack_into("<I", page, 22, check)
    return bytes(page)
