//! Findings in the making.

use crate::rule::{About, Finding, Level};

impl Finding {
    /// A finding without a place in the body, as grave as its reference allows.
    pub(crate) fn new(
        exchange: usize,
        reference: &str,
        message: String,
        expected: impl Into<String>,
        actual: impl Into<String>,
    ) -> Finding {
        Finding {
            exchange,
            pointer: None,
            kind: "",
            about: None,
            message,
            expected: expected.into(),
            actual: actual.into(),
            reference: reference.to_owned(),
            at_most: Level::Fail,
        }
    }

    /// The same, of this kind. Each finding has one: tests refuse a finding without.
    pub(crate) fn kind(mut self, kind: &'static str) -> Finding {
        self.kind = kind;
        self
    }

    /// The same, about this.
    pub(crate) fn about(mut self, about: About) -> Finding {
        self.about = Some(about);
        self
    }

    /// The same, at a place in the body.
    pub(crate) fn at(mut self, pointer: impl Into<String>) -> Finding {
        self.pointer = Some(pointer.into());
        self
    }

    /// The same, no graver than this.
    pub(crate) fn at_most(mut self, level: Level) -> Finding {
        self.at_most = level;
        self
    }
}
