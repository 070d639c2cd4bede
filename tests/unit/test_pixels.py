"""Small pictures inside a drawing."""

import base64
import io

import numpy as np
from PIL import Image

from nblib.drawing.pixels import CLEAR, borders, data_uri


def test_every_pixel_has_the_colour_of_its_number():
    colours = [CLEAR, (0, 114, 178, 255), (213, 94, 0, 100)]
    numbers = np.array([[0, 1, 2], [2, 1, 0]])
    head, packed = data_uri(numbers, colours).split(",")
    assert head == "data:image/png;base64"
    image = Image.open(io.BytesIO(base64.b64decode(packed))).convert("RGBA")
    assert np.array_equal(np.asarray(image), np.array(colours)[numbers])


def test_a_border_is_where_the_left_or_upper_pixel_is_of_another_kind():
    regions = np.array([[0, 0, 1], [0, 0, 1], [2, 2, 1]])
    assert np.array_equal(borders(regions), [[0, 0, 1], [0, 0, 1], [1, 1, 1]])
