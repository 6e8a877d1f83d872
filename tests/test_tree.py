"""Nested structures: as Keras's tree treats them."""

import collections

import pytest

from laminax import tree

Point = collections.namedtuple("Point", "x y")
MIXED = {"b": [1, (2, None)], "a": Point(3, [4])}


@pytest.mark.parametrize(
    ("structure", "leaves", "paths"),
    [
        (MIXED, [3, 4, 1, 2, None], [("a", 0), ("a", 1, 0), ("b", 0), ("b", 1, 0), ("b", 1, 1)]),
        (collections.OrderedDict([("b", 1), ("a", 2)]), [1, 2], [("b",), ("a",)]),
        ({2: "x", "b": 1, 1: "y"}, ["y", "x", 1], [(1,), (2,), ("b",)]),
        (collections.deque([1, [2]]), [1, 2], [(0,), (1, 0)]),
        ({"a": [], "b": ()}, [], []),
        (None, [None], [()]),
        ("text", ["text"], [()]),
    ],
)
def test_leaves_and_their_places(structure, leaves, paths):
    assert tree.flatten(structure) == leaves
    assert tree.flatten_with_path(structure) == list(zip(paths, leaves))
    assert tree.pack_sequence_as(structure, leaves) == structure
    assert tree.map_structure(lambda x: x, structure) == structure
    tree.assert_same_structure(structure, structure)


def test_mapping():
    assert tree.map_structure(lambda a, b: (a, b), {"x": [1], "y": 2}, {"y": 4, "x": [3]}) == {
        "x": [(1, 3)],
        "y": (2, 4),
    }
    assert tree.map_structure(lambda a: -a, [1, None], none_is_leaf=False) == [-1, None]
    counted = collections.defaultdict(list, {"z": 1})
    assert tree.map_structure(lambda a: a + 1, counted)["new"] == []
    ordered = collections.OrderedDict([("b", 1), ("a", 2)])
    assert list(tree.map_structure(str, ordered)) == ["b", "a"]
    assert tree.map_structure(lambda a, b: (a, b), ordered, {"a": 3, "b": 4})["b"] == (1, 4)
    assert tree.map_structure_up_to([0, {"a": 0}], len, [[1, 2], {"a": (1,)}]) == [2, {"a": 1}]
    assert tree.map_shape_structure(sum, {"a": (1, 2), "b": [(3, 4), [5]]}) == {"a": 3, "b": [7, 5]}
    assert tree.lists_to_tuples([1, {"a": [2]}]) == (1, {"a": (2,)})
    assert tree.is_nested(MIXED)
    assert not tree.is_nested("text")


def test_traversing():
    assert tree.traverse(lambda s: "list" if isinstance(s, list) else None, [[1], 2]) == "list"
    assert tree.traverse(lambda s: len(s) if isinstance(s, list) else None, [[1], 2], top_down=False) == 2
    assert tree.traverse(lambda s: tree.MAP_TO_NONE if s == 1 else None, (1, [2])) == (None, [2])


@pytest.mark.parametrize(
    ("one", "other"),
    [([1], (1,)), ([1], [1, 2]), ({"a": 1}, {"b": 1}), (1, [1]), ([1], None), ([[1]], [1]), ({"a": 1}, [1])],
)
def test_structures_that_differ(one, other):
    with pytest.raises(ValueError, match="structures differ"):
        tree.assert_same_structure(one, other)
    with pytest.raises(ValueError, match="structures differ"):
        tree.map_structure(lambda a, b: a, one, other)


def test_other_errors():
    with pytest.raises(ValueError, match="3 leaves; got 2"):
        tree.pack_sequence_as([1, (2, 3)], [1, 2])
    with pytest.raises(ValueError, match="structures differ"):
        tree.map_structure_up_to([0, [0]], len, [[1], (2,)])
    with pytest.raises(ValueError, match="different paths"):
        tree.assert_same_paths({"a": 1}, {"b": 1})
    tree.assert_same_paths([1, (2,)], (1, [2]))
