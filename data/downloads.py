"""Downloads that resume, retry, ask only for what has changed, and never let a bad file replace a good one."""

from __future__ import annotations

import hashlib
import json
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from data.guarded_web import Inner, InnerAddressError, guarded_session, refused_inner
from data.kept_files import read_kept, write_kept
from data.plan_store import PlanStore
from data.private_files import name_beside
from data.web import requests
from mobility.errors import MobilityError
from mobility.travel import Progress, no_progress

KEPT = 5
"""Versions kept of each download."""
ATTEMPTS = 4
ZIP = ".zip"
TIMEOUT = (10, 60)
"""Seconds to connect, and between two pieces of the answer."""
LARGEST = 500 * 1024 * 1024
RETRIED = {408, 425, 429, 500, 502, 503, 504}
LONGEST_PAUSE = 60.0
ABANDONED = 24 * 3600
"""Seconds since a transfer last wrote after which it is not at work any more: it waits a minute for each piece."""
_BLOCK = 1 << 16
_BEGUN = "begun.partial"
"""What a transfer that gave up left, for the next one to go on with."""


@dataclass(frozen=True)
class Version:
    """One version of a download. ``fetched`` is an ISO instant; ``etag`` and ``last_modified`` are the server's."""

    url: str
    file: str
    sha256: str
    bytes: int
    fetched: str
    etag: str = ""
    last_modified: str = ""


class _RetryError(Exception):
    """The server or the line failed in a way that may pass."""

    def __init__(self, reason: str, pause: float | None = None) -> None:
        super().__init__(reason)
        self.pause = pause


@dataclass(frozen=True)
class DownloadFolder:
    """Where one download and its last versions are kept; ``clock`` gives the moment at which one is kept."""

    path: Path
    clock: Callable[[], datetime]

    def versions(self) -> list[Version]:
        """Return the versions kept, the current one last."""
        return read_kept(self.path / "versions.json", lambda document: [Version(**item) for item in document], [])

    def current(self) -> Path | None:
        """Return the current file, or None."""
        versions = self.versions()
        return self.path / versions[-1].file if versions else None

    def add(self, partial: Path, version: Version) -> None:
        """Make a checked file the current version, whole or not at all; the oldest versions go."""
        partial.replace(self.path / version.file)
        kept = [*(v for v in self.versions() if v.file != version.file), version]
        dropped, kept = kept[:-KEPT], kept[-KEPT:]
        self._write(kept)
        for old in dropped:
            (self.path / old.file).unlink(missing_ok=True)

    def touch(self, etag: str, last_modified: str) -> None:
        """Remember what the server says of an unchanged file."""
        *others, last = self.versions()
        self._write([*others, Version(**{**asdict(last), "etag": etag, "last_modified": last_modified})])

    def note_failure(self) -> None:
        """Remember that one that is kept could not be fetched anew: since when, until it is."""
        if self.versions() and not self.failing_since():
            write_kept(self._failed, json.dumps(self.clock().astimezone(UTC).isoformat()))

    def note_success(self) -> None:
        """Remember that it was fetched, or given."""
        self._failed.unlink(missing_ok=True)

    def failing_since(self) -> datetime | None:
        """Return when it could not be fetched for the first time since it last was; None where it could."""
        return read_kept(self._failed, datetime.fromisoformat, None)

    @property
    def _failed(self) -> Path:
        return self.path / "failed.json"

    def _write(self, versions: list[Version]) -> None:
        text = json.dumps([asdict(version) for version in versions], indent=1)
        write_kept(self.path / "versions.json", text + "\n")


