"""Three texts become one: what a source was and is, and what people made of its translation.

Documents, manifests and engines are not known here but for the gaps of a manifest; everything is text in, text out.
"""

from __future__ import annotations

from sphinx_amts.merge.three_way import Conflict, Lost, Merged, merge, merge_code

__all__ = ["Conflict", "Lost", "Merged", "merge", "merge_code"]
