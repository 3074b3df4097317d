"""Heavy libraries, loaded when first used: a start and a help need not wait for a solver.

The one place where the house puts an import off. A library that a page or a command may never need is written in its
home as

    if TYPE_CHECKING:
        import pandas as pd
    else:
        pd = late("pandas")

so that types and import contracts see an ordinary import; the module says ``from __future__ import annotations`` where
its signatures name the library. Functions that Numba compiles are marked ``@kernel`` instead of ``@numba.njit``.
"""

import threading
from collections.abc import Callable
from importlib import import_module
from types import ModuleType
from typing import Any


class LateModule:
    """Stands for a module, and loads it when something of it is asked for."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._module: ModuleType | None = None

    def __getattr__(self, attribute: str) -> Any:
        """Return what the module holds."""
        if self._module is None:
            self._module = import_module(self._name)
        return getattr(self._module, attribute)


def late(name: str) -> Any:
    """Return what stands for a module until it is used."""
    return LateModule(name)


class Kernel:
    """A function that Numba compiles, with the kernels it calls, when it is first called."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self.py_func = function
        self.__doc__ = function.__doc__
        self._prepared: Callable[..., Any] | None = None
        self._compiled: Callable[..., Any] | None = None

    def __call__(self, *arguments: Any) -> Any:
        """Call the compiled function."""
        return (self._compiled or self.compiled())(*arguments)

    def compiled(self) -> Callable[..., Any]:
        """Return the compiled function."""
        with _compiling:
            # Nobody may call it before those it calls are ready too.
            self._compiled = self.dispatcher()
            return self._compiled

    def dispatcher(self) -> Callable[..., Any]:
        """Return the function as Numba holds it; it may be called when every kernel it calls has its own."""
        if self._prepared is None:
            self._prepared = import_module("numba").njit(cache=True, nogil=True)(self.py_func)
            # The compiler reads names where the function stands: it must find compiled functions there.
            names = self.py_func.__globals__
            kernels = {name: value for name, value in names.items() if isinstance(value, Kernel)}
            names.update({name: value.dispatcher() for name, value in kernels.items()})
        return self._prepared


_compiling = threading.RLock()


def kernel(function: Callable[..., Any]) -> Kernel:
    """Mark a function that Numba compiles when it is first called; the compiled code is kept beside its file."""
    return Kernel(function)
