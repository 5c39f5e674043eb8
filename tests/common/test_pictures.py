"""Pictures: what is decoded, how much memory decoding needs, and which files are kept."""

import struct
import subprocess
import sys
import zlib
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import BytesIO

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from apps.common.capacity import Busy
from apps.common.errors import Invalid
from apps.common.storage import pictures
from apps.common.storage.picture_files import MOST_PARTS, MOST_SCANS, TooManyParts, without_metadata
from apps.common.storage.pictures import LARGE, SMALL, remove_unused_pictures, store_picture
from apps.common.storage.rate_limits import Throttled
from apps.courses import selectors
from apps.courses.documents import Course
from apps.courses.services import delete_unused_images, set_image, update_course
from apps.courses.services.deletion import finish_deletion
from apps.users.documents import User
from apps.users.services import erase, remove_unused_profile_pictures, set_picture
from tests.factories import client_of, make_course, viewer_of
from tests.users.pictures import png


def saved(mode: str, format: str, size=(640, 32), color=None, **options) -> bytes:
    encoded = BytesIO()
    Image.new(mode, size, color if color is not None else 0).save(encoded, format, **options)
    return encoded.getvalue()


def store(content: bytes, **options) -> tuple[Image.Image, Image.Image]:
    """Store a picture and return both versions of it."""
    names = store_picture(
        SimpleUploadedFile("a.png", content), folder="people", field="picture", **options
    )
    return tuple(Image.open(BytesIO(default_storage.open(name).read())) for name in names)


def chunk(kind: bytes, content: bytes) -> bytes:
    length, checksum = (
        struct.pack(">I", len(content)),
        struct.pack(">I", zlib.crc32(kind + content)),
    )
    return length + kind + content + checksum


def png_with(*chunks: bytes) -> bytes:
    whole = png()
    return whole[:33] + b"".join(chunks) + whole[33:]  # after the header


def orientation(value: int) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = value
    return exif.tobytes()


# Decoding


@pytest.mark.parametrize(
    ("content", "stored"),
    [
        (saved("1", "PNG", color=1), (255, 255, 255)),
        (saved("L", "PNG", color=90), (90, 90, 90)),
        (saved("I;16", "PNG", color=0xC000), (192, 192, 192)),
        (saved("I;16", "PNG", color=0xC000, transparency=7), (192, 192, 192)),
        (saved("LA", "PNG", color=(90, 128)), (90, 90, 90, 128)),
        (saved("P", "PNG", color=0, transparency=0), (0, 0, 0, 0)),
        (saved("RGB", "PNG", color=(9, 80, 200)), (9, 80, 200)),
        (saved("RGB", "PNG", color=(9, 80, 200), transparency=(9, 80, 200)), (9, 80, 200, 0)),
        (saved("RGBA", "PNG", color=(9, 80, 200, 128)), (9, 80, 200, 128)),
        (saved("L", "JPEG", color=90), (90, 90, 90)),
        (saved("RGB", "JPEG", color=(9, 80, 200)), (9, 80, 200)),
        (saved("RGB", "JPEG", color=(9, 80, 200), progressive=True), (9, 80, 200)),
        (saved("CMYK", "JPEG", color=(0, 0, 0, 255)), (0, 0, 0)),
        (saved("RGB", "WEBP", color=(9, 80, 200)), (9, 80, 200)),
        (saved("RGBA", "WEBP", color=(9, 80, 200, 128), lossless=True), (9, 80, 200, 128)),
    ],
    ids=lambda value: "" if isinstance(value, bytes) else str(value),
)  # fmt: skip
@pytest.mark.parametrize("larger", [1, 4])
def test_every_kind_of_pixel_keeps_its_color(content, stored, larger):
    picture = Image.open(BytesIO(content))
    encoded = BytesIO()
    options = {"transparency": picture.info.get("transparency")} if picture.format == "PNG" else {}
    picture.resize((640 * larger, 32 * larger), Image.Resampling.NEAREST).save(
        encoded,
        picture.format,
        **{key: value for key, value in options.items() if value is not None},
    )

    large, small = store(encoded.getvalue())

    assert large.size == ((640, 32) if larger == 1 else (1280, 64))
    assert small.size == (480, 24)
    pixel = large.getpixel((9, 9))
    assert len(pixel) == len(stored)
    transparent = stored[3:] == (0,)
    assert pixel[3:] == stored[3:]
    assert transparent or all(abs(a - b) < 8 for a, b in zip(pixel, stored, strict=True))


