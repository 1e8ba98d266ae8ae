//! From arguments to the servers of a run.

use std::path::Path;
use std::sync::Arc;

use super::args::ChoiceArgs;
use super::surroundings::{Around, Contracts};
use super::terminal::Complaint;
use crate::contract::diagnostic::Diagnostics;
use crate::report::bar::Bar;
use crate::rule::registry::rules;
use crate::run::plan::Choice;
use crate::suite::{Subject, groups};
use crate::target::file::settings::Settings;

/// The most that a target file may hold, in bytes.
const FILE_LIMIT: u64 = 1 << 20;

/// The servers of a run, and the seed of everything generated.
pub(super) fn subjects(args: &ChoiceArgs) -> Result<(Vec<Subject>, u64), Complaint> {
    let contracts = Contracts::new(&args.contracts)?;
    if args.target.is_empty() {
        let seed = args.seed.unwrap_or(0);
        let chosen = contracts.chosen(&args.vendors, args.edition.as_deref())?;
        let subject = |contract: &Arc<_>| match (&args.fault, &args.decoy) {
            (Some(fault), _) => Subject::faulty_mock(contract, seed, true, fault),
            (None, Some(decoy)) => Subject::decoy_mock(contract, seed, true, decoy),
            (None, None) => Ok(Subject::mock(contract, seed, true)),
        };
        let subjects = chosen.iter().map(subject).collect::<Result<Vec<_>, String>>()?;
        return Ok((subjects, seed));
    }
    // Tokens and ids must be new in each run: a server remembers those of the last one.
    let seed = args.seed.unwrap_or_else(|| {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        u64::try_from(now.as_micros() % 1_000_000_000_000).unwrap_or(1)
    });
    let mut subjects = Vec::new();
    let mut mistakes = Vec::new();
    for path in &args.target {
        match settings(path, &contracts, args.edition.as_deref()) {
            Ok((settings, warnings)) => {
                let vendor = &settings.contract.facts.id;
                if !args.vendors.is_empty() && !args.vendors.contains(vendor) {
                    let named = args.vendors.join(", ");
                    return Err(
                        format!("{} is a target of {vendor}, and {named} was named", path.display()).into()
                    );
                }
                subjects.push(Subject::endpoint(&settings, warnings, seed)?);
            }
            Err(Complaint::Mistakes(found)) => mistakes.extend(found),
            Err(other) => return Err(other),
        }
    }
    if mistakes.is_empty() { Ok((subjects, seed)) } else { Err(Diagnostics::from(mistakes).into()) }
}

/// What a target file says, with what is doubtful about it.
pub(super) fn settings(
    path: &Path,
    contracts: &Contracts,
    edition: Option<&str>,
) -> Result<(Settings, Vec<String>), Complaint> {
    let shown = path.display().to_string();
    let size = std::fs::metadata(path).map_err(|e| format!("{shown}: {e}"))?.len();
    if size > FILE_LIMIT {
        return Err(format!("{shown}: is larger than {FILE_LIMIT} bytes").into());
    }
    let bytes = std::fs::read(path).map_err(|e| format!("{shown}: {e}"))?;
    let document = crate::target::file::parse(&shown, &bytes);
    let document = document.map_err(Diagnostics::from)?;
    let folder = path.parent().map(Path::to_owned).unwrap_or_default();
    let around = Around { contracts, folder, edition: edition.map(str::to_owned) };
    let (settings, warnings) = crate::target::file::load(&document, &around)?;
    Ok((settings, warnings.iter().map(ToString::to_string).collect()))
}

/// The cases and rules chosen; a rule or group that does not exist is a mistake.
pub(super) fn choice(args: &ChoiceArgs) -> Result<Choice, Complaint> {
    let rules = rules();
    let known: Vec<&str> = rules.iter().flat_map(|rule| [rule.meta().id, rule.meta().group()]).collect();
    for wanted in &args.rule {
        if !known.contains(&wanted.as_str()) {
            let near = crate::contract::source::nearest(wanted, known.iter().copied());
            let help =
                near.map_or("see `jobproof list rules`".to_owned(), |near| format!("did you mean `{near}`?"));
            return Err(format!("there is no rule `{wanted}`; {help}").into());
        }
    }
    Ok(Choice::new(&args.only, &args.skip, &args.rule)?)
}

/// What has to be judged, as it was given; a group that does not exist is a mistake.
pub(super) fn bars(texts: &[String]) -> Result<Vec<&str>, Complaint> {
    let groups = groups();
    for text in texts {
        let group = text.split('=').next().unwrap_or_default();
        if let Some(near) = crate::contract::source::nearest(group, groups.iter().copied())
            && near != group
        {
            return Err(format!("--require: there is no group `{group}`; did you mean `{near}`?").into());
        }
        Bar::parse(text, &groups).map_err(|why| format!("--require: {why}"))?;
    }
    Ok(texts.iter().map(String::as_str).collect())
}
