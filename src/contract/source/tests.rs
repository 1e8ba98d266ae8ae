use proptest::prelude::*;
use rstest::rstest;
use serde_json::json;

use super::*;

fn messages(result: Result<Document, Vec<Diagnostic>>) -> Vec<String> {
    result.map(|document| vec![document.value.to_string()]).unwrap_or_else(|problems| {
        crate::contract::diagnostic::Diagnostics::from(problems).iter().map(ToString::to_string).collect()
    })
}

fn read(text: &str) -> Document {
    Document::toml("f", text).unwrap()
}

#[test]
fn reads_toml_values_and_their_places() {
    let text = "a.b = 0x10\nd = 1979-05-27\n[t]\nf = 1.5\n[[l]]\nx = [true, 'y']\n[[l]]\n";
    let document = Document::toml("f.toml", text).unwrap();
    let expected = json!({
        "a": {"b": 16}, "d": "1979-05-27", "t": {"f": 1.5}, "l": [{"x": [true, "y"]}, {}],
    });
    assert_eq!(document.value, expected);
    let at = |span: Range<usize>| &text[span];
    assert_eq!(at(document.span("/a/b")), "0x10");
    assert_eq!(at(document.key_span("/a/b")), "b");
    assert_eq!(at(document.span("/t")), "[t]");
    assert_eq!(at(document.span("/l/0/x/1")), "'y'");
    assert_eq!(at(document.key_span("/l/0/x/1")), "'y'");
    assert_eq!(at(document.span("/t/f/no/such")), "1.5");
    assert_eq!(document.span("/l/1"), text.len() - 6..text.len() - 1);
    assert_eq!(document.span("/nothing"), 0..0);
}

#[test]
fn reads_json_values_and_their_places() {
    let text = r#"{"a/b": {"~": [1, 18446744073709551615]}, "s": "\ud83d\ude00"}"#;
    let document = Document::json("f.json", text).unwrap();
    assert_eq!(document.value, json!({"a/b": {"~": [1, u64::MAX]}, "s": "\u{1f600}"}));
    assert_eq!(&text[document.span("/a~1b/~0/0")], "1");
    assert_eq!(&text[document.key_span("/a~1b/~0")], "\"~\"");
    assert_eq!(child("/a~1b", "~"), "/a~1b/~0");
    assert_eq!(document.span(""), 0..text.len());
}

#[test]
fn all_mistakes_in_a_toml_file_are_told() {
    let text = "a = \nb = 1\nb = 2\n[t]\nc = 'x\nd = 01\ne = true\n[u\n[t]\nf = [1 2]\n";
    let expected = [
        "f:1:5: invalid TOML: string values must be quoted",
        "f:3:1: invalid TOML: duplicate key",
        "f:5:7: invalid TOML: invalid literal string",
        "f:6:5: invalid TOML: unexpected leading zero",
        "f:8:3: invalid TOML: unclosed table",
        "f:9:2: invalid TOML: duplicate key",
        "f:10:6: invalid TOML: string values must be quoted",
    ];
    assert_eq!(messages(Document::toml("f", text)), expected);
}

#[rstest]
#[case::nan("a = nan\nb = -inf", &["f:1:5: number out of range: `nan`", "f:2:5: number out of range: `-inf`"])]
#[case::u64("a = 18446744073709551615", &[r#"{"a":18446744073709551615}"#])]
#[case::huge("a = 18446744073709551616", &["f:1:5: number out of range: `18446744073709551616`"])]
#[case::overflow("a = 1e999", &["f:1:5: number out of range: `1e999`"])]
#[case::underscores("a = -1_000", &[r#"{"a":-1000}"#])]
#[case::empty("", &["{}"])]
fn toml_numbers(#[case] text: &str, #[case] expected: &[&str]) {
    assert_eq!(messages(Document::toml("f", text)), expected);
}

#[rstest]
#[case::comment("{} // no", "f:1:4: invalid JSON: comments are not allowed")]
#[case::trailing_comma("[1,]", "f:1:3: invalid JSON: trailing commas are not allowed")]
#[case::missing_comma("[1 2]", "f:1:3: invalid JSON: expected comma")]
#[case::single_quotes("['a']", "f:1:2: invalid JSON: single-quoted strings are not allowed")]
#[case::no_quotes("{a: 1}", "f:1:2: invalid JSON: expected string for object property")]
#[case::two_values("1 2", "f:1:3: invalid JSON: text cannot contain more than one JSON value")]
#[case::duplicate(r#"{"a": 1, "a": 2}"#, "f:1:10: duplicate key `a`")]
#[case::same_when_read(r#"{"a": 1, "\u0061": 2}"#, "f:1:10: duplicate key `a`")]
#[case::empty("", "f:1:1: invalid JSON: EOF while parsing a value")]
#[case::control_character(
    "\n\"\u{1}\"",
    "f:2:2: invalid JSON: control character (\\u0000-\\u001F) found while parsing a string"
)]
#[case::foreign_space("[1,\u{a0}2]", "f:1:4: invalid JSON: expected value")]
#[case::leading_zero("01", "f:1:2: invalid JSON: text cannot contain more than one JSON value")]
#[case::huge("1e999", "f:1:5: invalid JSON: number out of range")]
#[case::byte_order_mark("\u{feff}1", "f:1:1: invalid JSON: a byte order mark before the first value")]
fn json_is_strict(#[case] text: &str, #[case] expected: &str) {
    assert_eq!(messages(Document::json("f", text)), [expected]);
}

