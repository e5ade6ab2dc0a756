"""The environment: what is wrong is named, and nothing that is secret."""

from __future__ import annotations

import base64
import logging
import stat
import threading
from pathlib import Path

import pytest
import structlog
from pydantic import ValidationError

from bot.runtime.logs import where, write_logs
from bot.settings import Settings, SettingsError, read_settings

KEY = base64.urlsafe_b64encode(b"k" * 32).decode()
OTHER = base64.urlsafe_b64encode(b"o" * 32).decode()


@pytest.fixture(autouse=True)
def _bare(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)


def test_without_any_setting_there_is_a_sensible_one() -> None:
    settings = read_settings()
    assert settings.wijk == "smitsveen"
    assert settings.store_url() == "sqlite:///data/koppelkans.db"
    assert settings.koppelkans_host == "127.0.0.1"
    assert (settings.telegram_per_second, settings.telegram_per_chat) == (30, 1.0)
    with pytest.raises(ValidationError):
        settings.wijk = "x"  # type: ignore[misc]


def test_settings_come_from_the_environment_and_what_is_given_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELEGRAM_BASE_URL", "http://127.0.0.1:8081/")
    monkeypatch.setenv("DATABASE_URL", "postgresql://someone@localhost/koppelkans")
    monkeypatch.setenv("LOG_LEVEL", "debug")
    monkeypatch.setenv("WIJK", "de-eng")
    settings = read_settings(wijk="soesterberg")
    assert settings.telegram_base_url == "http://127.0.0.1:8081"
    assert settings.store_url() == "postgresql://someone@localhost/koppelkans"
    assert (settings.log_level, settings.wijk) == ("DEBUG", "soesterberg")


def test_a_missing_one_is_named_when_it_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SettingsError, match="TELEGRAM_TOKEN: is missing"):
        read_settings(needs=["TELEGRAM_TOKEN"])
    monkeypatch.setenv("TELEGRAM_TOKEN", "")
    with pytest.raises(SettingsError, match="TELEGRAM_TOKEN: is missing"):
        read_settings(needs=["TELEGRAM_TOKEN"])
    monkeypatch.setenv("TELEGRAM_TOKEN", "123:abc")
    assert read_settings(needs=["TELEGRAM_TOKEN"]).telegram_token.get_secret_value() == "123:abc"


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("TELEGRM_TOKEN", "did you mean TELEGRAM_TOKEN?"),
        ("DATABSE_URL", "did you mean DATABASE_URL?"),
        ("DATADIR", "did you mean DATA_DIR?"),
        ("SECRET_KEY", "did you mean SECRET_KEYS?"),
        ("TELEGRAM_COLOUR", "there are DATABASE_URL"),
        ("KOPPELKANS_WEATHER", "there are DATABASE_URL"),
    ],
)
def test_a_name_that_looks_like_ours_and_is_not_is_refused(
    name: str, meant: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, "geheim")
    with pytest.raises(SettingsError) as wrong:
        read_settings()
    assert f"{name}: is not a setting" in str(wrong.value)
    assert meant in str(wrong.value)
    assert "geheim" not in str(wrong.value)


@pytest.mark.parametrize("name", ["XDG_DATA_DIRS", "HOST", "PATH", "KOPPELKANS_TEST_STORES", "KOPPELKANS_SEEDS"])
def test_names_of_others_are_left_alone(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "/usr/share")
    read_settings()


def test_everything_wrong_is_named_at_once_and_no_value_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = {
        "TELEGRAM_TOKEN": "geheim", "TELEGRAM_BASE_URL": "geheim", "TELEGRAM_CLIENT": "geheim",
        "DATABASE_URL": "mysql://geheim", "WIJK": "../geheim", "SECRET_KEYS": f"{KEY},geheim",
        "LOG_LEVEL": "geheim", "KOPPELKANS_PORT": "70000", "TELEGRAM_TOKN": "geheim",
        "TELEGRAM_PER_SECOND": "0", "TELEGRAM_PER_CHAT": "inf", "DIGEST_HOUR": "99",
    }  # fmt: skip
    for name, value in wrong.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as error:
        read_settings()
    lines = str(error.value).splitlines()[1:]
    assert sorted(line.strip().partition(":")[0] for line in lines) == sorted(wrong)
    assert "geheim" not in str(error.value)
    assert KEY not in str(error.value)
    assert error.value.__cause__ is None


def test_secrets_are_not_shown_by_accident(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELEGRAM_TOKEN", "123:geheim")
    monkeypatch.setenv("SECRET_KEYS", f"{KEY}, {OTHER},")
    monkeypatch.setenv("DATABASE_URL", "postgresql://a:geheim@localhost/b")
    settings = read_settings()
    assert settings.keys() == [KEY, OTHER]
    assert "geheim" not in repr(settings)
    assert KEY not in repr(settings)


def test_a_key_is_made_once_and_for_its_owner_only(tmp_path: Path) -> None:
    settings = read_settings(data_dir=tmp_path / "new" / "data")
    (key,) = settings.keys()
    assert settings.keys() == [key]
    file = tmp_path / "new" / "data" / "secret.key"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert len(base64.urlsafe_b64decode(key)) == 32
    assert [one.name for one in file.parent.iterdir()] == ["secret.key"]


def test_a_key_file_that_was_spoilt_is_named_and_kept(tmp_path: Path) -> None:
    (tmp_path / "secret.key").write_text("spoilt")
    with pytest.raises(SettingsError, match=r"DATA_DIR: secret\.key holds no usable key"):
        read_settings(data_dir=tmp_path).keys()
    assert (tmp_path / "secret.key").read_text() == "spoilt"
    (tmp_path / "file").write_text("")
    with pytest.raises(SettingsError, match="DATA_DIR"):
        read_settings(data_dir=tmp_path / "file").keys()


def test_two_that_start_together_share_one_key(tmp_path: Path) -> None:
    settings = read_settings(data_dir=tmp_path)
    found: list[str] = []
    gate = threading.Barrier(4)

    def look() -> None:
        gate.wait()
        found.extend(settings.keys())

    threads = [threading.Thread(target=look) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4
    assert len(set(found)) == 1


def test_an_error_is_written_as_where_it_happened_and_not_as_what_it_said(capsys: pytest.CaptureFixture[str]) -> None:
    root = logging.getLogger()
    kept, level = root.handlers[:], root.level
    token = "7000000001:koppelkans-demo-token-not-a-secret"
    try:
        write_logs("INFO")
        log = structlog.get_logger("test")
        with pytest.raises(KeyError) as raised:
            raise KeyError("geheim")
        assert where(raised.value).startswith("KeyError at test_settings.py:")
        try:
            raise raised.value
        except KeyError:
            log.exception("it went wrong")
            logging.getLogger("elsewhere").exception("so did this")
        log.info("called", url=f"https://api.telegram.org/bot{token}/getMe")
        logging.getLogger("elsewhere").warning("called %s", f"https://api.telegram.org/bot{token}/getMe")
        logging.getLogger("httpx").info("never")
        log.debug("never")
        written = capsys.readouterr().err
    finally:
        root.handlers[:] = kept
        root.setLevel(level)
        structlog.reset_defaults()
    assert written.count("KeyError at test_settings.py:") == 2
    assert written.count("/bot[token]/getMe") == 2
    for secret in ("geheim", token, "never", "Traceback"):
        assert secret not in written
