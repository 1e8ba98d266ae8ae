//! JSON pointers with `*` for "every item", as contracts use them.

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// An RFC 6901 JSON pointer in which a segment `*` stands for every item of an array (or every member of an
/// object). The empty pointer is the whole value.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Pointer(#[schemars(regex(pattern = r"^(/([^/~]|~[01])*)*$"))] pub String);

impl Pointer {
    /// A pointer from its text.
    pub fn new(text: impl Into<String>) -> Self {
        Pointer(text.into())
    }

    /// The text of the pointer.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The first value the pointer selects.
    pub fn first<'v>(&self, value: &'v Value) -> Option<&'v Value> {
        if self.0.contains('*') {
            self.select(value).into_iter().next().map(|(_, v)| v)
        } else {
            value.pointer(&self.0)
        }
    }

    /// The first value the pointer selects, where it is a string.
    pub fn text<'v>(&self, value: &'v Value) -> Option<&'v str> {
        self.first(value).and_then(Value::as_str)
    }

    /// Every value the pointer selects, each with its concrete pointer.
    pub fn select<'v>(&self, value: &'v Value) -> Vec<(String, &'v Value)> {
        // Most pointers name one place, and are asked at every answer.
        if !self.0.contains('*') {
            return value.pointer(&self.0).map(|found| (self.0.clone(), found)).into_iter().collect();
        }
        let mut found = vec![(String::new(), value)];
        for segment in self.segments() {
            let mut next = Vec::new();
            for (at, value) in found {
                match value {
                    Value::Array(items) if segment == "*" => {
                        next.extend(items.iter().enumerate().map(|(i, v)| (format!("{at}/{i}"), v)));
                    }
                    Value::Object(members) if segment == "*" => {
                        next.extend(members.iter().map(|(k, v)| (format!("{at}/{}", escape(k)), v)));
                    }
                    Value::Object(members) => {
                        if let Some(v) = members.get(&segment) {
                            next.push((format!("{at}/{}", escape(&segment)), v));
                        }
                    }
                    Value::Array(items) => {
                        if let Some(v) = segment.parse::<usize>().ok().and_then(|i| items.get(i)) {
                            next.push((format!("{at}/{segment}"), v));
                        }
                    }
                    _ => {}
                }
            }
            found = next;
        }
        found
    }

    /// Puts `new` at the pointer, making objects on the way. A `*` segment writes to every item there is.
    pub fn put(&self, value: &mut Value, new: Value) {
        put(value, &self.segments(), new);
    }

    /// Whether it points at what another pointer does, or below that.
    pub fn is_within(&self, other: &Pointer) -> bool {
        let rest = self.0.strip_prefix(other.as_str());
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    /// Takes away what the pointer selects.
    pub fn remove(&self, value: &mut Value) {
        remove(value, &self.segments());
    }

    /// The unescaped segments.
    pub fn segments(&self) -> Vec<String> {
        let plain = |s: &str| {
            if s.contains('~') { s.replace("~1", "/").replace("~0", "~") } else { s.to_owned() }
        };
        self.0.split('/').skip(1).map(plain).collect()
    }

    /// The pointer `other` below this one.
    pub fn join(&self, other: &str) -> Pointer {
        Pointer(format!("{}{other}", self.0))
    }
}

/// Escapes one member name for use as a pointer segment.
pub fn escape(segment: &str) -> Cow<'_, str> {
    if segment.contains(['~', '/']) {
        segment.replace('~', "~0").replace('/', "~1").into()
    } else {
        segment.into()
    }
}

fn put(value: &mut Value, segments: &[String], new: Value) {
    let Some((head, rest)) = segments.split_first() else {
        *value = new;
        return;
    };
    match value {
        Value::Array(items) if head == "*" => items.iter_mut().for_each(|item| put(item, rest, new.clone())),
        Value::Array(items) => {
            if let Some(item) = head.parse::<usize>().ok().and_then(|i| items.get_mut(i)) {
                put(item, rest, new);
            }
        }
        Value::Object(members) if head == "*" => members.values_mut().for_each(|v| put(v, rest, new.clone())),
        Value::Object(members) => put(members.entry(head.clone()).or_insert(Value::Null), rest, new),
        _ if head == "*" => {}
        other => {
            *other = Value::Object(serde_json::Map::new());
            put(other, segments, new);
        }
    }
}

fn remove(value: &mut Value, segments: &[String]) {
    let Some((head, rest)) = segments.split_first() else { return };
    match value {
        Value::Array(items) if head == "*" && !rest.is_empty() => {
            items.iter_mut().for_each(|v| remove(v, rest))
        }
        Value::Array(items) => match head.parse::<usize>() {
            Ok(i) if i < items.len() && rest.is_empty() => drop(items.remove(i)),
            Ok(i) => {
                if let Some(item) = items.get_mut(i) {
                    remove(item, rest);
                }
            }
            Err(_) => {}
        },
        Value::Object(members) if rest.is_empty() => drop(members.remove(head)),
        Value::Object(members) => {
            if let Some(v) = members.get_mut(head) {
                remove(v, rest);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;
    use serde_json::json;

    #[rstest]
    #[case("", vec![""])]
    #[case("/a", vec!["/a"])]
    #[case("/a/*/b", vec!["/a/0/b", "/a/1/b"])]
    #[case("/a/1/b", vec!["/a/1/b"])]
    #[case("/x~1y", vec!["/x~1y"])]
    #[case("/missing", vec![])]
    fn selects(#[case] pointer: &str, #[case] expected: Vec<&str>) {
        let value = json!({"a": [{"b": 1}, {"b": 2}], "x/y": 0});
        let found: Vec<String> = Pointer::new(pointer).select(&value).into_iter().map(|(p, _)| p).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn knows_what_lies_within() {
        let at = |text: &str| Pointer::new(text);
        assert!(
            at("/a/b").is_within(&at("/a")) && at("/a").is_within(&at("/a")) && at("/a").is_within(&at(""))
        );
        assert!(!at("/ab").is_within(&at("/a")) && !at("/a").is_within(&at("/a/b")));
    }

    #[test]
    fn puts_and_removes() {
        let mut value = json!({});
        Pointer::new("/a/b").put(&mut value, json!(1));
        assert_eq!(value, json!({"a": {"b": 1}}));
        Pointer::new("/a/b").remove(&mut value);
        assert_eq!(value, json!({"a": {}}));
    }
}
