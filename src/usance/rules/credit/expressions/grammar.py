"""From text to a tree: the grammar, and how its failures are told.

The parser is LALR(1) and keeps its own stack, so no nesting of the text can exhaust Python's. The
tree is made while parsing, and counts its depth, so that everything after may walk it recursively.
"""

from __future__ import annotations

from functools import cache
from typing import Any, Final, NoReturn

from lark import Lark, Token, Transformer, UnexpectedCharacters, UnexpectedToken, v_args

from usance.rules.credit.expressions import syntax
from usance.rules.credit.expressions.literals import UnreadableLiteral, read_number, read_text
from usance.rules.credit.expressions.refusal import InvalidExpression, Owner, Place
from usance.rules.credit.expressions.syntax import Node

LONGEST_SOURCE: Final = 4_000
"""Characters of one expression."""

DEEPEST: Final = 50
"""How many levels of parentheses and operators may be nested."""

LONGEST_CHAIN: Final = 100
"""Operands in one run of + and -, or of * / and %."""

_GRAMMAR: Final = r"""
?start: expression
?expression: disjunction
    | disjunction "?" disjunction ":" expression        -> conditional
?disjunction: conjunction
    | conjunction ("||" conjunction)+                   -> either
?conjunction: relation
    | relation ("&&" relation)+                         -> both
?relation: sum
    | sum (COMPARED | IN) sum                           -> relation
?sum: product
    | product ((PLUS | MINUS) product)+                 -> arithmetic
?product: unary
    | unary ((TIMES | OVER | MODULO) unary)+            -> arithmetic
?unary: member
    | NOT unary                                         -> negation
    | MINUS unary                                       -> negative
?member: primary
    | member "." IDENTIFIER                             -> select
    | member "." IDENTIFIER "(" _arguments? ")"         -> method
?primary: IDENTIFIER                                    -> name
    | IDENTIFIER "(" _arguments? ")"                    -> call
    | OPEN expression ")"                               -> group
    | BRACKET (_arguments ","?)? "]"                    -> items
    | NUMBER                                            -> number
    | (RAW | TEXT)                                      -> text
_arguments: expression
    | _arguments "," expression

COMPARED: "==" | "!=" | "<=" | ">=" | "<" | ">"
IN: "in"
PLUS: "+"
MINUS: "-"
TIMES: "*"
OVER: "/"
MODULO: "%"
NOT: "!"
OPEN: "("
BRACKET: "["
NUMBER: /(0[xX][0-9a-fA-F]+|[0-9]*\.[0-9]+|[0-9]+)([eE][+-]?[0-9]+)?[uU]?/
RAW.2: /[rR]("[^"\n\r]*"|'[^'\n\r]*')/
TEXT: /"([^"\\\n\r]|\\[^\n\r])*"|'([^'\\\n\r]|\\[^\n\r])*'/
IDENTIFIER: /[_a-zA-Z][_a-zA-Z0-9]*/
COMMENT: /\/\/[^\n]*/
SPACE: /[ \t\n\f\r]+/
%ignore COMMENT
%ignore SPACE
"""

RESERVED: Final = frozenset(
    {"as", "break", "const", "continue", "else", "for", "function", "if", "import", "in", "let",
     "loop", "package", "namespace", "return", "true", "false", "null", "var", "void", "while"}
)  # fmt: skip
"""Words that no name may be (CEL, "Syntax")."""