def fetch(
    url: str,
    folder: DownloadFolder,
    *,
    check: Callable[[Path], object],
    attempts: int = ATTEMPTS,
    pause: float = 1.0,
    suffix: str = ZIP,
    progress: Progress = no_progress,
    inner: Inner = (),
) -> tuple[Version, bool]:
    """Fetch a file; return its current version and whether it is new.

    An address that leads to this machine or a private network, by itself or by a redirect, is refused ("inner-address")
    unless ``inner`` lists it.

    ``check`` raises :class:`MobilityError` for content that is not what it claims to be: the version in use then stays.
    A broken transfer goes on where it stopped when the server allows it, after ``pause`` seconds, doubled each time, or
    as long as the server asks.
    """
    folder.path.mkdir(parents=True, exist_ok=True)
    _take_up(folder)
    with _begun(folder) as partial:
        for attempt in range(attempts):
            try:
                answer = _transfer(url, folder, partial, progress, inner)
                break
            except _RetryError as failure:
                if attempt == attempts - 1:
                    raise MobilityError(
                        "download-failed", f"the download failed {attempts} times ({failure}); try again later",
                        field=url, reason=str(failure),
                    ) from None  # fmt: skip
                time.sleep(min(LONGEST_PAUSE, failure.pause if failure.pause is not None else pause * 2**attempt))
        if answer is None:
            return folder.versions()[-1], False
        try:
            return _keep(partial, folder, check, url, suffix, *answer)
        except MobilityError:
            partial.unlink(missing_ok=True)
            raise


def _take_up(folder: DownloadFolder) -> None:
    """Clear away what transfers left that were killed, a day after they last wrote; one to go on with waits for it."""
    for left in folder.path.glob(".*.partial"):
        with suppress(OSError):
            written = max(part.stat().st_mtime for part in (left, *left.glob("*")))
            if folder.clock().timestamp() - written < ABANDONED:
                continue
            if not left.is_dir():
                left.unlink()
                continue
            if (left / "content.etag").exists():
                # Where another one waits already, that one stays.
                with suppress(OSError):
                    left.rename(folder.path / _BEGUN)
            shutil.rmtree(left, ignore_errors=True)


@contextmanager
def _begun(folder: DownloadFolder) -> Iterator[Path]:
    """Give a file to bring a download to, which nobody else has.

    What was left by a transfer that gave up is in it, for whoever comes first; what is left now waits for the next.
    Both are renamed as a folder: a half file never meets the validator of another.
    """
    left, own = folder.path / _BEGUN, name_beside(folder.path / "download")
    try:
        left.rename(own)
    except FileNotFoundError:
        own.mkdir()
    try:
        yield own / "content"
    finally:
        if (own / "content").exists():
            # Two that gave up: what the first left stays.
            with suppress(OSError):
                own.rename(left)
        shutil.rmtree(own, ignore_errors=True)


def keep_copy(source: Path, folder: DownloadFolder, *, url: str) -> tuple[Version, bool]:
    """Keep a copy of a checked local file as the current version; return it and whether it is new."""
    folder.path.mkdir(parents=True, exist_ok=True)
    _take_up(folder)
    partial = name_beside(folder.path / f"import{ZIP}")
    try:
        shutil.copyfile(source, partial)
        return _keep(partial, folder, lambda _: None, url, ZIP, "", "")
    finally:
        partial.unlink(missing_ok=True)


def _keep(
    partial: Path, folder: DownloadFolder, check: Callable[[Path], object], url: str, suffix: str, etag: str,
    last_modified: str,
) -> tuple[Version, bool]:  # fmt: skip
    """Check a whole file and make it the current version, unless it is the one in use already."""
    digest = hashlib.sha256(partial.read_bytes()).hexdigest()
    if not _is_current(folder, digest):
        check(partial)
    with PlanStore(folder.path).turn("versions"):
        if _is_current(folder, digest):
            partial.unlink()
            folder.touch(etag, last_modified)
            return folder.versions()[-1], False
        now = folder.clock().astimezone(UTC)
        file = f"{now:%Y%m%dT%H%M%SZ}-{digest[:12]}{suffix}"
        version = Version(
            url, file, digest, partial.stat().st_size, now.isoformat(timespec="seconds"), etag, last_modified
        )  # fmt: skip
        folder.add(partial, version)
    return version, True


def _is_current(folder: DownloadFolder, digest: str) -> bool:
    known = folder.versions()
    return bool(known) and known[-1].sha256 == digest


