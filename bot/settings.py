"""The environment, read once into one frozen value. Guards the rule that a wrong setting is named, never guessed.

A misspelt variable would otherwise be ignored without a word: names that look like ours and are not are refused.
"""

from __future__ import annotations

import base64
import binascii
import os
import re
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

OTHERS = frozenset({"KOPPELKANS_TEST_STORES", "KOPPELKANS_BROWSER"})
"""Names that are ours too, but are read by the tests."""

_OURS = ("TELEGRAM_", "KOPPELKANS_")
_LIKENESS = 0.85
_KEY_FILE = "secret.key"


class SettingsError(Exception):
    """The environment is not usable; the message names every variable that is wrong, and no value."""


class Settings(BaseSettings):
    """What the bot must know before it starts. Every field is an environment variable of the same name in capitals."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True, env_ignore_empty=True)

    telegram_token: SecretStr = SecretStr("")
    telegram_base_url: str = "https://api.telegram.org"
    telegram_client: Literal["aiohttp", "httpx"] = "aiohttp"
    database_url: SecretStr = SecretStr("")
    wijk: str = "smitsveen"
    data_dir: Path = Path("data")
    secret_keys: Annotated[tuple[SecretStr, ...], NoDecode] = ()
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    koppelkans_host: str = "127.0.0.1"
    koppelkans_port: int = Field(default=8080, ge=0, le=65535)

    @field_validator("telegram_token")
    @classmethod
    def _token(cls, token: SecretStr) -> SecretStr:
        if token.get_secret_value() and not re.fullmatch(r"\d+:[A-Za-z0-9_-]+", token.get_secret_value()):
            raise ValueError("must be a number, a colon and a key, as BotFather gives it")
        return token

    @field_validator("telegram_base_url")
    @classmethod
    def _base_url(cls, url: str) -> str:
        if not re.fullmatch(r"https?://[^/\s]+(/\S*)?", url):
            raise ValueError("must be an http or https address")
        return url.rstrip("/")

    @field_validator("database_url")
    @classmethod
    def _database(cls, url: SecretStr) -> SecretStr:
        if url.get_secret_value() and not re.match(r"(sqlite|postgresql)(\+\w+)?://", url.get_secret_value()):
            raise ValueError("must begin with sqlite:/// or postgresql://")
        return url

    @field_validator("wijk")
    @classmethod
    def _wijk(cls, wijk: str) -> str:
        if not re.fullmatch(r"[a-z0-9_-]+", wijk):
            raise ValueError("must be the name of a folder in flows/wijken, in small letters")
        return wijk

    @field_validator("log_level", mode="before")
    @classmethod
    def _level(cls, level: Any) -> Any:
        return level.upper() if isinstance(level, str) else level

    @field_validator("secret_keys", mode="before")
    @classmethod
    def _keys(cls, keys: Any) -> Any:
        return tuple(key.strip() for key in keys.split(",") if key.strip()) if isinstance(keys, str) else keys

    @field_validator("secret_keys")
    @classmethod
    def _fernet(cls, keys: tuple[SecretStr, ...]) -> tuple[SecretStr, ...]:
        for key in keys:
            try:
                right = len(base64.b64decode(key.get_secret_value(), altchars=b"-_", validate=True)) == 32
            except (binascii.Error, ValueError):
                right = False
            if not right:
                raise ValueError("every key must be 32 bytes in url-safe base64")
        return keys

    def store_url(self) -> str:
        """The address of the store: DATABASE_URL, or else one SQLite file in DATA_DIR."""
        return self.database_url.get_secret_value() or f"sqlite:///{self.data_dir / 'koppelkans.db'}"

    def keys(self) -> list[str]:
        """The keys that personal fields are encrypted with; the first one encrypts, all of them decrypt.

        Without SECRET_KEYS it is the key in DATA_DIR/secret.key, which is made (for its owner only) when it is not
        there. Whoever loses that file cannot read the personal fields again.
        """
        if self.secret_keys:
            return [key.get_secret_value() for key in self.secret_keys]
        return [_kept_key(self.data_dir)]


def read_settings(*, needs: Iterable[str] = (), **given: Any) -> Settings:
    """The settings of this process; `given` ones win over the environment, `needs` are names that may not be missing.

    SettingsError names all that is unknown, missing or wrong at once.
    """
    wrong = list(_unknown(os.environ))
    try:
        settings = Settings(**given)
    except ValidationError as error:
        for problem in error.errors(include_input=False, include_url=False, include_context=False):
            name = str(problem["loc"][0]).upper() if problem["loc"] else "settings"
            wrong.append(f"{name}: {problem['msg'].removeprefix('Value error, ')}")
        settings = None
    if settings is not None:
        for name in needs:
            value = getattr(settings, name.lower())
            if not (value.get_secret_value() if isinstance(value, SecretStr) else value):
                wrong.append(f"{name}: is missing")
    if wrong or settings is None:
        raise SettingsError("These settings are not right:\n" + "\n".join(f"  {line}" for line in wrong))
    return settings


def _unknown(names: Iterable[str]) -> Iterable[str]:
    known = {name.upper() for name in Settings.model_fields}
    for name in sorted(names):
        upper = name.upper()
        if upper in known or upper in OTHERS:
            continue
        like = get_close_matches(upper, sorted(known), n=1, cutoff=_LIKENESS)
        if like:
            yield f"{name}: is not a setting; did you mean {like[0]}?"
        elif upper.startswith(_OURS):
            yield f"{name}: is not a setting; there are {', '.join(sorted(known))}"


def _kept_key(folder: Path) -> str:
    file = folder / _KEY_FILE
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not file.exists():
            _make_key(file)
        key = file.read_text("ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"DATA_DIR: {file.name} cannot be read or made there ({type(error).__name__})") from None
    try:
        Settings(secret_keys=(SecretStr(key),))
    except ValidationError:
        raise SettingsError(f"DATA_DIR: {file.name} holds no usable key; put the right one back") from None
    return key


def _make_key(file: Path) -> None:
    """Makes the file in one step, so that two that start together end up with one and the same key."""
    descriptor, draft = tempfile.mkstemp(dir=file.parent, prefix=".key-")  # for its owner only
    with os.fdopen(descriptor, "wb") as made:
        made.write(base64.urlsafe_b64encode(os.urandom(32)) + b"\n")
        made.flush()
        os.fsync(made.fileno())
    try:
        with suppress(FileExistsError):
            os.link(draft, file)
    finally:
        Path(draft).unlink()
