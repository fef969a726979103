"""Talking to a kernel of our own: ready as soon as it answers."""

from __future__ import annotations

import time
from queue import Empty

from jupyter_client.asynchronous.client import AsyncKernelClient


class PromptClient(AsyncKernelClient):
    """A client that takes a kernel's first answer for its readiness.

    The usual one then waits until nothing more has come for 0.2 s; what comes is the status of
    that first answer, which nobody listens to.
    """

    async def wait_for_ready(self, timeout: float | None = None) -> None:
        """Wait until the kernel answers on both of its channels.

        Raises
        ------
        RuntimeError
            If it dies before, or does not within ``timeout`` seconds; nbclient expects this class.
        """
        until = time.monotonic() + (timeout or float("inf"))
        while True:
            self.kernel_info()
            try:
                message = await self.shell_channel.get_msg(timeout=1)
                if message["msg_type"] == "kernel_info_reply":
                    await self.iopub_channel.get_msg(timeout=0.2)
                    self._handle_kernel_info_reply(message)
                    return
            except Empty:
                pass  # not there yet, or it does not hear us yet: ask again
            if not await self.is_alive():
                raise RuntimeError("Kernel died before replying to kernel_info")
            if time.monotonic() > until:
                raise RuntimeError(f"Kernel didn't respond in {timeout:g} seconds")
