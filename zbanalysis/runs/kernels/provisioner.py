"""Warm kernels as Jupyter knows them: the entry point ``zbanalysis-warm`` of its provisioners."""

from __future__ import annotations

import asyncio
import os
import pathlib
from typing import Any

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning.local_provisioner import LocalProvisioner

from zbanalysis.errors import InfrastructureError
from zbanalysis.runs.kernels import client
from zbanalysis.runs.kernels.settings import memory_limit

_MOMENT, _MOMENTS = 0.002, 25
"""Seconds between two looks at a kernel that was killed, and how many looks."""


class WarmProvisioner(LocalProvisioner):
    """A local provisioner whose kernels are forked; ordinary ones where that cannot be had."""

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Fork a kernel; the command's arguments after the module are its own."""
        if not client.available() or "ipykernel_launcher" not in cmd:
            return await super().launch_kernel(cmd, **kwargs)
        arguments = cmd[cmd.index("ipykernel_launcher") + 1 :]
        folder = kwargs.get("cwd") or pathlib.Path.cwd()
        try:
            self.process = client.shared().fork(
                "kernel", arguments, folder, kwargs.get("env") or os.environ, memory_limit()
            )
        except (InfrastructureError, OSError):
            return await super().launch_kernel(cmd, **kwargs)
        # The copy leads a group of its own; to look it up could be too early.
        self.pid = self.pgid = self.process.pid
        self.cwd = folder
        return self.connection_info

    async def kill(self, restart: bool = False) -> None:
        """End the kernel and see that it ended: whoever asks next would else wait a tenth of a second."""
        process = self.process
        await super().kill(restart)
        for _ in range(_MOMENTS):
            if process is None or process.poll() is not None:
                return
            await asyncio.sleep(_MOMENT)
