"""Ink as MNIST would have it, held against MNIST itself and against digits that MNIST has never seen."""

import io
from pathlib import Path

import matplotlib
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageFont

from nblib import handwriting, mnist
from nblib.handwriting import as_mnist, from_file, preparation, shrink
from nblib.network import Network


@pytest.fixture(scope="module")
def data():
    return mnist.load()


@pytest.fixture(scope="module")
def network(data):
    network = Network([784, 30, 10], init="scaled", seed=0)
    few = data.x_test[:100], data.y_test[:100]
    list(network.sgd(data.x_train, data.y_train, epochs=2, mini_batch_size=10, eta=1.0, validation=few))
    return network


def mass(image):
    image = image.reshape(28, 28).astype(float)
    places = np.indices(image.shape)
    return (places * image).sum(axis=(1, 2)) / image.sum()


def box(image):
    rows, columns = np.nonzero(image.reshape(28, 28))
    return rows.min(), rows.max(), columns.min(), columns.max()


# -- reality ----------------------------------------------------------------------------------------


def test_what_is_said_of_mnist(data):
    images = data.x_train.reshape(-1, 28, 28).astype(float)
    sides = [np.ptp(np.nonzero(image), axis=1).max() + 1 for image in images]
    assert sides.count(preparation.BOX) == 59_987
    total = images.sum(axis=(1, 2))
    for axis in (1, 2):
        centre = images.sum(axis=axis) @ np.arange(28) / total
        assert (np.abs(centre - preparation.MIDDLE) < 0.52).all()
    assert (images.max(axis=(1, 2)) > 0.99).all()


def test_an_image_of_mnist_stays_as_it_is(data):
    for image in data.x_test[:300]:
        np.testing.assert_allclose(as_mnist(image.reshape(28, 28)), image, atol=1 / 254)


def test_digits_from_strokes_are_read_when_centred_by_mass(network):
    examples = handwriting.examples()
    assert len(examples.labels) >= 100
    assert len(np.unique(examples.sizes)) == len(np.unique(examples.thicknesses)) == 3
    accuracy = {
        name: network.accuracy([make(ink) for ink in examples.inks], examples.labels)
        for name, make in {
            "mass": as_mnist,
            "box": lambda ink: as_mnist(ink, centre="box"),
            "not at all": shrink,
        }.items()
    }
    assert accuracy["mass"] >= 0.93
    assert accuracy["box"] <= accuracy["mass"] - 0.1
    assert accuracy["not at all"] <= 0.4
    apart = [
        max(abs(a - b) for a, b in zip(box(as_mnist(ink)), box(as_mnist(ink, centre="box")), strict=True))
        for ink in examples.inks
    ]
    assert max(apart) == 4
    assert np.mean(np.array(apart) <= 1) > 0.6, "mostly no more than one pixel"


def test_digits_in_print_are_read_when_centred_by_mass(network):
    fonts = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
    rng = np.random.default_rng(0)
    inks, labels = [], []
    for name in ("DejaVuSans", "DejaVuSans-Oblique", "DejaVuSerif", "DejaVuSans-Bold"):
        for height in (40, 60, 80):
            font = ImageFont.truetype(str(fonts / f"{name}.ttf"), height)
            for digit in range(10):
                sheet = Image.new("L", (112, 112))
                place = tuple(rng.integers(0, 112 - height, 2).tolist())
                ImageDraw.Draw(sheet).text(place, str(digit), fill=255, font=font)
                inks.append(np.asarray(sheet))
                labels.append(digit)
    assert len(labels) == 120
    centred = network.accuracy([as_mnist(ink) for ink in inks], labels)
    assert centred >= 0.65, "print is not handwriting, but near to it"
    assert network.accuracy([shrink(ink) for ink in inks], labels) <= centred - 0.3


# -- as_mnist ---------------------------------------------------------------------------------------


@given(
    digit=st.integers(0, 9),
    size=st.floats(0.3, 0.9),
    thickness=st.floats(0.03, 0.1),
    slant=st.floats(-0.3, 0.5),
)
def test_the_digit_fills_its_box_and_has_its_mass_in_the_middle(digit, size, thickness, slant):
    ink = handwriting.ink(handwriting.strokes(digit, size=size, slant=slant), thickness)
    image = as_mnist(ink)
    assert image.shape == (784,)
    assert image.dtype == np.float32
    assert image.min() == 0
    assert image.max() == 1
    top, bottom, left, right = box(image)
    assert max(bottom - top, right - left) + 1 == preparation.BOX
    assert np.abs(mass(image) - preparation.MIDDLE).max() <= 0.5 + 1e-4


