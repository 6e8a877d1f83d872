"""Calls of ops with symbolic tensors, for which Keras's shapes and types are stored."""


def t(*shape, dtype="float32"):
    """A tensor, as data."""
    return {"shape": list(shape), "dtype": dtype}


X, Y, SQUARE, INTS = t(None, 3, 4), t(None, 3, 4), t(None, 3, 3), t(None, 3, dtype="int32")
IMAGE = t(None, 8, 6, 3)

# One tensor of any numbers; all types are asked.
_UNARY = """
abs absolute angle arccos arccosh arcsin arcsinh arctan arctanh cbrt ceil conj conjugate copy cos cosh deg2rad elu erf
erfc exp exp2 expm1 fabs flip floor gelu hard_sigmoid hard_tanh isfinite isinf isnan leaky_relu log log10 log1p log2
log_sigmoid log_softmax logical_not ones_like rad2deg ravel relu relu6 rsqrt selu sigmoid silu sin sinc sinh softmax
softplus softsign sqrt square squareplus tan tanh tanh_shrink zeros_like all amax any argmax argmin argsort
count_nonzero max mean median min prod ptp sort std sum var
"""
_BINARY = """
add arctan2 divide equal floor_divide greater hypot less_equal logaddexp logical_and matmul maximum minimum mod
multiply not_equal power subtract true_divide
"""
UNARY, BINARY = _UNARY.split(), _BINARY.split()
TYPES = ["bool", "uint8", "int8", "int32", "float16", "bfloat16", "float32"]

