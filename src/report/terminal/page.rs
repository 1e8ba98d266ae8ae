//! Lines, wrapped and painted.

use super::Style;
use super::paint::{Paint, Span};

/// The text as it grows.
pub(super) struct Page<'s> {
    pub(super) style: &'s Style,
    out: String,
}

impl<'s> Page<'s> {
    pub(super) fn new(style: &'s Style) -> Self {
        Page { style, out: String::new() }
    }

    pub(super) fn into_text(self) -> String {
        self.out
    }

    /// The ornament, or its ASCII substitute.
    pub(super) fn ornament(&self, unicode: &'static str, ascii: &'static str) -> &'static str {
        if self.style.unicode { unicode } else { ascii }
    }

    /// An empty line between sections; none at the top.
    pub(super) fn gap(&mut self) {
        if !self.out.is_empty() {
            self.out.push('\n');
        }
    }

    /// One line, never wrapped.
    pub(super) fn line(&mut self, spans: &[Span]) {
        let pieces: Vec<(Paint, &str)> = spans.iter().map(|span| (span.paint, span.text())).collect();
        self.write(&pieces);
    }

    /// The lead as it is, filled with spaces to `indent` cells, then the text, wrapped by words; further lines start
    /// `indent` cells in. Without a lead the text starts at the margin.
    pub(super) fn flow(&mut self, indent: usize, lead: &[Span], text: &[Span]) {
        let width = self.style.width.max(40);
        let mut line: Vec<(Paint, String)> =
            lead.iter().map(|span| (span.paint, span.text().to_owned())).collect();
        let mut used = lead.iter().map(|span| width_of(span.text())).sum::<usize>();
        if !lead.is_empty() {
            line.push((Paint::Plain, " ".repeat(indent.saturating_sub(used))));
            used = used.max(indent);
        }
        let mut fresh = true;
        for span in text {
            for (index, word) in span.text().split(' ').enumerate() {
                // Spans follow each other directly; words of one span are a space apart.
                let mut space = index > 0;
                for piece in breakable(word) {
                    let wide = width_of(piece);
                    if !fresh && wide > 0 && used + usize::from(space) + wide > width {
                        self.write(&line);
                        line = vec![(Paint::Plain, " ".repeat(indent))];
                        (used, space) = (indent, false);
                    }
                    let joined = format!("{}{piece}", if space { " " } else { "" });
                    used += width_of(&joined);
                    match line.last_mut() {
                        Some((paint, text)) if *paint == span.paint => text.push_str(&joined),
                        _ => line.push((span.paint, joined)),
                    }
                    (fresh, space) = (false, false);
                }
            }
        }
        self.write(&line);
    }

    /// Like [`Page::flow`], but what is too long for one line is cut.
    pub(super) fn cut(&mut self, indent: usize, lead: &[Span], text: &Span) {
        let room = self.style.width.max(40).saturating_sub(indent);
        let padding = indent.saturating_sub(lead.iter().map(|span| width_of(span.text())).sum());
        let mut spans = lead.to_vec();
        spans.push(Span::plain(" ".repeat(padding)));
        spans.push(Span::new(text.paint, self.clipped(text.text(), room)));
        self.line(&spans);
    }

    /// The text, cut with an ellipsis where it takes more cells than these.
    pub(super) fn clipped(&self, text: &str, room: usize) -> String {
        if width_of(text) <= room {
            return text.to_owned();
        }
        let ellipsis = self.ornament("…", "...");
        let mut used = width_of(ellipsis);
        let fits = |c: &char| {
            used += cells(*c);
            used <= room
        };
        let mut clipped: String = text.chars().take_while(fits).collect();
        clipped.push_str(ellipsis);
        clipped
    }

    fn write<T: AsRef<str>>(&mut self, pieces: &[(Paint, T)]) {
        // No line ends in spaces, and none is painted there.
        let mut pieces: Vec<(Paint, &str)> =
            pieces.iter().map(|(paint, text)| (*paint, text.as_ref())).collect();
        while let Some((_, text)) = pieces.last_mut() {
            *text = text.trim_end_matches(' ');
            if !text.is_empty() {
                break;
            }
            pieces.pop();
        }
        for (paint, text) in pieces {
            if self.style.colour && !text.is_empty() {
                self.out.push_str(&paint.on(text));
            } else {
                self.out.push_str(text);
            }
        }
        self.out.push('\n');
    }
}

/// The parts of a word between which a line may end: after each wide character, as Chinese and Japanese text has no
/// spaces. A long word of narrow characters stays whole: it is an address or a value, to be copied.
fn breakable(word: &str) -> impl Iterator<Item = &str> {
    word.split_inclusive(|c: char| cells(c) == 2).chain(word.is_empty().then_some(""))
}

/// The cells a text takes on a terminal.
pub(super) fn width_of(text: &str) -> usize {
    text.chars().map(cells).sum()
}

/// The cells a character takes on a terminal, near enough for wrapping.
pub(super) fn cells(c: char) -> usize {
    match u32::from(c) {
        // Combining marks, joiners, variation selectors.
        0x300..=0x36F | 0x200D | 0xFE00..=0xFE0F => 0,
        // East Asian scripts, full-width forms, emoji.
        0x1100..=0x115F
        | 0x2E80..=0xA4CF
        | 0xAC00..=0xD7A3
        | 0xF900..=0xFAFF
        | 0xFE30..=0xFE6F
        | 0xFF00..=0xFF60
        | 0xFFE0..=0xFFE6
        | 0x1F300..=0x1FAFF
        | 0x20000..=0x3FFFD => 2,
        _ => 1,
    }
}
