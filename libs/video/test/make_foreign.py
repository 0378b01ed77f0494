"""Writes test/foreign/*: small videos as other tools make them, encoded by PyAV (av 18.1.0, numpy). Run once:

    python make_foreign.py
"""

import pathlib
from fractions import Fraction

import av
import numpy as np
from av.video.reformatter import ColorRange, Colorspace

folder = pathlib.Path(__file__).parent / "foreign"
folder.mkdir(exist_ok=True)
PATCHES = [(200, 40, 40), (40, 180, 60), (50, 70, 220), (230, 230, 230), (20, 20, 20), (250, 200, 40), (128, 128, 128), (98, 183, 249)]


def patches(width: int, height: int) -> np.ndarray:
    """Eight columns of one colour each."""
    return np.stack([np.array(PATCHES[x * 8 // width], np.uint8) for x in range(width)])[None].repeat(height, 0)


def write(name: str, frames, pts, codec: str, pixel: str, matrix, colour_range, time_base: Fraction, options: dict, size) -> None:
    with av.open(str(folder / name), "w", options={"fflags": "+bitexact"}) as out:
        stream = out.add_stream(codec, rate=25, options=options)
        stream.width, stream.height, stream.pix_fmt = *size, pixel
        stream.codec_context.time_base = time_base
        stream.codec_context.colorspace = matrix
        stream.codec_context.color_range = colour_range
        for frame, stamp in zip(frames, pts, strict=True):
            picture = av.VideoFrame.from_ndarray(frame, format="rgb24").reformat(
                format=pixel, dst_colorspace=matrix, dst_color_range=colour_range, src_color_range=ColorRange.JPEG
            )
            picture.pts, picture.time_base = stamp, time_base
            out.mux(stream.encode(picture))
        out.mux(stream.encode(None))


still = [patches(128, 64)] * 3
lossless = {"qp": "0", "threads": "1"}
even = [0, 1, 2]
write("bt709-limited.mp4", still, even, "libx264", "yuv420p", Colorspace.ITU709, ColorRange.MPEG, Fraction(1, 25), lossless, (128, 64))
write("bt601-full-444.mkv", still, even, "libx264", "yuv444p", Colorspace.ITU601, ColorRange.JPEG, Fraction(1, 25), lossless, (128, 64))
write("bt709-10bit.mkv", still, even, "libx264", "yuv422p10le", Colorspace.ITU709, ColorRange.MPEG, Fraction(1, 25), lossless, (128, 64))
numbers = [np.repeat(np.repeat([[[235] * 3 if n >> b & 1 else [20] * 3 for b in range(8)]], 8, 1), 33, 0).astype(np.uint8) for n in range(7)]
write("odd-size.mkv", [n[:, :63] for n in numbers], range(7), "ffv1", "bgr0", Colorspace.DEFAULT, ColorRange.UNSPECIFIED, Fraction(1, 25), {}, (63, 33))
odd_times = [0, 40, 80, 300, 340, 700, 740]
write("variable.mkv", [n[:32] for n in numbers], odd_times, "libx264", "yuv420p", Colorspace.ITU601, ColorRange.MPEG, Fraction(1, 1000), {"crf": "18", "bf": "2", "threads": "1"}, (64, 32))
