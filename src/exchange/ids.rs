//! The ids of one job.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Serialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};

/// The ids of one job: its `id` and, by name, its others. Written as a string, or as a table.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct JobIds(pub BTreeMap<String, String>);

impl JobIds {
    /// A job with no other id.
    pub fn new(id: &str) -> Self {
        JobIds(BTreeMap::from([("id".to_owned(), id.to_owned())]))
    }

    /// The same job, with this further id.
    #[must_use]
    pub fn with(mut self, name: &str, id: &str) -> Self {
        self.0.insert(name.to_owned(), id.to_owned());
        self
    }

    /// Its further ids, by name.
    pub fn others(&self) -> BTreeMap<String, String> {
        self.0.iter().filter(|(name, _)| *name != "id").map(|(n, id)| (n.clone(), id.clone())).collect()
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