def _transfer(
    url: str, folder: DownloadFolder, partial: Path, progress: Progress, inner: Inner
) -> tuple[str, str] | None:
    """Bring the whole file to ``partial``; return its validators, or None where the current version still holds."""
    validator = partial.with_suffix(".etag")
    headers = _headers(url, folder, partial, validator)
    with _asked(url, headers, inner) as answer:
        if answer.status_code == 304:
            return None
        if answer.status_code == 416:
            partial.unlink(missing_ok=True)
            raise _RetryError("the server cannot go on where the transfer stopped", 0.0)
        if answer.status_code in RETRIED:
            raise _RetryError(f"the server answers {answer.status_code}", _number(answer, "Retry-After"))
        if answer.status_code not in {200, 206}:
            raise MobilityError(
                "download-refused", f"the server answers {answer.status_code}; check the address", field=url,
                status=answer.status_code,
            )  # fmt: skip
        etag, last_modified = answer.headers.get("ETag", ""), answer.headers.get("Last-Modified", "")
        resumed = answer.status_code == 206 and partial.exists()
        have = partial.stat().st_size if resumed else 0
        total = have + (_number(answer, "Content-Length") or 0)
        if total > LARGEST:
            raise _too_large(url)
        validator.write_text(etag, encoding="utf-8")
        with partial.open("ab" if resumed else "wb") as file:
            for block in _blocks(answer):
                file.write(block)
                have += len(block)
                if have > LARGEST:
                    file.close()
                    partial.unlink()
                    raise _too_large(url)
                progress("download", have / total if total else 0.0)
        if total and have < total:
            raise _RetryError(f"the transfer stopped after {have} of {total} bytes")
    validator.unlink(missing_ok=True)
    return etag, last_modified


def _headers(url: str, folder: DownloadFolder, partial: Path, validator: Path) -> dict[str, str]:
    """Ask to go on with a half transfer, or only for what has changed."""
    if partial.exists() and validator.exists() and (etag := validator.read_text(encoding="utf-8")):
        return {"Range": f"bytes={partial.stat().st_size}-", "If-Range": etag}
    partial.unlink(missing_ok=True)
    versions = folder.versions()
    if not versions or versions[-1].url != url or not (folder.path / versions[-1].file).exists():
        return {}
    last = versions[-1]
    asked = {"If-None-Match": last.etag, "If-Modified-Since": last.last_modified}
    return {name: value for name, value in asked.items() if value}


@contextmanager
def _asked(url: str, headers: dict[str, str], inner: Inner) -> Iterator[requests.Response]:
    told = {"Accept-Encoding": "identity", **headers}
    try:
        with (
            guarded_session(inner) as session,
            session.get(url, headers=told, stream=True, timeout=TIMEOUT) as answer,
        ):
            yield answer
    except InnerAddressError:
        raise refused_inner(url) from None
    except (requests.ConnectionError, requests.Timeout) as error:
        raise _RetryError(f"no connection ({type(error).__name__})") from None
    except (requests.RequestException, UnicodeError) as error:
        # A UnicodeError: the name, or where a redirect leads, is spelt as no address can be.
        raise MobilityError(
            "download-refused", f"this address cannot be fetched ({error})", field=url, status=0
        ) from None


def _number(answer: requests.Response, header: str) -> int | None:
    """Return the number that a header tells; None where it tells something else."""
    told = answer.headers.get(header, "")
    return int(told[:18]) if told.isascii() and told.isdigit() else None


def _blocks(answer: requests.Response) -> Iterator[bytes]:
    try:
        yield from answer.iter_content(_BLOCK)
    except (requests.ConnectionError, requests.exceptions.ChunkedEncodingError) as error:
        raise _RetryError(f"the transfer broke off ({type(error).__name__})") from None


def _too_large(url: str) -> MobilityError:
    megabytes = LARGEST // (1024 * 1024)
    return MobilityError("too-large", f"the file is larger than {megabytes} MB", field=url, megabytes=megabytes)
