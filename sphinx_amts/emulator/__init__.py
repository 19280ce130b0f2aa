"""A stand-in for Amazon Translate and S3, to rehearse with and to test against.  Nothing leaves this machine.

1. ``validation`` checks a request as the service's model says; ``quotas`` and ``faults`` may refuse it.
2. ``service`` answers it: ``jobs`` and ``batch`` for documents, ``parallel`` and ``terminology`` for what customises
   them, whose files ``records`` and ``tmx`` read.
3. ``documents`` cuts what is to be translated into paragraphs with ``html``; a ``translator`` translates them.
4. ``ledger`` counts; ``server`` speaks HTTP, beside S3 by moto, the one library that only it needs.

It was written from AWS's documentation.  What that leaves open is decided here for the harder case of a client.
"""

from __future__ import annotations

from sphinx_amts.emulator.clock import Clock, Durations
from sphinx_amts.emulator.errors import ConnectionDropped, ServiceError
from sphinx_amts.emulator.examples import Examples
from sphinx_amts.emulator.faults import Fault, Faults, Rule
from sphinx_amts.emulator.ledger import Ledger, content_hash
from sphinx_amts.emulator.quotas import Quotas, Rates
from sphinx_amts.emulator.service import Service
from sphinx_amts.emulator.translator import PseudoTranslator, Task, Translated, Translator

__all__ = [
    "Clock",
    "ConnectionDropped",
    "Durations",
    "Examples",
    "Fault",
    "Faults",
    "Ledger",
    "PseudoTranslator",
    "Quotas",
    "Rates",
    "Rule",
    "Service",
    "ServiceError",
    "Task",
    "Translated",
    "Translator",
    "content_hash",
]
