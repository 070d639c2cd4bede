"""The digit pad in Python: what a cell can do with it, and what the browser would be told."""

import io
import json

import numpy as np
import pytest
from PIL import Image

from messages import tell
from nblib import handwriting
from nblib.handwriting import as_mnist
from nblib.network import Network
from nblib.widgets.digit_pad import BLANK, DigitPad

RNG = np.random.default_rng(0)
X, Y = RNG.random((30, 784)).astype(np.float32), np.arange(30) % 10
NETWORK = Network([784, 6, 10], init="scaled", seed=0)


@pytest.fixture
def pad():
    return DigitPad(NETWORK, X, Y)


@pytest.fixture
def sent(pad, monkeypatch):
    """What is sent to the browser beside the state."""
    said = []
    monkeypatch.setattr(pad, "send", said.append)
    return said


def image_file(digit):
    file = io.BytesIO()
    ink = handwriting.ink(handwriting.strokes(digit))
    Image.fromarray((255 * (1 - ink)).astype(np.uint8)).save(file, "png")
    return file.getvalue()


def test_an_empty_pad(pad):
    assert repr(pad) == "[DigitPad: draw a digit for the network 784-6-10]"
    assert pad.strokes == []
    assert pad.reading is None
    assert pad.answer == {"words": BLANK, "points": 0, "number": 1, "strokes": [], "window": ""}


def test_a_drawing_is_answered(pad):
    strokes = handwriting.strokes(4, size=0.7)
    pad.draw(strokes)
    assert [len(stroke) for stroke in pad.strokes] == [len(stroke) for stroke in strokes]
    np.testing.assert_allclose(np.concatenate(pad.strokes), np.concatenate(strokes), atol=5e-5)
    image = as_mnist(handwriting.ink(pad.strokes, pad.thickness))
    np.testing.assert_array_equal(pad.reading.image, image)
    answer = pad.answer
    assert answer["points"] == sum(map(len, strokes))
    assert answer["words"] == pad.reading.words[0].upper() + pad.reading.words[1:] + "."
    assert answer["answer"] == NETWORK.predict(image)
    np.testing.assert_allclose(answer["outputs"], NETWORK.feedforward(image), atol=6e-4)
    np.testing.assert_allclose(answer["hidden"], [pad.reading.hidden[0]], atol=6e-4)
    np.testing.assert_allclose(np.frombuffer(answer["seen"], np.uint8) / 255, image, atol=0.5 / 255 + 1e-6)
    near = np.frombuffer(answer["nearest"], np.uint8).reshape(2, 784) / 255
    np.testing.assert_allclose(near, X[pad.reading.rows], atol=0.5 / 255 + 1e-6)
    assert answer["labels"] == Y[pad.reading.rows].tolist()


def test_undo_and_clear(pad):
    pad.draw(handwriting.strokes(4))
    pad.undo()
    assert len(pad.strokes) == 1
    assert pad.answer["points"] == len(pad.strokes[0])
    pad.undo()
    assert pad.reading is None
    assert pad.answer["words"] == BLANK
    pad.undo()
    assert pad.strokes == []
    pad.draw([[(0.5, 0.5)]])
    assert pad.reading is not None
    pad.clear()
    assert pad.strokes == []
    assert pad.reading is None


def test_the_strokes_can_be_set(pad):
    pad.strokes = [[[0.2, 0.2], [0.2, 0.8]]]
    assert pad.answer["points"] == 2
    assert pad.reading is not None


def test_a_file_takes_the_place_of_the_drawing_and_a_drawing_that_of_the_file(pad, tmp_path):
    path = tmp_path / "seven.png"
    path.write_bytes(image_file(7))
    pad.draw(handwriting.strokes(1))
    one = pad.reading.image
    pad.open_picture(path)
    assert pad.strokes == []
    assert pad.answer["points"] == 0
    seven = as_mnist(handwriting.ink(handwriting.strokes(7)))
    np.testing.assert_allclose(pad.reading.image, seven, atol=0.35)
    pad.draw(handwriting.strokes(1))
    np.testing.assert_array_equal(pad.reading.image, one)
    pad.open_picture(path)
    pad.clear()
    assert pad.reading is None
    assert pad.answer["words"] == BLANK


def test_a_bad_file_changes_nothing(pad, tmp_path):
    pad.draw(handwriting.strokes(1))
    before = (pad.strokes, pad.answer, pad.reading)
    with pytest.raises(ValueError) as caught:
        pad.open_picture(tmp_path / "none.png")
    assert str(caught.value) == f"path: there is no file {str(tmp_path / 'none.png')!r}"
    assert (pad.strokes, pad.answer, pad.reading) == before


@pytest.mark.parametrize(
    ("strokes", "message"),
    [
        ([[(0.5, 1.5)]], "strokes[0] must lie on the pad, from 0 to 1, got 0.5 to 1.5"),
        ([[(0, 0)], [(0, np.nan)]], "strokes[1] must hold finite numbers, got nan at index 0, 1"),
        (
            [[0.5, 0.5]],
            "strokes[0] must be 2-D with one place per row, shape (n, 2), got shape (2,): "
            "for a single place, take strokes[0][None]",
        ),
    ],
)
def test_bad_strokes_change_nothing(pad, strokes, message):
    pad.draw(handwriting.strokes(1))
    before = (pad.strokes, pad.answer, pad.reading)
    with pytest.raises(ValueError) as caught:
        pad.draw(strokes)
    assert str(caught.value) == message
    assert (pad.strokes, pad.answer, pad.reading) == before


