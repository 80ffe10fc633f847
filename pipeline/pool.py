"""Who does the work: this process, spawned workers, or any executor of `concurrent.futures` (Dask's `client.get_executor()`)."""

from __future__ import annotations

import concurrent.futures
import multiprocessing
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import TypeVar

from pipeline.errors import NewsledgerError

T = TypeVar("T")
R = TypeVar("R")
TICK_SECONDS = 1.0
THREAD_VARIABLES = ("NEWSLEDGER_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS")


def limit_threads(threads: int) -> None:
    """Threads of the encoder and of BLAS in processes and sessions started from now on. 0 changes nothing."""
    if threads:
        os.environ.update(dict.fromkeys(THREAD_VARIABLES, str(threads)))


class Pool:
    """`size` workers, started when first needed; one worker is this process itself, with all cores for the encoder."""

    def __init__(self, size: int, executor: Executor | None = None) -> None:
        self.size, self._given = size, executor
        self._made: ProcessPoolExecutor | None = None
        self._environment = dict(os.environ)

    def __enter__(self) -> Pool:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if self._made is not None:
            self._made.shutdown(wait=True, cancel_futures=kind is not None)
            for name in THREAD_VARIABLES:
                os.environ.pop(name, None)
                if name in self._environment:
                    os.environ[name] = self._environment[name]

    def limit(self, size: int) -> None:
        """Makes do with fewer workers, where none has been started yet."""
        if self._made is None:
            self.size = max(1, min(self.size, size))

    @property
    def threads(self) -> int:
        """Threads for one worker's encoder: one where there are several workers, else 0: as many as there are cores."""
        return 0 if self._given is None and self.size == 1 else 1

    def map(
        self, function: Callable[[T], R], tasks: Sequence[T], tick: Callable[[], None], *, inline: bool = False
    ) -> Iterator[tuple[T, R]]:
        """(task, result) as they are done, in any order; `tick` is called about every second. A task's exception is raised.

        Raises NewsledgerError where a worker process dies.
        """
        executor = self._given or (None if inline or self.size == 1 or not tasks else self._workers())
        if executor is None:
            for task in tasks:
                yield task, function(task)
            return
        waiting: dict[Future[R], T] = {executor.submit(function, task): task for task in tasks}
        try:
            while waiting:
                done, _ = concurrent.futures.wait(waiting, timeout=TICK_SECONDS, return_when=FIRST_COMPLETED)
                for future in done:
                    yield waiting.pop(future), future.result()
                tick()
        except BrokenProcessPool as error:
            raise NewsledgerError(
                "a worker process died, most likely for want of memory", "run again with fewer --workers: what was done is kept"
            ) from error
        finally:
            for future in waiting:
                future.cancel()

    def _workers(self) -> ProcessPoolExecutor:
        if self._made is None:
            limit_threads(1)  # the variables must be there before a worker imports numpy
            self._made = ProcessPoolExecutor(self.size, multiprocessing.get_context("spawn"), initializer=_die_with_parent)
        return self._made


def _die_with_parent() -> None:
    """Ends this worker when the run's process dies, however it dies: an orphan would go on to write."""
    parent = multiprocessing.parent_process()

    def watch() -> None:
        if parent is not None:
            parent.join()
            os._exit(1)

    if parent is not None:
        threading.Thread(target=watch, daemon=True).start()
