"""A textbook's listing: a chain and a graph of layers, compiled and trained.

    python examples/textbook.py

The lines between the marks stand as in the book, but for the package's name. Its loss, mean squared error on a softmax,
is the book's; for classes `categorical_crossentropy` fits better.
"""

import numpy as np

rng = np.random.default_rng(0)
input_array = rng.random((1000, 784))
target_array = np.eye(10)[rng.integers(0, 10, 1000)]

# -- the listing begins
# fmt: off
from laminax import models, layers, optimizers  # noqa: E402, I001
model = models.Sequential()
model.add(layers.Dense(32, activation='relu', input_shape=(784,)))
model.add(layers.Dense(10, activation='softmax'))
input_tensor = layers.Input(shape=(784,))
x = layers.Dense(32, activation='relu')(input_tensor)
output_tensor = layers.Dense(10, activation='softmax')(x)
model = models.Model(inputs=input_tensor, outputs=output_tensor)
model.compile(optimizer=optimizers.RMSprop(lr=0.001), loss='mse', metrics=['accuracy'])
model.fit(input_array, target_array, batch_size=128, epochs=10)
# fmt: on
# -- the listing ends