# (name, arguments, keyword arguments)
CASES = [
    ("sum", [X], {"axis": 1}),
    ("sum", [X], {"axis": [1, 2], "keepdims": True}),
    ("mean", [X], {"axis": -1}),
    ("argmax", [X], {"axis": 1}),
    ("max", [X], {"axis": 0, "keepdims": True}),
    ("var", [X], {"axis": 2}),
    ("cumsum", [X], {"axis": 1}),
    ("add", [t(None, 3), t(2, None)], {}),
    ("add", [X, 1.0], {}),
    ("add", [INTS, 1.5], {}),
    ("multiply", [t(None, 1, 4), t(3, 1)], {}),
    ("matmul", [X, t(None, 4, 5)], {}),
    ("matmul", [t(None, None), t(4, 5)], {}),
    ("matmul", [t(None, 4, dtype="int8"), t(4, 5, dtype="int8")], {}),
    ("dot", [t(None, 3), t(3, 4)], {}),
    ("tensordot", [X, t(4, 2)], {"axes": 1}),
    ("outer", [t(3), t(4)], {}),
    ("reshape", [X, [-1, 12]], {}),
    ("reshape", [X, [-1, 2, 6]], {}),
    ("transpose", [X], {"axes": [0, 2, 1]}),
    ("transpose", [X], {}),
    ("squeeze", [t(None, 1, 4)], {"axis": 1}),
    ("expand_dims", [X, 1], {}),
    ("expand_dims", [X, -1], {}),
    ("concatenate", [[X, Y]], {"axis": -1}),
    ("concatenate", [[X, Y]], {"axis": 0}),
    ("stack", [[X, Y]], {"axis": 1}),
    ("split", [X, 2], {"axis": 2}),
    ("split", [X, [1]], {"axis": 1}),
    ("pad", [X, [[0, 0], [1, 2], [0, 0]]], {}),
    ("tile", [X, [1, 2, 1]], {}),
    ("repeat", [X, 2], {"axis": 1}),
    ("roll", [X, 1], {"axis": 0}),
    ("flip", [X], {"axis": 1}),
    ("moveaxis", [X, 1, 2], {}),
    ("swapaxes", [X, 1, 2], {}),
    ("broadcast_to", [t(1, 4), [3, 4]], {}),
    ("take", [X, t(5, dtype="int32")], {"axis": 1}),
    ("take_along_axis", [X, t(None, 3, 1, dtype="int32")], {"axis": -1}),
    ("where", [t(None, 3, dtype="bool"), t(None, 3), 0.0], {}),
    ("clip", [X, 0, 1], {}),
    ("clip", [t(None, 3, dtype="bool"), 0, 1], {}),
    ("diag", [t(4)], {}),
    ("diagonal", [t(2, 3, 3)], {"axis1": 1, "axis2": 2}),
    ("trace", [SQUARE], {"axis1": 1, "axis2": 2}),
    ("tril", [SQUARE], {}),
    ("sort", [X], {"axis": 1}),
    ("quantile", [X, 0.5], {"axis": 1}),
    ("linspace", [t(None), t(None)], {"num": 5, "axis": -1}),
    ("unravel_index", [t(5, dtype="int32"), [3, 4]], {}),
    ("vstack", [[t(None, 3), t(None, 3)]], {}),
    ("hstack", [[t(None, 3), t(None, 4)]], {}),
    ("get_item", [X, 0], {}),
    ("bincount", [t(None, 3, dtype="int32")], {}),
    ("nonzero", [t(None, 3)], {}),
    ("unique", [t(5, dtype="int32")], {}),
    ("one_hot", [INTS, 5], {}),
    ("top_k", [X, 2], {}),
    ("logsumexp", [X], {"axis": 1}),
    ("segment_sum", [t(None, 3), t(None, dtype="int32"), 4], {}),
    ("norm", [X], {"axis": -1}),
    ("svd", [X], {"full_matrices": False}),
    ("qr", [t(2, 4, 3)], {}),
    ("inv", [SQUARE], {}),
    ("det", [SQUARE], {}),
    ("solve", [SQUARE, t(None, 3, 2)], {}),
    ("cholesky", [SQUARE], {}),
    ("eigh", [SQUARE], {}),
    ("rfft", [t(None, 8)], {}),
    ("stft", [t(None, 16), 4, 2, 4], {}),
    ("extract_sequences", [t(None, 16), 4, 2], {}),
    ("conv", [IMAGE, t(3, 3, 3, 5)], {"padding": "same", "strides": 2}),
    ("depthwise_conv", [IMAGE, t(3, 3, 3, 2)], {}),
    ("conv_transpose", [IMAGE, t(3, 3, 5, 3)], {"strides": 2}),
    ("max_pool", [IMAGE, 2], {}),
    ("average_pool", [IMAGE, [2, 3]], {"padding": "same"}),
    ("unfold", [t(None, 3, 8, 6), 2], {"stride": 2}),
    ("fold", [t(None, 12, 12), [8, 6], 2], {"stride": 2}),
    ("depth_to_space", [t(None, 4, 4, 8), 2], {}),
    ("moments", [X], {"axes": [1]}),
    ("batch_normalization", [X, t(4), t(4), -1], {}),
    ("layer_normalization", [X, t(4), t(4)], {}),
    ("dot_product_attention", [t(None, 5, 2, 4), t(None, 6, 2, 4), t(None, 6, 2, 4)], {}),
    ("binary_crossentropy", [t(None, 3), t(None, 3)], {}),
    ("sparse_categorical_crossentropy", [t(None, dtype="int32"), t(None, 3)], {}),
    ("image.resize", [IMAGE, [4, 5]], {}),
    ("image.rgb_to_grayscale", [IMAGE], {}),
    ("image.extract_patches", [IMAGE, 2], {}),
    ("image.pad_images", [IMAGE, 1, 1, 1, 1], {}),
    ("image.crop_images", [IMAGE, 1, 1, 1, 1], {}),
    ("rearrange", [t(2, 3, 4), "b h c -> b (h c)"], {}),
    ("cast", [X, "float16"], {}),
    ("saturate_cast", [X, "uint8"], {}),
    ("unstack", [X], {"axis": 1}),
    ("slice", [t(None, 3), [0, 1], [2, 2]], {}),
    ("slice_update", [t(None, 3), [0, 1], t(2, 2)], {}),
    ("scatter", [t(5, 1, dtype="int32"), t(5), [8]], {}),
    ("stop_gradient", [X], {}),
]


def call(ops, tensor, name, args, kwargs):
    """Call a function of `ops` with `tensor(shape, dtype)` for each tensor."""

    def filled(value):
        if isinstance(value, dict):
            return tensor(value["shape"], value["dtype"])
        return [filled(v) for v in value] if isinstance(value, list) else value

    function = ops
    for part in name.split("."):
        function = getattr(function, part)
    return function(*map(filled, args), **{key: filled(value) for key, value in kwargs.items()})
