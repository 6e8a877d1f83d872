"""A model as a file of ONNX that is run by ONNX Runtime."""

import jax
import numpy as np
import onnx
import onnxruntime

FREE = 6  # in place of a free size other than the batch's


def data_for(tensor, batch, rng):
    """Values for an input of a model; whole numbers are 0 .. 4, of which the first of each row are not 0."""
    sizes = [FREE if size is None else size for size in tensor.shape[1:]]
    if tensor.dtype.startswith("float"):
        return rng.normal(size=(batch, *sizes)).astype(tensor.dtype)
    found = rng.integers(0, 5, (batch, *sizes)).astype(tensor.dtype)
    if sizes and tensor.dtype != "bool":
        found[:, 0] = 3
    return found


def shuffled(model, rng):
    """The model with other values in each variable that starts as a constant: zeros and ones hide mistakes."""
    for variable in model.variables:
        if variable.dtype == "float32" and np.ptp(variable.numpy()) == 0:
            variable.assign(rng.uniform(0.5, 1.5, variable.shape).astype("float32"))
    return model


def assert_same(model, folder, batches=(1, 3), tolerance=1e-5, by_row=True, **options):
    """The file passes the checker, and predicts what the model does on the first rows, so many; returns it.

    `by_row`: each row of an output is that of one row of the inputs, so that the model need not run on fewer.
    """
    path, rng = str(folder / "m.onnx"), np.random.default_rng(7)
    shuffled(model, rng).export(path, **options)
    file = onnx.load(path)
    onnx.checker.check_model(file, full_check=True)
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    assert [i.name for i in session.get_inputs()] == model.input_names
    x = [data_for(tensor, max(batches), rng) for tensor in model.inputs]
    predict = jax.jit(lambda x: model(jax.tree.unflatten(jax.tree.structure(model.input), x)))  # compiled sooner
    whole = jax.tree.leaves(predict(x))
    for batch in batches:
        given = [array[:batch] for array in x]
        wanted = [y[:batch] for y in whole] if by_row else jax.tree.leaves(predict(given))
        found = session.run(None, dict(zip(model.input_names, given)))
        assert len(found) == len(wanted)
        for y, z in zip(wanted, found):
            assert y.shape == z.shape
            assert y.dtype == z.dtype or y.dtype.kind == "V" or y.dtype == "float16"
            np.testing.assert_allclose(z, np.asarray(y, z.dtype), rtol=tolerance, atol=tolerance)
    return file


def operators(file):
    """The operators of a file, in order."""
    return [node.op_type for node in file.graph.node]
