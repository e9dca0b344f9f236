"""Make the Django project that the lab serves.

`startproject` writes it; what is appended to its settings is only what the lab
has to change, so that middleware and defaults are those of the release.
"""

import fcntl
import os
import shutil
import sys
import tempfile
import zlib

NAME = "labsite"

SETTINGS = """

ROOT_URLCONF = "lab_views"
"""

WITHOUT_COMMON = """
MIDDLEWARE = [name for name in MIDDLEWARE if not name.endswith(".CommonMiddleware")]
"""

# No view has to do with the database. With migrations its tables are the same, and take
# a fifth of the start. Django before 3.1 does not know of it.
WITHOUT_MIGRATIONS = """
DATABASES["default"]["TEST"] = {"MIGRATE": False}
"""


def _start(directory):
    """`startproject`, in a process of its own: it configures Django's settings
    for itself, and that cannot be undone."""
    pid = os.fork()
    if not pid:
        status = 1
        try:
            from django.core.management import call_command

            call_command("startproject", NAME, directory)
            status = 0
        finally:
            sys.stderr.flush()
            os._exit(status)
    if os.waitpid(pid, 0)[1]:
        raise SystemExit("startproject failed in " + directory)


def _template():
    """Where the project stands that `startproject` made with this Django.

    Made once for all servers that keep their bytecode in one place, and kept there as
    well: it is of the same tree, and takes as long as half of the rest of a start."""
    import django

    key = "%s-%08x" % (django.get_version(), zlib.crc32(django.__file__.encode()))
    kept = os.environ["PYTHONPYCACHEPREFIX"]
    os.makedirs(kept, exist_ok=True)
    directory = os.path.join(kept, "startproject-" + key)
    with open(directory + ".lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not os.path.exists(directory):
            fresh = tempfile.mkdtemp(prefix="startproject-", dir=kept)
            _start(fresh)
            os.rename(fresh, directory)
    return directory


def make(directory, common=True, tested=False):
    """Write the project into `directory`, and name its settings to Django.

    `tested`: it is for `manage.py test`."""
    shutil.copytree(_template(), directory)
    with open(os.path.join(directory, NAME, "settings.py"), "a") as settings:
        settings.write(SETTINGS + ("" if common else WITHOUT_COMMON))
        settings.write(WITHOUT_MIGRATIONS if tested else "")
    os.environ["DJANGO_SETTINGS_MODULE"] = NAME + ".settings"
