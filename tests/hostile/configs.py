"""Configs that name what no config may name, or say what no layer can be."""

import base64
import copy
import json
import marshal

from hostile.archives import CONFIG, CORRUPT, LIMIT, UNSAFE

CODE = base64.b64encode(marshal.dumps(compile("open('hostile_marker', 'w')", "<hostile>", "eval"))).decode()
LAMBDA = {"class_name": "__lambda__", "config": {"value": [CODE, None, None]}}
MISFIT = "IncompatibleWeightsError"


def function(module, name):
    return {"module": module, "class_name": "function", "config": name, "registered_name": name}


def record(module, name, config=None, registered=None):
    return {"module": module, "class_name": name, "config": config or {}, "registered_name": registered}


def dense(**more):
    """The config with other arguments of its Dense layer."""
    config = copy.deepcopy(CONFIG)
    config["config"]["layers"][1]["config"].update(more)
    return config


def layer(new, **keys):
    """The config with another layer in the place of Dense."""
    config = copy.deepcopy(CONFIG)
    config["config"]["layers"][1] = {**new, **keys}
    return config


def top(**keys):
    return {**copy.deepcopy(CONFIG), **keys}


def compiled(**more):
    adam = record("keras.optimizers", "Adam", {"learning_rate": 0.1})
    return top(compile_config={"optimizer": adam, "loss": "mse", **more})


def tensor(name, call=0, output=0):
    config = {"shape": [None, 4], "dtype": "float32", "keras_history": [name, call, output]}
    return {"class_name": "__keras_tensor__", "config": config}


def node(*tensors, **kwargs):
    return {"args": list(tensors), "kwargs": kwargs}


def graph(*more, outputs=("dense", 0, 0), inputs=("x", 0, 0), dense_nodes=None):
    """A functional model, with these records beside its Dense layer."""
    first = {
        **record("keras.layers", "InputLayer", {"batch_shape": [None, 4], "name": "x"}),
        "name": "x",
        "inbound_nodes": [],
    }
    nodes = [node(tensor("x"))] if dense_nodes is None else dense_nodes
    second = {**record("keras.layers", "Dense", {"units": 3, "name": "dense"}), "name": "dense", "inbound_nodes": nodes}
    config = {
        "name": "f",
        "trainable": True,
        "layers": [first, second, *more],
        "input_layers": list(inputs),
        "output_layers": list(outputs),
    }
    return record("keras.src.models.functional", "Functional", config, "Functional")


def operation(name, args, module="keras.src.ops.numpy", config=None):
    return {
        **record(module, name, {"name": "op", **(config or {})}, name),
        "name": "op",
        "inbound_nodes": [node(*args)],
    }


def forbidden():
    """Classes and functions of Python and of Keras that no file may name."""
    classes = ["os.system", "os.popen", "builtins.exec", "builtins.eval", "builtins.open", "subprocess.Popen",
               "importlib.import_module", "pickle.loads", "shutil.rmtree", "socket.socket", "hostile_sentinel.Evil",
               "keras.utils.get_file", "keras.models.load_model", "keras.config.enable_unsafe_deserialization",
               "keras.layers.TFSMLayer", "keras.layers.TorchModuleWrapper", "keras.src.utils.file_utils.File",
               "keras.callbacks.CSVLogger", "laminax.callbacks.CSVLogger", "laminax.saving.models.load_model",
               "keras.layers.\u0405equential", "__main__.Evil", "keras.layers.__class__",
               "keras.layers.Dense.__init__"]  # fmt: skip
    for path in classes:
        module, _, name = path.rpartition(".")
        yield f"class_{path}", layer(record(module, name, {"name": "evil"}))
    functions = ["keras.utils.get_file", "keras.models.load_model", "keras.utils.load_img", "keras.utils.save_img",
                 "keras.config.set_dtype_policy", "keras.datasets.mnist.load_data", "builtins.eval", "os.system",
                 "keras.saving.load_weights", "hostile_sentinel.evil"]  # fmt: skip
    for path in functions:
        module, _, name = path.rpartition(".")
        yield f"activation_{path}", dense(activation=function(module, name))
    evil = function("keras.utils", "get_file")
    for key in (
        "kernel_initializer",
        "bias_initializer",
        "kernel_regularizer",
        "kernel_constraint",
        "activity_regularizer",
        "dtype",
    ):
        yield f"{key}_function", dense(**{key: evil})
        yield f"{key}_lambda", dense(**{key: LAMBDA})
    for key in ("optimizer", "loss", "metrics", "weighted_metrics", "loss_weights"):
        yield f"compile_{key}", compiled(**{key: [evil] if "metrics" in key else evil})
        yield f"compile_{key}_lambda", compiled(**{key: [LAMBDA] if "metrics" in key else LAMBDA})
    schedule = record("keras.optimizers", "Adam", {"learning_rate": record("keras.optimizers.schedules", "Evil")})
    yield "schedule", compiled(optimizer=schedule)
    yield "activation_lambda", dense(activation=LAMBDA)
    for key in ("function", "output_shape", "mask"):
        given = {"name": "l", "function": "relu", key: LAMBDA}
        yield f"lambda_{key}", layer(record("keras.layers", "Lambda", given))
    yield (
        "lambda_of_get_file",
        layer(record("keras.layers", "Lambda", {"function": function("keras.utils", "get_file")})),
    )
    yield "lambda_at_the_top", LAMBDA
    yield "typespec", layer({"class_name": "__typespec__", "spec_name": "TensorSpec", "module": "os", "config": []})
    yield "in_build_config", top(build_config={"input_shape": LAMBDA})
    yield "in_node", graph(dense_nodes=[node(tensor("x"), mask=LAMBDA)])
    yield "deep_inside", layer(record("keras.layers", "TimeDistributed", {"layer": record("os", "system")}))
    yield "shadow", layer(record("keras.layers", "Dense", {"units": 3}, "Evil>Dense"))
    yield "shadow_of_the_top", top(registered_name="Evil>Sequential")
    for kind in ("StringLookup", "IntegerLookup", "TextVectorization"):
        for i, path in enumerate(("/etc/passwd", "http://localhost:1/x", "hostile_marker", "")):
            yield f"vocabulary_{kind}_{i}", layer(record("keras.layers", kind, {"vocabulary": path}))
    for i, kind in enumerate(("Evil", "__class__", "Eval", "")):
        yield f"operation_{i}", graph(operation(kind, [tensor("dense")]), outputs=("op", 0, 0))
    yield "operation_of_a_layer", graph(operation("Dense", [tensor("dense")]), outputs=("op", 0, 0))


