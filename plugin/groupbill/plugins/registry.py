"""Loading and registering plugins: by our own hand, so that nothing is replaced or lost in silence."""

from __future__ import annotations

import inspect
from collections.abc import Iterable
from importlib import metadata
from typing import TYPE_CHECKING, Any

import pluggy

from ..errors import PluginError
from ..settings.suggest import did_you_mean
from . import hookspecs

if TYPE_CHECKING:
    from ..settings import Settings

BUNDLED = "groupbill:"


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
            except Exception as error:
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
        if registered is None:
            raise PluginError(name, "is blocked")
        for caller in self._manager.get_hookcallers(plugin) or ():
            _check(caller, name)
        if not self._manager.get_hookcallers(plugin):
            raise PluginError(name, "implements no hook (is @hookimpl missing?)")

    def _refuse_unknown(self, plugin: object, name: str) -> None:
        """A misspelt hook would never be called."""
        for attribute in dir(plugin):
            options = self._manager.parse_hookimpl_opts(plugin, attribute)
            if options is not None and not hasattr(hookspecs, options.get("specname") or attribute):
                hint = did_you_mean(
                    attribute, (each for each in dir(hookspecs) if each.startswith(hookspecs.PROJECT))
                )
                raise PluginError(name, f"there is no hook {attribute!r}{hint}")

    def configure(self, settings: Settings) -> None:
        """Tell every plugin the settings.

        Errors:
            PluginError: a plugin that refuses them.
        """
        for name, function, _ in self.implementations("groupbill_configured"):
            try:
                function(settings)
            except Exception as error:
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
    """Refuse defaults (pluggy 1.5 to 1.7 treat them differently) and wrappers (they can't be isolated)."""
    for impl in caller.get_hookimpls():
        if impl.plugin_name != name:
            continue
        if impl.kwargnames:
            raise PluginError(name, f"{caller.name}: parameters must have no default values")
        if impl.hookwrapper or impl.wrapper:
            raise PluginError(name, f"{caller.name}: wrappers are not supported")


def _version(distribution: str) -> str:
    """The version of a distribution; of a plugin registered by hand there is none."""
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return "unknown"
