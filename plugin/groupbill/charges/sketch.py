"""What a text is like, without the text: a sketch from which the share of common phrases can be told.

One-permutation MinHash over phrases of three words (Li, Owen, Zhang 2012).
"""

from __future__ import annotations

from zlib import crc32

_PHRASE = 3
_FEWEST = 20
"""Words below which chance decides."""
BUCKETS = 64


def sketch(text: bytes) -> tuple[int, ...]:
    """The least mark of the phrases in each bucket, 0 where there is none; empty for a short text."""
    words = text.lower().split()
    if len(words) < _FEWEST:
        return ()
    least = [0] * BUCKETS
    for place in range(len(words) - _PHRASE + 1):
        mark, bucket = divmod(crc32(b" ".join(words[place : place + _PHRASE])), BUCKETS)
        if not least[bucket] or mark + 1 < least[bucket]:
            least[bucket] = mark + 1
    return tuple(least)
