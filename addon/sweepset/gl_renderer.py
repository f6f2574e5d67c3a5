"""Print the name of what draws OpenGL through EGL; a program of its own, as Blender has one context of OpenGL."""

from __future__ import annotations

import ctypes
import subprocess
import sys

OPENGL, RENDERER = 0x30A2, 0x1F01
"""EGL's name of OpenGL, and OpenGL's of the property that names what draws."""
SURFACELESS = 0x31DD
"""EGL's platform that needs no display."""
SOFTWARE = ("llvmpipe", "softpipe", "swrast", "software")


def software() -> str:
    """Return the name of the software that draws on Linux without a display, '' if a GPU does or it is unknown."""
    if not sys.platform.startswith("linux"):
        return ""
    try:
        done = subprocess.run([sys.executable, __file__], capture_output=True, text=True, timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if any(word in done.stdout.lower() for word in SOFTWARE) else ""


def main() -> None:
    """Print the name, nothing if there is no OpenGL."""
    egl = ctypes.CDLL("libEGL.so.1")
    pointer, number = ctypes.c_void_p, ctypes.c_uint
    for name, result, *arguments in (
        ("eglGetDisplay", pointer, pointer),
        ("eglGetPlatformDisplay", pointer, number, pointer, pointer),
        ("eglInitialize", number, pointer, pointer, pointer),
        ("eglBindAPI", number, number),
        ("eglCreateContext", pointer, pointer, pointer, pointer, pointer),
        ("eglMakeCurrent", number, pointer, pointer, pointer, pointer),
        ("eglGetProcAddress", pointer, ctypes.c_char_p),
    ):
        function = getattr(egl, name)
        function.restype, function.argtypes = result, arguments
    displays = (egl.eglGetDisplay(None), egl.eglGetPlatformDisplay(SURFACELESS, None, None))
    display = next((one for one in displays if one and egl.eglInitialize(one, None, None)), None)
    if display is None or not egl.eglBindAPI(OPENGL):
        return
    context = egl.eglCreateContext(display, None, None, None)
    if context and egl.eglMakeCurrent(display, None, None, context):
        address = egl.eglGetProcAddress(b"glGetString")
        print((ctypes.CFUNCTYPE(ctypes.c_char_p, number)(address)(RENDERER) or b"").decode(errors="replace"))


if __name__ == "__main__":
    main()
