//! One fault, or one decoy, under the suite.

use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use tokio::sync::watch;

use super::model::FalseAlarm;
use crate::case::Case;
use crate::contract::Contract;
use crate::contract::sentence::Sentence;
use crate::judge::{Outcome as Judged, RuleVerdict};
use crate::mock::decoy::Transfer;
use crate::mock::{Decoy, Fault, Mould};
use crate::rule::{Level, Rule};
use crate::run::plan::Choice;
use crate::run::schedule::{Driven, Options, Session, settle};
use crate::suite::server::{MockServer, Oddity};

/// What all trials of one contract stand on.
pub(super) struct Ground {
    pub(super) mould: Mould,
    /// The cases that are driven, in their order.
    pub(super) cases: Vec<Case>,
    pub(super) rules: Vec<&'static dyn Rule>,
    pub(super) seed: u64,
    pub(super) over_http: bool,
}

impl Ground {
    pub(super) fn contract(&self) -> &Arc<Contract> {
        self.mould.contract()
    }

    pub(super) fn session(&self, oddity: Oddity) -> Session {
        let for_the_wire = match &oddity {
            Oddity::None => false,
            Oddity::Fault(fault) => fault.is_on_the_wire(),
            Oddity::Decoy(decoy) => decoy.transfer() != Transfer::default(),
        };
        let over_http = self.over_http || for_the_wire;
        Session::new(Arc::new(MockServer::cast(self.mould.clone(), self.seed, over_http, oddity)))
    }
}

/// What is tried.
pub(super) enum Trial {
    /// The mock without any oddity.
    Usual,
    /// The mock with a fault.
    Fault(Arc<dyn Fault>),
    /// The mock as a decoy.
    Decoy(Arc<dyn Decoy>),
    /// A sentence of the documentation, broken by the faults that it names.
    Sentence(Sentence),
}

/// What came of it.
pub(super) enum Outcome {
    /// Of a fault: the rules that saw it of those that had to, and where there were none, what else raised an alarm.
    Fault { fault: Arc<dyn Fault>, saw: Vec<&'static str>, alarmed: Vec<String>, requests: usize },
    /// Of a decoy, or of the mock without any oddity.
    Decoy(Silence),
    /// Of a sentence.
    Sentence {
        sentence: Sentence,
        /// The faults that none of its rules saw in its cases.
        unseen: Vec<String>,
        requests: usize,
    },
}

/// What came of a decoy, or of the mock without any oddity.
pub(super) struct Silence {
    pub(super) decoy: Option<Arc<dyn Decoy>>,
    pub(super) alarms: Vec<FalseAlarm>,
    /// The rules that left a note.
    pub(super) noted: BTreeSet<&'static str>,
    /// The rules that passed at least once.
    pub(super) passed: BTreeSet<&'static str>,
    /// Stands for all answers: the same answers give the same number.
    pub(super) digest: u64,
    pub(super) requests: usize,
}

impl Outcome {
    /// Whether the fault was caught, or the decoy raised no alarm.
    pub(super) fn is_right(&self) -> bool {
        match self {
            Outcome::Fault { saw, .. } => !saw.is_empty(),
            Outcome::Decoy(silence) => silence.alarms.is_empty(),
            Outcome::Sentence { unseen, .. } => unseen.is_empty(),
        }
    }

    pub(super) fn requests(&self) -> usize {
        match self {
            Outcome::Fault { requests, .. } => *requests,
            Outcome::Decoy(silence) => silence.requests,
            Outcome::Sentence { requests, .. } => *requests,
        }
    }
}

impl Trial {
    pub(super) fn id(&self) -> &str {
        match self {
            Trial::Usual => "none",
            Trial::Fault(fault) => &fault.label().id,
            Trial::Decoy(decoy) => &decoy.label().id,
            Trial::Sentence(sentence) => &sentence.says,
        }
    }

    /// Whether it ends as soon as something is seen.
    pub(super) fn is_short(&self) -> bool {
        matches!(self, Trial::Fault(_) | Trial::Sentence(_))
    }

