"""Standard output and error as a command needs them, whatever the shell has put there.

A reader that has read enough ends nothing and is told nothing; a stream that was closed takes what is written and
keeps none of it; a disk that is full is said once, at the end, as results are kept elsewhere.
"""

from __future__ import annotations

import codecs
import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

STANDARD = (0, 1, 2)  # input, output, error


class Sink(io.FileIO):
    """The stream of a descriptor. What it cannot write is dropped; ``failure`` says why, if that is worth saying."""

    failure: OSError | None = None

    def write(self, content: object) -> int:
        """All bytes of ``content``, or none once a write has failed."""
        data = memoryview(content).cast("B")  # type: ignore[arg-type]
        left = data
        while left:
            try:
                left = left[super().write(left) or 0 :]
            except BrokenPipeError:
                self._drop()  # whoever read has read enough
            except OSError as error:
                self.failure = error
                self._drop()
        return len(data)

    def _drop(self) -> None:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, self.fileno())
        os.close(nowhere)


@contextmanager
def standard() -> Iterator[Sink]:
    """Inside, sys.stdout and sys.stderr can be written to, come what may; yields what is beneath standard output.

    Characters that the terminal does not know become question marks; bytes of a file name that are no text in its
    encoding go out as they came in.
    """
    _open_closed()
    before = sys.stdout, sys.stderr
    sinks = [Sink(descriptor, "w", closefd=False) for descriptor in STANDARD[1:]]
    sys.stdout, sys.stderr = out, err = [_stream(*pair) for pair in zip(before, sinks, strict=True)]
    try:
        yield sinks[0]
    finally:
        for stream in (out, err):
            stream.flush()
        sys.stdout, sys.stderr = before


def _open_closed() -> None:
    """Lead standard streams that are closed nowhere: else the next file that is opened would be taken for them."""
    for descriptor in STANDARD:
        try:
            os.fstat(descriptor)
        except OSError:
            nowhere = os.open(os.devnull, os.O_RDWR)
            os.dup2(nowhere, descriptor)  # workers inherit it
            if nowhere != descriptor:
                os.close(nowhere)
            else:
                os.set_inheritable(descriptor, True)


def _stream(before: TextIO | None, sink: Sink) -> io.TextIOWrapper:
    """A stream to ``sink``, in the encoding of the one ``before``."""
    if before is not None:
        before.flush()
    encoding = getattr(before, "encoding", None) or "utf-8"
    return io.TextIOWrapper(
        io.BufferedWriter(sink),
        encoding=encoding,
        errors=REPLACED,
        newline="\n",
        line_buffering=sink.fileno() == STANDARD[-1] or sink.isatty(),
    )


def _replaced(error: UnicodeError) -> tuple[str | bytes, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    try:
        return codecs.lookup_error("surrogateescape")(error)
    except UnicodeEncodeError:
        return "?" * (error.end - error.start), error.end


REPLACED = "shakeout-replace"
codecs.register_error(REPLACED, _replaced)
