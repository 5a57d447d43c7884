"""Read back what fpdf2 wrote: the words on each page, in the order in which they were put there."""

import re
import zlib

_STREAM = re.compile(rb"/Filter /FlateDecode[^>]*>>\s*stream\n(.*?)\nendstream", re.DOTALL)
_SHOWN = re.compile(rb"\(((?:\\.|[^\\()])*)\) Tj")


def pages(body: bytes) -> list[list[str]]:
    """Return the lines of words of each page. An image's stream holds none."""
    assert body.startswith(b"%PDF-")
    assert body.rstrip().endswith(b"%%EOF")
    found = []
    for stream in _STREAM.findall(body):
        try:
            drawn = zlib.decompress(stream)
        except zlib.error:
            continue
        shown = [re.sub(rb"\\(.)", rb"\1", words).decode("latin-1") for words in _SHOWN.findall(drawn)]
        found.extend([shown] if shown else [])
    return found


def words(body: bytes) -> str:
    """Return all words of a document, a line each."""
    return "\n".join(line for page in pages(body) for line in page)
