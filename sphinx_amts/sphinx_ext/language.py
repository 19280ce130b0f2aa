"""Which language a build is in: ``-D language=zh`` or ``zh_CN``, whichever of them the book uses.

Sphinx has loaded its own texts before it loads extensions, under the name that the user gave.  So the language is
settled as soon as this extension is set up, and Sphinx's texts are loaded again where Sphinx has another name for it.
"""

from __future__ import annotations

import os
from collections.abc import Mapping

from sphinx.application import Sphinx
from sphinx.errors import ConfigError as SphinxConfigError

from sphinx_amts.config import OPTIONS, Settings, for_language, settings
from sphinx_amts.errors import AmtsError, ConfigError
from sphinx_amts.locales import language, same

__all__ = ["READING", "SYNCING", "chosen", "language_settings", "may_sync", "settle"]

SYNCING = "SPHINX_AMTS_SYNC"
"""Is set in the environment of a sync that a build has started: it reads the book itself, and builds no language."""

READING = "amts_reading"
"""The tag of an application that reads the book for us, and so builds no language either."""


def chosen(configured: str, source: str, codes: object) -> str | None:
    """The book's own name for the language of a build, ``None`` for the source language and for one it has not."""
    if not isinstance(codes, (list, tuple, Mapping)):
        return None
    try:
        if same(configured, source):
            return None
    except ConfigError:
        return None
    return next((code for code in codes if isinstance(code, str) and _is(code, configured)), None)


def _is(code: str, configured: str) -> bool:
    try:
        return same(code, configured)
    except ConfigError:
        return False


def language_settings(app: Sphinx, code: str) -> Settings:
    """The settings of one language in Sphinx's configuration; raises Sphinx's ConfigError for a wrong one."""
    try:
        return for_language(settings({name: app.config[name] for name in OPTIONS}), code)
    except AmtsError as error:
        raise SphinxConfigError(str(error)) from None


def may_sync(wanted: bool | None, environment: Mapping[str, str]) -> bool:
    """Whether a build syncs first: as the book wants, else except on machines that build for others."""
    if wanted is not None:
        return wanted
    return not any(environment.get(name, "").lower() not in ("", "0", "false") for name in ("CI", "READTHEDOCS"))


def settle(app: Sphinx) -> str | None:
    """The language of the book to build from its locale tree, Sphinx told its own name for it; ``None`` for the book itself."""
    config = app.config
    code = chosen(config.language, config.amts_source_language, config.amts_languages)
    if code is None:
        return None
    if os.environ.get(SYNCING) or READING in app.tags:
        config.language = language(config.amts_source_language).sphinx  # conf.py took it from the environment
        return None
    name = language(code).sphinx
    if config.language != name:
        config.language = name
        app._init_i18n()
    return code
