"""Cases: class, arguments, inputs, arguments of the call."""

from inputs import integers, normal

CASES = [
    ("EinsumDense", {"equation": "ab,bc->ac", "output_shape": 4}, [normal(3, 5)], {}),
    ("EinsumDense", {"equation": "ab,b->a", "output_shape": []}, [normal(3, 5)], {}),
    ("EinsumDense", {"equation": "i,d->id", "output_shape": [2], "bias_axes": "d"}, [normal(3)], {}),
    (
        "EinsumDense",
        {"equation": "abc,cde->abde", "output_shape": [None, 3, 2], "bias_axes": "d", "activation": "relu"},
        [normal(3, 5, 4)],
        {},
    ),
    ("EinsumDense", {"equation": "abc,cde->abde", "output_shape": [5, 3, 2], "bias_axes": "be"}, [normal(3, 5, 4)], {}),
    ("EinsumDense", {"equation": "BFNH,NHD->BFD", "output_shape": [None, 4]}, [normal(2, 3, 2, 3)], {}),
    ("EinsumDense", {"equation": "ibd,nd->ibn", "output_shape": [2, 2]}, [normal(2, 2, 1)], {}),
    ("EinsumDense", {"equation": "...bc,bc->...b", "output_shape": 2, "bias_axes": "b"}, [normal(3, 4, 2, 5)], {}),
    ("EinsumDense", {"equation": "...c,cde->...de", "output_shape": [3, 4], "bias_axes": "d"}, [normal(2, 3, 2)], {}),
    ("EinsumDense", {"equation": "bc...,cde->bde...", "output_shape": [3, 4], "bias_axes": "d"}, [normal(2, 3, 2)], {}),
    ("ReversibleEmbedding", {"input_dim": 7, "output_dim": 3, "tie_weights": False}, [integers(7, 3, 5)], {}),
    ("ReversibleEmbedding", {"input_dim": 7, "output_dim": 3}, [normal(2, 4, 3)], {"reverse": True}),
    (
        "ReversibleEmbedding",
        {"input_dim": 7, "output_dim": 3, "tie_weights": False, "logit_soft_cap": 2, "reverse_dtype": "float32"},
        [normal(2, 3)],
        {"reverse": True},
    ),
]
