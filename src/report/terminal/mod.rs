//! The report as text for people: what was tested, how it stands, what was found, what was not tested, the verdict.

mod causes;
mod closing;
mod findings;
mod judged;
mod not_tested;
mod page;
mod paint;
mod summary;

use super::model::Report;
use page::Page;

/// How the text is laid out. Nothing else is asked: neither the environment nor the terminal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Style {
    /// Whether colours are used.
    pub colour: bool,
    /// Whether ornaments may be other than ASCII. Texts of the report are shown as they are.
    pub unicode: bool,
    /// The number of columns of a line. Below 40, 40 are used. `curl` lines and long words are never broken.
    pub width: usize,
    /// From 1: notes in full, which requirements were not tested, the exchange of each finding, what hangs below causes,
    /// long values uncut.
    pub verbose: u8,
    /// Whether only failures and the closing lines are shown.
    pub quiet: bool,
}

impl Default for Style {
    /// No colours, 100 columns, neither verbose nor quiet.
    fn default() -> Self {
        Style { colour: false, unicode: true, width: 100, verbose: 0, quiet: false }
    }
}

/// The report as text. Every character of a report's texts that a terminal would obey is escaped.
pub fn render(report: &Report, style: &Style) -> String {
    let mut page = Page::new(style);
    if !style.quiet {
        summary::contracts(&mut page, report);
        summary::table(&mut page, report);
    }
    causes::causes(&mut page, report);
    findings::findings(&mut page, report);
    if !style.quiet {
        not_tested::not_tested(&mut page, report);
    }
    closing::closing(&mut page, report);
    page.into_text()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;
    use crate::report::fixture::{hostile_report, report, snapshot};

    fn plain() -> Style {
        Style::default()
    }

    #[rstest]
    #[case("terminal-plain", plain())]
    #[case("terminal-ascii", Style { unicode: false, ..plain() })]
    #[case("terminal-quiet", Style { quiet: true, ..plain() })]
    #[case("terminal-verbose", Style { verbose: 1, ..plain() })]
    #[case("terminal-narrow", Style { width: 50, ..plain() })]
    fn layouts(#[case] name: &str, #[case] style: Style) {
        snapshot(name, &render(&report(), &style));
    }

    #[test]
    fn colours() {
        // Escapes are spelt out: a snapshot must not colour the terminal of who reads it.
        let text = render(&report(), &Style { colour: true, ..plain() });
        snapshot("terminal-colour", &text.replace('\u{1b}', "ESC"));
    }

    #[test]
    fn strict_runs_say_so() {
        let mut report = report();
        report.run.strict = true;
        assert!(render(&report, &plain()).ends_with("does not conform\n"));
        report.outcomes.retain(|o| matches!(o.verdict, crate::report::model::Verdict::Warn));
        report.summary = crate::report::model::Summary::of(&report.outcomes);
        assert!(
            render(&report, &plain())
                .ends_with("does not conform: this run is strict, a warning counts as a failure\n")
        );
    }

    /// The text without the colours this module makes.
    fn without_colours(text: &str) -> String {
        let mut parts = text.split("\u{1b}[");
        let first = parts.next().unwrap_or_default().to_owned();
        parts.fold(first, |out, part| out + part.split_once('m').map_or(part, |(_, tail)| tail))
    }

    proptest! {
        #[test]
        fn a_server_cannot_choose_the_look(
            report in hostile_report(), width in 0usize..200, verbose in 0u8..3, quiet: bool, unicode: bool,
        ) {
            let style = Style { colour: false, unicode, width, verbose, quiet };
            let text = render(&report, &style);
            prop_assert!(text.chars().all(|c| c == '\n' || !c.is_control()), "{text:?}");
            let invisible = ['\u{202e}', '\u{2066}', '\u{200b}', '\u{2028}'];
            prop_assert!(!text.contains(invisible), "{text:?}");
            prop_assert_eq!(text.lines().filter(|line| *line == "conforms").count(), 0);
            let coloured = render(&report, &Style { colour: true, ..style });
            prop_assert_eq!(without_colours(&coloured), text, "colours change no text");
        }

        #[test]
        fn lines_keep_to_the_width(words in proptest::collection::vec("[a-z中]{1,12}", 0..60), width in 50usize..120) {
            let mut report = report();
            report.findings.truncate(1);
            report.findings[0].message = words.join(" ");
            report.findings[0].help = words.join(" ");
            let text = render(&report, &Style { width, quiet: true, ..plain() });
            for line in text.lines().filter(|line| !line.contains("curl ")) {
                let cells: usize = line.chars().map(page::cells).sum();
                prop_assert!(cells <= width, "{cells} > {width}: {line}");
            }
            let squeezed = |text: &str| text.split_whitespace().collect::<String>();
            prop_assert!(squeezed(&text).contains(&squeezed(&words.join(" "))), "no word is lost");
        }
    }
}
