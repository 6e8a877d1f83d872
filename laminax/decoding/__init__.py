"""From the outputs of a network that reads to labels or text, and back: what goes with the loss `CTC`.

    texts = decoding.greedy(model.predict(x), decoding.frame_lengths(model, x), alphabet="0123456789")

`greedy` takes the likeliest class of each frame; `beam_search` finds the likeliest labels over all frames, alone or
with a language model or a lexicon. `frame_lengths` says how many frames of each row are real.
"""

from .lengths import frame_lengths
from .reading import Reading, beam_search, greedy

__all__ = ["Reading", "beam_search", "frame_lengths", "greedy"]
