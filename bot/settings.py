"""The environment, read once into one frozen value. Guards the rule that a wrong setting is named, never guessed.

Names that look like ours but are not are refused: otherwise a misspelt variable would be ignored without a word.
"""

from __future__ import annotations

import base64
import binascii
import glob
import os
import re
import stat
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from db import files

OTHERS = frozenset(f"KOPPELKANS_{name}" for name in ("TEST_STORES", "BROWSER", "SCRIPTS", "CRASH", "SEEDS"))
"""Names that are ours too, but that only the tests read."""

_OURS = ("TELEGRAM_", "KOPPELKANS_")
_TOKEN = re.compile(r"\d+:[A-Za-z0-9_-]+")
_WIJK = re.compile(r"[a-z0-9_-]+")
_LIKENESS = 0.85
_KEY_FILE = "secret.key"
_OWN_FILES = (_KEY_FILE, "poller-*.lock", "demo")


class SettingsError(Exception):
    """The environment is not usable; the message names every variable that is wrong, and no value."""


class Settings(BaseSettings):
    """What the bot must know before it starts. Every field is an environment variable of the same name in capitals."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True, env_ignore_empty=True)

    telegram_token: SecretStr = SecretStr("")
    telegram_base_url: str = "https://api.telegram.org"
    telegram_client: Literal["httptools", "httpx"] = "httptools"
    telegram_per_second: int = Field(default=30, ge=1)
    telegram_per_chat: float = Field(default=1.0, gt=0, allow_inf_nan=False)
    database_url: SecretStr = SecretStr("")
    telegram_tokens: Annotated[tuple[tuple[str, SecretStr], ...], NoDecode] = ()
    webhook_url: str = ""
    webhook_secret: SecretStr = SecretStr("")
    wijk: str = "smitsveen"
    data_dir: Path = Path("data")
    digest_hour: int = Field(default=9, ge=0, le=20)
    secret_keys: Annotated[tuple[SecretStr, ...], NoDecode] = ()
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    koppelkans_host: str = "127.0.0.1"
    koppelkans_port: int = Field(default=8080, ge=0, le=65535)
    koppelkans_loop: Literal["asyncio", "uvloop"] = "asyncio"
    koppelkans_language: Literal["nl", "en"] = "nl"

    @field_validator("telegram_token")
    @classmethod
    def _token(cls, token: SecretStr) -> SecretStr:
        if token.get_secret_value() and not _TOKEN.fullmatch(token.get_secret_value()):
            raise ValueError("must be a number, a colon and a key, as BotFather gives it")
        return token

    @field_validator("telegram_tokens", mode="before")
    @classmethod
    def _split(cls, given: Any) -> Any:
        if not isinstance(given, str):
            return given
        pairs = [pair.partition("=") for pair in given.split(",") if pair.strip()]
        return tuple((wijk.strip(), SecretStr(token.strip())) for wijk, _, token in pairs)

    @field_validator("telegram_tokens")
    @classmethod
    def _tokens(cls, pairs: tuple[tuple[str, SecretStr], ...]) -> tuple[tuple[str, SecretStr], ...]:
        for number, (wijk, token) in enumerate(pairs, 1):
            if not _WIJK.fullmatch(wijk) or not _TOKEN.fullmatch(token.get_secret_value()):
                raise ValueError(f"number {number} is not like smitsveen=123:abc; they are separated by commas")
        if len({wijk for wijk, _ in pairs}) < len(pairs):
            raise ValueError("names a wijk twice")
        if len({token.get_secret_value().partition(":")[0] for _, token in pairs}) < len(pairs):
            raise ValueError("holds the same bot twice; every wijk has a bot of its own")
        return pairs

    @field_validator("webhook_url")
    @classmethod
    def _hook(cls, url: str) -> str:
        if url and not re.fullmatch(r"https://[^/\s]+(/\S*)?|http://(127\.0\.0\.1|localhost)(:\d+)?(/\S*)?", url):
            raise ValueError("must be an https address")
        return url.rstrip("/")

    @field_validator("webhook_secret")
    @classmethod
    def _secret(cls, secret: SecretStr) -> SecretStr:
        if secret.get_secret_value() and not re.fullmatch(r"[A-Za-z0-9_-]{16,256}", secret.get_secret_value()):
            raise ValueError("must be 16 to 256 letters, digits, - or _")
        return secret

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
        if not _WIJK.fullmatch(wijk):
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

    def wijken(self) -> tuple[str, ...]:
        """Return every wijk that this installation serves: those of TELEGRAM_TOKENS, or else the one in WIJK."""
        return tuple(wijk for wijk, _ in self.telegram_tokens) or (self.wijk,)

    def for_wijk(self, wijk: str) -> Settings:
        """Return the settings of one wijk alone, with its own token in `telegram_token`.

        Raises SettingsError when TELEGRAM_TOKENS does not name it.
        """
        if not self.telegram_tokens:
            return (
                self if wijk == self.wijk else self.model_copy(update={"wijk": wijk, "telegram_token": SecretStr("")})
            )
        token = dict(self.telegram_tokens).get(wijk)
        if token is None:
            raise SettingsError(f"TELEGRAM_TOKENS: does not name {wijk}; it names {', '.join(self.wijken())}")
        return self.model_copy(update={"wijk": wijk, "telegram_token": token, "telegram_tokens": ()})

    def each(self) -> tuple[Settings, ...]:
        """Return the settings of each wijk, one by one."""
        return tuple(self.for_wijk(wijk) for wijk in self.wijken())

    def make_data_dir(self) -> None:
        """Make the folder DATA_DIR, and close it and the bot's files to all but their owner, whatever the umask is.

        Raises SettingsError when that cannot be done, or when the folder is open to others and holds nothing of the
        bot: others may need it.
        """
        try:
            if self.data_dir.is_dir() and self.data_dir.stat().st_mode & 0o077 and not self._at_home():
                raise SettingsError(
                    "DATA_DIR: other accounts may use this folder, and it holds other things than the bot's; "
                    "give the bot a folder of its own, or run chmod 700 on it"
                )
            files.make_folder(self.data_dir)
            for file in filter(Path.is_file, self._own_files()):
                files.close_to_others(file, 0o600)
        except files.OpenToOthers as error:
            raise SettingsError(f"DATA_DIR: {error}") from None
        except OSError as error:
            raise SettingsError(f"DATA_DIR: this folder cannot be made ({type(error).__name__})") from None

    def _own_files(self) -> list[Path]:
        """List the bot's files in DATA_DIR: key, locks, the demo's folder, a SQLite store and the files beside it."""
        store = glob.escape(Path(self.store_url().partition("?")[0]).name)
        return [path for pattern in (*_OWN_FILES, f"{store}*") for path in self.data_dir.glob(pattern)]

    def _at_home(self) -> bool:
        """Return whether the bot has files in DATA_DIR, or nobody has; never true in a shared folder such as /tmp."""
        shared = self.data_dir.stat().st_mode & stat.S_ISVTX
        return not shared and (bool(self._own_files()) or not any(self.data_dir.iterdir()))

    def store_url(self) -> str:
        """Return the address of the store: DATABASE_URL, or else one SQLite file in DATA_DIR."""
        return self.database_url.get_secret_value() or f"sqlite:///{self.data_dir / 'koppelkans.db'}"

    def keys(self, *, new: bool = True) -> list[str]:
        """Return the keys of the personal fields; the first one encrypts, all of them decrypt.

        Without SECRET_KEYS it is the key in DATA_DIR/secret.key, which is made (for its owner only) when it is not
        there. When that file is lost, the personal fields cannot be read again: where something is stored already no
        key is made (`new` is false), and SettingsError says so.
        """
        if self.secret_keys:
            return [key.get_secret_value() for key in self.secret_keys]
        self.make_data_dir()
        return [_kept_key(self.data_dir, new=new)]


def read_settings(*, needs: Iterable[str] = (), **given: Any) -> Settings:
    """Read the settings of this process; `given` wins over the environment, `needs` names what may not be missing.

    Raises SettingsError, which names all that is unknown, missing or wrong at once.
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
        wrong += _clashing(settings)
        for name in needs:
            value = getattr(settings, name.lower())
            if not (value.get_secret_value() if isinstance(value, SecretStr) else value) and not (
                name == "TELEGRAM_TOKEN" and settings.telegram_tokens
            ):
                wrong.append(f"{name}: is missing")
    if wrong or settings is None:
        raise SettingsError("These settings are not right:\n" + "\n".join(f"  {line}" for line in wrong))
    return settings


def _clashing(settings: Settings) -> Iterable[str]:
    if settings.telegram_tokens and settings.telegram_token.get_secret_value():
        yield "TELEGRAM_TOKEN: TELEGRAM_TOKENS is given too; keep one of the two"
    if settings.telegram_tokens and "wijk" in settings.model_fields_set:
        yield "WIJK: TELEGRAM_TOKENS names the wijken already; leave WIJK out"


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


def _kept_key(folder: Path, *, new: bool) -> str:
    file = folder / _KEY_FILE
    try:
        if not file.exists():
            if not new:
                raise SettingsError(
                    f"DATA_DIR: {file.name} is not there, and the store holds what was encrypted with it. "
                    "Put that file back, or give the key as SECRET_KEYS; without it nobody can read the store"
                )
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
    """Make the file in one step, so that two processes that start together end up with the same key."""
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