def misfits():
    """Arguments that no layer takes, and graphs that are none."""
    values = {
        "units": ("3", True, -1, 2.5, None, [3], {"a": 1}),
        "evil": (1,),
        "activation": ("evil", 7),
        "kernel_initializer": ("evil", {"class_name": "Zeros"}),
        "name": (7, "", "a/b", "..", "a\\b", "a\0b", "x" * 5000),
        "trainable": ("yes",),
        "dtype": ("float128", 3),
        "bias_constraint": ({"a": [1]},),
    }
    for key, value in ((key, value) for key, all_of_it in values.items() for value in all_of_it):
        yield (
            f"dense_{key}_{str(value)[:12]!r}".replace("/", "_").replace("\\", "_").replace("\0", "0"),
            dense(**{key: value}),
            CORRUPT,
        )
    for value in (float("nan"), float("inf"), float("-inf")):
        yield f"number_{value}", dense(units=value), CORRUPT
    yield "rate", layer(record("keras.layers", "Dropout", {"rate": 1.5})), CORRUPT
    yield (
        "array_of_a_long_type",
        layer(
            record(
                "keras.layers",
                "Rescaling",
                {"scale": {"class_name": "__numpy__", "config": {"value": [1], "dtype": "S1000000000"}}},
            )
        ),
        CORRUPT,
    )
    yield (
        "array_without_type",
        layer(record("keras.layers", "Rescaling", {"scale": {"class_name": "__numpy__", "config": {"value": [1]}}})),
        CORRUPT,
    )
    yield (
        "ragged_array",
        layer(
            record(
                "keras.layers",
                "Rescaling",
                {"scale": {"class_name": "__numpy__", "config": {"value": [[1], [1, 2]], "dtype": "float32"}}},
            )
        ),
        CORRUPT,
    )
    yield "not_a_layer", layer(record("keras.optimizers", "Adam")), CORRUPT
    yield "layer_is_a_number", top(config={"name": "s", "layers": [3]}), CORRUPT
    yield "no_layers", top(config={"name": "s"}), CORRUPT
    yield "config_is_a_list", top(config=[]), CORRUPT
    yield "class_is_a_list", top(class_name=["Sequential"]), CORRUPT
    yield "module_is_a_number", top(module=3), CORRUPT
    yield "name_is_a_dict", top(registered_name={"a": 1}), CORRUPT
    yield "shared_by_a_text", top(shared_object_id="a"), CORRUPT
    yield "no_model", record("keras.layers", "Dense", {"units": 3}), CORRUPT
    yield "sixty_five_deep", deep(70), LIMIT
    yield "input_of_many_axes", with_input([None] + [1] * 5000), None
    yield "dead_layer", graph(alone("dead")), CORRUPT
    yield "cycle", graph(dense_nodes=[node(tensor("dense"))]), CORRUPT
    yield "missing_layer", graph(dense_nodes=[node(tensor("nobody"))]), CORRUPT
    yield "missing_call", graph(dense_nodes=[node(tensor("x", 7))]), CORRUPT
    yield "missing_output", graph(outputs=("dense", 0, 9)), CORRUPT
    yield "huge_call", graph(outputs=("dense", 10**18, 0)), CORRUPT
    yield "negative_call", graph(outputs=("dense", -1, 0)), CORRUPT
    yield "no_outputs", graph(outputs=()), CORRUPT
    yield "same_name_twice", graph(alone("dense")), CORRUPT
    yield "no_arguments", graph(dense_nodes=[{}]), CORRUPT
    yield "call_is_a_number", graph(dense_nodes=[3]), CORRUPT
    yield "unknown_argument_of_a_call", graph(dense_nodes=[node(tensor("x"), evil=3)]), CORRUPT
    yield "input_that_is_called", graph(outputs=("x", 1, 0)), CORRUPT
    yield (
        "history_is_short",
        graph(dense_nodes=[node({"class_name": "__keras_tensor__", "config": {"keras_history": ["x"]}})]),
        CORRUPT,
    )
    yield "operation_of_the_wrong_arguments", graph(operation("Add", [tensor("dense")]), outputs=("op", 0, 0)), CORRUPT
    yield (
        "operation_of_many_outputs",
        graph(operation("Split", [tensor("dense")], config={"indices_or_sections": 10**9}), outputs=("op", 0, 0)),
        CORRUPT,
    )
    yield (
        "operation_of_a_huge_shape",
        graph(operation("BroadcastTo", [tensor("dense")], config={"shape": [10**18] * 9}), outputs=("op", 0, 0)),
        None,
    )
    values = {"steps_per_execution": -1, "evil": 1, "loss": 3, "metrics": [3], "loss_weights": "a"}
    for key, value in {**values, "optimizer": record("keras.layers", "Dense", {"units": 1})}.items():
        yield f"compile_{key}", compiled(**{key: value}), CORRUPT


