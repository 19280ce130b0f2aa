"""An old target with the inline codes that its source has now: a change of codes alone sends nothing.

Codes of the target are known by those of the source as it was; where they do not correspond, nothing is carried.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sphinx_amts.document.inline import CannotRestore, Grammar, restore
from sphinx_amts.document.inline.matching import in_source_numbers
from sphinx_amts.document.segments import segments
from sphinx_amts.locales import Language
from sphinx_amts.masked import key
from sphinx_amts.model import Group, Segment
from sphinx_amts.sync.plan import OldGroup, joined

__all__ = ["Carrying"]


@dataclass(frozen=True, slots=True)
class Carrying:
    """How codes are written in a document, and the language of its target."""

    grammar: Grammar
    language: Language

    def group(self, old: OldGroup, new: Sequence[Segment]) -> Group | None:
        """An old group with the codes that the source has now; ``None`` where they do not correspond."""
        target = self.target(old, old.group.target, new)
        if old.group.proposal is None:
            return None if target is None else replace(old.group, target=target)
        proposal = self.target(old, (old.group.proposal,), new)
        if proposal is None:
            return None
        return replace(old.group, target=old.group.target if target is None else target, proposal="".join(proposal))

    def target(self, old: OldGroup, old_target: Sequence[str], new: Sequence[Segment]) -> tuple[str, ...] | None:
        """A target for an old group with the codes that the source has now; ``None`` where they do not correspond."""
        before, now = joined(old.segments), joined(new)
        if before.codes == now.codes and key(before.masked) == key(now.masked):
            return tuple(old_target)
        text = "".join(old_target)
        target = joined(segments(text, self.grammar, self.language.splitter))
        found = in_source_numbers(before, target, self.grammar)
        if found is None or len(before.codes) != len(now.codes):
            return None
        masked, local = found
        codes = [local.get(number, code) for number, code in enumerate(now.codes, 1)]
        try:
            return (restore(masked, codes, self.grammar),)
        except (CannotRestore, IndexError):
            return None
