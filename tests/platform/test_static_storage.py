from django.utils.module_loading import import_string

from lms import settings


def test_static_files_are_compressed_without_making_a_first_start_wait(tmp_path):
    storage = import_string(settings.STORAGES["staticfiles"]["BACKEND"])
    (tmp_path / "a.css").write_text("a { color: red }\n" * 100)

    compressor = storage(location=tmp_path, base_url="/").create_compressor(quiet=True)
    compressor.compress(str(tmp_path / "a.css"))

    assert {file.name for file in tmp_path.iterdir()} == {"a.css", "a.css.gz"}
