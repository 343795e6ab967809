"""A mutant put in place: into functions that are loaded already, or by loading everything again."""

from __future__ import annotations

import functools
import gc
import importlib.machinery
import importlib.util
import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from types import CodeType, FunctionType, ModuleType

from tests.mutation.mutants import ROOT, Mutant


def put_into_functions(mutant: Mutant) -> bool:
    """Give every loaded function of the module the code of *mutant*; False where it cannot be done so and modules must be loaded again."""
    path = str(ROOT / mutant.file)
    original = compile((ROOT / mutant.file).read_text(encoding="utf-8"), path, "exec")
    before, after = _codes(original), _codes(mutant.code())
    if not mutant.site.first_line or len(before) != len(after):
        return False
    changed = {old: new for old, new in zip(before, after, strict=True) if old != new}
    if any(old.co_freevars != new.co_freevars for old, new in changed.items()):
        return False
    found = False
    for each in gc.get_objects():
        if isinstance(each, FunctionType) and each.__code__.co_filename == path and each.__code__ in changed:
            each.__code__ = changed[each.__code__]
            found = True
    _forget()
    return found


def _codes(code: CodeType) -> list[CodeType]:
    """Every code object inside *code*, outermost first, in the order of the source."""
    inside = [each for each in code.co_consts if isinstance(each, CodeType)]
    return [found for each in inside for found in (each, *_codes(each))]


def _forget() -> None:
    """Empty what functions of the project have cached from before the change."""
    for each in gc.get_objects():
        if isinstance(each, functools._lru_cache_wrapper) and str(getattr(each, "__module__", "")).startswith("federation"):
            each.cache_clear()


class Loader(importlib.machinery.SourceFileLoader):
    """Loads one module with a mutant in it."""

    def __init__(self, name: str, mutant: Mutant) -> None:
        super().__init__(name, str(ROOT / mutant.file))
        self._mutant = mutant

    def get_code(self, fullname: str) -> CodeType:
        """Return the code of the mutant, from the source and from no cache."""
        return self._mutant.code()


class Finder:
    """Finds the mutated module before anybody else does."""

    def __init__(self, mutant: Mutant) -> None:
        self._name = mutant.file.removesuffix(".py").replace("/", ".")
        self._mutant = mutant

    def find_spec(self, name: str, _path: Sequence[str] | None = None, _target: ModuleType | None = None) -> ModuleSpec | None:
        """Return the spec of the mutated module, None for any other."""
        if name != self._name:
            return None
        return importlib.util.spec_from_loader(name, Loader(name, self._mutant), is_package=False)


def load_again(mutant: Mutant) -> None:
    """Have every module of project and tests loaded anew when it is next asked for, *mutant* in its own."""
    for name in list(sys.modules):
        if name.partition(".")[0] in {"federation", "tests"} and not name.startswith("tests.mutation"):
            del sys.modules[name]
    sys.meta_path.insert(0, Finder(mutant))
