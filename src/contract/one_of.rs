//! Tables that hold exactly one of several keys.

use schemars::Schema;
use serde_json::{Map, Value};

/// Turns the `oneOf` of an externally tagged enum into one object with exactly one property: validators then say
/// "unknown key" or "expected exactly one of" where `oneOf` only says that nothing matched.
pub(crate) fn one_table(schema: &mut Schema) {
    let Some(Value::Array(variants)) = schema.remove("oneOf") else { return };
    let mut properties = Map::new();
    for variant in variants {
        if let Some(Value::Object(members)) = variant.get("properties") {
            for (key, value) in members {
                let mut value = value.clone();
                if let (Some(text), Value::Object(value)) = (variant.get("description"), &mut value) {
                    value.entry("description").or_insert_with(|| text.clone());
                }
                properties.insert(key.clone(), value);
            }
        }
    }
    schema.insert("type".into(), "object".into());
    schema.insert("properties".into(), Value::Object(properties));
    schema.insert("additionalProperties".into(), false.into());
    schema.insert("minProperties".into(), 1.into());
    schema.insert("maxProperties".into(), 1.into());
}