#[rstest]
#[case::json_arrays("f.json", "[".repeat(10_000))]
#[case::closed("f.json", format!("{}{}", "[".repeat(10_000), "]".repeat(10_000)))]
#[case::json_objects("f.json", r#"{"a":"#.repeat(10_000))]
#[case::just_too_deep("f.json", format!("{}{}", "[".repeat(128), "]".repeat(128)))]
#[case::toml_arrays("f.toml", format!("a = {}{}", "[".repeat(10_000), "]".repeat(10_000)))]
#[case::toml_tables("f.toml", format!("a = {}", "{a = ".repeat(10_000)))]
#[case::toml_keys("f.toml", format!("{}a = 1", "a.".repeat(10_000)))]
#[case::toml_headers("f.toml", format!("[{}a]", "a.".repeat(10_000)))]
#[case::toml_all_ways("f.toml", {
    let keys = vec!["a"; 70].join(".");
    format!("[{keys}]\n{keys} = {}{}", "[".repeat(70), "]".repeat(70))
})]
fn deep_nesting_is_a_problem_not_a_crash(#[case] name: &str, #[case] text: String) {
    assert!(Document::from_bytes(name, text.as_bytes()).is_err());
}

#[test]
fn the_deepest_document_can_be_checked() {
    let text = format!("{}{}", r#"{"a":"#.repeat(126) + "{", "}".repeat(127));
    let document = Document::json("f", text).unwrap();
    let schema = json!({
        "$ref": "#/$defs/t",
        "$defs": {"t": {"anyOf": [{"properties": {"a": {"$ref": "#/$defs/t"}}, "required": ["a"]}, {"type": "null"}]}},
    });
    assert_eq!(document.check(&schema).len(), 1);
}

#[rstest]
#[case::not_utf8("f.toml", b"a = '\xff'", "f.toml:1:6: is not UTF-8 (byte 5)")]
#[case::extension("f.yaml", b"a: 1", "f.yaml: is neither a .toml nor a .json file")]
#[case::capitals("f.JSON", b"[1]", "[1]")]
fn reads_bytes_by_extension(#[case] name: &str, #[case] bytes: &[u8], #[case] expected: &str) {
    assert_eq!(messages(Document::from_bytes(name, bytes)), [expected]);
}

#[test]
fn an_overlay_brings_its_places_along() {
    let text = "\
        a = 1\nlist = [1, 2]\n[server]\nurl = 'x'\nport = 1\n\
        [profile.ci]\nlist = [3]\nnew = 'n'\n[profile.ci.server]\nurl = 'y'\n";
    let mut document = read(text);
    document.overlay("", "/profile/ci");
    document.overlay("", "/profile/none");
    document.overlay("/none", "/profile/ci");
    assert_eq!(document.value["server"], json!({"url": "y", "port": 1}));
    assert_eq!(document.value["list"], json!([3]));
    assert_eq!(document.value["new"], json!("n"));
    assert_eq!(document.value["profile"]["ci"]["list"], json!([3]));
    assert_eq!(&text[document.span("/server/url")], "'y'");
    assert_eq!(&text[document.span("/server/port")], "1");
    assert_eq!(&text[document.span("/server")], "[server]");
    assert_eq!(&text[document.span("/list/0")], "3");
    assert_eq!(&text[document.span("/list/1")], "[3]");
    assert!(document.key_span("/list").start > text.find("[profile.ci]").unwrap());
}

fn schema() -> Value {
    json!({
        "type": "object",
        "properties": {
            "timeout": {"type": "integer", "minimum": 1},
            "name": {"type": ["string", "null"], "minLength": 1},
            "step": {"$ref": "#/$defs/a~1step"},
            "mode": {"enum": ["fast", "careful", 3]},
            "codes": {"type": "object", "propertyNames": {"pattern": "^[0-9]+$"}},
            "roles": {"propertyNames": {"enum": ["submit", "cancel"]}},
            "maybe": {"anyOf": [{"$ref": "#/$defs/kind"}, {"type": "null"}]},
            "flat": {"$ref": "#/$defs/common", "properties": {"x": {}}, "unevaluatedProperties": false},
        },
        "additionalProperties": false,
        "$defs": {
            "a/step": {
                "type": "object", "minProperties": 1, "maxProperties": 1, "additionalProperties": false,
                "properties": {
                    "wait": {"type": "object", "required": ["for", "until"]},
                    "call": {}, "stop": {}, "then": {"$ref": "#/$defs/a~1step"},
                },
            },
            "kind": {"oneOf": [{"const": "pull"}, {"type": "string", "const": "push"}]},
            "common": {"properties": {"verbose": {}}},
        },
    })
}

#[rstest]
#[case::fits("timeout = 1\nmode = 3\nname = 'n'\nmaybe = 'pull'\nstep.then.call = 1", &[])]
#[case::unknown_key("timout = 1", &["f:1:1: unknown key `timout` [did you mean `timeout`?]"])]
#[case::each_key("xyz = 1\nzyx = 2", &[
    "f:1:1: unknown key `xyz` [allowed keys: `codes`, `flat`, `maybe`, `mode`, `name`, `roles`, `step`, `timeout`]",
    "f:2:1: unknown key `zyx` [allowed keys: `codes`, `flat`, `maybe`, `mode`, `name`, `roles`, `step`, `timeout`]",
])]
#[case::taken_is_not_meant("step = {call = 1, cal = 2}", &[
    "f:1:1: expected exactly one of `call`, `stop`, `then`, `wait`",
    "f:1:19: unknown key `cal` [allowed keys: `call`, `stop`, `then`, `wait`]",
])]
#[case::through_references("[step.then]\ncal = 1", &["f:2:1: unknown key `cal` [did you mean `call`?]"])]
#[case::missing("[step.wait]", &["f:1:7: missing key `for`", "f:1:7: missing key `until`"])]
#[case::none_of("step = {}", &["f:1:1: expected exactly one of `call`, `stop`, `then`, `wait`"])]
#[case::two_of("[step]\ncall = 1\nstop = 2", &["f:1:2: expected exactly one of `call`, `stop`, `then`, `wait`"])]
#[case::wrong_type("timeout = 'x'", &["f:1:11: expected integer, found string"])]
#[case::types("name = 1.5", &["f:1:8: expected string or null, found number"])]
#[case::too_small("timeout = 0", &["f:1:11: must be at least 1, found `0`"])]
#[case::empty("name = ''", &["f:1:8: must not be empty"])]
#[case::meant("mode = 'carefull'", &[
    "f:1:8: unknown value `carefull` [did you mean `careful`? It must be one of `fast`, `careful`, `3`]",
])]
#[case::not_meant("mode = 'x'", &["f:1:8: unknown value `x` [it must be one of `fast`, `careful`, `3`]"])]
#[case::key_pattern("[codes]\nabc = 1", &["f:2:1: invalid key `abc`: `abc` does not match `^[0-9]+$`"])]
#[case::key_enum("[roles]\nsubmti = 1", &["f:2:1: unknown key `submti` [did you mean `submit`?]"])]
#[case::variants("maybe = 'puhs'", &[
    "f:1:9: unknown value `puhs` [did you mean `push`? It must be one of `pull`, `push`]",
])]
#[case::flattened("flat = {verbos = 1}", &["f:1:9: unknown key `verbos` [did you mean `verbose`?]"])]
#[case::many("timeout = 0\nname = 1\n[step]\nx = 1", &[
    "f:1:11: must be at least 1, found `0`",
    "f:2:8: expected string or null, found integer",
    "f:4:1: unknown key `x` [allowed keys: `call`, `stop`, `then`, `wait`]",
])]
fn tells_everything_wrong_where_it_stands(#[case] text: &str, #[case] expected: &[&str]) {
    let problems = crate::contract::diagnostic::Diagnostics::from(read(text).check(&schema()));
    let told = problems.iter().map(|problem| match &problem.help {
        Some(help) => format!("{problem} [{help}]"),
        None => problem.to_string(),
    });
    assert_eq!(told.collect::<Vec<_>>(), expected);
}