def too_large():
    """What would need more than the file gives reason for."""
    for value in (10**9, 2**40, 10**18):
        yield f"units_{value}", dense(units=value)
    yield (
        "embedding",
        layer(record("keras.layers", "Embedding", {"input_dim": 10**10, "output_dim": 8, "name": "dense"})),
    )
    yield "wide_input", with_input([None, 10**12])
    yield "conv", layer(record("keras.layers", "EinsumDense", {"equation": "ab,bc->ac", "output_shape": 10**11}))


def alone(name, kind="Dense", config=None, *nodes):
    found = record("keras.layers", kind, {"units": 3, "name": name} if config is None else config)
    return {**found, "name": name, "inbound_nodes": list(nodes) or [node(tensor("x"))]}


def with_input(shape):
    config = copy.deepcopy(CONFIG)
    config["config"]["layers"][0]["config"]["batch_shape"] = shape
    return config


def deep(levels):
    inner = 0
    for _ in range(levels):
        inner = [inner]
    return dense(bias_regularizer={"a": inner})


def texts():
    """Texts that are no config at all."""
    good = json.dumps(CONFIG)
    yield "no_json", "{", CORRUPT
    yield "empty", "", CORRUPT
    yield "list", "[]", CORRUPT
    yield "number", "3", CORRUPT
    yield "null", "null", CORRUPT
    yield "text", '"Sequential"', CORRUPT
    yield "key_twice", good.replace('"module": "keras"', '"module": "os", "module": "keras"'), CORRUPT
    yield "junk_after", good + "x", CORRUPT
    yield "nested_lists", "[" * 100_000, LIMIT
    yield "nested_dicts", '{"a":' * 100_000, LIMIT
    yield "nested_900", '{"a":' * 900 + "1" + "}" * 900, CORRUPT
    yield "long_integer", good.replace(": 3", ": " + "9" * 4000), CORRUPT
    yield "integer_of_70_bits", good.replace(": 3", ": 1180591620717411303424"), CORRUPT
    yield (
        "million_layers",
        '{"class_name":"Sequential","config":{"layers":[' + ",".join(["{}"] * 300_000) + "]}}",
        LIMIT,
    )
    yield "half_a_surrogate", good.replace("dense", "\ud800"), CORRUPT
    yield "byte_order_mark", "\ufeff" + good, CORRUPT
    yield "yaml", "!!python/object/apply:os.system ['touch hostile_marker']", CORRUPT


def configs():
    """`{name: (config or text, error)}`; `None` where it may as well load."""
    found = {f"forbidden_{name}".replace("/", "_"): (config, UNSAFE) for name, config in forbidden()}
    found.update({f"misfit_{name}"[:120]: (config, error) for name, config, error in misfits()})
    found.update({f"large_{name}": (config, MISFIT) for name, config in too_large()})
    found.update({f"text_{name}": (text, error) for name, text, error in texts()})
    return found
