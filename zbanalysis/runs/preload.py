"""What the fork server imports once, so that kernels and page processes, its copies, have it already.

Works only where `multiprocessing`'s fork server imports it, see `warm`.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import os
import signal
import sys
from pathlib import Path
from types import ModuleType

STACK = (
    "numpy", "pandas", "pandas.io.formats.html", "pandas.io.formats.string", "scipy.stats",
    "scipy.optimize", "scipy.special", "statsmodels.regression.linear_model",
    "statsmodels.robust.robust_linear_model", "statsmodels.stats.proportion",
    "statsmodels.stats.stattools", "matplotlib.figure", "matplotlib.backends.backend_agg",
    "matplotlib.backends.backend_svg", "seaborn", "ipykernel.kernelapp", "ipykernel.ipkernel",
    "ipykernel.zmqshell", "ipykernel.debugger", "IPython.core.completer", "zmq.utils.garbage",
    "encodings.utf_8_sig", "importlib.resources.readers", "IPython.core.completerlib",
    "IPython.core.debugger", "IPython.core.oinspect", "IPython.extensions.storemagic",
    "tornado.platform.asyncio", "yaml", "fontTools.ttLib", "typst", "docx", "openpyxl",
    "multiprocessing.popen_forkserver", "concurrent.futures.process",
)  # fmt: skip
"""What is imported beside the library's own modules; what is missing is left to the copy that needs it."""

PACKAGES = ("data", "plan", "trend", "projection", "outlook", "evidence", "report")
"""Packages of the library whose modules are imported, all of them.  Where a module's first call is slow,
it has a function ``rehearse`` that makes it."""


DEATH_SIGNAL, SUBREAPER = 1, 36
"""Of Linux' ``prctl``: a signal when the parent dies; orphans become children of this process."""


def ask_linux(option: int, value: int) -> None:
    """Set an attribute of this process."""
    import ctypes

    ctypes.CDLL(None).prctl(option, value, 0, 0, 0)


def prepare() -> None:
    """Import everything, and spare the copies from the garbage collector's touch."""
    # Until it listens, the server does not see that whoever started it has ended.
    ask_linux(DEATH_SIGNAL, signal.SIGKILL)
    os.environ.setdefault("PYDEVD_DISABLE_FILE_VALIDATION", "1")  # the debugger's warning, of no use here
    os.chdir(Path(__file__).parent)  # matplotlib reads a matplotlibrc of the current folder
    sys.modules["rfc3987_syntax"] = None  # see `notebooks.papermill`
    imported = [module for name in [*STACK, *_own(), "zbanalysis.runs.warm"] if (module := _imported(name))]
    for rehearse in filter(None, (getattr(module, "rehearse", None) for module in imported)):
        with contextlib.suppress(Exception):
            rehearse()
    gc.collect()
    gc.set_threshold(50_000, 20, 100)  # a copy lives for seconds: fewer searches for what nobody holds
    gc.freeze()  # else the first collection in a copy would copy every page
    ask_linux(DEATH_SIGNAL, 0)  # it would be sent when the thread ends that started the server


def _own() -> list[str]:
    root = Path(__file__).resolve().parent.parent
    files = [path for package in PACKAGES for path in sorted((root / package).rglob("*.py"))]
    names = [".".join(path.relative_to(root.parent).with_suffix("").parts) for path in files]
    return [name.removesuffix(".__init__") for name in names]


def _imported(name: str) -> ModuleType | None:
    with contextlib.suppress(Exception):
        return importlib.import_module(name)
    return None


if "multiprocessing.forkserver" in " ".join(sys.orig_argv):
    prepare()
