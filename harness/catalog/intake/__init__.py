"""Whatever people have in hand becomes patches that ``git apply -p1`` reads.

``characters`` unpacks and decodes a file, ``mails`` and ``pages`` take patches out of what
they were sent or shown in, ``diffs`` cuts a text into the changes of single files (with
``hunks``, ``context`` and ``refusals`` for its parts), ``names`` says which file is meant,
``message`` who wrote it, and ``patches`` is the way through all of them. Nothing here
knows trees or git, and nothing is guessed in silence: what can not be read to its end is
refused as a whole, with the reason in one line.
"""
