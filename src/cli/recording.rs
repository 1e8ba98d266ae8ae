//! The files of `check --record` and `check --replay`.

use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::path::Path;

use super::args::CheckArgs;
use super::subjects::bars;
use super::surroundings::Contracts;
use super::terminal::Complaint;
use crate::recording::Recording;
use crate::recording::model::About;
use crate::report::model::Report;
use crate::run::plan::Choice;
use crate::suite::Replay;

/// Whether a path means the standard stream.
pub(super) fn is_standard(path: &Path) -> bool {
    path == Path::new("-")
}

/// Where a recording goes.
pub(super) struct Record {
    shown: String,
    /// The file, or standard output.
    pub(super) to: Box<dyn Write + Send>,
}

impl Record {
    /// Opens it, before anything is sent: a run is not to be driven twice for a name that was wrong.
    pub(super) fn open(path: &Path) -> Result<Record, Complaint> {
        let shown = path.display().to_string();
        if is_standard(path) {
            return Ok(Record { shown: "standard output".into(), to: Box::new(io::stdout()) });
        }
        let file = File::create(path).map_err(|e| format!("--record {shown}: {e}"))?;
        Ok(Record { shown, to: Box::new(BufWriter::new(file)) })
    }

    /// What to say where the recording could not be written.
    pub(super) fn complaint(&self, why: &io::Error) -> Complaint {
        format!("the run was not recorded in {}: {why}", self.shown).into()
    }
}

/// Judges a recording again.
pub(super) fn again(path: &Path, args: &CheckArgs, chosen: Choice) -> Result<Report, Complaint> {
    let shown = if is_standard(path) { "standard input".to_owned() } else { path.display().to_string() };
    let told = |why: &dyn std::fmt::Display| Complaint::from(format!("--replay {shown}: {why}"));
    let from: Box<dyn BufRead> = if is_standard(path) {
        Box::new(io::stdin().lock())
    } else {
        Box::new(BufReader::new(File::open(path).map_err(|why| told(&why))?))
    };
    let recording = Recording::read(from).map_err(|why| told(&why))?;
    let contracts = Contracts::new(&args.choice.contracts)?;
    let known = contracts.vendors();
    // Mistakes in a contract are told as everywhere; that there is none has more to say.
    let mut mistakes = None;
    let replay = Replay::new(recording, |about: &About| {
        if !known.contains(&about.vendor) {
            return Err(format!(
                "there is no contract of `{}`: give its folder with --contracts",
                about.vendor
            ));
        }
        contracts.contract(&about.vendor, about.edition.as_deref()).map_err(|complaint| {
            mistakes = Some(complaint);
            String::new()
        })
    });
    let replay = match (replay, mistakes) {
        (_, Some(complaint)) => return Err(complaint),
        (replay, None) => replay.and_then(|replay| replay.vendors(&args.choice.vendors)),
    };
    let replay = replay.map_err(|why| told(&why))?.choice(chosen).require(&bars(&args.require)?)?;
    Ok(if args.strict { replay.strict(true) } else { replay }.report())
}
