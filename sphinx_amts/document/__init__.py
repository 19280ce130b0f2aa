"""What a book is: its documents, their units and gaps, the inline codes in them, and back to the same bytes."""

from __future__ import annotations
