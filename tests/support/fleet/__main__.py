"""``python -m support.fleet``: see ``--help``."""

import sys

from .campaign import main

sys.exit(main())
