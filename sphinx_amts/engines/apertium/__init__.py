"""The engine ``apertium``: rules and dictionaries of the Apertium project, on this machine, without an account.

1. ``installed`` finds the programs and the pair of languages.
2. ``marking`` writes masked text as a stream that keeps codes and terms, and reads the stream that comes back.
3. ``pipe`` has the processes: warm ones for all segments, a fresh tagger for each, so that no segment knows another.
4. ``drafting`` makes masked text of masked text, whatever Apertium does to a sentence.
5. ``engine`` puts them together, with what ``pairs.adaptation`` learnt from people; ``drafts`` is its cache.

What it writes is a draft.
"""
