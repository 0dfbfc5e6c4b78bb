"""Commands that take an option once, of two values the first would be lost without a word; files
that they take are named from where one stands, as everywhere in a shell.
"""

from pathlib import Path

import click

FILE = click.Path(path_type=Path, dir_okay=False, resolve_path=True)


class Once(click.Command):
    """A command that refuses an option given twice, unless it collects what it is given."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse as click does; UsageError for a second value of an option that has one."""
        order = self.make_parser(ctx).parse_args(args=list(args))[2]
        for option in self.params:
            single = isinstance(option, click.Option) and not (option.multiple or option.is_flag)
            if single and order.count(option) > 1:
                raise click.UsageError(
                    f"{option.opts[0]} stands {order.count(option)} times. Expected: once.", ctx
                )
        return super().parse_args(ctx, args)


class Commands(click.Group):
    """A group of such commands."""

    command_class = Once