@pytest.mark.parametrize("size", [0.3, 0.36, 0.5, 0.7, 0.72, 0.98])
def test_half_way_between_two_rows_rounding_chooses_none(size):
    upright = handwriting.ink(handwriting.strokes(1, size=size))
    assert box(as_mnist(upright))[:2] == (4, 23)


@pytest.mark.parametrize("move", [(0, 0), (13, 5), (40, 60)])
def test_neither_place_nor_brightness_matters(move):
    ink = np.zeros((112, 112))
    ink[:50, :50] = handwriting.ink(handwriting.strokes(3, size=0.8), side=50)
    expected = as_mnist(ink)
    moved = np.roll(ink, move, axis=(0, 1))
    np.testing.assert_array_equal(as_mnist(moved), expected)
    np.testing.assert_allclose(as_mnist(0.3 * moved), expected, atol=1e-6)
    np.testing.assert_allclose(as_mnist(255 * moved), expected, atol=1e-6)


def test_size_hardly_matters_and_the_aspect_is_kept():
    small, large = (as_mnist(handwriting.ink(handwriting.strokes(2), side=side)) for side in (56, 448))
    assert np.abs(small - large).mean() < 0.02
    top, bottom, left, right = box(as_mnist(np.ones((300, 100))))
    assert (bottom - top + 1, right - left + 1) == (20, 7)
    top, bottom, left, right = box(as_mnist(np.ones((4, 8))))
    assert (bottom - top + 1, right - left + 1) == (10, 20)


def test_edges_are_smooth():
    ink = handwriting.ink(handwriting.strokes(0), side=448) > 0.5
    image = as_mnist(ink)
    between = (image > 0) & (image < 1)
    assert between.sum() > 60, "black and white becomes grey at the rims"
    line = np.zeros((100, 40))
    line[:, 20] = 1
    line[0, :] = 1
    assert as_mnist(line).reshape(28, 28)[14].max() > 0, "a thin line is not lost between the pixels"


def test_what_reaches_far_from_its_centre_stays_inside():
    ink = np.zeros((200, 200))
    ink[0:60, 0:60] = 1
    ink[199, 199] = 1e-3
    image = as_mnist(ink)
    top, bottom, left, right = box(image)
    assert (bottom - top + 1, right - left + 1) == (20, 20)
    assert image.reshape(28, 28)[bottom, right] > 0


def test_one_dot_and_one_pixel():
    assert as_mnist([[1]]).sum() == 400
    dot = as_mnist(handwriting.ink([[(0.9, 0.1)]]))
    assert box(dot)[1] - box(dot)[0] == 19


def test_the_box_in_the_middle():
    top, bottom, left, right = box(as_mnist(np.tri(40), centre="box"))
    assert (top, bottom, left, right) == (4, 23, 4, 23)
    assert box(as_mnist(np.tri(40))) != (4, 23, 4, 23)


def test_shrink_leaves_size_and_place():
    ink = np.zeros((112, 112))
    ink[8:16, 100:108] = 0.5
    image = shrink(ink).reshape(28, 28)
    assert np.unravel_index(image.argmax(), image.shape) in ((2, 25), (2, 26), (3, 25), (3, 26))
    assert image.max() == 1
    assert not shrink(np.zeros((50, 80))).any()


@pytest.mark.parametrize(
    ("ink", "kind", "message"),
    [
        (np.zeros((9, 9)), ValueError, "ink must hold some ink, got an empty sheet: nothing is drawn"),
        (np.zeros((0, 9)), ValueError, "ink must be 2-D, shape (height, width), got shape (0, 9)"),
        (np.ones(784), ValueError, "ink must be 2-D, shape (height, width), got shape (784,)"),
        (np.array([[1, -2]]), ValueError, "ink must be 0 (paper) or more, got -2"),
        ([[1, np.nan]], ValueError, "ink must hold finite numbers, got nan at index 0, 1"),
        ([["x"]], TypeError, "ink must hold real numbers, got an array of type <U1"),
    ],
)
def test_bad_ink(ink, kind, message):
    with pytest.raises(kind) as caught:
        as_mnist(ink)
    assert str(caught.value) == message


def test_bad_centre():
    with pytest.raises(ValueError) as caught:
        as_mnist(np.eye(3), centre="middle")
    assert str(caught.value) == "centre must be one of 'mass', 'box', got 'middle'"


# -- files ------------------------------------------------------------------------------------------

SHEET = handwriting.ink(handwriting.strokes(5, size=0.7), side=200)


