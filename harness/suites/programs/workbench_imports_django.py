"""Makes modules of Django and of its tests importable, as its own tests/runtests.py does.

Run by the Python of the tree under test; ``import_modules.py`` calls it by name.
"""

import sys

APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sites",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.admin.apps.SimpleAdminConfig",
    "django.contrib.staticfiles",
    "django.contrib.flatpages",
    "django.contrib.redirects",
    "django.contrib.sitemaps",
    "django.contrib.humanize",
]


def prepare(modules):
    """Configure settings with the applications that the tests among ``modules`` are in."""
    tests = [(folder, module) for folder, module in modules if folder.endswith("tests")]
    for folder, _ in tests:
        if folder not in sys.path:
            sys.path.insert(0, folder)
    try:
        import django
        from django.conf import settings
    except ImportError:
        return  # there is nothing to configure, or the module itself will say why
    own = []
    for _, module in tests:
        label = module.partition(".")[0]
        if "." in module and label not in own:
            own.append(label)
    names = {"SECRET_KEY": "workbench", "DATABASES": {}}
    if tests:
        import test_sqlite

        names.update((key, value) for key, value in vars(test_sqlite).items() if key.isupper())
    names.update(INSTALLED_APPS=APPS + own, ROOT_URLCONF="urls", STATIC_URL="static/", SITE_ID=1)
    settings.configure(**names)
    django.setup()
