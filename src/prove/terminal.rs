//! A proof for people.

use std::collections::BTreeMap;
use std::fmt::Write;

use owo_colors::{OwoColorize, Style};

use super::model::{Proof, Score, SentenceScore, VendorProof};
use crate::report::printable::printable;

/// Renders a proof. `details` adds each rule, each mechanism and each step from state to state.
pub fn render(proof: &Proof, colour: bool, details: bool) -> String {
    let paint = |style: Style, text: &str| {
        if colour { text.style(style).to_string() } else { text.to_owned() }
    };
    let (good, bad) = (Style::new().green(), Style::new().red().bold());
    let mut out = String::new();
    let width = proof.vendors.iter().map(|v| name(v).len()).max().unwrap_or(0).max("vendor".len());
    let _ = writeln!(out, "{:width$}  {:>13}  {:>14}", "vendor", "faults caught", "decoys silent");
    for vendor in &proof.vendors {
        let _ = writeln!(out, "{:width$}  {}", name(vendor), row(vendor.score, &paint, good, bad));
    }
    if proof.vendors.len() > 1 {
        let _ = writeln!(out, "{:width$}  {}", "all", row(proof.score, &paint, good, bad));
    }
    for vendor in &proof.vendors {
        problems(vendor, &mut out, &|text| paint(bad, text));
    }
    if details {
        out.push_str("\nRules: faults seen, of those that name the rule\n");
        let width = proof.rules.keys().map(String::len).max().unwrap_or(0);
        for (rule, score) in &proof.rules {
            let seen = format!("{}/{}", score.saw, score.named);
            let alarms = match score.false_alarms {
                0 => String::new(),
                number => format!("  {number} false"),
            };
            let _ = writeln!(out, "  {rule:width$}  {seen:>9}{}", paint(bad, &alarms));
        }
        for vendor in &proof.vendors {
            table(&format!("{}: mechanisms", name(vendor)), &vendor.mechanisms, &mut out);
            table(&format!("{}: steps from state to state", name(vendor)), &vendor.edges, &mut out);
        }
    }
    let seeing = proof.rules.values().filter(|score| score.saw > 0).count();
    // Some rules tell of oddities that are no faults: they only leave notes.
    let noting = proof.rules.values().filter(|score| score.saw == 0 && score.named == 0 && score.noted > 0);
    let noting = match noting.count() {
        0 => String::new(),
        number => format!(", {number} leave notes only"),
    };
    let sentences = match proof.sentences {
        SentenceScore { tested: 0, .. } => String::new(),
        SentenceScore { broken, tested } => {
            format!("{broken} of {tested} sentences broken by faults of their own; ")
        }
    };
    let _ = write!(
        out,
        "\n{} of {} faults caught, {} of {} decoys silent; {} of {} rules see a fault{noting}; {sentences}{} requests; seed {}\n",
        proof.score.caught,
        proof.score.seeded,
        proof.score.silent,
        proof.score.decoys,
        seeing,
        proof.rules.len(),
        proof.requests,
        proof.seed,
    );
    let (style, verdict) = match proof.exit_code() {
        0 => (good, "the suite proves itself"),
        1 => (bad, "the suite does not prove itself"),
        _ => (bad, "interrupted"),
    };
    let _ = writeln!(out, "{}", paint(style, verdict));
    out
}

fn name(vendor: &VendorProof) -> String {
    match &vendor.edition {
        Some(edition) => printable(&format!("{} {edition}", vendor.vendor)).into_owned(),
        None => printable(&vendor.vendor).into_owned(),
    }
}

fn row(score: Score, paint: &dyn Fn(Style, &str) -> String, good: Style, bad: Style) -> String {
    let cell = |part: usize, whole: usize, width: usize| {
        paint(if part == whole { good } else { bad }, &format!("{:>width$}", format!("{part}/{whole}")))
    };
    format!("{}  {}", cell(score.caught, score.seeded, 13), cell(score.silent, score.decoys, 14))
}

/// What of one vendor is not as it should be.
fn problems(vendor: &VendorProof, out: &mut String, bad: &dyn Fn(&str) -> String) {
    let of = name(vendor);
    for survivor in &vendor.survivors {
        let word = if survivor.accepted.is_some() { "accepted".to_owned() } else { bad("SURVIVOR") };
        let _ = writeln!(out, "\n{word}  {of}  {}", printable(&survivor.fault));
        let _ = writeln!(out, "  {}", printable(&survivor.title));
        let _ = writeln!(out, "  not seen by  {}", survivor.caught_by.join(", "));
        if !survivor.alarmed.is_empty() {
            let _ = writeln!(out, "  seen by      {}", survivor.alarmed.join(", "));
        }
        match &survivor.accepted {
            Some(reason) => {
                let _ = writeln!(out, "  because      {}", printable(reason));
            }
            None => {
                let edition = vendor.edition.as_ref();
                let edition = edition.map(|edition| format!(" --edition {edition}")).unwrap_or_default();
                let command =
                    format!("jobproof check {}{edition} --fault '{}'", vendor.vendor, survivor.fault);
                let _ = writeln!(out, "  look at it   {}", printable(&command));
            }
        }
    }
    // The same alarm in many cases is told once.
    let mut alarms: BTreeMap<(&str, &str), (usize, &str, &str)> = BTreeMap::new();
    for alarm in &vendor.false_alarms {
        let seen = alarms.entry((&alarm.decoy, &alarm.rule)).or_insert((0, &alarm.case, &alarm.message));
        seen.0 += 1;
    }
    for ((decoy, rule), (times, case, message)) in alarms {
        let _ = writeln!(out, "\n{}  {of}  {}  {rule}", bad("FALSE ALARM"), printable(decoy));
        let _ = writeln!(out, "  {}", printable(message));
        let _ = writeln!(out, "  in           {}{}", printable(case), more(times));
    }
    for decoy in &vendor.inert {
        let _ = writeln!(out, "\n{}  {of}  {}", bad("INERT"), printable(decoy));
        let _ = writeln!(out, "  no answer differs from the usual mock's: the decoy proves nothing");
    }
    for sentence in &vendor.unbroken {
        let _ = writeln!(out, "\n{}  {of}  \"{}\"", bad("UNBROKEN"), printable(&sentence.says));
        let _ = writeln!(out, "  not seen     {}", printable(&sentence.faults.join(", ")));
        let _ = writeln!(
            out,
            "  by any of    {}, in the cases that the sentence names",
            sentence.rules.join(", ")
        );
    }
    for fault in &vendor.outdated {
        let _ = writeln!(out, "\n{}  {of}  {}", bad("OUTDATED"), printable(fault));
        let _ = writeln!(out, "  it is no survivor: take it out of the list of accepted ones");
    }
}

fn more(times: usize) -> String {
    if times > 1 { format!(" and {} more", times - 1) } else { String::new() }
}

fn table(title: &str, scores: &BTreeMap<String, Score>, out: &mut String) {
    if scores.is_empty() {
        return;
    }
    let _ = writeln!(out, "\n{title}");
    let width = scores.keys().map(|key| key.chars().count()).max().unwrap_or(0);
    for (key, score) in scores {
        let mut parts = Vec::new();
        if score.seeded > 0 {
            parts.push(format!("{}/{} caught", score.caught, score.seeded));
        }
        if score.decoys > 0 {
            parts.push(format!("{}/{} silent", score.silent, score.decoys));
        }
        let _ = writeln!(out, "  {key:width$}  {}", parts.join(", "));
    }
}
