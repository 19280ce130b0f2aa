"""The Sphinx extension: options, builders, and building a language from its locale tree.

``setup`` only registers.  Sphinx's configuration becomes frozen ``Settings`` here; nothing below sees it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sphinx_amts import __version__
from sphinx_amts.config import OPTIONS

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata

__all__ = ["setup"]


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register options, builders, and what builds a language."""
    from sphinx_amts.sphinx_ext import builder, execution, language
    from sphinx_amts.sphinx_ext.building import Building
    from sphinx_amts.sphinx_ext.pages import Pages

    for name, (option, default) in OPTIONS.items():
        app.add_config_value(name, default, option.rebuild, types=option.types)  # type: ignore[arg-type]
    builder.setup(app)
    execution.setup(app)
    code = language.settle(app)
    building = None if code is None else Building(code)
    if building is not None:
        building.connect(app)
    if building is not None or app.config.amts_switcher or app.config.amts_base_url:
        Pages(building).connect(app)
    return {"version": __version__, "env_version": 1, "parallel_read_safe": True, "parallel_write_safe": True}
