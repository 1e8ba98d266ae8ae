//! Problems drawn under the lines of the files they are in.

use std::fmt;

use miette::{
    GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError, MietteSpanContents, SourceCode,
    SourceSpan, SpanContents, ThemeCharacters, ThemeStyles,
};

use super::{Diagnostic, Diagnostics, SHOWN, Severity, printable};

const WIDTH: usize = 100;

/// How much of a long line is shown before and after the place at fault, in bytes.
const REACH: usize = 120;

impl Diagnostics {
    /// All problems, each with its place, the line at fault, a mark under it and the advice.
    ///
    /// The answer depends on nothing but the arguments: neither the environment nor the terminal.
    pub fn render(&self, colour: bool, unicode: bool) -> String {
        let characters = if unicode { ThemeCharacters::unicode() } else { ThemeCharacters::ascii() };
        let styles = if colour { ThemeStyles::ansi() } else { ThemeStyles::none() };
        let handler = GraphicalReportHandler::new_themed(GraphicalTheme { characters, styles })
            .with_width(WIDTH)
            .without_primary_span_start()
            .without_syntax_highlighting();
        let drawn = self.0.iter().take(SHOWN).map(|problem| {
            let mut out = String::new();
            match handler.render_report(&mut out, &Report::new(problem)) {
                Ok(()) => out,
                Err(fmt::Error) => format!("{problem}\n"),
            }
        });
        drawn.chain(self.rest().map(|rest| rest + "\n")).collect::<Vec<_>>().join("\n")
    }
}

/// A problem in the form miette draws.
#[derive(Debug)]
struct Report<'a> {
    problem: &'a Diagnostic,
    excerpt: Option<Excerpt>,
}

impl<'a> Report<'a> {
    fn new(problem: &'a Diagnostic) -> Self {
        Self { problem, excerpt: Excerpt::new(problem) }
    }
}

impl fmt::Display for Report<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.excerpt.is_none() {
            write!(f, "{}: ", printable(&self.problem.file))?;
        }
        f.write_str(&printable(&self.problem.message))
    }
}

impl std::error::Error for Report<'_> {}

impl miette::Diagnostic for Report<'_> {
    fn severity(&self) -> Option<miette::Severity> {
        Some(match self.problem.severity {
            Severity::Error => miette::Severity::Error,
            Severity::Warning => miette::Severity::Warning,
        })
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.problem.help.as_deref().map(|help| Box::new(printable(help)) as Box<dyn fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.excerpt.as_ref().map(|excerpt| excerpt as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let excerpt = self.excerpt.as_ref()?;
        let label = (!self.problem.label.is_empty()).then(|| printable(&self.problem.label));
        Some(Box::new(std::iter::once(LabeledSpan::new_primary_with_span(label, excerpt.mark))))
    }
}

/// The line at fault between its neighbours, safe to print.
///
/// miette can cut its own out of a whole text, but counts columns in bytes, breaks lines at lone
/// carriage returns in one place and not in another, and prints a one-line file in full.
#[derive(Debug)]
struct Excerpt {
    place: String,
    text: String,
    first_line: usize,
    mark: SourceSpan,
}

impl Excerpt {
    fn new(problem: &Diagnostic) -> Option<Self> {
        let (line, _) = problem.position()?;
        let (text, span) = (&*problem.text, problem.span.as_ref()?);
        let start = text.floor_char_boundary(span.start);
        let line_start = text[..start].rfind('\n').map_or(0, |newline| newline + 1);
        let newline = text[start..].find('\n').map_or(text.len(), |newline| start + newline);
        let line_end = line_start + text[line_start..newline].trim_end_matches('\r').len();
        let start = start.min(line_end);
        let from = text.ceil_char_boundary(start.saturating_sub(REACH)).max(line_start);
        let to = text.floor_char_boundary(start + REACH).min(line_end);
        // A value over many lines is marked on its first line only: the lines after it say no more.
        let end = text.floor_char_boundary(span.end).clamp(start, to);

        let before = text[..line_start].lines().next_back();
        let after = text[newline..].lines().nth(1);
        let mut out = before.map(neighbour).unwrap_or_default();
        let mark = SourceSpan::new((out.len() + start - from).into(), end - start);
        out += &clean(&text[from..to]);
        if from == to {
            // Lines without any characters are not drawn, and neither is the mark on them.
            out.push(' ');
        }
        out.push('\n');
        out += &after.map(neighbour).unwrap_or_default();
        let first_line = line - 1 - usize::from(before.is_some());
        Some(Self { place: printable(&problem.place()), text: out, first_line, mark })
    }
}

impl SourceCode for Excerpt {
    fn read_span<'a>(
        &'a self,
        _: &SourceSpan,
        _: usize,
        _: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let (data, all) = (self.text.as_bytes(), (0, self.text.len()).into());
        Ok(Box::new(MietteSpanContents::new_named(self.place.clone(), data, all, self.first_line, 0, 3)))
    }
}

