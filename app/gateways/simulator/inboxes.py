"""What was sent to whom: kept in a file that is only added to, so that handsets keep their SMS over a restart."""

import json
import threading
from datetime import UTC, datetime
from pathlib import Path


class Inboxes:
    """All messages taken, oldest first; the file is `messages.jsonl` in the folder given, or none.

    A last line that a kill left half written is dropped.
    """

    def __init__(self, folder: Path | None) -> None:
        self._lock = threading.Lock()
        self._file = folder / "messages.jsonl" if folder else None
        self._messages: list[dict[str, str]] = []
        if self._file and self._file.exists():
            kept = self._file.read_bytes()
            whole = kept[: kept.rfind(b"\n") + 1]
            if len(whole) < len(kept):
                self._file.write_bytes(whole)
            self._messages = [json.loads(line) for line in whole.split(b"\n") if line]

    def take(self, to: str, sender: str, text: str, message: str) -> None:
        """Record a message under the provider's id for it."""
        row = {"to": to, "from": sender, "text": text, "at": datetime.now(UTC).isoformat(timespec="milliseconds"), "id": message}
        with self._lock:
            self._messages.append(row)
            if self._file:
                self._file.parent.mkdir(parents=True, exist_ok=True)
                with self._file.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(row, ensure_ascii=False) + "\n")

    def to(self, number: str | None) -> list[dict[str, str]]:
        """Return the messages to a number, or all, oldest first."""
        with self._lock:
            return [row for row in self._messages if number in (None, row["to"])]
