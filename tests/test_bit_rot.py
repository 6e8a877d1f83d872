"""Every flipped bit, cut or exchange in a file is noticed, or changes nothing. `python -m bit_rot 10000` tries more."""

import bit_rot
import pytest


@pytest.mark.parametrize("damage", bit_rot.DAMAGES)
@pytest.mark.parametrize("kind", bit_rot.MADE)
def test_damage_is_noticed(kind, damage):
    times = int(1000 * bit_rot.DAMAGES[damage])
    found = bit_rot.noticed(kind, damage, times)
    assert found > 0.2 * times  # the rest are zeros between arrays, dates, and exchanges of equal bytes
    assert damage is not bit_rot.cut or found == times