#[test]
fn an_invalid_schema_is_told() {
    let problems = read("a = 1").check(&json!({"type": 3}));
    assert!(problems[0].to_string().starts_with("f: cannot be checked"), "{problems:?}");
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes: Vec<u8>, json: bool) {
        let _ = Document::from_bytes(if json { "f.json" } else { "f.toml" }, &bytes);
    }

    #[test]
    fn anything_like_toml_is_read_or_refused(text in r#"([\[\]{}=,."'\\ \n\r#abä\t0-9-]|"""|'''|\[\[|a = |\na\.b|1e|nan|\\u00|true){0,40}"#) {
        if let Err(problems) = Document::toml("f", text.as_str()) {
            crate::contract::diagnostic::Diagnostics::from(problems).render(false, true);
        }
    }

    #[test]
    fn anything_like_json_is_read_as_serde_json_does(text in r#"([\[\]{},: "\\ \n\rabä0-9eE.+-]|"a":|true|null|\\ud83d|\\ude00|\\n|/\*|\u{a0}){0,30}"#) {
        match Document::json("f", text.as_str()) {
            Ok(document) => prop_assert_eq!(document.value, serde_json::from_str::<Value>(&text).unwrap()),
            Err(problems) => {
                let told = crate::contract::diagnostic::Diagnostics::from(problems).render(false, true);
                prop_assert!(told.contains("duplicate key") || serde_json::from_str::<Value>(&text).is_err());
            }
        }
    }
}
