"""What every command has in common, and the small ones."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest

from tests.cli.harness import SECRET, Shell, shell
from yipan.cli.root import COMMANDS
from yipan.surfaces.openapi import keys

SUBCOMMANDS = [
    ("ledger", "verify"),
    ("import", "orders"),
    ("export", "orders"),
    ("export", "entries"),
    ("export", "facts"),
    ("tenant", "create"),
    ("person", "create"),
    ("api-client", "create"),
]


SINGLE = [(command.name,) for command in COMMANDS if command.name not in dict(SUBCOMMANDS)]


def test_without_arguments_it_lists_every_command(tmp_path: Path) -> None:
    said = shell(tmp_path).yipan().out
    for command in COMMANDS:
        assert command.name in said
        assert command.about[:30] in said


@pytest.mark.parametrize("words", [*SINGLE, *SUBCOMMANDS], ids=" ".join)
def test_help_tells_of_each_command_and_touches_nothing(
    words: tuple[str, ...], tmp_path: Path
) -> None:
    ran = shell(tmp_path).yipan(*words, "--help")
    assert ran.code == 0, ran.err
    assert f"yipan {' '.join(words)}" in ran.out
    assert not (tmp_path / "home").exists()


def test_an_unknown_command_is_a_usage_error(tmp_path: Path) -> None:
    ran = shell(tmp_path).yipan("fly")
    assert ran.code == 2
    assert "No such command 'fly'" in ran.err


def in_one_line(said: str) -> str:
    assert "Traceback" not in said
    lines = said.strip().splitlines()
    assert len(lines) == 1, said
    return lines[0]


def test_an_outside_database_without_a_secret_is_refused_with_a_way_out(tmp_path: Path) -> None:
    ran = shell(tmp_path, DATABASE_URL="postgresql://db.invalid/yipan").yipan("migrate")
    assert ran.code == 1
    assert "YIPAN_SECRET_KEY" in in_one_line(ran.err)


def test_a_database_that_does_not_answer_is_told_in_one_line(tmp_path: Path) -> None:
    url = f"host={tmp_path} dbname=yipan"
    ran = shell(tmp_path, DATABASE_URL=url, YIPAN_SECRET_KEY=SECRET).yipan("migrate")
    assert ran.code == 1
    assert "database cannot be used" in in_one_line(ran.err)


def test_a_setting_that_is_no_number_is_named(tmp_path: Path) -> None:
    ran = shell(tmp_path, YIPAN_RATE_LIMIT_PER_MINUTE="many").yipan("migrate")
    assert ran.code == 1
    assert "YIPAN_RATE_LIMIT_PER_MINUTE" in in_one_line(ran.err)


def test_tables_are_asked_for_before_work_begins(empty_database: str, tmp_path: Path) -> None:
    ran = shell(tmp_path, DATABASE_URL=empty_database, YIPAN_SECRET_KEY=SECRET).yipan(
        "tenant", "list"
    )
    assert ran.code == 1
    assert "yipan migrate" in in_one_line(ran.err)


def test_migrate_makes_the_tables_and_may_run_again(empty_database: str, tmp_path: Path) -> None:
    here = shell(tmp_path, DATABASE_URL=empty_database, YIPAN_SECRET_KEY=SECRET)
    for _ in range(2):
        ran = here.yipan("migrate")
        assert ran.code == 0, ran.err
    assert here.yipan("tenant", "create", "acme", "一盘").code == 0
    with psycopg.connect(empty_database) as connection:
        found = connection.execute("SELECT obj_description('django_migrations'::regclass)")
        assert str(found.fetchone()).startswith("('yipan ")


def test_a_group_a_person_and_a_program_are_set_up(outside: Shell) -> None:
    assert outside.yipan("tenant", "create", "acme", "一盘集团").code == 0
    person = outside.yipan("person", "create", "boss", "老板", given="correct horse battery\n")
    assert person.code == 0, person.err
    client = outside.yipan("api-client", "create", "till", "--scope", "orders.read")
    assert client.code == 0, client.err
    parts = keys.parse(client.out.strip())
    assert parts is not None
    assert parts.tenant_code == "acme"
    assert "一盘集团" in outside.yipan("tenant", "list").out


def test_what_an_action_refuses_is_told_in_one_line(group: Shell) -> None:
    again = group.yipan("tenant", "create", "acme", "又一个")
    assert again.code == 1
    assert "acme" in in_one_line(again.err)
    weak = group.yipan("person", "create", "boss", "老板", given="123\n")
    assert weak.code == 1
    assert in_one_line(weak.err)


def test_a_tenant_that_is_not_there_is_answered_with_those_that_are(group: Shell) -> None:
    ran = group.yipan("ledger", "verify", "--tenant", "acne")
    assert ran.code == 1
    assert "acme" in in_one_line(ran.err)


def test_of_several_tenants_one_has_to_be_named(group: Shell) -> None:
    assert group.yipan("tenant", "create", "other", "另一个").code == 0
    ran = group.yipan("api-client", "create", "till")
    assert ran.code == 1
    assert "--tenant" in in_one_line(ran.err)
