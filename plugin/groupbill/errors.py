"""What can go wrong.

    GroupBillError
     +- UsageError             wrong usage, invalid settings or policy: exit 2
     |   +- SettingsError      groupbill.toml
     |   +- PolicyError        a payer policy file
     |   +- PluginError        a plugin that can't be loaded or registered
     |   +- RuleDefinitionError  a rule that is not fully declared
     |   +- InputError         nothing readable at all
     +- ServerError            the FHIR server refused or could not be reached: exit 3

A broken rule of billing is a Finding, never an exception. Messages hold no patient data.
"""

from __future__ import annotations


class GroupBillError(Exception):
    """Base of all errors of groupbill."""

    exit_status = 2


class UsageError(GroupBillError):
    """The command, settings or policies can't be used as they are."""


class SettingsError(UsageError):
    """A settings file can't be read, or holds something unknown."""


class PolicyError(UsageError):
    """A payer policy can't be read, or holds something unknown."""


class InputError(UsageError):
    """Nothing in the input could be read."""


class PluginError(UsageError):
    """A plugin can't be loaded or registered."""

    def __init__(self, plugin: str, message: str) -> None:
        """Name the plugin and what is wrong with it."""
        super().__init__(f"plugin {plugin}: {message}")
        self.plugin = plugin


class RuleDefinitionError(UsageError):
    """A rule class is not fully declared."""

    def __init__(self, rule: str, message: str) -> None:
        """Name the rule and what it lacks."""
        super().__init__(f"rule {rule}: {message}")


class ServerError(GroupBillError):
    """The FHIR server refused, or could not be reached."""

    exit_status = 3
