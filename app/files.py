"""Files that are written whole or not at all."""

import errno
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, BinaryIO


@contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """Give a file that takes a path's place when all within has gone well, and otherwise goes. Only its owner may read it.

    What is there before stays till then. Raises OSError.
    """
    # Found out here, and not when what the file tells of is already done: `--output=` is the folder that one is in.
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    made = None
    try:
        # In the same folder: a rename is only atomic within one file system.
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name[:40]}.", delete=False) as out:
            made = out.name
            yield out  # type: ignore[misc]
            keep(out)
        Path(made).replace(path)
        made = None
    finally:
        if made is not None:
            Path(made).unlink(missing_ok=True)


def keep(out: IO[bytes]) -> None:
    """Have what was written reach the disk: a full one says so here."""
    out.flush()
    os.fsync(out.fileno())
