//! Between what a run says of a case and what a recording says of it. The only place that knows both.

use super::model::{Came, Why};
use crate::run::drive::Stop;
use crate::run::judge::Outcome;
use crate::run::schedule::Fate;

/// How far a case came, for a recording.
pub(super) fn came(fate: &Fate) -> Came {
    match fate {
        Fate::Driven(None) => Came::ToItsEnd,
        Fate::Driven(Some(Stop::Skip(why))) => Came::Stopped(Why::Skip(why.clone())),
        Fate::Driven(Some(Stop::Error(why))) => Came::Stopped(Why::Error(why.clone())),
        Fate::NotDriven(Outcome::Skipped(why)) => Came::NotDriven(Why::Skip(why.clone())),
        Fate::NotDriven(Outcome::Unjudged(why)) => Came::NotDriven(Why::Error(why.clone())),
        // What was not driven is never judged.
        Fate::NotDriven(Outcome::Met | Outcome::Found(_)) | Fate::LeftOut => Came::LeftOut,
    }
}

/// How far a case came, from a recording.
pub(super) fn fate(came: Came) -> Fate {
    match came {
        Came::ToItsEnd => Fate::Driven(None),
        Came::Stopped(Why::Skip(why)) => Fate::Driven(Some(Stop::Skip(why))),
        Came::Stopped(Why::Error(why)) => Fate::Driven(Some(Stop::Error(why))),
        Came::NotDriven(why) => Fate::NotDriven(outcome(why)),
        Came::LeftOut => Fate::LeftOut,
    }
}

fn outcome(why: Why) -> Outcome {
    match why {
        Why::Skip(why) => Outcome::Skipped(why),
        Why::Error(why) => Outcome::Unjudged(why),
    }
}

/// A case that is wanted now and was not when the recording was made.
pub(super) fn not_recorded() -> Fate {
    Fate::NotDriven(Outcome::Skipped(
        "it was left out of the recording by --only, --skip or --rule: record it, too".to_owned(),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_lost_on_the_way() {
        let why = || "x".to_owned();
        for fated in [
            Fate::Driven(None),
            Fate::Driven(Some(Stop::Skip(why()))),
            Fate::Driven(Some(Stop::Error(why()))),
            Fate::NotDriven(Outcome::Skipped(why())),
            Fate::NotDriven(Outcome::Unjudged(why())),
            Fate::LeftOut,
        ] {
            assert_eq!(fate(came(&fated)), fated);
        }
    }
}
