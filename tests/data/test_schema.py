"""The program's own schema decides, and the shipped descriptor says the same."""

from __future__ import annotations

import json

import pytest

from zbanalysis.data import check, package, schema


def test_the_shipped_descriptor_says_what_the_program_knows(data_dir):
    shipped = json.loads((data_dir / "datapackage.json").read_text("utf-8"))
    assert shipped["resources"] == schema.descriptor()["resources"]


def test_every_reference_leads_to_a_key():
    for table in schema.tables().values():
        for column, target, key in table.foreign:
            assert column in table.columns
            assert schema.tables()[target].key == (key,)
        assert set(table.key) <= set(table.columns)
        assert all({f"{name}_zh", f"{name}_en"} <= set(table.columns) for name in table.languages)


@pytest.mark.parametrize(
    "descriptor",
    [
        {"resources": []},
        {"resources": [{"name": "x", "path": "../../x.csv", "dialect": "http://127.0.0.1:9/x"}]},
        {"profile": "http://127.0.0.1:9/x", "resources": [{"extrapaths": ["/etc/passwd"]}]},
        {
            "resources": [
                {"path": "plans.csv", "schema": {"fields": [{"constraints": {"pattern": "^(a+)+$"}}]}}
            ]
        },
    ],
)
def test_what_a_received_descriptor_says_is_not_asked(data_copy, descriptor, monkeypatch):
    import socket

    monkeypatch.setattr(socket, "socket", lambda *_, **__: pytest.fail("a network is asked"))
    (data_copy / "datapackage.json").write_text(json.dumps(descriptor), "utf-8")
    plans = data_copy / "plans.csv"
    assert check.problems(data_copy) == []
    plans.write_text(plans.read_text("utf-8").replace("\nzibo-14,", "\n../../x,", 1), "utf-8")
    wrong = {(problem.column, problem.value) for problem in check.problems(data_copy)}
    assert ("plan", "../../x") in wrong


@pytest.mark.parametrize(
    "code", ["/any/where/x", "../x", "a/b", "a b", "A", "-a", "a--b", "con", "lpt1", "a" * 81]
)
def test_a_code_that_is_no_name_of_a_file_is_refused(data_copy, code):
    plans = data_copy / "plans.csv"
    plans.write_text(
        plans.read_text("utf-8") + f"{code},zibo,x,x,2020,2021,2025,zibo-plan-14,no,,,,,\n", "utf-8"
    )
    assert [problem.value for problem in check.problems(data_copy)] == [code]


def test_a_table_may_lack_optional_columns_and_have_them_in_any_order(data_copy):
    table = "area,level,name_zh,name_en,parent\nzibo,city,淄博,Zibo,shandong\n"
    whole = (data_copy / "areas.csv").read_text("utf-8").splitlines()
    swapped = [",".join([*(cells := line.split(","))[:1], cells[3], *cells[1:3], cells[4]]) for line in whole]
    assert swapped[0] == table.splitlines()[0]
    (data_copy / "areas.csv").write_text("\n".join([*swapped, ""]), "utf-8")
    assert package.load(data_copy).areas.columns.tolist() == ["area", "name_zh", "name_en", "level", "parent"]


def test_a_descriptor_with_a_byte_order_mark_is_read(data_copy):
    path = data_copy / "datapackage.json"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert check.problems(data_copy) == []
