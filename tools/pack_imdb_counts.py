"""Write the token counts of the book's 20,000 IMDb training reviews, which ship with the library.

Run it as ``python tools/pack_imdb_counts.py``; it reads the archive that ``lessons_lib.archive.fetch`` gives.
"""

import gzip

from lessons_lib.reviews import load_reviews, train_valid_split
from lessons_lib.vocabulary import IMDB_COUNTS, count_tokens


def main() -> None:
    """Count, sort by falling count with ties in the order of first appearance, and write one token a line."""
    training, _ = train_valid_split(load_reviews("train", data="imdb"))
    counts = count_tokens(review.text for review in training)
    lines = "".join(f"{token}\t{count}\n" for token, count in counts.most_common())
    IMDB_COUNTS.write_bytes(gzip.compress(lines.encode("utf-8"), mtime=0))
    print(f"{IMDB_COUNTS.name}: {len(counts):,} tokens, {IMDB_COUNTS.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
