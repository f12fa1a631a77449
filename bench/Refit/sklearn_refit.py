"""The peer of mood bench refit: covariances of the rows of a file by scikit-learn."""

import json
import sys
import time

import numpy
import sklearn
from sklearn.covariance import EmpiricalCovariance, LedoitWolf


def timed(estimator, rows):
    begin = time.perf_counter()
    estimator.fit(rows)
    return time.perf_counter() - begin


def main(path, width, out):
    rows = numpy.fromfile(path, dtype=numpy.float32).reshape(-1, int(width)).astype(numpy.float64)
    empirical, shrunk = EmpiricalCovariance(), LedoitWolf()
    empirical_seconds = timed(empirical, rows)
    rows /= numpy.linalg.norm(rows, axis=1, keepdims=True)
    shrunk_seconds = timed(shrunk, rows)
    empirical.covariance_.astype(numpy.float64).tofile(out)
    print(json.dumps({
        "version": sklearn.__version__, "empirical_seconds": empirical_seconds,
        "ledoit_wolf_seconds": shrunk_seconds, "shrinkage": float(shrunk.shrinkage_),
    }))


if __name__ == "__main__":
    main(*sys.argv[1:])
