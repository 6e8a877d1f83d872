"""What a program runs on, in a few lines, for whoever wonders or reports a bug."""

import os
import platform
import shutil
import sys
from pathlib import Path

import jax
import numpy as np

from .._core import settings
from .._version import __version__


def doctor(print_fn: object = print) -> dict[str, str]:
    """Print versions, devices, why there is no GPU if there is none, the cache of compiled programs, the allocator.

    Args:
        print_fn: what prints a line; `None` prints nothing.

    Returns:
        The same by name.
    """
    devices = jax.devices()
    found = {
        "laminax": __version__,
        "python": f"{platform.python_version()} on {platform.system()} {platform.machine()}",
        "jax": f"{jax.__version__}, numpy {np.__version__}",
        "devices": ", ".join(f"{device.platform}:{device.id} ({device.device_kind})" for device in devices),
        "cores": f"{_cores()} of {os.cpu_count()}",
        "gpu": _gpu(devices),
        "precision": f"{settings.floatx()}, 64 bits {'on' if jax.config.read('jax_enable_x64') else 'off'}",
        "cache": str(
            getattr(jax.config, "jax_compilation_cache_dir", None) or "off: each program compiles anew in each process"
        ),
        "allocator": _allocator(),
    }
    if callable(print_fn):
        for name, text in found.items():
            print_fn(f"{name:<12}{text}")
    return found


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _gpu(devices: list[jax.Device]) -> str:
    """Whether a GPU is used, and if not, why."""
    if any(device.platform in ("gpu", "cuda", "rocm") for device in devices):
        return "used"
    asked = os.environ.get("JAX_PLATFORMS") or getattr(jax.config, "jax_platforms", None)
    if asked:
        return f"not used: JAX_PLATFORMS={asked} asks for something else"
    if not shutil.which("nvidia-smi"):
        return "none: no NVIDIA driver is installed (nvidia-smi is not found)"
    if not any(Path(folder).is_dir() and any(Path(folder).glob("jax_cuda*_plugin")) for folder in sys.path):
        return "not used: JAX is installed without CUDA. Install it: pip install 'jax[cuda12]'"
    return "not used: JAX's CUDA plugin found no device. Look at nvidia-smi, and at CUDA_VISIBLE_DEVICES"


def _allocator() -> str:
    names = [name for name in os.environ if name.startswith(("XLA_PYTHON_CLIENT_", "TF_GPU_ALLOCATOR"))]
    return ", ".join(f"{name}={os.environ[name]}" for name in sorted(names)) or "as JAX's default"
