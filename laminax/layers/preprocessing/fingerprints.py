"""Hashes of text that are the same on every machine, and the same as TensorFlow's.

They run over arrays of 64-bit numbers, for all texts of one length at once.
"""

from collections.abc import Iterable
from typing import Any

import numpy as np

Words = Any  # uint64 arrays, one number a text; sums and products are modulo 2**64
_K0, _K1, _K2 = (np.uint64(k) for k in (0xC3A5C85C97CB3127, 0xB492B66FBE98F273, 0x9AE16A3B2F90404F))


def hash_texts(texts: Iterable[str], salt: tuple[int, int] | None = None) -> np.ndarray:
    """The 64-bit hash of each text's UTF-8 bytes: FarmHash's fingerprint, or SipHash-2-4 under the key `salt`."""
    encoded = [text.encode("utf-8", "surrogateescape") for text in texts]
    hashes = np.zeros(len(encoded), "uint64")
    lengths = np.array([len(text) for text in encoded], int)
    for length in np.unique(lengths).tolist():
        places = np.flatnonzero(lengths == length)
        joined = b"".join(encoded[i] for i in places)
        rows = np.frombuffer(joined, "uint8").reshape(len(places), length)
        hashes[places] = _fingerprint(rows) if salt is None else _siphash(rows, salt)
    return hashes


def hash_pair(first: Words, second: Words) -> Words:
    """One hash of two: TensorFlow's `FingerprintCat64`."""
    k = np.uint64(0xC6A4A7935BD1E995)
    mixed = (first ^ k ^ (_shift_mix(second * k) * k)) * k
    return _shift_mix(_shift_mix(mixed) * k)


# FarmHash: the function `farmhashna::Hash64`, https://github.com/google/farmhash.


def _fingerprint(rows: np.ndarray) -> Words:
    length = rows.shape[1]
    for longest, function in ((0, _of_none), (3, _up_to_3), (7, _up_to_7), (16, _up_to_16), (32, _up_to_32)):
        if length <= longest:
            return function(rows)
    return _up_to_64(rows) if length <= 64 else _longer(rows)


def _words(rows: np.ndarray, at: int, kind: str = "<u8") -> Words:
    """The number that stands in the bytes from `at` on."""
    size = np.dtype(kind).itemsize
    at = at % rows.shape[1]
    return np.ascontiguousarray(rows[:, at : at + size]).view(kind)[:, 0].astype("uint64")


def _rotate(x: Words, bits: int) -> Words:
    """The bits of `x`, turned to the right."""
    return (x >> np.uint64(bits)) | (x << np.uint64(64 - bits))


def _shift_mix(x: Words) -> Words:
    return x ^ (x >> np.uint64(47))


def _factor(rows: np.ndarray) -> Any:
    return np.array(rows.shape[1] * 2, "uint64") + _K2


def _join(u: Words, v: Words, factor: Any) -> Words:
    mixed = _shift_mix((u ^ v) * factor)
    return _shift_mix((v ^ mixed) * factor) * factor


def _of_none(rows: np.ndarray) -> Words:
    return np.full(len(rows), _K2)


def _up_to_3(rows: np.ndarray) -> Words:
    length, bytes_ = rows.shape[1], rows.astype("uint64")
    y = bytes_[:, 0] + (bytes_[:, length >> 1] << np.uint64(8))
    z = np.uint64(length) + (bytes_[:, -1] << np.uint64(2))
    return _shift_mix(y * _K2 ^ z * _K0) * _K2


def _up_to_7(rows: np.ndarray) -> Words:
    start = np.uint64(rows.shape[1]) + (_words(rows, 0, "<u4") << np.uint64(3))
    return _join(start, _words(rows, -4, "<u4"), _factor(rows))


def _up_to_16(rows: np.ndarray) -> Words:
    factor, a, b = _factor(rows), _words(rows, 0) + _K2, _words(rows, -8)
    return _join(_rotate(b, 37) * factor + a, (_rotate(a, 25) + b) * factor, factor)


def _up_to_32(rows: np.ndarray) -> Words:
    factor = _factor(rows)
    a, b = _words(rows, 0) * _K1, _words(rows, 8)
    c, d = _words(rows, -8) * factor, _words(rows, -16) * _K2
    return _join(_rotate(a + b, 43) + _rotate(c, 30) + d, a + _rotate(b + _K2, 18) + c, factor)


