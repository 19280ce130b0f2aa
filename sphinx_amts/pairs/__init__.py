"""What is known: pairs of source and target sentences.

* ``memory`` finds the pairs that may be reused: in-context exact, exact, fuzzy.
* ``tmx`` reads pairs that others made, from TMX, CSV and TSV files.

Pairs are masked texts; nothing here knows engines, and only ``align`` reads documents.
"""

from __future__ import annotations
