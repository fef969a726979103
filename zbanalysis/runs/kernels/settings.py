"""How kernels are started: sockets in a folder instead of open ports, and which provisioner."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from zbanalysis.errors import InputError
from zbanalysis.runs.kernels import client

NAME = "zbanalysis-warm"
"""Entry point of the provisioner, see pyproject.toml."""

MEMORY = "ZBANALYSIS_MEMORY_GB"
"""Environment variable: gigabytes of data a kernel may hold."""

_DEFAULT_GB = 4.0
_GB = 1 << 30


def memory_limit() -> int:
    """Bytes of data that a kernel may hold; 0 for no limit.

    Raises
    ------
    InputError
        If the environment variable is no number.

    Examples
    --------
    >>> memory_limit() // 2**30
    4
    """
    text = os.environ.get(MEMORY, str(_DEFAULT_GB))
    try:
        return max(int(float(text) * _GB), 0)
    except (ValueError, OverflowError):
        raise InputError(f"{MEMORY}={text} is no number of gigabytes; write 4, or 0 for no limit.") from None


@contextmanager
def settings() -> Iterator[Any]:
    """Configuration (traitlets) for kernels that live as long as the context.

    A socket's path may have about 100 bytes, hence a short folder; where there are no such
    sockets (Windows) the kernel's own settings stay.
    """
    from jupyter_client.provisioning import KernelProvisionerFactory
    from traitlets.config import Config

    # A kernel logs the interrupt that ends it as an error; what fails in a cell comes as a message instead.
    # The history of inputs is a database that every kernel would open.
    quiet = ["--IPKernelApp.log_level=CRITICAL", "--HistoryManager.enabled=False"]
    client_settings = {"NotebookClient": {"extra_arguments": quiet, "shutdown_kernel": "immediate"}}
    manager = {"client_class": "zbanalysis.runs.kernels.talk.PromptClient"}
    if client.available():
        factory = KernelProvisionerFactory.instance()
        if factory._check_availability(NAME):  # else the package was installed before it had the entry point
            factory.default_provisioner_name = NAME
    if os.name == "nt":
        yield Config({**client_settings, "AsyncKernelManager": manager})
        return
    with tempfile.TemporaryDirectory(prefix="zb-") as place:
        sockets = {"transport": "ipc", "ip": f"{place}/k"}
        yield Config({**client_settings, "KernelManager": sockets, "AsyncKernelManager": manager})
