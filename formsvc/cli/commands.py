"""The program itself: finds its commands when they are called, speaks the language chosen, ends with the exit code.

A command is the file of its name in this folder, which is imported when the command is called and not before.
"""

from __future__ import annotations

import errno
import importlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click

from formsvc import __version__
from formsvc.cli.door import Door
from formsvc.cli.words import HELP, Context, Option, describe, key_of, messages_of
from formsvc.errors import FormsvcError
from formsvc.i18n import Language

COMMANDS = (
    "init",
    "blank",
    "watch",
    "ingest",
    "extract",
    "find",
    "show",
    "open",
    "review",
    "queue",
    "confirm",
    "reject",
    "correct",
    "roster",
    "status",
    "check",
    "repair",
    "rebuild",
    "export",
    "restore",
    "form",
    "handbook",
    "plates",
    "board",
)
"""In the order in which work uses them."""


class Group(click.Group):
    """Commands that describe themselves in the language spoken."""

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
        text = messages_of(ctx).text
        self.options_metavar, self.subcommand_metavar = f"[{text('metavar.options')}]", text("metavar.command")
        return super().collect_usage_pieces(ctx)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands without importing one of them."""
        before = "" if ctx.parent is None else f"{key_of(ctx)}-"
        messages = messages_of(ctx)
        rows = [(name, messages.text(f"help.{before}{name}").partition("\n\n")[0]) for name in self.list_commands(ctx)]
        with formatter.section(messages.text("metavar.commands")):
            formatter.write_dl(rows)


class Program(Group):
    """The program `formsvc`."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click asks with the context
        """Return the names of all commands."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - as above
        """Return a command, whose file is imported now."""
        if cmd_name not in COMMANDS:
            return None
        found: click.Command = importlib.import_module(f"formsvc.cli.{cmd_name}").command
        return found

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        """Settle the language first, then read the words."""
        door = Door.at(args, os.environ)
        door.speak()
        with _well_spoken(door.language):
            return super().make_context(info_name, args, parent, obj=door, **extra)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; whatever stops it is told in one sentence and has its exit code."""
        try:
            with _well_spoken(ctx.obj.language):
                return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except FormsvcError as error:
            _stop(ctx, messages_of(ctx).error(error), int(error.exit_code))
        except OSError as error:
            if error.errno == errno.EPIPE:
                raise
            _stop(ctx, _of_system(ctx, error), 1)
        except Exception as error:  # noqa: BLE001 - the outermost loop of this door
            _stop(ctx, _crash(ctx, error), 1)


class _Complaint(click.UsageError):
    """What click complains of, said well."""


@contextmanager
def _well_spoken(language: Language) -> Iterator[None]:
    """Give what click complains of the punctuation of the language: it puts its own into Chinese sentences."""
    try:
        yield
    except click.UsageError as error:
        if language is not Language.ZH or isinstance(error, click.exceptions.NoArgsIsHelpError):
            raise
        from formsvc.chinese.stops import with_chinese_stops  # noqa: PLC0415 - only a complaint needs it

        raise _Complaint(with_chinese_stops(error.format_message()), error.ctx) from None


def _crash(ctx: click.Context, error: Exception) -> str:
    """Note in the log what nobody foresaw, and say so."""
    from formsvc.cli.log import note_crash  # noqa: PLC0415 - only a crash needs it

    door: Door = ctx.obj
    if door.local is not None:
        note_crash(error, door.local)
    return door.messages.text("cli.crash" if door.local is not None else "cli.lost", kind=type(error).__name__)


def _stop(ctx: click.Context, sentence: str, code: int) -> None:
    click.echo(sentence, err=True)
    ctx.exit(code)


def _of_system(ctx: click.Context, error: OSError) -> str:
    """Say what the system refused, in the language spoken."""
    causes = {errno.ENOSPC: "full", errno.EDQUOT: "full", errno.EACCES: "denied", errno.EPERM: "denied"}
    cause = {**causes, errno.EROFS: "denied", errno.ENOENT: "gone"}.get(error.errno or 0, "other")
    name = error.filename if isinstance(error.filename, str) else str(error.filename or "")
    return messages_of(ctx).text(f"system.{cause}", path=name, number=error.errno or 0)


def _show_version(ctx: click.Context, parameter: click.Parameter, value: bool) -> None:  # noqa: ARG001, FBT001 - click
    if value:
        click.echo(f"formsvc {__version__}")
        ctx.exit()


formsvc = Program(
    "formsvc",
    params=[
        Option(["-C", "folder"], metavar="folder", expose_value=False),
        Option(["--lang"], type=click.Choice([language.value for language in Language]), expose_value=False),
        Option(["--version"], is_flag=True, is_eager=True, expose_value=False, callback=_show_version),
    ],
)