    /// Tries it; `None` where the run was ended meanwhile.
    pub(super) async fn run(
        &self,
        ground: &Ground,
        stop: &watch::Receiver<Option<String>>,
    ) -> Option<Outcome> {
        match self {
            Trial::Usual => silent(ground, None, stop).await,
            Trial::Decoy(decoy) => silent(ground, Some(decoy), stop).await,
            Trial::Fault(fault) => caught(ground, fault, stop).await,
            Trial::Sentence(sentence) => {
                let (unseen, requests) = super::sentence::unseen(ground, sentence, stop).await?;
                Some(Outcome::Sentence { sentence: sentence.clone(), unseen, requests })
            }
        }
    }
}

pub(super) fn options(rules: Vec<&'static dyn Rule>, stop: &watch::Receiver<Option<String>>) -> Options {
    Options { choice: Choice::default(), rules, jobs: 1, events: None, stop: stop.clone() }
}

/// Drives every case against a decoy and collects the alarms.
async fn silent(
    ground: &Ground,
    decoy: Option<&Arc<dyn Decoy>>,
    stop: &watch::Receiver<Option<String>>,
) -> Option<Outcome> {
    let session = ground.session(decoy.map_or(Oddity::None, |decoy| Oddity::Decoy(Arc::clone(decoy))));
    let options = options(ground.rules.clone(), stop);
    let id = decoy.map_or("none", |decoy| decoy.label().id.as_str());
    let mut alarms = Vec::new();
    let (mut noted, mut passed) = (BTreeSet::new(), BTreeSet::new());
    let mut digest = DefaultHasher::new();
    let mut driven = Vec::with_capacity(ground.cases.len());
    for case in &ground.cases {
        let one = session.one(case.clone(), &options).await;
        for response in one.transcript.exchanges.iter().filter_map(|exchange| exchange.response()) {
            (response.status, &response.headers.0, &response.body).hash(&mut digest);
        }
        driven.push(one);
        if stop.borrow().is_some() {
            return None;
        }
    }
    // What stands behind findings of several cases shows over the whole run only. A fatal cause is no silence.
    let causes = settle(ground.contract(), &mut driven);
    let fatal = causes.into_iter().filter(|cause| cause.is_fatal);
    alarms.extend(fatal.map(|cause| FalseAlarm {
        decoy: id.to_owned(),
        case: cause.shown.0,
        rule: cause.kind.to_owned(),
        level: None,
        message: cause.message,
    }));
    for Driven { case, verdicts, .. } in driven {
        for verdict in verdicts {
            let alarm = |level, message| FalseAlarm {
                decoy: id.to_owned(),
                case: case.id.clone(),
                rule: verdict.rule.to_owned(),
                level,
                message,
            };
            match &verdict.outcome {
                Judged::Found(level) if *level > Level::Note => {
                    let gravest = verdict.findings.iter().find(|(found, _)| found == level);
                    let message = gravest.map(|(_, finding)| finding.message.clone()).unwrap_or_default();
                    alarms.push(alarm(Some(*level), message));
                }
                Judged::NotJudged(why) if why.is_error() => alarms.push(alarm(None, why.to_string())),
                Judged::Found(_) => drop(noted.insert(verdict.rule)),
                Judged::Met => drop(passed.insert(verdict.rule)),
                Judged::NotJudged(_) => {}
            }
        }
    }
    let (digest, requests) = (digest.finish(), session.requests());
    Some(Outcome::Decoy(Silence { decoy: decoy.cloned(), alarms, noted, passed, digest, requests }))
}

/// Drives cases against a fault until the rules that had to see it have: first those made for these rules. Where none
/// has seen it then, all cases are driven, and all rules judge.
async fn caught(
    ground: &Ground,
    fault: &Arc<dyn Fault>,
    stop: &watch::Receiver<Option<String>>,
) -> Option<Outcome> {
    let session = ground.session(Oddity::Fault(Arc::clone(fault)));
    let had_to = &fault.label().caught_by;
    let mut saw: Vec<&'static str> = Vec::new();
    for rule in ground.rules.iter().filter(|rule| had_to.contains(&rule.meta().id)) {
        let id = rule.meta().id;
        let options = options(named(ground, had_to), stop);
        for case in ground.cases.iter().filter(|case| case.rules.contains(&id)) {
            if saw.contains(&id) {
                break;
            }
            let driven = session.one(case.clone(), &options).await;
            saw.extend(alarmed(&driven.verdicts).filter(|id| !saw.contains(id)).collect::<Vec<_>>());
            if stop.borrow().is_some() {
                return None;
            }
        }
    }
    let mut others: BTreeSet<String> = BTreeSet::new();
    if saw.is_empty() {
        let options = options(ground.rules.clone(), stop);
        for case in &ground.cases {
            let driven = session.one(case.clone(), &options).await;
            for id in alarmed(&driven.verdicts) {
                if had_to.contains(&id) {
                    saw.push(id);
                } else {
                    others.insert(id.to_owned());
                }
            }
            if stop.borrow().is_some() {
                return None;
            }
            if !saw.is_empty() {
                others.clear();
                break;
            }
        }
    }
    saw.sort_unstable();
    saw.dedup();
    let (alarmed, requests) = (others.into_iter().collect(), session.requests());
    Some(Outcome::Fault { fault: Arc::clone(fault), saw, alarmed, requests })
}

pub(super) fn named(ground: &Ground, ids: &[&str]) -> Vec<&'static dyn Rule> {
    ground.rules.iter().filter(|rule| ids.contains(&rule.meta().id)).copied().collect()
}

/// The rules with a finding that fails or warns.
pub(super) fn alarmed(verdicts: &[RuleVerdict]) -> impl Iterator<Item = &'static str> {
    let is_alarm =
        |verdict: &&RuleVerdict| matches!(verdict.outcome, Judged::Found(level) if level > Level::Note);
    verdicts.iter().filter(is_alarm).map(|verdict| verdict.rule)
}
