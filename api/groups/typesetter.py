"""Sets one document in a process of its own, which has no time and memory without end.

Run as a program by `results_file`: the sheet's folder and `pdf` or `png` as arguments, the data as JSON on standard
input, the file on standard output. The data are text to the sheet, never markup, and the sheet's folder is all that it
can read. What would take longer or more memory ends this process, and nothing else.
"""

import contextlib
import sys
from typing import Literal

SECONDS = 10  # of the processor; anyone who waits gives it twice that by the clock
MEMORY = 1024**3  # bytes
SHARP = 144.0  # pixels an inch


def _bound() -> None:
    if sys.platform != "win32":
        import resource  # noqa: PLC0415  # only there

        for what, most in ((resource.RLIMIT_CPU, SECONDS), (resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_FSIZE, 0)):
            with contextlib.suppress(ValueError, OSError):  # some systems know no such bound
                resource.setrlimit(what, (most, most))


def _set(folder: str, form: Literal["pdf", "png"], data: str) -> bytes:
    import typst  # noqa: PLC0415  # within the bounds

    def compiled(standard: Literal["ua-1"] | None) -> bytes:
        made = typst.compile(
            f"{folder}/results.typ",
            root=folder,
            font_paths=[folder],
            ignore_system_fonts=True,
            format=form,
            ppi=SHARP,
            sys_inputs={"data": data, "form": form},
            pdf_standards=standard,
        )
        assert isinstance(made, bytes), "a picture has no second page"
        return made

    if form == "png":
        return compiled(None)
    try:
        return compiled("ua-1")
    except typst.TypstError:  # a name in letters that our font lacks: tagged all the same, without the standard's seal
        return compiled(None)


if __name__ == "__main__":
    _bound()
    sys.stdout.buffer.write(_set(sys.argv[1], "pdf" if sys.argv[2] == "pdf" else "png", sys.stdin.read()))