@pytest.mark.parametrize("format", ["PNG", "JPEG", "WEBP"])
@pytest.mark.parametrize("value", range(1, 9))
def test_each_orientation_is_made_upright(format, value):
    corner = Image.new("RGB", (64, 32), "white")
    corner.paste((200, 0, 0), (0, 0, 16, 16))
    encoded = BytesIO()
    corner.save(encoded, format, exif=orientation(value))

    large, _small = store(encoded.getvalue())

    assert large.size == ((64, 32) if value < 5 else (32, 64))
    right, bottom = value in (2, 3, 6, 7), value in (3, 4, 7, 8)
    at = ((large.width - 5) if right else 4, (large.height - 5) if bottom else 4)
    assert large.getpixel(at)[1] < 100  # the new position of the red corner


@pytest.mark.parametrize("exif", [b"", b"II*\0", b"II*\0\xff\xff\xff\xff", b"MM\0*" + b"\xff" * 99])
def test_broken_exif_changes_no_orientation(exif):
    large, _small = store(png_with(chunk(b"eXIf", exif)))

    assert large.size == (20, 10)


def test_a_long_narrow_picture_is_reduced_in_both_directions():
    for size in ((400, 19_000), (19_000, 400), (1, 20_000), (20_000, 1)):
        large, small = store(saved("1", "PNG", size=size))

        assert large.width <= LARGE[0]
        assert large.height <= LARGE[1]
        assert small.width <= SMALL[0]
        assert small.height <= SMALL[1]


def test_only_the_first_frame_of_an_animation_is_stored():
    frames = [Image.new("RGB", (40, 20), (number * 60, 0, 0)) for number in range(4)]
    for format in ("PNG", "WEBP"):
        encoded = BytesIO()
        frames[0].save(encoded, format, save_all=True, append_images=frames[1:])

        large, _small = store(encoded.getvalue())

        assert getattr(large, "n_frames", 1) == 1
        assert large.getpixel((9, 9))[0] < 8


# Files that are refused, and metadata


def error_of(content: bytes) -> str:
    with pytest.raises(Invalid) as refused:
        store(content)
    return refused.value.messages["picture"][0]


def test_a_side_that_is_too_long_is_refused():
    assert "20,000 pixels" in error_of(saved("1", "PNG", size=(20_001, 1)))
    assert "40 megapixels" in error_of(saved("1", "PNG", size=(20_000, 2_001)))


def test_a_file_with_too_many_parts_is_refused():
    scans = saved("RGB", "JPEG", progressive=True)
    last = scans[scans.rindex(b"\xff\xda") : -2]
    many = scans[:-2] + last * MOST_SCANS + scans[-2:]
    comments = b"\xff\xfe\0\2" * MOST_PARTS

    assert "too many parts" in error_of(many)
    assert "too many parts" in error_of(scans[:2] + comments + scans[2:])
    assert "too many parts" in error_of(png_with(chunk(b"aaAa", b"") * MOST_PARTS))


def progressive(mode: str, width: int, height: int, scans: int) -> bytes:
    """Return a JPEG that declares this size and has this number of mostly empty scans."""
    whole = saved(mode, "JPEG", size=(64, 64), progressive=True)
    frame, last = whole.index(b"\xff\xc2"), whole.rindex(b"\xff\xda")
    size = struct.pack(">HH", height, width)
    more = scans - whole.count(b"\xff\xda")
    return whole[: frame + 5] + size + whole[frame + 9 : -2] + whole[last:-2] * more + whole[-2:]


def test_more_pixels_allow_fewer_scans():
    for mode, scans in (("L", 6), ("RGB", 12), ("CMYK", 18)):
        assert without_metadata(progressive(mode, 8000, 5000, scans)).data
    assert without_metadata(progressive("RGB", 4000, 3000, MOST_SCANS)).data
    for size in ((8000, 5000, 19), (8000, 2500, 40), (10, 10, MOST_SCANS + 1)):
        with pytest.raises(TooManyParts):
            without_metadata(progressive("RGB", *size))


