"""A new engagement from the example's shape."""

import pytest

from coee_nb.errors import ParameterError
from coee_nb.publish.engagement import new_engagement


@pytest.fixture
def root(tmp_path):
    example = tmp_path / "params" / "oig_22_34"
    example.mkdir(parents=True)
    (example / "toy.yaml").write_text("# where the rows are\nsource: data/oig_22_34/rows.csv\n")
    return tmp_path


def test_parameters_follow_the_example_and_the_data_folder_is_empty(root):
    (made,) = new_engagement("my_audit", root=root)
    assert made.read_text() == "# where the rows are\nsource: data/my_audit/rows.csv\n"
    assert list((root / "data" / "my_audit").iterdir()) == []


@pytest.mark.parametrize("name", ["../x", "My Audit", "", "a-b"])
def test_an_unfit_name_is_refused(root, name):
    with pytest.raises(ParameterError, match="cannot name an engagement"):
        new_engagement(name, root=root)


def test_nothing_is_overwritten(root):
    new_engagement("my_audit", root=root)
    with pytest.raises(ParameterError, match="params/my_audit is there already"):
        new_engagement("my_audit", root=root)


def test_lines_of_the_example_alone_become_comments(root):
    source = root / "params" / "oig_22_34" / "toy.yaml"
    source.write_text("extra: data/oig_22_34/x   # leave out in a real engagement\nn: 1\n")
    (made,) = new_engagement("my_audit", root=root)
    assert made.read_text().startswith("# extra: data/my_audit/x")
    assert made.read_text().endswith("\nn: 1\n")
