//! Why something was not judged: a value, so that it can be counted, gated on and told in one way.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Why something was not judged.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "why", rename_all = "kebab-case")]
pub enum Why {
    /// The target file does not allow the requests that it takes.
    NotAllowed {
        /// The words that `allow` lacks.
        words: Vec<String>,
    },
    /// The target file lacks something that it takes.
    NotGiven {
        /// What to add, in words.
        what: String,
    },
    /// There is no job in such a state.
    NoJob {
        /// The states, any of which would do.
        states: Vec<String>,
        /// The facets it must have, in words; empty where any will do.
        facets: String,
        /// Whether it must belong to the other parent.
        foreign: bool,
        /// Whether the run was allowed to start jobs, and could not bring one there.
        tried: bool,
    },
    /// A limit of the run is spent.
    Spent {
        /// The limit, by its name in a target file.
        limit: String,
        /// How far it goes.
        most: usize,
    },
    /// The documentation does not say what is right.
    Undocumented {
        /// What it is silent on, in words.
        what: String,
    },
    /// The contract gives no way to see it.
    NoWay {
        /// What is missing, in words.
        what: String,
    },
    /// The server does not have the operation.
    Absent {
        /// The operation.
        operation: String,
    },
    /// It was asked for, and what came instead says nothing about it.
    AnsweredOtherwise {
        /// What the rule looks for, in words; empty where a step on the way went wrong.
        sought: String,
        /// What came.
        seen: Vec<Seen>,
    },
    /// What came is right, and shows nothing that the rule speaks of: the chance did not arise.
    NotSeen {
        /// What the rule looks for, in words.
        sought: String,
    },
    /// The request that it takes was not sent, as something before it went wrong.
    NotSent {
        /// What went wrong, in words.
        because: String,
    },
    /// The answer was lost on the way.
    Lost {
        /// The operation.
        operation: String,
        /// What became of the request, in words.
        error: String,
    },
    /// A fixture is not in the state that the target file says.
    FixtureElsewhere {
        /// The job.
        job: String,
        /// The state that the target file says.
        state: String,
        /// What its reading shows, in words.
        shows: String,
    },
    /// It takes a request that only a driver of ours sends.
    NeedsProbe,
    /// It was left out by choice.
    LeftOut,
    /// The run ended before.
    Ended {
        /// Why it ended, in words.
        because: String,
    },
}

/// An answer in short: what a person needs to know of it to see why it will not do.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
pub struct Seen {
    /// The operation.
    pub operation: String,
    /// The HTTP status.
    pub status: u16,
    /// The error code, where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
}

impl std::fmt::Display for Seen {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} answered {}", self.operation, self.status)?;
        self.code.as_ref().map_or(Ok(()), |code| write!(f, " {code}"))
    }
}

impl Why {
    /// Whether something went wrong, so that what was asked for has no verdict. Otherwise nothing did: it was not
    /// allowed, not there to be had, or has no right answer.
    pub fn is_error(&self) -> bool {
        matches!(
            self,
            Why::AnsweredOtherwise { .. }
                | Why::NotSent { .. }
                | Why::Lost { .. }
                | Why::FixtureElsewhere { .. }
                | Why::Ended { .. }
        )
    }

    /// Whether nobody can ask for it: there is no right answer, so that it is no part of what could be judged.
    pub fn is_silence(&self) -> bool {
        matches!(self, Why::Undocumented { .. })
    }

    /// Whether the one who runs the suite decided so: by what the target file allows and gives, or by choice.
    pub fn is_choice(&self) -> bool {
        match self {
            Why::NotAllowed { .. } | Why::NotGiven { .. } | Why::LeftOut | Why::NeedsProbe => true,
            // Who allows no starts and names no such job knows that there is none.
            Why::NoJob { tried, .. } => !tried,
            _ => false,
        }
    }

    /// The reason in a few words, for a closing line; reasons of one kind have the same.
    pub fn brief(&self) -> String {
        match self {
            Why::NotAllowed { words } => format!("not allowed: {}", words.join(", ")),
            Why::NotGiven { what } => brief_lack(what),
            Why::NoJob { states, foreign, .. } => {
                let whose = if *foreign { " of the other parent" } else { "" };
                match states.as_slice() {
                    [first, _, others @ ..] if !others.is_empty() => {
                        format!("no job in {first} or {} other states{whose}", others.len() + 1)
                    }
                    few => format!("no job in {}{whose}", few.join(" or ")),
                }
            }
            Why::Spent { limit, .. } => format!("{limit} spent"),
            Why::Undocumented { .. } => "not documented".to_owned(),
            Why::NoWay { .. } => "no way to see it".to_owned(),
            Why::Absent { operation } => format!("no {operation} on the server"),
            Why::AnsweredOtherwise { .. } => "answered otherwise".to_owned(),
            Why::NotSeen { .. } => "did not come up".to_owned(),
            Why::NotSent { .. } => "not sent".to_owned(),
            Why::Lost { .. } => "no answer".to_owned(),
            Why::FixtureElsewhere { state, .. } => format!("a fixture is not in {state}"),
            Why::NeedsProbe => "needs requests of this suite".to_owned(),
            Why::LeftOut => "left out".to_owned(),
            // What follows the first words is detail.
            Why::Ended { because } => {
                let end = [": ", " ("].iter().filter_map(|mark| because.find(mark)).min();
                because[..end.unwrap_or(because.len())].to_owned()
            }
        }
    }
}

