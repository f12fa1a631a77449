"""The peer of `mood bench decode`: decodes, resizes and normalises JPEG files with Pillow and NumPy, on one thread.

Arguments: a folder of files, and the side of the result in pixels. Prints "ready VERSIONS"; for a line "write FILE" writes the
result of all files, float32 of shape [N, 3, S, S]; for a line "pass" goes over all files once.
"""
import glob
import io
import os
import sys

import numpy
import PIL
from PIL import Image


def prepare(encoded, side):
    image = Image.open(io.BytesIO(encoded)).convert("RGB").resize((side, side), Image.BICUBIC)
    values = numpy.asarray(image, dtype=numpy.float32) / numpy.float32(255)
    values = (values - numpy.float32(0.5)) / numpy.float32(0.5)
    return numpy.ascontiguousarray(values.transpose(2, 0, 1))


def main():
    folder, side = sys.argv[1], int(sys.argv[2])
    files = []
    for path in sorted(glob.glob(os.path.join(folder, "*.jpg"))):
        with open(path, "rb") as file:
            files.append(file.read())
    print("ready Pillow", PIL.__version__, flush=True)
    for line in sys.stdin:
        work, _, target = line.strip().partition(" ")
        results = (prepare(file, side) for file in files)
        if work == "write":
            numpy.stack(list(results)).tofile(target)
        else:
            for _ in results:
                pass
        print("done", flush=True)


main()
