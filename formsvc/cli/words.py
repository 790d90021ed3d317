"""Commands, options and arguments whose help stands in the catalogues: `help.<command>`, `help.<command>.<parameter>`.

What a value is called stands under `metavar.<name>`. The first paragraph of a command's help is what lists show of it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from formsvc.cli.door import Door
from formsvc.i18n import Messages

_Function = TypeVar("_Function", bound=Callable[..., Any])


class Context(click.Context):
    """A command being run."""

    def make_formatter(self) -> click.HelpFormatter:
        """Return what lays the help out."""
        from formsvc.cli.paragraphs import Paragraphs  # noqa: PLC0415 - only help needs it

        return Paragraphs(width=self.terminal_width, max_width=self.max_content_width)


class Option(click.Option):
    """An option; its `metavar` names an entry."""

    def make_metavar(self, ctx: click.Context) -> str:
        """Return what the option's value is called."""
        return super().make_metavar(ctx) if self.metavar is None else messages_of(ctx).text(f"metavar.{self.metavar}")


def _show_help(ctx: click.Context, parameter: click.Parameter, value: bool) -> None:  # noqa: ARG001, FBT001 - click
    if value:
        click.echo(ctx.get_help())
        ctx.exit()


HELP = Option(["--help"], is_flag=True, is_eager=True, expose_value=False, callback=_show_help)
"""The one option all commands have. Click's own looks its words up in a catalogue whenever a command is called."""


class Command(click.Command):
    """A command that describes itself in the language spoken."""

    context_class = Context

    def get_help_option(self, ctx: click.Context) -> click.Option:  # noqa: ARG002 - click asks with the context
        """Return the option that shows the help."""
        return HELP

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the help in the language spoken."""
        describe(self, ctx)
        super().format_help(ctx, formatter)

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        """Return the words of the usage line in the language spoken."""
        self.options_metavar = f"[{messages_of(ctx).text('metavar.options')}]"
        return super().collect_usage_pieces(ctx)


class Argument(click.Argument):
    """A word of a command; its `metavar` names an entry."""

    def make_metavar(self, ctx: click.Context) -> str:
        """Return what the word is called, in brackets when it may be left out."""
        if self.metavar is None:
            return super().make_metavar(ctx)
        word = messages_of(ctx).text(f"metavar.{self.metavar}")
        if word.startswith("["):
            return word
        return (word if self.required else f"[{word}]") + ("" if self.nargs == 1 else "...")


def declared(name: str) -> Callable[[Callable[..., Any]], Command]:
    """Make a function a command, which is given the door."""

    def made(function: Callable[..., Any]) -> Command:
        return click.command(name, cls=Command)(click.pass_obj(function))

    return made


def option(*names: str, **settings: Any) -> Callable[[_Function], _Function]:
    """Declare an option."""
    return click.option(*names, cls=Option, **settings)


def argument(name: str, **settings: Any) -> Callable[[_Function], _Function]:
    """Declare an argument."""
    return click.argument(name, cls=Argument, **settings)


def json_option(function: _Function) -> _Function:
    """Declare the option that every reading command has."""
    return option("--json", "as_json", is_flag=True)(function)


_SHARED = {"as_json": "help.json", "help": "help.help"}


def describe(what: click.Command, ctx: click.Context) -> None:
    """Give a command and its parameters their help."""
    key, messages = key_of(ctx), messages_of(ctx)
    what.help = messages.text(f"help.{key}")
    for parameter in what.get_params(ctx):
        if isinstance(parameter, Option | Argument):
            parameter.help = messages.text(_SHARED.get(parameter.name or "", f"help.{key}.{parameter.name}"))


def key_of(ctx: click.Context) -> str:
    """Return the name of a command in the catalogues: `roster-import`, or `formsvc` for the program itself."""
    names: list[str] = []
    while ctx.parent is not None:
        names.insert(0, ctx.info_name or "")
        ctx = ctx.parent
    return "-".join(names) or "formsvc"


def messages_of(ctx: click.Context) -> Messages:
    """Return the catalogue of the language a command speaks."""
    door: Door = ctx.obj
    return door.messages
