"""A real Django project, as `startproject` makes it, under the real `runserver`.

usage: serve_django.py DIRECTORY [--nothreading] [--without-common] [--tls] [--patient]
Writes the project into DIRECTORY (which it must be able to write to).  `--tls`
puts TLS under it, as packages such as django-sslserver do; `--patient` has clients
close first, where the tree knows how.  Django 1.11+, Python 3.6+, run by the tree's
interpreter; never imported by harness.
"""

import os
import runpy
import sys

import announce
import project
import secure

OURS = ("--without-common", "--tls", "--patient")
# Half a second is what notes/0012-bounded-drain.md chose.
PATIENCE = ("--close-timeout", "0.5")


def _use_tls():
    from django.core.management.commands import runserver

    class SecureServer(runserver.Command.server_cls):
        def __init__(self, *args, **kwargs):
            super().__init__(*args, **kwargs)
            secure.wrap(self)

    runserver.Command.server_cls = SecureServer


def _patience():
    """The flags that have clients close first, if this runserver has such an option."""
    from django.core.management.commands import runserver

    known = runserver.Command().create_parser("manage.py", "runserver").format_help()
    return list(PATIENCE) if PATIENCE[0] in known else []


def main(argv):
    """Run `manage.py runserver --noreload 127.0.0.1:0` until killed."""
    announce.begin()
    directory = argv[0]
    project.make(directory, common="--without-common" not in argv)
    options = [flag for flag in argv[1:] if flag not in OURS]
    os.chdir(directory)
    sys.path.insert(0, directory)
    sys.argv = ["manage.py", "runserver", "--noreload", "127.0.0.1:0"] + options
    if "--patient" in argv:
        sys.argv += _patience()
    if "--tls" in argv:
        _use_tls()
    announce.on_listen(obey=True)
    runpy.run_path("manage.py", run_name="__main__")


if __name__ == "__main__":
    main(sys.argv[1:])