class _Unfit(Exception):
    """The text reads, but is refused; raised while the tree is made."""

    def __init__(self, place: Place, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.place, self.message, self.hint = place, message, hint


def parse(text: str, *, owner: Owner) -> Node:
    """The tree of one expression. Raises InvalidExpression at the first place it cannot be read."""
    if len(text) > LONGEST_SOURCE:
        raise InvalidExpression(
            owner,
            Place(1, 1),
            f"this is {len(text)} characters long, and {LONGEST_SOURCE} are allowed",
            hint="give parts of it names, as values of the policy",
        )
    try:
        tree = _parser().parse(text)
    except _Unfit as unfit:
        raise InvalidExpression(owner, unfit.place, unfit.message, hint=unfit.hint) from None
    except UnexpectedToken as unexpected:
        _refuse_token(unexpected.token, text, owner)
    except UnexpectedCharacters as unexpected:
        place = Place(unexpected.line, unexpected.column)
        _refuse_character(unexpected.char, place, owner)
    assert isinstance(tree, Node)
    return tree


@cache
def _parser() -> Lark:
    # The basic lexer, so that `a invoice` is never read as `a in voice`.
    return Lark(
        _GRAMMAR,
        parser="lalr",
        lexer="basic",
        transformer=_Tree(),
    )


def _place(token: Token) -> Place:
    assert token.line is not None
    assert token.column is not None
    return Place(token.line, token.column)


def _above(place: Place, *below: Node) -> int:
    """The depth of a node above these."""
    depth = 1 + max((node.depth for node in below), default=0)
    if depth > DEEPEST:
        raise _Unfit(
            place,
            f"this is nested more than {DEEPEST} levels deep",
            "give parts of it names, as values of the policy",
        )
    return depth


def _named(token: Token) -> str:
    name = str(token)
    if name == "null":
        raise _Unfit(_place(token), "there is no null", "use has() to ask whether a fact is known")
    if name in RESERVED:
        raise _Unfit(_place(token), f"{name!r} is a word of the language and names nothing")
    return name


@v_args(inline=True)
class _Tree(Transformer[Token, Any]):
    """Makes each node as soon as the parser has its parts."""

    def conditional(self, condition: Node, then: Node, otherwise: Node) -> Node:
        depth = _above(condition.place, condition, then, otherwise)
        return syntax.Conditional(condition.place, depth, condition, then, otherwise)

    def both(self, *operands: Node) -> Node:
        return self._logic("&&", operands)

    def either(self, *operands: Node) -> Node:
        return self._logic("||", operands)

    def _logic(self, operator: str, operands: tuple[Node, ...]) -> Node:
        place = operands[0].place
        return syntax.Logic(place, _above(place, *operands), operator, operands)

    def relation(self, left: Node, operator: Token, right: Node) -> Node:
        depth = _above(left.place, left, right)
        return syntax.Relation(left.place, depth, str(operator), left, right)

    def arithmetic(self, *parts: Any) -> Node:
        operands: tuple[Node, ...] = parts[::2]
        operators: tuple[Token, ...] = parts[1::2]
        if len(operands) > LONGEST_CHAIN:
            raise _Unfit(
                _place(operators[LONGEST_CHAIN - 1]),
                f"more than {LONGEST_CHAIN} operands follow one another",
                "give parts of it names, as values of the policy",
            )
        place = operands[0].place
        signs = tuple(str(operator) for operator in operators)
        return syntax.Arithmetic(place, _above(place, *operands), operands, signs)

    def negation(self, sign: Token, operand: Node) -> Node:
        return syntax.Not(_place(sign), _above(_place(sign), operand), operand)

    def negative(self, sign: Token, operand: Node) -> Node:
        return syntax.Negative(_place(sign), _above(_place(sign), operand), operand)

    def select(self, member: Node, token: Token) -> Node:
        if not isinstance(member, syntax.Name):
            raise _Unfit(_place(token), f"nothing here has a part named {str(token)!r}")
        member.name = f"{member.name}.{token}"
        return member

    def method(self, subject: Node, token: Token, *given: Node) -> Node:
        depth = _above(subject.place, subject, *given)
        return syntax.Method(subject.place, depth, subject, str(token), _place(token), given)

    def name(self, token: Token) -> Node:
        word = str(token)
        if word in ("true", "false"):
            return syntax.Literal(_place(token), 1, word == "true")
        return syntax.Name(_place(token), 1, _named(token))

    def call(self, token: Token, *given: Node) -> Node:
        place = _place(token)
        return syntax.Call(place, _above(place, *given), _named(token), given)

    def group(self, parenthesis: Token, inner: Node) -> Node:
        # A level of its own, though it leaves nothing in the tree.
        inner.place, inner.depth = _place(parenthesis), _above(_place(parenthesis), inner)
        return inner

    def items(self, bracket: Token, *items: Node) -> Node:
        return syntax.Items(_place(bracket), _above(_place(bracket), *items), items)

    def number(self, token: Token) -> Node:
        return self._literal(token, read_number)

    def text(self, token: Token) -> Node:
        return self._literal(token, read_text)

    def _literal(self, token: Token, read: Any) -> Node:
        place = _place(token)
        try:
            return syntax.Literal(place, 1, read(str(token)))
        except UnreadableLiteral as unreadable:
            column = place.column + unreadable.offset
            raise _Unfit(Place(place.line, column), unreadable.message, unreadable.hint) from None


_INSTEAD: Final = {
    "and": "write &&",
    "or": "write ||",
    "not": "write !",
    "[": "a list cannot be indexed; use in",
    "{": "there are no maps",
    "?": "put the inner choice in parentheses",
    "in": "put something before it",
}


def _refuse_token(token: Token, text: str, owner: Owner) -> NoReturn:
    if token.type == "$END":
        lines = text.split("\n")
        end = Place(len(lines), len(lines[-1]) + 1)
        raise InvalidExpression(owner, end, "something is missing at the end")
    hint = _INSTEAD.get(str(token), "")
    if token.type == "COMPARED":
        hint = "comparisons do not follow one another; join them with &&"
    shown = str(token) if len(token) <= 40 else f"{token[:40]}..."
    raise InvalidExpression(owner, _place(token), f"{shown!r} is not expected here", hint=hint)


_CHARACTERS: Final = {
    "=": "use == to compare",
    "&": "write &&",
    "|": "write ||",
    "{": "there are no maps",
}


def _refuse_character(character: str, place: Place, owner: Owner) -> NoReturn:
    if character in "'\"":
        raise InvalidExpression(owner, place, "the text that begins here is not closed on its line")
    message = f"{character!r} is not expected here"
    raise InvalidExpression(owner, place, message, hint=_CHARACTERS.get(character, ""))
