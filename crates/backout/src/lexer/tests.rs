//! What the server's scanner does, each case checked against the manual.

use super::*;
use expect_test::{Expect, expect};

fn check(input: &str, expect: Expect) {
    let printed = match tokenize(input) {
        Ok(tokens) => tokens.iter().map(|&token| format!("{:?} {}\n", token.kind, value(input, token))).collect(),
        Err(error) => format!("{} {} at {}..{}\n", error.sqlstate, error.message, error.span.start, error.span.end),
    };
    expect.assert_eq(&printed);
}

fn value(text: &str, token: Token) -> String {
    match token.kind {
        TokenKind::Integer => format!("{:?}", integer_value(text, token)),
        TokenKind::Param => format!("{:?}", param_value(text, token)),
        TokenKind::Operator => operator_value(text, token).to_owned(),
        kind if kind.is_ident() => ident_value(text, token).to_string(),
        _ => string_value(text, token).unwrap_or_else(|error| error.message.to_owned()),
    }
}

#[test]
fn names_fold_in_ascii_only() {
    check(
        r#"Users "Users" "a""b" ÄÖa Été$1 _x"#,
        expect![[r#"
            Word users
            QuotedIdent Users
            QuotedIdent a"b
            Word ÄÖa
            Word Été$1
            Word _x
        "#]],
    );
}

#[test]
fn a_long_name_is_cut_at_a_character() {
    check(
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaéé",
        expect![[r#"
            Word aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
        "#]],
    );
}

#[test]
fn a_string_goes_on_on_the_next_line() {
    check(
        "'a' -- first\n  'b' 'c'",
        expect![[r#"
            String ab
            String c
        "#]],
    );
    check(
        "E'a\\n'\n'\\t'''",
        expect![[r#"
        EscapeString a
        	'
    "#]],
    );
}

#[test]
fn every_quote_is_its_own_kind() {
    check(
        r#"'it''s' E'it\'s \x41\101\u00e9\\' n'x' B'01' x'1F' $$a$b$$ $_t$ $$ $_t$ U&'d\0061t\+000061' U&"d!0061" uescape '!'"#,
        expect![[r#"
            String it's
            EscapeString it's AAé\
            NationalString x
            BitString 01
            HexString 1F
            DollarString a$b
            DollarString  $$ 
            UnicodeString data
            UnicodeIdent da
        "#]],
    );
}

#[test]
fn malformed_escapes_are_the_scanners_to_refuse() {
    check(
        r"E'\u12'",
        expect![[r#"
        22025 invalid Unicode escape at 0..7
    "#]],
    );
    check(
        r"E'\xff'",
        expect![[r#"
        22021 invalid byte sequence for encoding "UTF8" at 0..7
    "#]],
    );
    check(
        r"U&'\zzzz'",
        expect![[r#"
        42601 invalid Unicode escape at 0..9
    "#]],
    );
    check(
        r"U&'\0061' UESCAPE 'ab'",
        expect![[r#"
        42601 invalid Unicode escape character at 0..22
    "#]],
    );
    check(
        r"U&'x' UESCAPE",
        expect![[r#"
        42601 UESCAPE must be followed by a simple string literal at 13..13
    "#]],
    );
    check(
        r"U&'\d83d\de00' E'\ud83d\ude00' E'\ud83d'",
        expect![[r#"
        42601 invalid Unicode surrogate pair at 31..40
    "#]],
    );
}

#[test]
fn numbers_end_where_the_server_ends_them() {
    check(
        "1 1_000 0xFF 0o17 0b11 1.5 .5 1. 1e10 1.5E-3 1..2 a[1:2] 99999999999999999999",
        expect![[r#"
            Integer Some(1)
            Integer Some(1000)
            Integer Some(255)
            Integer Some(15)
            Integer Some(3)
            Decimal 1.5
            Decimal .5
            Decimal 1.
            Decimal 1e10
            Decimal 1.5E-3
            Integer Some(1)
            DotDot ..
            Integer Some(2)
            Word a
            LBracket [
            Integer Some(1)
            Colon :
            Integer Some(2)
            RBracket ]
            Integer None
        "#]],
    );
    check(
        "SELECT 1a",
        expect![[r#"
        42601 trailing junk after numeric literal at 7..9
    "#]],
    );
    check(
        "SELECT 1e",
        expect![[r#"
        42601 trailing junk after numeric literal at 7..9
    "#]],
    );
    check(
        "SELECT 0x",
        expect![[r#"
        42601 invalid hexadecimal integer at 7..9
    "#]],
    );
    check(
        "SELECT $1a",
        expect![[r#"
        42601 trailing junk after parameter at 7..10
    "#]],
    );
}

#[test]
fn operators_lose_a_trailing_sign_unless_it_is_theirs() {
    check(
        "a=-1 @- <> != ->> => := :: .. *-- gone\n+/* gone */- $1 %+ >=",
        expect![[r#"
            Word a
            Operator =
            Operator -
            Integer Some(1)
            Operator @-
            Operator <>
            Operator <>
            Operator ->>
            EqualsGreater =>
            ColonEquals :=
            DoubleColon ::
            DotDot ..
            Operator *
            Operator +
            Operator -
            Param Some(1)
            Operator %+
            Operator >=
        "#]],
    );
}

#[test]
fn what_begins_no_token_is_other() {
    check(
        "\\ { $ $a }",
        expect![[r#"
            Other \
            Other {
            Other $
            Other $
            Word a
            Other }
        "#]],
    );
}

#[test]
fn unterminated_things_reach_to_the_end() {
    check(
        "SELECT 'a",
        expect![[r#"
        42601 unterminated quoted string at 7..9
    "#]],
    );
    check(
        "SELECT \"a",
        expect![[r#"
        42601 unterminated quoted identifier at 7..9
    "#]],
    );
    check(
        "SELECT \"\"",
        expect![[r#"
        42601 zero-length delimited identifier at 7..9
    "#]],
    );
    check(
        "SELECT $a$ $b$",
        expect![[r#"
        42601 unterminated dollar-quoted string at 7..14
    "#]],
    );
    check(
        "/* /* */",
        expect![[r#"
        42601 unterminated /* comment at 0..8
    "#]],
    );
    check(
        "SELECT X'1",
        expect![[r#"
        42601 unterminated hexadecimal string literal at 7..10
    "#]],
    );
    check(
        "SELECT E'\\",
        expect![[r#"
        42601 unterminated quoted string at 7..10
    "#]],
    );
}

#[test]
fn uescape_takes_a_string_in_any_quotes() {
    check(
        "U&'!0061' UESCAPE $$!$$",
        expect![[r#"
            UnicodeString a
        "#]],
    );
}
