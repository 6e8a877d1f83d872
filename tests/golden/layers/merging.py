"""Cases: class, arguments, inputs, arguments of the call."""

from inputs import normal

CASES = [
    ("Add", {}, [[normal(3, 5), normal(3, 5), normal(3, 5)]], {}),
    ("Add", {}, [[normal(3, 4, 5), normal(3, 5)]], {}),
    ("Multiply", {}, [[normal(3, 5), normal(3, 5)]], {}),
    ("Concatenate", {}, [[normal(3, 5), normal(3, 2)]], {}),
    ("Concatenate", {"axis": 1}, [[normal(3, 5, 2), normal(3, 1, 2)]], {}),
]
