"""Sentence pairs out of a text and its human translation.

1. ``bilingual`` says which files belong together, ``reading`` reads them (what is within ``limits``): two rows of blocks for
   each, and what is known of every block (``evidence``).
2. ``blocks`` aligns the blocks of all documents, in passes; what is sure teaches the ``lexicon`` and the ``model`` that
   the next pass scores with (``likelihood``, ``beads``).  ``moved`` finds what stands elsewhere.
3. ``sentences`` aligns the sentences inside the groups of blocks.
4. ``scores`` says how sure each pair is.
5. ``filters`` keeps what is worth keeping, and counts the rest.

``mine`` does all of it, ``mine_each`` for paragraphs and sentences at once.  No models are downloaded; the same input gives
the same pairs.
"""

from __future__ import annotations

from sphinx_amts.align.mining import Mined, Pair, mine, mine_each

__all__ = ["Mined", "Pair", "mine", "mine_each"]