@pytest.mark.parametrize("marker", [0x01, *range(0xD0, 0xD9)])
def test_scans_behind_a_marker_without_a_length_are_counted(marker):
    """If the marker were read as a segment, it would hide all scans, which libjpeg decodes."""
    many = progressive("L", 64, 64, 1500)
    length = struct.pack(">H", len(many) - 2)

    assert "complete PNG" in error_of(
        many[:2] + bytes((0xFF, marker)) + length + many[2:-2] + b"\xff\xd9\0\0"
    )


def test_scans_between_other_segments_are_counted():
    whole = progressive("L", 64, 64, 6)
    last = whole[whole.rindex(b"\xff\xda") : -2]
    for between in (
        b"\xff\xfe\0\4ab",
        b"\xff\xe1\0\4ab",
        b"\xff\xdd\0\4\0\0",
        b"\xff\xd0",
        b"\xff\xff",
    ):
        assert "too many parts" in error_of(whole[:-2] + (between + last) * 50 + whole[-2:])


def test_a_jpeg_has_one_frame_of_a_kind_that_browsers_support():
    whole = saved("RGB", "JPEG")
    at = whole.index(b"\xff\xc0")
    frame = whole[at : at + 19]

    assert "complete PNG" in error_of(whole[:at] + frame + whole[at:])
    assert "complete PNG" in error_of(whole[:-2] + frame + whole[-2:])
    for kind in {*range(0xC2, 0xD0)} - {0xC2, 0xC4}:
        with pytest.raises(ValueError, match="marker"):
            without_metadata(whole[: at + 1] + bytes((kind,)) + whole[at + 2 :])


def test_a_segment_length_below_two_is_refused():
    """The decoder would interpret the bytes after such a segment as its length."""
    whole = saved("RGB", "JPEG", progressive=True)
    for at in (2, whole.rindex(b"\xff\xda")):
        for length in (b"\0\0", b"\0\1"):
            with pytest.raises(ValueError, match="length"):
                without_metadata(whole[:at] + b"\xff\xe0" + length + whole[at:])


def test_fill_bytes_and_data_after_the_end_are_dropped():
    whole = saved("RGB", "JPEG")
    filled = whole[:2] + b"\xff" * 5_000_000 + whole[2:]

    assert without_metadata(filled + whole).data == without_metadata(whole).data


def test_fill_bytes_are_skipped_in_linear_time():
    whole = saved("RGB", "JPEG")
    steps = 0

    def count(*_arguments):
        nonlocal steps
        steps += 1
        return count

    sys.settrace(count)
    try:
        without_metadata(whole[:2] + b"\xff" * 50_000 + whole[2:])
    finally:
        sys.settrace(None)

    assert steps < 5_000


def test_only_a_jpeg_whose_first_scan_has_all_colors_is_decoded_row_by_row():
    """Otherwise the decoder buffers all pixels, which few uploads may do at the same time."""
    whole = saved("RGB", "JPEG")
    scan = whole.index(b"\xff\xda")
    one_color = b"\xff\xda\0\x08\1\1\0\0\x3f\0"

    assert without_metadata(whole).row_by_row
    assert not without_metadata(whole[:scan] + one_color + whole[scan + 14 :]).row_by_row
    assert not without_metadata(progressive("RGB", 64, 64, 10)).row_by_row


def test_a_png_has_one_header_and_ends_at_its_end_chunk():
    whole = png()
    other = saved("L", "PNG", size=(9, 9))

    assert without_metadata(whole + other[8:]).data == whole
    for header in (whole[8:33], other[8:33]):
        assert "complete PNG" in error_of(png_with(header))
        assert "complete PNG" in error_of(whole[:-12] + header + whole[-12:])
    assert "complete PNG" in error_of(whole[:8] + chunk(b"PLTE", b"abc") + whole[8:])


