"""Memory that a job has freed stays its own: the next large array finds it without the operating system's help."""

import ctypes

# numbers of glibc's malloc.h
_TRIM_THRESHOLD, _TOP_PAD, _MMAP_THRESHOLD = -1, -2, -3
LARGEST_KEPT = 1 << 25  # bytes; glibc takes no more on 64 bits. A larger array gets pages of its own, returned with it
KEPT = 1 << 29  # bytes at the end of the heap that are not given back
GROWTH = 1 << 26  # bytes


def keep_freed_memory() -> bool:
    """Tell glibc's allocator to keep what is freed, for the rest of the process.

    By default it asks the system for each array of a few megabytes and gives it back after use; each time, the system
    fills all its pages with zeros. The activations of a small convolutional network are such arrays.

    Returns:
        Whether the C library took the settings; False where it is another one, which goes on as it was.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is None:
        return False
    settings = {_MMAP_THRESHOLD: LARGEST_KEPT, _TRIM_THRESHOLD: KEPT, _TOP_PAD: GROWTH}
    taken = [mallopt(name, value) for name, value in settings.items()]
    return all(taken)