def _up_to_64(rows: np.ndarray) -> Words:
    factor = _factor(rows)
    a, b = _words(rows, 0) * _K2, _words(rows, 8)
    c, d = _words(rows, -8) * factor, _words(rows, -16) * _K2
    y = _rotate(a + b, 43) + _rotate(c, 30) + d
    z = _join(y, a + _rotate(b + _K2, 18) + c, factor)
    e, f = _words(rows, 16) * factor, _words(rows, 24)
    g, h = (y + _words(rows, -32)) * factor, (z + _words(rows, -24)) * factor
    return _join(_rotate(e + f, 43) + _rotate(g, 30) + h, e + _rotate(f + a, 18) + g, factor)


def _longer(rows: np.ndarray) -> Words:
    """Blocks of 64 bytes, each mixed into seven numbers; the last block may overlap the one before."""
    length = rows.shape[1]
    x, y = np.full(len(rows), 81, "uint64"), np.full(len(rows), 81, "uint64") * _K1 + np.uint64(113)
    z = _shift_mix(y * _K2 + np.uint64(113)) * _K2
    state = (x * _K2 + _words(rows, 0), y, z, *[np.zeros(len(rows), "uint64")] * 4)
    for at in range(0, (length - 1) // 64 * 64, 64):
        state = _block(rows, at, state, _K1, 1)
    x, y, z, v1, v2, w1, w2 = state
    factor = _K1 + ((z & np.uint64(0xFF)) << np.uint64(1))
    w1 = w1 + np.uint64((length - 1) & 63)
    v1 = v1 + w1
    w1 = w1 + v1
    x, y, z, v1, v2, w1, w2 = _block(rows, length - 64, (x, y, z, v1, v2, w1, w2), factor, 9)
    first = _join(v1, w1, factor) + _shift_mix(y) * _K0 + z
    return _join(first, _join(v2, w2, factor) + x, factor)


def _block(rows: np.ndarray, at: int, state: tuple[Words, ...], factor: Any, times: int) -> tuple[Words, ...]:
    x, y, z, v1, v2, w1, w2 = state
    x = _rotate(x + y + v1 + _words(rows, at + 8), 37) * factor
    y = _rotate(y + v2 + _words(rows, at + 48), 42) * factor
    x = x ^ w2 * np.uint64(times)
    y = y + v1 * np.uint64(times) + _words(rows, at + 40)
    z = _rotate(z + w1, 33) * factor
    v = _weak(rows, at, v2 * factor, x + w1)
    w = _weak(rows, at + 32, z + w2, y + _words(rows, at + 16))
    return z, y, x, *v, *w


def _weak(rows: np.ndarray, at: int, a: Words, b: Words) -> tuple[Words, Words]:
    first, second, third, last = (_words(rows, at + i) for i in (0, 8, 16, 24))
    a = a + first
    start, b = a, _rotate(b + a + last, 21)
    a = a + second + third
    return a + last, b + _rotate(a, 44) + start


# SipHash-2-4: https://www.aumasson.jp/siphash/siphash.pdf.


def _siphash(rows: np.ndarray, key: tuple[int, int]) -> Words:
    length = rows.shape[1]
    padded = np.zeros((len(rows), length // 8 * 8 + 8), "uint8")
    padded[:, :length], padded[:, -1] = rows, length & 0xFF
    start = (0x736F6D6570736575, 0x646F72616E646F6D, 0x6C7967656E657261, 0x7465646279746573)
    state = [np.full(len(rows), k ^ (key[i % 2] & 0xFFFFFFFFFFFFFFFF), "uint64") for i, k in enumerate(start)]
    for at in range(0, padded.shape[1], 8):
        word = _words(padded, at)
        state[3] = state[3] ^ word
        state = _rounds(state, 2)
        state[0] = state[0] ^ word
    state[2] = state[2] ^ np.uint64(0xFF)
    a, b, c, d = _rounds(state, 4)
    return a ^ b ^ c ^ d


def _rounds(state: list[Words], count: int) -> list[Words]:
    a, b, c, d = state
    for _ in range(count):
        a, c = a + b, c + d
        b, d = _rotate(b, 51) ^ a, _rotate(d, 48) ^ c
        a = _rotate(a, 32)
        c, a = c + b, a + d
        b, d = _rotate(b, 47) ^ c, _rotate(d, 43) ^ a
        c = _rotate(c, 32)
    return [a, b, c, d]