def picture(ink, paper, pen, mode="L"):
    grey = paper + (pen - paper) * ink
    return Image.fromarray(np.round(grey).astype(np.uint8)).convert(mode)


def rgba(ink, colour):
    image = np.zeros((*ink.shape, 4), np.uint8)
    image[..., :3] = colour
    image[..., 3] = np.round(255 * ink)
    return Image.fromarray(image)


def paper_with_grain():
    rng = np.random.default_rng(0)
    light = np.linspace(190, 215, 200)[:, None] + rng.normal(0, 4, (200, 200))
    return Image.fromarray(np.clip(light - 130 * SHEET, 0, 255).astype(np.uint8))


@pytest.mark.parametrize(
    ("image", "kind"),
    [
        (picture(SHEET, 255, 0), "png"),
        (picture(SHEET, 0, 255), "png"),
        (picture(SHEET, 200, 60, "RGB"), "jpeg"),
        (picture(SHEET, 30, 190, "RGB"), "webp"),
        (picture(SHEET, 255, 0, "P"), "gif"),
        (picture(SHEET, 255, 0, "1"), "bmp"),
        (rgba(SHEET, (0, 0, 0)), "png"),
        (rgba(SHEET, (255, 255, 255)), "png"),
        (Image.fromarray((65535 * (1 - SHEET)).astype(np.uint16)), "png"),
        (picture(SHEET, 255, 0).resize((3000, 3000)), "png"),
        (paper_with_grain(), "png"),
        (picture(SHEET, 110, 0), "png"),
        (picture(SHEET, 140, 255), "png"),
    ],
    ids=["dark on light", "light on dark", "jpeg", "webp", "gif", "black and white", "transparent paper",
         "white on transparent", "16 bits", "large", "grain", "dim light", "chalk on light grey"],
)  # fmt: skip
def test_pictures_of_all_kinds(image, kind, tmp_path):
    path = tmp_path / f"five.{kind}"
    image.save(path)
    ink = from_file(path)
    assert ink.dtype == np.float32
    assert max(ink.shape) <= 400
    assert ink.min() == 0
    assert ink.max() == 1
    assert np.abs(as_mnist(ink) - as_mnist(SHEET)).mean() < 0.03
    with path.open("rb") as file:
        np.testing.assert_array_equal(from_file(file), ink)


def test_a_photograph_on_its_side_is_turned(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by a quarter to the right
    path = tmp_path / "turned.jpg"
    picture(SHEET, 255, 0).rotate(90).save(path, exif=exif)
    assert np.abs(as_mnist(from_file(path)) - as_mnist(SHEET)).mean() < 0.03


def saved(image):
    file = io.BytesIO()
    image.save(file, format="png")
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is not a picture that can be read; give a PNG or JPEG picture of one digit"),
        (b"plain words", "is not a picture that can be read; give a PNG or JPEG picture of one digit"),
        (saved(picture(SHEET, 255, 0))[:200], "cannot be read, it may be damaged ("),
        (saved(Image.new("L", (50, 50), 255)), "shows nothing that stands out from its rim"),
        (saved(Image.new("L", (50, 50), 0)), "shows nothing that stands out from its rim"),
        (
            saved(Image.new("1", (8000, 8000))),
            "has 8000 × 8000 pixels, more than 50,000,000; make it smaller",
        ),
        (saved(Image.new("1", (20000, 20000))), "has far too many pixels; make it smaller"),
    ],
    ids=["empty", "text", "cut off", "white", "black", "large", "bomb"],
)
@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
def test_bad_files(content, message, tmp_path):
    path = tmp_path / "bad.png"
    path.write_bytes(content)
    with pytest.raises(ValueError) as caught:
        from_file(path)
    assert str(caught.value).startswith(f"path: {str(path)!r} {message}")
    with pytest.raises(ValueError) as caught:
        from_file(io.BytesIO(content))
    assert str(caught.value).startswith(f"path: 'file' {message}")


def test_no_file(tmp_path):
    with pytest.raises(ValueError) as caught:
        from_file(tmp_path / "none.png")
    assert str(caught.value) == f"path: there is no file {str(tmp_path / 'none.png')!r}"
    with pytest.raises(ValueError):
        from_file(tmp_path)


@pytest.mark.parametrize("path", [None, 5, np.zeros((28, 28))], ids=["None", "number", "array"])
def test_what_is_neither_path_nor_file_is_refused(path):
    with pytest.raises(TypeError) as caught:
        from_file(path)
    assert str(caught.value).startswith("path must be a path or a file open for reading bytes, got ")
