"""Other users of the machine cannot read the product's files."""

import os
import stat

import pytest

from lms.serving import private_files


@pytest.fixture
def folder(tmp_path):
    """A data folder of an earlier release, with a file of the operator."""
    (tmp_path / "media" / "pictures").mkdir(parents=True)
    for name in ("accounts.sqlite3", "accounts.sqlite3-wal", "media/pictures/a.png", "notes.txt"):
        (tmp_path / name).touch()
        (tmp_path / name).chmod(0o644)
    for path in (tmp_path, tmp_path / "media", tmp_path / "media" / "pictures"):
        path.chmod(0o755)
    return tmp_path


def _mode(path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_folder_that_others_may_enter_is_closed_with_the_products_files(folder):
    private_files.restrict_data_dir(folder)

    assert _mode(folder) == _mode(folder / "media") == _mode(folder / "media" / "pictures") == 0o700
    for name in ("accounts.sqlite3", "accounts.sqlite3-wal", "media/pictures/a.png"):
        assert _mode(folder / name) == 0o600
    assert _mode(folder / "notes.txt") == 0o644


def test_a_shared_folder_stays_open_but_the_products_files_are_closed(folder):
    folder.chmod(0o1777)

    private_files.restrict_data_dir(folder)

    assert _mode(folder) == 0o1777
    assert _mode(folder / "accounts.sqlite3") == 0o600


def test_links_are_not_followed(folder, tmp_path_factory):
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    elsewhere.chmod(0o755)
    (elsewhere / "file").touch()
    (elsewhere / "file").chmod(0o644)
    (folder / "mail").symlink_to(elsewhere)

    private_files.restrict_data_dir(folder)

    assert (_mode(elsewhere), _mode(elsewhere / "file")) == (0o755, 0o644)


def test_new_files_are_readable_only_by_their_owner(tmp_path):
    before = os.umask(0o022)
    try:
        private_files.restrict_umask()
        (tmp_path / "folder").mkdir()
        (tmp_path / "file").touch()
    finally:
        os.umask(before)

    assert (_mode(tmp_path / "folder"), _mode(tmp_path / "file")) == (0o700, 0o600)
