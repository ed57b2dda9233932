"""Loading and registering plugins: by our own hand, so that nothing is replaced or lost in silence."""

from __future__ import annotations

import inspect
from collections.abc import Iterable
from importlib import metadata
from typing import TYPE_CHECKING, Any

import pluggy

from ..errors import PluginError
from ..model.strangers import CRASH
from ..settings.suggest import did_you_mean
from . import hookspecs

if TYPE_CHECKING:
    from ..settings import Settings

BUNDLED = "groupbill:"
"""How the names of our own plugins begin: they are called last, and their answers are believed."""
_HOOKS = tuple(name for name in dir(hookspecs) if name.startswith(f"{hookspecs.PROJECT}_"))
_TELLS_NOTHING = ("groupbill_configured", "groupbill_after_claim_written", "groupbill_claim_write_failed")
"""Hooks without an answer: a generator in their place would never run."""


class Registry:
    """The plugins of one host. There is no global one."""

    def __init__(self, plugins: Iterable[tuple[str, object]] = (), *, entry_points: bool = True) -> None:
        """Register the given `(name, plugin)` pairs, and those of installed distributions.

        Errors:
            PluginError: a plugin that can't be imported, is a class, has defaults, wrappers or unknown hooks, or
                a name that is taken.
        """
        self._manager = pluggy.PluginManager(hookspecs.PROJECT)
        self._manager.add_hookspecs(hookspecs)
        if entry_points:
            self._load_entry_points()
        for name, plugin in plugins:
            self.register(plugin, name)

    def _load_entry_points(self) -> None:
        """Register every entry point of the group `groupbill` as `<distribution>:<entry point>`."""
        for entry_point in metadata.entry_points(group=hookspecs.PROJECT):
            owner = entry_point.dist.name if entry_point.dist else "unknown"
            name = f"{owner}:{entry_point.name}"
            try:
                plugin = entry_point.load()
            except CRASH as error:
                raise PluginError(name, f"import failed: {error!r}") from error
            self.register(plugin, name)

    def register(self, plugin: object, name: str) -> None:
        """Register one plugin under a name of its own.

        Errors:
            PluginError: naming the plugin and what is wrong with it.
        """
        if inspect.isclass(plugin):
            raise PluginError(name, "is a class; register an instance (have you forgotten the parentheses?)")
        self._refuse_unknown(plugin, name)
        try:
            registered = self._manager.register(plugin, name)
        except ValueError as error:
            raise PluginError(name, "is registered already") from error
        except pluggy.PluginValidationError as error:
            raise PluginError(name, str(error)) from error
        if registered is None or plugin is None:
            raise PluginError(name, "is no plugin")
        for caller in self._manager.get_hookcallers(plugin) or ():
            _check(caller, name)
        if not self._manager.get_hookcallers(plugin):
            raise PluginError(name, "implements no hook (is @hookimpl missing?)")

    def _refuse_unknown(self, plugin: object, name: str) -> None:
        """A misspelt hook, or one without its mark, would never be called.

        One that is marked `optionalhook=True` may be of another version of groupbill.
        """
        for attribute in dir(plugin):
            options = self._manager.parse_hookimpl_opts(plugin, attribute)
            if options is None:
                if attribute in _HOOKS and inspect.isroutine(getattr(plugin, attribute, None)):
                    raise PluginError(name, f"{attribute} is not marked with @hookimpl")
            elif not options["optionalhook"] and (options["specname"] or attribute) not in _HOOKS:
                raise PluginError(name, f"there is no hook {attribute!r}{did_you_mean(attribute, _HOOKS)}")

    def configure(self, settings: Settings) -> None:
        """Tell every plugin the settings.

        Errors:
            PluginError: a plugin that refuses them.
        """
        for name, function, _ in self.implementations("groupbill_configured"):
            try:
                function(settings)
            except CRASH as error:
                raise PluginError(name, f"groupbill_configured failed: {error!r}") from error

    def implementations(self, hook: str) -> list[tuple[str, Any, tuple[str, ...]]]:
        """Name, function and parameters of each implementation, by plugin name, the bundled ones last."""
        caller: pluggy.HookCaller = getattr(self._manager.hook, hook)
        found = [(impl.plugin_name, impl.function, impl.argnames) for impl in caller.get_hookimpls()]
        return sorted(found, key=lambda item: (item[0].startswith(BUNDLED), item[0]))

    @property
    def versions(self) -> tuple[str, ...]:
        """Name and version of each distribution with a plugin, sorted: what a Provenance names."""
        names = {name.split(":", 1)[0] for name, _ in self._manager.list_name_plugin()}
        return tuple(sorted(f"{name} {_version(name)}" for name in names))


def _check(caller: pluggy.HookCaller, name: str) -> None:
    """Refuse what could not be called as it is meant.

    Defaults (pluggy 1.5 to 1.7 treat them differently), wrappers (they can't be isolated), and what a call only
    sets up: hooks are synchronous.
    """
    for impl in caller.get_hookimpls():
        if impl.plugin_name != name:
            continue
        if impl.kwargnames:
            raise PluginError(name, f"{caller.name}: parameters must have no default values")
        if impl.hookwrapper or impl.wrapper:
            raise PluginError(name, f"{caller.name}: wrappers are not supported")
        if inspect.iscoroutinefunction(impl.function) or inspect.isasyncgenfunction(impl.function):
            raise PluginError(name, f"{caller.name}: is async; hooks are called and answer at once")
        if caller.name in _TELLS_NOTHING and inspect.isgeneratorfunction(impl.function):
            raise PluginError(name, f"{caller.name}: has no answer and must not yield")


def _version(distribution: str) -> str:
    """The version of a distribution; of a plugin registered by hand there is none."""
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return "unknown"