def test_every_message_of_the_browser_is_answered(pad, sent):
    drawn = [[[0.2, 0.2], [0.2, 0.8]]]
    for n, strokes in enumerate([drawn, drawn, [], [], drawn], start=2):
        tell(pad, {"strokes": strokes})
        assert pad.answer["number"] == n
        assert pad.strokes == strokes
        assert (pad.reading is None) == (not strokes)
    tell(pad, {})
    assert pad.answer["number"] == 6
    assert sent == []


def test_an_answer_carries_the_strokes_it_is_about_and_the_window_that_drew_them(pad):
    drawn = [[[0.2, 0.2], [0.2, 0.8]]]
    tell(pad, {"strokes": drawn, "window": "a"})
    assert (pad.answer["strokes"], pad.answer["window"]) == (drawn, "a")
    assert "strokes" not in pad.get_state(), "there is one place that tells what is drawn"
    pad.undo()
    assert (pad.answer["strokes"], pad.answer["window"]) == ([], "")
    tell(pad, {"strokes": drawn, "window": "b"})
    tell(pad, {"file": "seven.png"}, image_file(7))
    assert (pad.answer["strokes"], pad.answer["window"], pad.answer["answer"]) == ([], "", pad.reading.answer)


def test_strokes_that_are_none_leave_no_window_behind(pad):
    tell(pad, {"strokes": [[[2, 2]]], "window": "a"})  # the kernel's log says why they are refused
    pad.clear()
    assert pad.answer["window"] == ""


def test_files_from_the_browser(pad, sent):
    tell(pad, {"file": "seven.png"}, image_file(7))
    assert sent == [{"said": "seven.png is shown."}]
    reading = pad.reading
    for name, content, said in (
        (
            "a.txt",
            b"x",
            "'a.txt' is not a picture that can be read; give a PNG or JPEG picture of one digit.",
        ),
        ("w.png", image_file(7)[:90], "'w.png' cannot be read, it may be damaged"),
    ):
        tell(pad, {"file": name}, content)
        assert sent[-1]["said"].startswith(said)
        assert pad.reading is reading


def test_without_images():
    pad = DigitPad(NETWORK)
    pad.draw(handwriting.strokes(0))
    assert pad.answer["labels"] == []
    assert pad.answer["nearest"] == b""
    assert "Nearest" not in pad.picture().alt


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((Network([4, 10]),),
         "network must lead from 784 pixels to 10 digits, got Network(4-10, sigmoid, quadratic, float32)"),
        ((NETWORK, X), "x_train and y_train must be given together: images and their labels"),
        ((NETWORK, X, Y, 0), "thickness must be greater than 0, got 0"),
    ],
)  # fmt: skip
def test_bad_arguments(arguments, message):
    with pytest.raises(ValueError) as caught:
        DigitPad(*arguments)
    assert str(caught.value) == message


def test_the_still_picture(pad):
    data = pad._repr_mimebundle_()
    assert data["text/plain"] == repr(pad)
    assert 'alt="An empty pad for drawing a digit. Nothing is drawn yet."' in data["text/html"]
    pad.draw(handwriting.strokes(3))
    data = pad._repr_mimebundle_()
    reading = pad.reading
    near = " and ".join(f"a {label}" for label in reading.labels)
    alt = f"A drawn digit, scaled and centred; the network says {reading.answer}. Nearest to it among the"
    assert f'alt="{alt} training images: {near}."' in data["text/html"]
    assert data["image/png"].startswith("iVBOR")
    assert "application/vnd.jupyter.widget-view+json" in data


def test_the_still_picture_of_a_file_shows_no_empty_drawing(pad, tmp_path):
    path = tmp_path / "seven.png"
    path.write_bytes(image_file(7))
    pad.open_picture(path)
    axes = pad.picture().figure.axes
    assert axes[0].get_title() == "as the network sees it"


@pytest.mark.parametrize(
    ("name", "value"),
    [("strokes", [[[0.5]]]), ("strokes", [[[2, 2], [0, 0]]]), ("strokes", ["ab"]), ("thickness", -1.0)],
)
def test_a_setting_that_does_not_fit_changes_nothing(name, value):
    pad = DigitPad(Network([784, 4, 10]))
    pad.draw(handwriting.strokes(3))
    before = pad.get_state()
    with pytest.raises((TypeError, ValueError)) as caught:
        setattr(pad, name, value)
    assert str(caught.value).startswith(name)
    assert pad.get_state() == before


def test_what_is_no_number_reaches_the_browser_as_nothing():
    network = Network([784, 4, 10], activation="relu")
    network.biases[1][3] = np.nan
    pad = DigitPad(network)
    pad.draw(handwriting.strokes(3))
    json.dumps(pad.answer["outputs"], allow_nan=False)
    assert pad.answer["outputs"][3] is None


@pytest.mark.parametrize(("bias", "words"), [(-1.0, "all ten outputs"), (np.nan, "no output")])
def test_a_network_without_an_answer_says_so_and_no_bar_stands_out(bias, words):
    network = Network([784, 10], activation="relu")
    network.weights[0][:], network.biases[0][:] = 0, bias
    pad = DigitPad(network)
    pad.draw(handwriting.strokes(3))
    assert pad.answer["answer"] is None  # digit === null for no bar
    assert pad.answer["words"].startswith(f"No answer: {words}")
    picture = pad.picture()
    assert "the network has no answer" in picture.alt
    assert picture.png().startswith(b"\x89PNG")