def animated_webp(frames: int) -> bytes:
    colors = [Image.new("RGB", (40, 20), (number, 0, 99)) for number in range(frames)]
    encoded = BytesIO()
    colors[0].save(encoded, "WEBP", save_all=True, append_images=colors[1:], lossless=True)
    return encoded.getvalue()


def test_the_decoder_gets_one_frame_of_an_animated_webp():
    animation = without_metadata(animated_webp(30)).data

    assert animation.count(b"ANMF") == 1
    assert Image.open(BytesIO(animation)).n_frames == 1


def test_a_webp_ends_at_its_declared_length():
    whole = saved("RGB", "WEBP", exif=orientation(6))
    declared = struct.unpack_from("<I", whole, 4)[0]

    assert without_metadata(whole + animated_webp(3)).data == without_metadata(whole).data
    assert b"EXIF" not in without_metadata(whole).data
    for size in (declared + 2, 2**31, 2**32 - 1):
        assert "complete PNG" in error_of(whole[:4] + struct.pack("<I", size) + whole[8:])
    for size in (declared, 2**32 - 1):  # of the first chunk
        assert "complete PNG" in error_of(whole[:16] + struct.pack("<I", size) + whole[20:])


def test_texts_and_profiles_are_never_decompressed():
    packed = zlib.compress(b"a" * 50_000_000)
    content = png_with(
        chunk(b"zTXt", b"a\0\0" + packed),
        chunk(b"iCCP", b"a\0\0" + packed),
        *(chunk(b"iTXt", b"%d\0\1\0\0\0" % number + packed) for number in range(20)),
    )

    large, _small = store(content)

    assert large.size == (20, 10)
    assert large.info.keys().isdisjoint({"icc_profile", "exif", "xmp"})


def test_metadata_of_a_jpeg_never_reaches_the_decoder():
    whole = saved("RGB", "JPEG", exif=orientation(6), comment=b"c" * 999, icc_profile=b"p" * 999)
    hostile = b"\xff\xe2\0\x10MPF\0" + b"\xff" * 10  # several pictures in one file

    large, _small = store(whole[:2] + hostile + whole[2:])

    assert large.size == (32, 640)
    assert large.info.keys().isdisjoint({"icc_profile", "exif", "xmp", "comment"})


@pytest.mark.parametrize("length", [3, 20, 40, 200, 1000])
@pytest.mark.parametrize("format", ["PNG", "JPEG", "WEBP"])
def test_an_incomplete_file_is_refused(format, length):
    noise = BytesIO()
    Image.effect_noise((80, 80), 90).save(noise, format)

    assert "complete PNG" in error_of(noise.getvalue()[:length])


# Memory and limits

_MEASURE = """
import resource, sys
from tests import environment
import os
os.environ["DJANGO_SETTINGS_MODULE"] = "lms.settings"
import django
django.setup()
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from apps.common.storage import pictures
from apps.common.capacity import Busy
from django.core.files.uploadedfile import SimpleUploadedFile
content = sys.stdin.buffer.read()
def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
def store(_):
    try:
        with pictures._decoding:
            pictures._encode_in_two_sizes(SimpleUploadedFile("a", content), "picture")
    except Busy:
        pass
before = peak()
with ThreadPoolExecutor(10) as threads:
    list(threads.map(store, range(10)))
print(peak() - before)
"""


def test_ten_simultaneous_large_pictures_need_little_more_memory_than_one():
    content = saved("RGBA", "PNG", size=(5000, 5000), compress_level=1)  # 100 MB of pixels

    ran = subprocess.run([sys.executable, "-c", _MEASURE], input=content, capture_output=True)

    assert int(ran.stdout) < 180, ran.stderr  # megabytes


def test_an_upload_without_a_free_slot_is_told_to_retry(monkeypatch):
    monkeypatch.setattr(pictures._decoding, "_wait", 0.01)
    with pictures._decoding, pictures._decoding, pytest.raises(Busy):
        store(png())


