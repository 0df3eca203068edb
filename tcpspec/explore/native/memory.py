"""Loads and stores at addresses, for kernels: Numba has pointers of its own, but no way to follow
an address that stands in an array.
"""

from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

from tcpspec.explore.native.layout import LINE

_BYTE = ir.IntType(8)
_HALF = ir.IntType(32)
_WORD = ir.IntType(64)


def _place(builder: Any, kind: Any, address: Any, index: Any) -> Any:
    return builder.gep(builder.inttoptr(address, kind.as_pointer()), [index])


def _loads(result: Any, kind: Any) -> Any:
    """An intrinsic: the item of this kind, with its sign."""

    @intrinsic
    def load(_typing: Any, address: Any, index: Any) -> Any:
        def code(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
            found = builder.load(_place(builder, kind, *arguments))
            return found if kind is _WORD else builder.sext(found, _WORD)

        return result(types.int64, types.int64), code

    return load


def _stores(value: Any, kind: Any) -> Any:
    """An intrinsic: puts an item of this kind."""

    @intrinsic
    def store(_typing: Any, address: Any, index: Any, _value: Any) -> Any:
        def code(context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
            stored = arguments[2] if kind is _WORD else builder.trunc(arguments[2], kind)
            builder.store(stored, _place(builder, kind, *arguments[:2]))
            return context.get_dummy_value()

        return types.void(types.int64, types.int64, value), code

    return store


get = _loads(types.int64, _WORD)
get_byte = _loads(types.int64, _BYTE)
get_half = _loads(types.int64, _HALF)
get_word = _loads(types.uint64, _WORD)
put = _stores(types.int64, _WORD)
put_half = _stores(types.int64, _HALF)
put_word = _stores(types.uint64, _WORD)
put_byte = _stores(types.int64, _BYTE)


@intrinsic
def fetch(_typing: Any, address: Any, index: Any) -> Any:
    """Bring a word that will soon be wanted nearer."""

    def code(context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        pointer = builder.bitcast(_place(builder, _WORD, *arguments), _BYTE.as_pointer())
        kind = ir.FunctionType(ir.VoidType(), [_BYTE.as_pointer(), _HALF, _HALF, _HALF])
        prefetch = cgutils.get_or_insert_function(builder.module, kind, "llvm.prefetch.p0")
        builder.call(prefetch, [pointer, _HALF(0), _HALF(3), _HALF(1)])
        return context.get_dummy_value()

    return types.void(types.int64, types.int64), code


@intrinsic
def bits_of(_typing: Any, _number: Any) -> Any:
    """How many bits a number takes that is not negative."""

    def code(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        zeros = builder.ctlz(arguments[0], ir.IntType(1)(0))
        return builder.sub(_WORD(64), zeros)

    return types.int64(types.int64), code


class _Snapshot(ir.LoadInstr):
    """A load that is done once, and whose result is kept: none of its words is looked at again."""

    def descr(self, buf: list[str]) -> None:
        said: list[str] = []
        super().descr(said)
        buf.append(said[0].replace("load ", "load volatile ", 1))


@intrinsic
def line_with(_typing: Any, _address: Any, _index: Any, _value: Any) -> Any:
    """Which words of the cache line that begins there are this word, a bit for each; and, in the
    bits above these, which are 0. Each word is looked at once, whatever other threads do: an
    aligned word is read as a whole on all processors that there are kernels for.
    """

    def code(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        kind = ir.VectorType(_WORD, LINE)
        place = builder.bitcast(_place(builder, _WORD, *arguments[:2]), kind.as_pointer())
        first = builder.load(place, align=8 * LINE)
        line = _Snapshot(builder.block, place)
        line.align = first.align
        builder.block.replace(first, line)
        nothing = ir.Constant(kind, ir.Undefined)
        everywhere = ir.Constant(ir.VectorType(_HALF, LINE), [0] * LINE)
        wanted = builder.insert_element(nothing, arguments[2], _HALF(0))
        wanted = builder.shuffle_vector(wanted, nothing, everywhere)
        bits = []
        for compared in (wanted, ir.Constant(kind, [0] * LINE)):
            same = builder.icmp_unsigned("==", line, compared)
            bits.append(builder.zext(builder.bitcast(same, ir.IntType(LINE)), _WORD))
        return builder.or_(bits[0], builder.shl(bits[1], _WORD(LINE)))

    return types.int64(types.int64, types.int64, types.uint64), code


@intrinsic
def lowest(_typing: Any, _bits: Any) -> Any:
    """The number of the lowest bit that is set in a number that is not 0."""

    def code(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.cttz(arguments[0], ir.IntType(1)(1))

    return types.int64(types.int64), code


@intrinsic
def get_shared(_typing: Any, _address: Any, _index: Any) -> Any:
    """A word that another thread may have written: and with it all that it wrote before."""

    def code(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.load_atomic(_place(builder, _WORD, *arguments), "acquire", 8)

    return types.uint64(types.int64, types.int64), code


@intrinsic
def put_shared(_typing: Any, _address: Any, _index: Any, _value: Any) -> Any:
    """Puts a word for other threads, behind all that was put before."""

    def code(context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        place = _place(builder, _WORD, *arguments[:2])
        builder.store_atomic(arguments[2], place, "release", 8)
        return context.get_dummy_value()

    return types.void(types.int64, types.int64, types.uint64), code


@intrinsic
def claim(_typing: Any, _address: Any, _index: Any, _value: Any) -> Any:
    """Puts a word where 0 stands, unless another thread was faster; returns what stood there."""

    def code(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        place = _place(builder, _WORD, *arguments[:2])
        pair = builder.cmpxchg(place, _WORD(0), arguments[2], "acq_rel", "acquire")
        return builder.extract_value(pair, 0)

    return types.uint64(types.int64, types.int64, types.uint64), code
