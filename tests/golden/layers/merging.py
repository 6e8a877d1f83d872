"""Cases: class, arguments, inputs, arguments of the call."""

from inputs import normal

CASES = [
    ("Add", {}, [[normal(3, 5), normal(3, 5), normal(3, 5)]], {}),
    ("Add", {}, [[normal(3, 4, 5), normal(3, 5)]], {}),
    ("Multiply", {}, [[normal(3, 5), normal(3, 5)]], {}),
    ("Concatenate", {}, [[normal(3, 5), normal(3, 2)]], {}),
    ("Concatenate", {"axis": 1}, [[normal(3, 5, 2), normal(3, 1, 2)]], {}),
    ("Subtract", {}, [[normal(3, 5), normal(3, 5)]], {}),
    ("Subtract", {}, [[normal(3, 4, 1), normal(3, 1, 5)]], {}),
    ("Average", {}, [[normal(3, 5), normal(3, 5), normal(3, 5)]], {}),
    ("Average", {}, [[normal(3, 5), normal(3, 4, 2, 5)]], {}),
    ("Maximum", {}, [[normal(3, 5), normal(3, 5), normal(3, 5)]], {}),
    ("Maximum", {}, [[normal(3, 4, 5), normal(3, 5)]], {}),
    ("Minimum", {}, [[normal(3, 5), normal(3, 5), normal(3, 5)]], {}),
    ("Multiply", {}, [[normal(3, 5), normal(3, 4, 5), normal(3, 4, 1)]], {}),
    ("Dot", {"axes": 1}, [[normal(3, 5), normal(3, 5)]], {}),
    ("Dot", {"axes": -1}, [[normal(3, 4, 5), normal(3, 2, 5)]], {}),
    ("Dot", {"axes": [1, 2], "normalize": True}, [[normal(3, 5, 4), normal(3, 2, 5)]], {}),
    ("Dot", {"axes": [-1, 1]}, [[normal(3, 2, 5), normal(3, 5, 2, 4)]], {}),
    ("Dot", {"axes": [2, 1]}, [[normal(3, 2, 5), normal(3, 5)]], {}),
    ("Dot", {"axes": [1, 3], "normalize": True}, [[normal(3, 5), normal(3, 2, 4, 5)]], {}),
]