fn neighbour(line: &str) -> String {
    clean(&line[..line.floor_char_boundary(2 * REACH)]) + "\n"
}

/// The same text, byte for byte as long, without what a terminal could obey.
fn clean(line: &str) -> String {
    line.replace(|c: char| c.is_ascii_control() && c != '\t', "?")
        .replace(|c: char| ('\u{80}'..='\u{9f}').contains(&c), "??")
}

#[cfg(test)]
mod tests {
    use std::{ops::Range, sync::Arc};

    use proptest::prelude::*;

    use super::*;

    fn drawn(text: &str, span: Option<Range<usize>>) -> String {
        let problem = Diagnostic::error("a.toml", &Arc::from(text), span, "it is wrong")
            .with_label("here")
            .with_help("put it right".to_owned());
        Diagnostics::from(vec![problem]).render(false, true)
    }

    #[test]
    fn a_problem_is_drawn_under_its_line() {
        let expected = "  × it is wrong
   ╭─[a.toml:2:5]
 1 │ a = 1
 2 │ ä = 2
   ·     ┬
   ·     ╰── here
 3 │ c = 3
   ╰────
  help: put it right
";
        assert_eq!(drawn("a = 1\nä = 2\nc = 3\n", Some(11..12)), expected);
    }

    #[test]
    fn a_problem_at_the_very_end_is_marked() {
        let out = drawn("a = \"\n", Some(6..6));
        assert!(out.contains("[a.toml:2:1]") && out.contains("▲") && out.contains("here"), "{out}");
    }

    #[test]
    fn a_problem_of_the_whole_file_names_it() {
        assert_eq!(drawn("", None), "  × a.toml: it is wrong\n  help: put it right\n");
    }

    #[test]
    fn a_long_line_and_a_long_value_are_cut() {
        let text = format!("{}\n", "x = [1, 2, 3], ".repeat(10_000));
        assert!(drawn(&text, Some(70_000..140_000)).len() < 2_000);
    }

    #[test]
    fn what_a_terminal_obeys_is_not_printed() {
        let out = drawn("a = '\u{1b}[2J\u{9b}2J\r'\r\n", Some(4..8));
        assert!(!out.contains(['\u{1b}', '\u{9b}', '\r']), "{out:?}");
    }

    #[test]
    fn colour_and_line_drawing_are_the_callers_choice() {
        let problem = Diagnostic::error("a", &Arc::from("a"), 0..1, "wrong");
        let all = Diagnostics::from(vec![problem]);
        assert!(all.render(true, true).contains('\u{1b}'));
        assert!(all.render(false, false).is_ascii());
    }

    proptest! {
        #[test]
        fn any_place_in_any_text_can_be_drawn(
            text in "[a\\r\\n\\tä漢\u{1b}\u{9b}\u{301}\u{2028}]{0,40}", from in 0usize..60, len in 0usize..60,
        ) {
            prop_assert!(drawn(&text, Some(from..from + len)).contains("here"));
        }
    }
}
