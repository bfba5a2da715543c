"""A small, safe language for values computed from columns and for row filters.

Python's own expression syntax, read with `ast` and turned into an Ibis expression; nothing
is ever evaluated in Python. Names are columns (`col("any name")` for names with spaces),
and there are numbers, texts, `+ - * / ** %`, comparisons, `and or not`, `in (…)`,
`a if test else b` and the functions of `FUNCTIONS`.

A column of text used as a number is read as one. Where that fails the row is rejected:
`Compiled.numeric_columns` lists the columns concerned.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import ibis
import ibis.expr.types as ir

from takeup.record.errors import ExpressionError
from takeup.record.nearest import did_you_mean

FUNCTIONS = (
    "abs",
    "min",
    "max",
    "round",
    "sign",
    "log",
    "exp",
    "sqrt",
    "floor",
    "ceil",
    "lower",
    "upper",
    "strip",
    "text",
    "number",
    "is_blank",
    "coalesce",
    "col",
    "contains",
    "starts_with",
)

NumberReader = Callable[[ir.Value, str | None], ir.NumericValue]
"""A text as a number, by the column that it stands in (None where it is computed)."""


@dataclass(frozen=True, slots=True)
class Compiled:
    """An expression bound to a table: its value and the text columns it reads as numbers."""

    value: ir.Value
    numeric_columns: frozenset[str]


def compile_expression(
    text: str, columns: Mapping[str, ir.Value], to_number: NumberReader
) -> Compiled:
    """`text` over `columns`. Raises ExpressionError that names the place and the remedy."""
    try:
        tree = ast.parse(text.strip(), mode="eval")
    except SyntaxError as error:
        raise ExpressionError(
            f"{text!r} does not parse near position {error.offset}: {error.msg}"
        ) from None
    walker = _Walker(text, columns, to_number)
    try:
        value = walker.visit(tree.body)
    except ExpressionError:
        raise
    except Exception as error:
        raise ExpressionError(f"{text!r} cannot be computed: {error}") from None
    if not isinstance(value, ir.Value):
        value = ibis.literal(value)
    return Compiled(value, frozenset(walker.numeric))


@dataclass
class _Walker:
    text: str
    columns: Mapping[str, ir.Value]
    to_number: NumberReader
    numeric: set[str] = field(default_factory=set)

    def visit(self, node: ast.expr) -> Any:
        method = getattr(self, f"visit_{type(node).__name__.lower()}", None)
        if method is None:
            raise ExpressionError(
                f"{self.text!r}: {type(node).__name__} is not allowed; use columns, numbers, "
                f"texts, arithmetic, comparisons, if/else and: {', '.join(FUNCTIONS)}"
            )
        return method(node)

    def number(self, node: ast.expr) -> Any:
        value = self.visit(node)
        if isinstance(value, ir.Value) and value.type().is_string():
            column = None
            if isinstance(node, ast.Name):
                column = node.id
            elif (
                isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant)
            ):
                column = str(node.args[0].value)
            if column is not None:
                self.numeric.add(column)
            return self.to_number(value, column)
        if isinstance(value, ir.Value) and value.type().is_boolean():
            return value.cast("int64")
        return value

    def visit_constant(self, node: ast.Constant) -> Any:
        if node.value is None:
            return ibis.null()
        if isinstance(node.value, bool | int | float | str):
            return node.value
        raise ExpressionError(f"{self.text!r}: {node.value!r} is not a number or a text")

    def visit_name(self, node: ast.Name) -> ir.Value:
        return self._column(node.id)

    def _column(self, name: str) -> ir.Value:
        if name in self.columns:
            return self.columns[name]
        hint = did_you_mean(name, self.columns)
        raise ExpressionError(
            f"{self.text!r} names the column {name!r}, which the table has not{hint}"
        )

    def visit_binop(self, node: ast.BinOp) -> Any:
        left, right = self.number(node.left), self.number(node.right)
        if isinstance(node.op, ast.Add):
            return left + right
        if isinstance(node.op, ast.Sub):
            return left - right
        if isinstance(node.op, ast.Mult):
            return left * right
        if isinstance(node.op, ast.Div | ast.Mod):
            # By zero engines give infinity, nothing or an error: here it is unknown.
            if isinstance(right, ir.Value):
                right = right.nullif(0)
            elif right == 0:
                raise ExpressionError(f"{self.text!r} divides by zero")
            return left / right if isinstance(node.op, ast.Div) else left % right
        if isinstance(node.op, ast.Pow):
            return left**right
        raise ExpressionError(f"{self.text!r}: the operator {type(node.op).__name__} is not known")

    def visit_unaryop(self, node: ast.UnaryOp) -> Any:
        if isinstance(node.op, ast.Not):
            return ~self._test(node.operand)
        value = self.number(node.operand)
        return -value if isinstance(node.op, ast.USub) else value

    def visit_boolop(self, node: ast.BoolOp) -> Any:
        values = [self._test(part) for part in node.values]
        result = values[0]
        for value in values[1:]:
            result = (result & value) if isinstance(node.op, ast.And) else (result | value)
        return result

    def _test(self, node: ast.expr) -> Any:
        value = self.visit(node)
        if isinstance(value, bool):
            return ibis.literal(value)
        if isinstance(value, ir.Value) and not value.type().is_boolean():
            raise ExpressionError(
                f"{self.text!r}: a test must be true or false; compare it, e.g. {ast.unparse(node)} == 1"
            )
        return value

    def visit_compare(self, node: ast.Compare) -> Any:
        result: Any = None
        left = node.left
        for op, right in zip(node.ops, node.comparators, strict=True):
            part = self._compare_one(left, op, right)
            result = part if result is None else result & part
            left = right
        return result

    def _compare_one(self, left: ast.expr, op: ast.cmpop, right: ast.expr) -> Any:
        if isinstance(op, ast.In | ast.NotIn):
            if not isinstance(right, ast.Tuple | ast.List | ast.Set):
                raise ExpressionError(f"{self.text!r}: write `in ('a', 'b')`")
            items = [self.visit(item) for item in right.elts]
            numeric = all(isinstance(item, int | float) for item in items)
            found = (self.number(left) if numeric else self.visit(left)).isin(items)
            return ~found if isinstance(op, ast.NotIn) else found
        a, b = self.visit(left), self.visit(right)
        if _is_number(a) or _is_number(b):
            a, b = self.number(left), self.number(right)
        operations: dict[type[ast.cmpop], Callable[[Any, Any], Any]] = {
            ast.Eq: lambda x, y: x == y,
            ast.NotEq: lambda x, y: x != y,
            ast.Lt: lambda x, y: x < y,
            ast.LtE: lambda x, y: x <= y,
            ast.Gt: lambda x, y: x > y,
            ast.GtE: lambda x, y: x >= y,
        }
        if type(op) not in operations:
            raise ExpressionError(f"{self.text!r}: use ==, !=, <, <=, >, >= or in")
        return operations[type(op)](a, b)

    def visit_ifexp(self, node: ast.IfExp) -> Any:
        return ibis.ifelse(self._test(node.test), *self._alike([node.body, node.orelse]))

    def _alike(self, nodes: list[ast.expr]) -> list[Any]:
        """The values of branches of which one is taken: where one of them is a number, texts are read as
        numbers too, as in arithmetic."""
        values = [self.visit(node) for node in nodes]
        if any(_is_number(value) for value in values):
            texts = [node for node, v in zip(nodes, values, strict=True) if isinstance(v, str)]
            if texts:
                raise ExpressionError(
                    f"{self.text!r} is a number or the text {ast.unparse(texts[0])}: write both as numbers, or "
                    "both as texts with text()"
                )
            return [self.number(node) for node in nodes]
        return values

    def visit_call(self, node: ast.Call) -> Any:
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        if name not in FUNCTIONS or node.keywords:
            raise ExpressionError(
                f"{self.text!r}: {ast.unparse(node.func)} is not a function here; "
                f"there are {', '.join(FUNCTIONS)}"
            )
        if name == "col":
            return self._column(str(self._literal_text(node)))
        if name in ("min", "max"):
            numbers = [self.number(arg) for arg in node.args]
            return ibis.least(*numbers) if name == "min" else ibis.greatest(*numbers)
        if name == "coalesce":
            return ibis.coalesce(*self._alike(node.args))
        if name in ("lower", "upper", "strip", "text", "is_blank", "contains", "starts_with"):
            return self._text_function(name, node)
        value = self.number(node.args[0])
        if not isinstance(value, ir.Value):
            value = ibis.literal(value)
        if name == "number":
            return value
        if name == "round":
            digits = self.visit(node.args[1]) if len(node.args) > 1 else 0
            return value.round(digits)
        if name in ("log", "sqrt"):
            # Outside their range engines give infinity, NaN, nothing or an error.
            value = ibis.ifelse(
                value > 0 if name == "log" else value >= 0, value, ibis.null("float64")
            )
            return value.ln() if name == "log" else value.sqrt()
        return getattr(value, name)()

    def _literal_text(self, node: ast.Call) -> str:
        if len(node.args) != 1 or not isinstance(node.args[0], ast.Constant):
            raise ExpressionError(f'{self.text!r}: write col("name of the column")')
        return str(node.args[0].value)

    def _text_function(self, name: str, node: ast.Call) -> Any:
        value = self.visit(node.args[0])
        if name == "is_blank":
            return value.isnull()
        value = value.cast("string") if not value.type().is_string() else value
        if name == "text":
            return value
        if name == "contains":
            return value.contains(self.visit(node.args[1]))
        if name == "starts_with":
            return value.startswith(self.visit(node.args[1]))
        return getattr(value, name)()


def _is_number(value: Any) -> bool:
    if isinstance(value, bool):
        return False
    if isinstance(value, int | float):
        return True
    return isinstance(value, ir.Value) and value.type().is_numeric()
