"""Hook specifications and the host's loading and calling of plugins."""

from .context import ChangeContext, Context
from .hooks import Hooks, place
from .hookspecs import hookimpl, hookspec
from .registry import Registry

__all__ = ["ChangeContext", "Context", "Hooks", "Registry", "hookimpl", "hookspec", "place"]
