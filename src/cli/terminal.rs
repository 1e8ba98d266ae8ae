//! Where the program prints, and in which style.

use std::io::{IsTerminal, Write};

use crate::contract::diagnostic::Diagnostics;
use crate::report::terminal::Style;

/// Why a command could not do its work.
#[derive(Debug)]
pub(super) enum Complaint {
    /// Something in words, with what to do next.
    Words(String),
    /// Mistakes in files.
    Mistakes(Diagnostics),
}

impl From<String> for Complaint {
    fn from(words: String) -> Self {
        Complaint::Words(words)
    }
}

impl From<&str> for Complaint {
    fn from(words: &str) -> Self {
        Complaint::Words(words.to_owned())
    }
}

impl From<Diagnostics> for Complaint {
    fn from(mistakes: Diagnostics) -> Self {
        Complaint::Mistakes(mistakes)
    }
}

/// The two streams of the process.
#[derive(Debug, Clone, Copy)]
pub(super) struct Terminal {
    /// Whether standard output takes colours.
    pub(super) colour: bool,
    /// Whether standard error takes colours.
    error_colour: bool,
    /// Whether a person watches standard error.
    pub(super) is_watched: bool,
    width: usize,
}

impl Terminal {
    /// The streams as they are. `NO_COLOR` and `TERM=dumb` are obeyed, and so is a pipe.
    pub(super) fn of_process() -> Terminal {
        let plain = env("NO_COLOR").is_some_and(|v| !v.is_empty()) || env("TERM").as_deref() == Some("dumb");
        let width = env("COLUMNS").and_then(|c| c.parse().ok()).unwrap_or(110).clamp(40, 200);
        Terminal {
            colour: !plain && std::io::stdout().is_terminal(),
            error_colour: !plain && std::io::stderr().is_terminal(),
            is_watched: std::io::stderr().is_terminal() && env("CI").is_none(),
            width,
        }
    }

    /// Prints. A reader that went away is no mistake.
    pub(super) fn out(&self, text: &str) {
        let mut stdout = std::io::stdout().lock();
        let _ = stdout.write_all(text.as_bytes());
        let _ = stdout.flush();
    }

    /// Prints a line to standard error.
    pub(super) fn note(&self, text: &str) {
        let _ = writeln!(std::io::stderr().lock(), "{text}");
    }

    /// Says what is wrong.
    pub(super) fn complain(&self, why: &Complaint) {
        match why {
            Complaint::Words(words) => self.note(&format!("error: {words}")),
            Complaint::Mistakes(mistakes) => self.note(&mistakes.render(self.error_colour, true)),
        }
    }

    /// The style of reports.
    pub(super) fn style(&self, verbose: u8, quiet: bool) -> Style {
        Style { colour: self.colour, unicode: true, width: self.width, verbose, quiet }
    }
}

/// An environment variable; the only place that reads one.
#[expect(clippy::disallowed_methods, reason = "the command line reads the environment for everybody")]
pub(super) fn env(name: &str) -> Option<String> {
    std::env::var(name).ok()
}
