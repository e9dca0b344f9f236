"""A test that is taken along: laid over every state of a search that lacks it.

``reading`` and ``fixes`` make an overlay of what a person has in hand, ``fitting`` fits it to
a state by one of the ways (``model.OverlayWay``), ``imports`` says beforehand which result can
not be imported there, ``laying`` makes a tree of it. The ways need parts of modules: ``places``
finds tests by their ids, ``closure`` what they need, ``grafting`` puts them into another
version of their file, ``cutting`` into a file of their own. What is made here is a tree like
any other: its last patch is the overlay. Must not know searches.
"""
