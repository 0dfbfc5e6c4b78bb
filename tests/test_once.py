import click
import pytest
from click.testing import CliRunner

from coee_nb.cli import DOMAINS, coee
from coee_nb.once import Once


def every_command(group, ctx):
    for name in group.list_commands(ctx):
        command = group.get_command(ctx, name)
        yield from every_command(command, ctx) if isinstance(command, click.Group) else [command]


def test_no_command_of_any_group_loses_a_value():
    commands = list(every_command(coee, click.Context(coee)))
    assert len(commands) > 10
    assert all(isinstance(command, Once) for command in commands)


def test_the_files_of_every_domain_are_named_from_where_one_stands():
    domains = [coee.get_command(click.Context(coee), name) for name in DOMAINS]
    commands = [one for domain in domains for one in every_command(domain, click.Context(domain))]
    paths = {
        (command.name, one.name): one.type.resolve_path
        for command in commands
        for one in command.params
        if isinstance(one.type, click.Path)
    }
    assert len(paths) > 10
    assert [name for name, resolved in paths.items() if not resolved] == []


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
