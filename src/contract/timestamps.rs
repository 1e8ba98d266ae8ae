//! A job's points in time, and how a vendor writes them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::pointer::Pointer;

/// A job's points in time.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Timestamps {
    /// When it was created.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created: Option<Pointer>,
    /// When work began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started: Option<Pointer>,
    /// When it last changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub updated: Option<Pointer>,
    /// When it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finished: Option<Pointer>,
    /// How they are written.
    #[serde(default)]
    pub format: TimeFormat,
}

impl Timestamps {
    /// Each named timestamp that has a place.
    pub fn named(&self) -> impl Iterator<Item = (&'static str, &Pointer)> {
        [
            ("created", &self.created),
            ("started", &self.started),
            ("updated", &self.updated),
            ("finished", &self.finished),
        ]
        .into_iter()
        .filter_map(|(name, pointer)| Some((name, pointer.as_ref()?)))
    }
}

/// How a vendor writes points in time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum TimeFormat {
    /// A string as in RFC 3339.
    #[default]
    Rfc3339,
    /// A number of milliseconds since 1970.
    UnixMillis,
    /// A number of seconds since 1970.
    UnixSeconds,
    /// `yyyy-MM-dd HH:mm:ss`, in UTC.
    SpacedUtc,
}