def test_the_number_of_uploads_per_user_and_hour_is_limited(settings, instructor):
    settings.RATE_LIMITED = True
    settings.RATE_LIMITS = settings.RATE_LIMITS | {"uploads": (2, 3600)}
    course, user = make_course(instructor=instructor), str(instructor.id)
    viewer = viewer_of(instructor)
    upload = lambda: SimpleUploadedFile("a.png", png())  # noqa: E731
    set_image(str(course.id), upload(), viewer=viewer)
    set_picture(user_id=user, upload=upload(), by=user)

    with pytest.raises(Throttled):
        set_image(str(course.id), upload(), viewer=viewer)
    late = client_of(instructor).post(
        f"/api/users/{user}/picture/", {"picture": upload()}, format="multipart"
    )
    assert late.status_code == 429
    assert int(late["Retry-After"]) > 0


# Which files are kept


def files(folder: str) -> set[str]:
    if not default_storage.exists(folder):
        return set()
    return {f"{folder}/{name}" for name in default_storage.listdir(folder)[1]}


def test_only_the_current_pictures_of_racing_uploads_stay(student, instructor):
    course = make_course(instructor=instructor)
    viewer = viewer_of(instructor)

    def upload(number: int) -> None:
        content = SimpleUploadedFile("a.png", png(20 + number))
        if number % 2:
            set_picture(user_id=str(student.id), upload=content, by=str(student.id))
        else:
            set_image(str(course.id), content, viewer=viewer)

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(upload, range(12)))

    user, course = User.objects.get(id=student.id), Course.objects.get(id=course.id)
    assert files("people") == {user.profile_picture, user.profile_picture_small}
    assert files("courses") == {course.image, course.image_small}


def test_a_replaced_picture_is_deleted_with_its_course(monkeypatch, instructor):
    """What a request has read may be older than the picture that its write replaces."""
    course = make_course(instructor=instructor)
    stale, viewer = Course.objects.get(id=course.id), viewer_of(instructor)
    monkeypatch.setattr(selectors, "get_visible_course", lambda *_, **__: stale)
    for number in range(3):
        picture = SimpleUploadedFile("a.png", png(20 + number))
        set_image(str(course.id), picture, viewer=viewer)
    assert len(files("courses")) == 2

    update_course(str(course.id), viewer=viewer, image=None)
    assert files("courses") == set()

    set_image(str(course.id), SimpleUploadedFile("a.png", png()), viewer=viewer)
    finish_deletion(stale)
    assert files("courses") == set()


def test_erasing_a_user_removes_the_pictures(student):
    set_picture(
        user_id=str(student.id), upload=SimpleUploadedFile("a.png", png()), by=str(student.id)
    )

    erase(user_id=str(student.id))

    assert files("people") == set()


def age(name: str, settings, **by) -> None:
    """Make a stored file older."""
    import os

    then = (timezone.now() - timedelta(**by)).timestamp()
    os.utime(settings.MEDIA_ROOT / name, (then, then))


def test_the_sweep_removes_old_files_that_no_document_refers_to(settings, student, instructor):
    set_picture(
        user_id=str(student.id), upload=SimpleUploadedFile("a.png", png()), by=str(student.id)
    )
    set_image(
        str(make_course(instructor=instructor).id),
        SimpleUploadedFile("a.png", png()),
        viewer=viewer_of(instructor),
    )
    current = files("people") | files("courses")
    for folder in ("people", "courses"):
        for name in ("old.webp", "new.webp"):
            default_storage.save(f"{folder}/{name}", ContentFile(b"x"))
    for name in current | {"people/old.webp", "courses/old.webp"}:
        age(name, settings, hours=2)
    age("people/new.webp", settings, minutes=50)

    assert remove_unused_profile_pictures() == delete_unused_images() == 1
    assert files("people") | files("courses") == current | {"people/new.webp", "courses/new.webp"}


def test_the_sweep_of_an_empty_store_removes_nothing():
    assert remove_unused_profile_pictures() == delete_unused_images() == 0


def test_the_sweep_processes_names_in_small_batches(settings, monkeypatch):
    monkeypatch.setattr(pictures, "NAMES_AT_ONCE", 3)
    for number in range(8):
        default_storage.save(f"people/{number}.webp", ContentFile(b"x"))
        age(f"people/{number}.webp", settings, hours=2)

    assert remove_unused_pictures("people", lambda: ["people/1.webp", "people/7.webp"]) == 6
    assert files("people") == {"people/1.webp", "people/7.webp"}
