"""A CPython that is built in a second: real ``configure`` and ``make``, of shell scripts.

Its compiler puts what is included in place, its executable prints what it was made of, its
modules come from ``setup.py``, and its Makefile names no header but ``Python.h``.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

from harness.jobs import building
from harness.model import Tree
from harness.pythons import builds
from harness.pythons.runtimes import Runtime
from harness.sources.provider import Provider
from harness.system import processes
from support.values import CPYTHON

CONFIGURE = r"""#!/bin/sh
cat > Makefile <<'END'
python: Objects/main.o Objects/other.o
	(echo '#!/bin/sh'; cat Objects/main.o Objects/other.o) > $@.new
	chmod +x $@.new && mv $@.new $@ && sh ../setup.py && echo build/lib > pybuilddir.txt
python: modules
Objects/%.o: ../Objects/%.c ../Include/Python.h
	mkdir -p Objects && sh ../compile $< > $@
modules:
.PHONY: modules
END
"""
COMPILE = r"""
echo "$1" >> config.log
while IFS= read -r line; do
    case $line in
    '#include "'*) name=${line#*\"}; cat "../Include/${name%\"}" || exit 1 ;;
    '#error '*) echo "$1:1:2: error: ${line#* }" >&2; exit 1 ;;
    *) printf '%s\n' "$line" ;;
    esac
done < "$1"
"""
SETUP = r"""
mkdir -p build/lib
ln -sf ../lib/one.so build/lib/link.so
ln -sf /etc/passwd build/lib/elsewhere.so
for source in ../Modules/*.c; do
    name=$(basename "$source" .c)
    test build/lib/$name.so -nt "$source" || sh ../compile "$source" > build/lib/$name.so
done
"""
FILES = {
    "configure": CONFIGURE,
    "compile": COMPILE,
    "setup.py": SETUP,
    "Include/patchlevel.h": '#define PY_VERSION "3.99.0"\n',
    "Include/Python.h": "echo python\n",
    "Include/internal.h": "echo internal\n",
    "Include/deeper.h": '#include "internal.h"\n',
    "Objects/main.c": '#include "Python.h"\n#include "internal.h"\n',
    "Objects/other.c": 'echo other\ncat "$(dirname "$0")/../Lib/words.py"\n',
    "Modules/one.c": "one\n",
    "Modules/two.c": '#include "internal.h"\n',
    "Lib/words.py": "library\n",
    "Lib/distutils/compiler.py": "",
    "Lib/test/test_words.py": "",
}


class TinyCPython:
    """Trees of it, and what they are built to in the folder of ``provider``."""

    def __init__(self, provider: Provider, folder: Path) -> None:
        self.provider = provider
        self._folder = folder

    def tree(self, changes: Mapping[str, str | None] | None = None) -> Tree:
        """The tree with some files changed; None takes one away."""
        shutil.rmtree(self._folder, ignore_errors=True)
        for name, text in (FILES | dict(changes or {})).items():
            if text is not None:
                file = self._folder / name
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(text, "utf-8")
        (self._folder / "configure").chmod(0o755)
        return self.provider.base(str(self._folder), CPYTHON.name)

    def runtime(self, tree: Tree) -> Runtime:
        """The Python of a tree, built if need be."""
        return building.runtime_of(self.provider, tree, self.provider.trees.checkout(tree))

    def printed(self, tree: Tree) -> str:
        """What the Python of a tree prints: what it was made of, on one line."""
        finished = processes.run(self.runtime(tree).python, deadline=20, check=True)
        return " ".join(finished.stdout.split())

    @property
    def moving(self) -> Path:
        """The build folder that moves along."""
        return self.provider.home.root / "worktrees/cpython/building/sources/build"

    @property
    def compiled(self) -> list[str]:
        """What was compiled in that folder since it was configured, in the order of names."""
        lines = (self.moving / "config.log").read_text("utf-8").splitlines()
        return sorted(line.rpartition("/")[2] for line in lines)

    @property
    def kept(self) -> list[Path]:
        """The builds that are kept."""
        return sorted(self.provider.home.folder(builds.FOLDER).iterdir())
