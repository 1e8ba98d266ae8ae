//! Our input files, TOML or JSON, with the place of everything in them.

use std::{ops::Range, sync::Arc};

use serde_json::Value;

use super::diagnostic::Diagnostic;

mod check;
mod json;
mod nearest;
mod spans;
mod toml;
mod words;

pub use nearest::nearest;
use spans::Spans;

/// How deep objects and arrays may be nested: as deep as `serde_json` reads.
///
/// Everything that walks a document recurses, so this is what bounds the stack.
const MAX_DEPTH: usize = 127;

/// What a parser makes of a file.
type Parsed = Result<(Value, Spans), Vec<Diagnostic>>;

/// A file of ours (TOML or JSON) together with where each of its members stands.
///
/// Members are named by JSON pointers: `""` is the whole document, `"/jobs/0/name"` a member of it.
#[derive(Debug, Clone)]
pub struct Document {
    /// The file, as shown to people.
    pub name: String,
    /// All of the file's text, which the spans are places in.
    pub text: Arc<str>,
    /// What the file says. TOML's dates and times are strings.
    pub value: Value,
    spans: Spans,
}

impl Document {
    /// Reads a file, as TOML or as JSON by the extension of its name.
    ///
    /// # Errors
    ///
    /// All problems found, see [`Document::toml`] and [`Document::json`]; also when the extension
    /// is another one or the bytes are not UTF-8.
    pub fn from_bytes(name: impl Into<String>, bytes: &[u8]) -> Result<Self, Vec<Diagnostic>> {
        let name = name.into();
        let text = match str::from_utf8(bytes) {
            Ok(text) => text,
            Err(error) => {
                let at = error.valid_up_to();
                let message = format!("is not UTF-8 (byte {at})");
                let shown = Arc::from(String::from_utf8_lossy(bytes));
                return Err(vec![Diagnostic::error(name, &shown, at..at, message)]);
            }
        };
        match name.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase()).as_deref() {
            Some("toml") => Self::toml(name, text),
            Some("json") => Self::json(name, text),
            _ => {
                let message = "is neither a .toml nor a .json file";
                Err(vec![Diagnostic::error(name, &Arc::from(text), None, message)])
            }
        }
    }

    /// Reads TOML.
    ///
    /// # Errors
    ///
    /// Every mistake the parser gets past, not only the first; also numbers JSON does not have:
    /// `nan`, `inf` and integers of more than 64 bits.
    pub fn toml(name: impl Into<String>, text: impl Into<Arc<str>>) -> Result<Self, Vec<Diagnostic>> {
        Self::parsed(name.into(), text.into(), toml::parse)
    }

    /// Reads strict JSON: no comments, no trailing commas, no key twice in an object.
    ///
    /// # Errors
    ///
    /// The first mistake in the syntax, or every duplicate key and every value nested too deeply.
    pub fn json(name: impl Into<String>, text: impl Into<Arc<str>>) -> Result<Self, Vec<Diagnostic>> {
        Self::parsed(name.into(), text.into(), json::parse)
    }

    fn parsed(
        name: String,
        text: Arc<str>,
        parse: fn(&str, &Arc<str>) -> Parsed,
    ) -> Result<Self, Vec<Diagnostic>> {
        let (value, spans) = parse(&name, &text)?;
        Ok(Self { name, text, value, spans })
    }

    /// Where the value at `pointer` stands; where there is none, its nearest ancestor's place.
    ///
    /// A TOML document as a whole stands at the start of its file, and a table at its header.
    pub fn span(&self, pointer: &str) -> Range<usize> {
        self.spans.nearest(pointer).value.clone()
    }

    /// Where the key of the value at `pointer` stands; for values without a key, such as items of
    /// arrays, the place of the value. Where there is no value, its nearest ancestor's key.
    pub fn key_span(&self, pointer: &str) -> Range<usize> {
        let spans = self.spans.nearest(pointer);
        spans.key.as_ref().unwrap_or(&spans.value).clone()
    }

    /// An error at `span` of this file.
    pub fn error(&self, span: Range<usize>, message: impl Into<String>) -> Diagnostic {
        Diagnostic::error(self.name.clone(), &self.text, span, message)
    }

    /// Lays the value at pointer `overlay` over the one at pointer `base`: objects merge, and
    /// everything else, arrays included, is replaced. What comes from the overlay keeps its place,
    /// so that problems with it are shown where it was written.
    ///
    /// The overlay itself stays where it was. Does nothing when either value is missing.
    pub fn overlay(&mut self, base: &str, overlay: &str) {
        let (Some(over), Some(over_spans)) =
            (self.value.pointer(overlay).cloned(), self.spans.get(overlay).cloned())
        else {
            return;
        };
        if let (Some(value), Some(spans)) = (self.value.pointer_mut(base), self.spans.get_mut(base)) {
            spans::merge(value, spans, over, over_spans);
        }
    }
}

/// The JSON pointer to member `key` of the value at `pointer`.
pub fn child(pointer: &str, key: &str) -> String {
    format!("{pointer}/{}", super::pointer::escape(key))
}

#[cfg(test)]
mod tests;
