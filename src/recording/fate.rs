//! Between what a run says of a case and what a recording says of it. The only place that knows both.

use super::model::Came;
use crate::rule::Why;
use crate::run::schedule::Fate;

/// How far a case came, for a recording.
pub(super) fn came(fate: &Fate) -> Came {
    match fate {
        Fate::Driven(None) => Came::ToItsEnd,
        Fate::Driven(Some(why)) => Came::Stopped(why.clone()),
        Fate::NotDriven(why) => Came::NotDriven(why.clone()),
        Fate::LeftOut => Came::LeftOut,
    }
}

/// How far a case came, from a recording.
pub(super) fn fate(came: Came) -> Fate {
    match came {
        Came::ToItsEnd => Fate::Driven(None),
        Came::Stopped(why) => Fate::Driven(Some(why)),
        Came::NotDriven(why) => Fate::NotDriven(why),
        Came::LeftOut => Fate::LeftOut,
    }
}

/// A case that is wanted now and was not when the recording was made.
pub(super) fn not_recorded() -> Fate {
    let what = "it was left out of the recording by --only, --skip or --rule: record it, too";
    Fate::NotDriven(Why::NotGiven { what: what.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_lost_on_the_way() {
        let why = || Why::Ended { because: "x".to_owned() };
        for fated in [Fate::Driven(None), Fate::Driven(Some(why())), Fate::NotDriven(why()), Fate::LeftOut] {
            assert_eq!(fate(came(&fated)), fated);
        }
    }
}
