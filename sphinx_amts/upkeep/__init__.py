"""What is done to a translation between two syncs, and what is told of it.

Work of people comes in and goes out (``importing``, ``exporting``), is decided upon and read (``proposals``, ``reviewing``), has
its terms looked after (``terms``, ``renaming``), and is looked at: where it stands (``status``), what it saves (``effort``), that
nothing of people's is lost (``survival``), what it may tell the source's authors (``backports``).

No sync needs any of this.
"""
