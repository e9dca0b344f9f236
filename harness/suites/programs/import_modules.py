"""Compiles and imports modules of a tree, and keeps the record that the suites keep.

Run by the Python of the tree under test (3.6 or newer), never imported by the workbench.
What a patch broke may be the standard library, so nothing of it is imported here that the
interpreter has not loaded by itself: ``sys`` and ``faulthandler`` are written in C, and
the few lines of JSON are put together by hand.

Arguments: the record's file, the file for stacks, the seconds that one module may take,
the name of a program beside this one that makes modules importable (empty: none), and for
each module its path in the tree, the absolute path of its file, the folder that it is
imported from and its name (both empty: it is only compiled).
"""

import faulthandler
import sys

NOT_READY = ("AppRegistryNotReady", "ImproperlyConfigured")
SKIPS = ("SkipTest", "Skipped")


def quoted(text):
    """A JSON string in ASCII."""
    made = ""
    for letter in text:
        code = ord(letter)
        if letter in '"\\':
            made += "\\" + letter
        elif " " <= letter <= "~":
            made += letter
        elif code > 0xFFFF:
            code -= 0x10000
            made += "\\u%04x\\u%04x" % (0xD800 + (code >> 10), 0xDC00 + (code & 0x3FF))
        elif 0xD800 <= code <= 0xDFFF:
            made += "?"
        else:
            made += "\\u%04x" % code
    return '"' + made + '"'


def reason_of(error):
    """What went wrong in one line, and in which line of which file."""
    lines = str(error).strip().splitlines()
    text = (type(error).__name__ + ": " + (lines[0] if lines else "")).rstrip(": ")
    frame = last_frame(error)
    if isinstance(error, SyntaxError) or frame is None:
        return text
    return "%s (%s, line %d)" % (text, frame.tb_frame.f_code.co_filename, frame.tb_lineno)


def last_frame(error):
    frame = error.__traceback__
    found = None
    while frame is not None:
        # The import system's own frames say nothing.
        if not frame.tb_frame.f_code.co_filename.startswith("<frozen"):
            found = frame
        frame = frame.tb_next
    # The only frame left is the one here, which calls the import.
    return None if found is None or found.tb_frame.f_code.co_filename == __file__ else found


def detail_of(error):
    lines = []
    frame = error.__traceback__
    while frame is not None:
        code = frame.tb_frame.f_code
        lines.append(
            '  File "%s", line %d, in %s' % (code.co_filename, frame.tb_lineno, code.co_name)
        )
        frame = frame.tb_next
    return "\n".join(lines + [type(error).__name__ + ": " + str(error)])


def tried(file, folder, module):
    """The error of one module, or None."""
    try:
        with open(file, "rb") as stream:
            compile(stream.read(), file, "exec", dont_inherit=True)
        if module:
            if folder not in sys.path:
                sys.path.insert(0, folder)
            __import__(module)
    except BaseException as error:
        return error
    return None


def prepared(program, modules):
    """The error of what has to be done before anything can be imported, or None."""
    try:
        if program:
            __import__(program).prepare(modules)
    except BaseException as error:
        return error
    return None


def main(record_file, stacks_file, deadline, program, *words):
    record = open(record_file, "ab", buffering=0)
    stacks = open(stacks_file, "w")

    def write(**fields):
        pairs = ", ".join("%s: %s" % (quoted(k), quoted(v)) for k, v in sorted(fields.items()))
        record.write(("{" + pairs + "}\n").encode("ascii"))

    def arm():
        faulthandler.dump_traceback_later(float(deadline), exit=True, file=stacks)

    modules = [words[n : n + 4] for n in range(0, len(words), 4)]
    arm()
    unprepared = prepared(program, [(folder, module) for _, _, folder, module in modules])
    for path, file, folder, module in modules:
        write(event="start", test=path)
        arm()
        error = tried(file, folder, module)
        kind = type(error).__name__
        if error is None:
            write(event="outcome", test=path, status="passed")
            continue
        if unprepared is not None and kind in NOT_READY:
            error = unprepared
        write(
            event="outcome",
            test=path,
            status="skipped" if kind in SKIPS else "error",
            reason=reason_of(error)[:500],
            detail=detail_of(error)[-8000:],
        )
    faulthandler.cancel_dump_traceback_later()
    write(event="end")


if __name__ == "__main__":
    main(*sys.argv[1:])
