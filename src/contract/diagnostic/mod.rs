//! Problems in people's files: what is wrong, where it stands, and what would put it right.

use std::{cmp::Ordering, fmt, ops::Range, sync::Arc};

mod render;

/// How many problems [`Diagnostics`] writes out before it only counts the rest.
const SHOWN: usize = 100;

/// Whether a problem stops us from using the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The file cannot be used until this is put right.
    Error,
    /// The file can be used, though probably not as its author meant.
    Warning,
}

/// One problem in one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// The file, as shown to people.
    pub file: String,
    /// What is wrong, in a line that stands on its own.
    pub message: String,
    /// The bytes of `text` at fault; `None` when the file as a whole is.
    pub span: Option<Range<usize>>,
    /// A few words written under the place at fault; empty for a bare mark.
    pub label: String,
    /// What would put it right.
    pub help: Option<String>,
    /// Whether the file can be used all the same.
    pub severity: Severity,
    /// All of the file's text.
    pub text: Arc<str>,
}

impl Diagnostic {
    /// An error at `span` of the file `file`, whose text is `text`.
    pub fn error(
        file: impl Into<String>,
        text: &Arc<str>,
        span: impl Into<Option<Range<usize>>>,
        message: impl Into<String>,
    ) -> Self {
        Self {
            file: file.into(),
            message: message.into(),
            span: span.into(),
            label: String::new(),
            help: None,
            severity: Severity::Error,
            text: Arc::clone(text),
        }
    }

    /// The same problem with `label` under the place at fault.
    #[must_use]
    pub fn with_label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    /// The same problem with advice on putting it right.
    #[must_use]
    pub fn with_help(mut self, help: impl Into<Option<String>>) -> Self {
        self.help = help.into();
        self
    }

    /// The same problem as a warning.
    #[must_use]
    pub fn into_warning(self) -> Self {
        Self { severity: Severity::Warning, ..self }
    }

    /// The line and the column, in characters, where the problem starts, both counted from 1.
    ///
    /// Reads the text up to that place, so ask once per problem.
    pub fn position(&self) -> Option<(usize, usize)> {
        let before = &self.text[..self.text.floor_char_boundary(self.span.as_ref()?.start)];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        Some((before.matches('\n').count() + 1, before[line_start..].chars().count() + 1))
    }

    /// `file:line:column`, or the file alone when the problem has no place in it.
    fn place(&self) -> String {
        match self.position() {
            Some((line, column)) => format!("{}:{line}:{column}", self.file),
            None => self.file.clone(),
        }
    }

    fn order(&self, other: &Self) -> Ordering {
        let key = |it: &Self| it.span.as_ref().map(|span| (span.start, span.end));
        (&self.file, key(self), &self.message).cmp(&(&other.file, key(other), &other.message))
    }
}

/// One plain line: `file:line:column: message`.
impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let severity = match self.severity {
            Severity::Error => "",
            Severity::Warning => "warning: ",
        };
        write!(f, "{}: {severity}{}", printable(&self.place()), printable(&self.message))
    }
}

/// Problems in order of file, place and message, each only once.
///
/// As an error, it displays one plain line per problem; [`Diagnostics::render`] quotes the files.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Diagnostics(Vec<Diagnostic>);

impl Diagnostics {
    /// The problems, in order.
    pub fn iter(&self) -> std::slice::Iter<'_, Diagnostic> {
        self.0.iter()
    }

    /// How many problems there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is no problem at all.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether any of the problems is an error, not a mere warning.
    pub fn has_errors(&self) -> bool {
        self.0.iter().any(|problem| problem.severity == Severity::Error)
    }

    /// The line that stands for the problems beyond those written out.
    fn rest(&self) -> Option<String> {
        let rest = self.0.len().saturating_sub(SHOWN);
        (rest > 0).then(|| format!("... and {rest} more"))
    }
}

impl FromIterator<Diagnostic> for Diagnostics {
    fn from_iter<I: IntoIterator<Item = Diagnostic>>(problems: I) -> Self {
        problems.into_iter().collect::<Vec<_>>().into()
    }
}

impl From<Vec<Diagnostic>> for Diagnostics {
    fn from(mut problems: Vec<Diagnostic>) -> Self {
        problems.sort_by(Diagnostic::order);
        problems.dedup_by(|a, b| a.order(b) == Ordering::Equal);
        Self(problems)
    }
}

impl IntoIterator for Diagnostics {
    type Item = Diagnostic;
    type IntoIter = std::vec::IntoIter<Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl fmt::Display for Diagnostics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = self.0.iter().take(SHOWN).map(ToString::to_string);
        f.write_str(&shown.chain(self.rest()).collect::<Vec<_>>().join("\n"))
    }
}

impl std::error::Error for Diagnostics {}

/// `text` with control characters spelled out: a key or a file name may hold line breaks, or
/// sequences a terminal would obey.
fn printable(text: &str) -> String {
    let spell = |c: char| if c.is_control() { c.escape_default().to_string() } else { c.to_string() };
    text.chars().map(spell).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(file: &str, span: Range<usize>, message: &str) -> Diagnostic {
        Diagnostic::error(file, &Arc::from("a = 1\nä = 2\n"), span, message)
    }

    #[test]
    fn problems_are_sorted_and_each_kept_once() {
        let all: Diagnostics =
            [at("b", 0..1, "x"), at("a", 9..10, "y"), at("a", 0..1, "z"), at("a", 9..10, "y")]
                .into_iter()
                .collect();
        assert_eq!(all.to_string(), "a:1:1: z\na:2:3: y\nb:1:1: x");
        assert!(all.has_errors());
    }

    #[test]
    fn a_line_stays_a_line() {
        let text = Arc::from("");
        let whole = Diagnostic::error("f\n", &text, None, "unknown key `\u{1b}[2J`").into_warning();
        assert_eq!(whole.to_string(), "f\\n: warning: unknown key `\\u{1b}[2J`");
        assert_eq!(at("f", 900..901, "past the end").position(), Some((3, 1)));
    }

    #[test]
    fn a_flood_is_cut_short() {
        let all: Diagnostics = (0..150).map(|n| at("f", 0..1, &format!("problem {n:03}"))).collect();
        assert_eq!(all.to_string().lines().count(), SHOWN + 1);
        assert!(all.to_string().ends_with("... and 50 more"));
        assert!(all.render(false, true).trim_end().ends_with("... and 50 more"));
    }
}