/// What a target file lacks, in a few words, from the words that say what to add.
fn brief_lack(what: &str) -> String {
    let between = |open: &str, close: &str| {
        let rest = what.split_once(open)?.1;
        rest.split_once(close).map(|(name, _)| name)
    };
    if let Some(name) = between("`", "`") {
        format!("no {name} given")
    } else if let Some(name) = between("[identities.", "]") {
        format!("no {name} identity given")
    } else if let Some(name) = between("[", "]") {
        format!("no {} given", name.replace('_', " "))
    } else {
        "not given".to_owned()
    }
}

impl std::fmt::Display for Why {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Why::NotAllowed { words } => {
                let words: Vec<String> = words.iter().map(|word| format!("\"{word}\"")).collect();
                write!(f, "the target file does not allow it: add {} to `allow`", words.join(" and "))
            }
            Why::NotGiven { what } => write!(f, "{what}"),
            Why::NoJob { states, facets, foreign, tried } => {
                let kind =
                    if facets.is_empty() { String::new() } else { format!(" with the facets {facets}") };
                let states = states.join(" or ");
                if *tried {
                    write!(
                        f,
                        "no job{kind} could be brought into {states}: add [[fixtures]] with such jobs, or an [arrange] hook"
                    )
                } else {
                    let whose = if *foreign { " of the other parent" } else { "" };
                    write!(
                        f,
                        "there is no job{kind} in {states}{whose}: add [[fixtures]] with such jobs, an [arrange] hook, or allow \"create\""
                    )
                }
            }
            Why::Spent { limit, most } => {
                write!(f, "the limit of {most} ({limit}) is spent: raise limits.{limit}, or add fixtures")
            }
            Why::Undocumented { what } => write!(f, "{what}"),
            Why::NoWay { what } => write!(f, "{what}"),
            Why::Absent { operation } => write!(f, "the server does not have {operation}"),
            Why::AnsweredOtherwise { sought, seen } => {
                let seen: Vec<String> = seen.iter().map(ToString::to_string).collect();
                let seen = if seen.is_empty() { "no answer came".to_owned() } else { seen.join(", ") };
                if sought.is_empty() {
                    write!(f, "{seen}")
                } else {
                    write!(f, "{sought} was looked for; {seen}")
                }
            }
            Why::NotSeen { sought } => write!(f, "{sought} was not seen"),
            Why::NotSent { because } => write!(f, "{because}"),
            Why::Lost { operation, error } => write!(f, "{operation}: {error}"),
            Why::FixtureElsewhere { job, state, shows } => {
                write!(
                    f,
                    "the fixture {job} is not in {state}: {shows}; correct [[fixtures]] in the target file"
                )
            }
            Why::NeedsProbe => write!(f, "it takes a request that only this suite sends"),
            Why::LeftOut => write!(f, "left out by --only, --skip or --rule"),
            Why::Ended { because } => write!(f, "{because}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn lack(what: &str) -> Why {
        Why::NotGiven { what: what.to_owned() }
    }

    fn ended(because: &str) -> Why {
        Why::Ended { because: because.to_owned() }
    }

    #[rstest]
    #[case(Why::NotAllowed { words: vec!["create".into(), "cancel".into()] }, "not allowed: create, cancel")]
    #[case(lack("add [other_parent] to the target file"), "no other parent given")]
    #[case(lack("add [identities.foreign] to the target file"), "no foreign identity given")]
    #[case(lack("add `graphId` to [parameters] of the target file"), "no graphId given")]
    #[case(lack("something"), "not given")]
    #[case(
        Why::NoJob { states: vec!["A".into(), "B".into()], facets: String::new(), foreign: true, tried: false },
        "no job in A or B of the other parent"
    )]
    #[case(
        Why::NoJob {
            states: vec!["A".into(), "B".into(), "C".into()],
            facets: String::new(),
            foreign: false,
            tried: true
        },
        "no job in A or 2 other states"
    )]
    #[case(Why::Spent { limit: "max_jobs".into(), most: 3 }, "max_jobs spent")]
    #[case(ended("the server is unreachable: connection refused"), "the server is unreachable")]
    #[case(ended("the run was interrupted"), "the run was interrupted")]
    fn reasons_in_a_few_words(#[case] why: Why, #[case] brief: &str) {
        assert_eq!(why.brief(), brief);
    }
}
