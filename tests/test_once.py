import click
import pytest
from click.testing import CliRunner

from coee_nb.cli import coee
from coee_nb.once import Once


def every_command(group, ctx):
    for name in group.list_commands(ctx):
        command = group.get_command(ctx, name)
        yield from every_command(command, ctx) if isinstance(command, click.Group) else [command]


def test_no_command_of_any_group_loses_a_value():
    commands = list(every_command(coee, click.Context(coee)))
    assert len(commands) > 10
    assert all(isinstance(command, Once) for command in commands)


@pytest.mark.parametrize(
    "asked",
    [
        ["run", "--jobs", "2", "-j", "3"],
        ["collections", "fetch", "--out", "a.csv", "--out=b.csv"],
        ["recommendations", "import", "a.txt", "--as-of", "2024-01-01", "--as-of", "2025-01-01"],
    ],
)
def test_a_second_value_is_refused(asked):
    found = CliRunner().invoke(coee, asked)
    assert found.exit_code == 2
    assert "stands 2 times. Expected: once." in found.output
