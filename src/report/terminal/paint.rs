//! Colours, by what they mean.

use owo_colors::{OwoColorize, Style};

use crate::report::model::Verdict;
use crate::report::printable::printable;

/// What a piece of text is, which decides its colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Paint {
    Plain,
    Heading,
    Dim,
    Fail,
    Warn,
    Note,
    Pass,
    Skip,
    Error,
}

impl Paint {
    /// The paint of a verdict.
    pub(super) fn of(verdict: Verdict) -> Paint {
        match verdict {
            Verdict::Pass => Paint::Pass,
            Verdict::Fail | Verdict::Fixed => Paint::Fail,
            Verdict::Warn => Paint::Warn,
            Verdict::Note => Paint::Note,
            Verdict::Skip | Verdict::Known => Paint::Skip,
            Verdict::Error => Paint::Error,
        }
    }

    /// The text in this paint.
    pub(super) fn on(self, text: &str) -> String {
        let style = match self {
            Paint::Plain => return text.to_owned(),
            Paint::Heading => Style::new().bold(),
            Paint::Dim => Style::new().dimmed(),
            Paint::Fail => Style::new().red().bold(),
            Paint::Warn => Style::new().yellow().bold(),
            Paint::Note => Style::new().cyan(),
            Paint::Pass => Style::new().green(),
            Paint::Skip => Style::new().blue(),
            Paint::Error => Style::new().magenta().bold(),
        };
        text.style(style).to_string()
    }
}

/// A piece of text in one paint. There is no way to make one with characters a terminal would obey.
#[derive(Debug, Clone)]
pub(super) struct Span {
    pub(super) paint: Paint,
    text: String,
}

impl Span {
    pub(super) fn new(paint: Paint, text: impl AsRef<str>) -> Span {
        Span { paint, text: printable(text.as_ref()).into_owned() }
    }

    pub(super) fn plain(text: impl AsRef<str>) -> Span {
        Span::new(Paint::Plain, text)
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }
}
