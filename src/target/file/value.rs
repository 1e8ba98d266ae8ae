//! Values of a target file that may be written in two ways.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{Error, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

/// One word or several: a string, or an array of strings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Words(pub Vec<String>);

impl<'de> Deserialize<'de> for Words {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Read;
        impl<'de> Visitor<'de> for Read {
            type Value = Words;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string or an array of strings")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Words, E> {
                Ok(Words(vec![text.to_owned()]))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<Words, A::Error> {
                Vec::deserialize(SeqAccessDeserializer::new(items)).map(Words)
            }
        }
        deserializer.deserialize_any(Read)
    }
}

impl JsonSchema for Words {
    fn schema_name() -> Cow<'static, str> {
        "Words".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "One word or several.",
            "anyOf": [
                { "type": "string", "minLength": 1 },
                { "type": "array", "items": { "type": "string", "minLength": 1 } },
            ],
        })
    }
}

/// The ids of one job: its `id` and, by name, its others. Written as a string, or as a table.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct JobIds(pub BTreeMap<String, String>);

impl JobIds {
    /// A job with no other id.
    pub fn new(id: &str) -> Self {
        JobIds(BTreeMap::from([("id".to_owned(), id.to_owned())]))
    }

    /// Its id.
    pub fn id(&self) -> &str {
        self.0.get("id").map_or("", String::as_str)
    }
}

impl<'de> Deserialize<'de> for JobIds {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Read;
        impl<'de> Visitor<'de> for Read {
            type Value = JobIds;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a job's id, or a table of its ids")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<JobIds, E> {
                Ok(JobIds::new(text))
            }

            fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<JobIds, A::Error> {
                let ids = BTreeMap::deserialize(MapAccessDeserializer::new(members))?;
                if ids.contains_key("id") { Ok(JobIds(ids)) } else { Err(A::Error::missing_field("id")) }
            }
        }
        deserializer.deserialize_any(Read)
    }
}

impl JsonSchema for JobIds {
    fn schema_name() -> Cow<'static, str> {
        "JobIds".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "A job's id, or a table of its ids: `id` and, by name, the others.",
            "anyOf": [
                { "type": "string", "minLength": 1 },
                {
                    "type": "object",
                    "properties": { "id": { "type": "string", "minLength": 1 } },
                    "required": ["id"],
                    "additionalProperties": { "type": "string", "minLength": 1 },
                },
            ],
        })
    }
}

/// Lets a fixture name facets among its other members. Which facets there are, only a contract knows.
pub(super) fn facets_inline(schema: &mut Schema) {
    schema.insert("additionalProperties".into(), serde_json::json!({ "$ref": "#/$defs/Words" }));
}
