"""A group that imports a command only when it is called, and knows its one-line help before."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import Any

import click

from boursa.cli.speaking import say


class Speaking(click.Command):
    """A command whose help is written in the language of the person."""

    def get_help(self, ctx: click.Context) -> str:
        """Translate the texts before click lays them out."""
        self.help = say(self.help) if self.help else None
        self.epilog = say(self.epilog) if self.epilog else None
        for parameter in self.params:
            text = getattr(parameter, "help", None)
            if text:
                parameter.help = say(text)
        return super().get_help(ctx)


class LazyGroup(Speaking, click.Group):
    """A group of commands given as ``name: ("module:function", "one-line help")``."""

    command_class = Speaking

    def __init__(
        self, *args: Any, commands_by_name: Mapping[str, tuple[str, str]] | None = None, **extra: Any
    ) -> None:
        super().__init__(*args, **extra)
        self._lazy = dict(commands_by_name or {})

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names, in the order in which they were written down."""
        return [*self._lazy, *super().list_commands(ctx)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command, importing its module now."""
        if cmd_name not in self._lazy:
            return super().get_command(ctx, cmd_name)
        from boursa import settings  # pydantic, which a list of commands does not need

        settings.one_thread_each()  # before the command's imports load a numerical library
        module, _, name = self._lazy[cmd_name][0].partition(":")
        command: click.Command = getattr(importlib.import_module(module), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands without importing any."""
        if not self._lazy:
            super().format_commands(ctx, formatter)
            return
        with formatter.section(say("Commands")):
            formatter.write_dl([(name, say(text)) for name, (_, text) in self._lazy.items()])


LazyGroup.group_class = LazyGroup
