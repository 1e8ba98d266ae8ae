//! One job of the mock, and how it moves.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use crate::contract::lifecycle::{Lifecycle, Phase};
use crate::contract::pointer::Pointer;

/// How long a job stays in each state of its plan.
pub(crate) const STAY: Duration = Duration::from_secs(10);
/// How long an arranged job is said to have stayed in each state of its past.
pub(crate) const PAST_STAY: Duration = Duration::from_secs(5);
/// The share of the work that a job which has not succeeded has done at most.
const MOST_WORK: f64 = 0.9;

/// A state a job is or was in.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Step {
    /// The state.
    pub state: String,
    /// When the job came into it.
    pub at: Timestamp,
    /// How long the job had been at work by then.
    pub worked: Duration,
}

/// One job.
#[derive(Debug, Clone)]
pub(crate) struct Job {
    /// Its number, from 0 in order of creation.
    pub serial: u64,
    pub id: String,
    pub aliases: BTreeMap<String, String>,
    pub parents: BTreeMap<String, String>,
    /// Facets it was given; others are as in the documented sample.
    pub facets: BTreeMap<String, Vec<String>>,
    /// Members of the request that created it, which it shows again, by their place in the job.
    pub echoed: BTreeMap<Pointer, Value>,
    /// The states so far, the present one last; never empty.
    pub past: Vec<Step>,
    /// The states to come.
    pub plan: Vec<(Timestamp, String)>,
    /// Since when it stays as it is until someone acts on it.
    pub held: Option<Timestamp>,
    /// Whether it was created by a request, not arranged.
    pub created_by_request: bool,
    /// Whether a cancel was accepted.
    pub cancelled: bool,
    /// Whether a retry of another job started it.
    pub retried: bool,
    /// How often it was cancelled, accepted or not.
    pub cancels: u32,
    /// When it was last cancelled, accepted or not.
    pub last_cancel: Option<Timestamp>,
    /// How many starts like its own came before: under the same parents, or of the same job.
    pub again: u32,
    /// How often it was retried.
    pub retries: u32,
    /// How often it was read.
    pub reads: u32,
    /// How often it was read after its end.
    pub ended_reads: u32,
}

/// What the mock shows of a job at one moment. Faults may change it.
#[derive(Debug, Clone)]
pub struct JobView {
    /// Its number, from 0 in order of creation.
    pub serial: u64,
    /// Its id.
    pub id: String,
    /// Its further ids, by name.
    pub aliases: BTreeMap<String, String>,
    /// What it belongs to, by parameter.
    pub parents: BTreeMap<String, String>,
    /// The facets it was given.
    pub facets: BTreeMap<String, Vec<String>>,
    /// Members of the request that created it, by their place in the job.
    pub echoed: BTreeMap<Pointer, Value>,
    /// Its state.
    pub state: String,
    /// When it was created.
    pub created: Timestamp,
    /// When work began; none while it waits.
    pub started: Option<Timestamp>,
    /// When it last changed.
    pub updated: Timestamp,
    /// When it ended.
    pub finished: Option<Timestamp>,
    /// The share of its work that is done, from 0 to 1.
    pub progress: f64,
    /// How many starts like its own came before: under the same parents, or of the same job.
    pub again: u32,
    /// How often it was retried before.
    pub retries: u32,
    /// How often it was read before.
    pub reads: u32,
    /// How often it was read before, since its end.
    pub ended_reads: u32,
    /// Whether a cancel was accepted.
    pub cancelled: bool,
    /// Whether a retry of another job started it.
    pub retried: bool,
    /// How long ago it was last cancelled, accepted or not.
    pub since_cancel: Option<Duration>,
    /// How long ago it ended; none while it goes on.
    pub since_end: Option<Duration>,
    /// How long it takes until it changes its state by itself; none where it does not.
    pub until_next: Option<Duration>,
}

impl Job {
    /// The present state.
    pub(crate) fn state(&self) -> &str {
        self.past.last().map_or("", |step| step.state.as_str())
    }

    /// Moves on as far as the plan says for `now`.
    pub(crate) fn settle(&mut self, now: Timestamp, lifecycle: &Lifecycle) {
        let due = self.plan.iter().take_while(|(at, _)| *at <= now).count();
        for (at, state) in self.plan.drain(..due).collect::<Vec<_>>() {
            self.enter(&state, at, lifecycle);
        }
    }

    /// Comes into `state` at `at`.
    pub(crate) fn enter(&mut self, state: &str, at: Timestamp, lifecycle: &Lifecycle) {
        let worked = self.worked(at, lifecycle);
        self.held = None;
        self.past.push(Step { state: state.to_owned(), at, worked });
    }

    /// How long the job has been at work. A held job does not work on.
    fn worked(&self, now: Timestamp, lifecycle: &Lifecycle) -> Duration {
        let Some(last) = self.past.last() else { return Duration::ZERO };
        if lifecycle.phase(&last.state) != Phase::Running {
            return last.worked;
        }
        let until = self.held.map_or(now, |held| held.min(now));
        last.worked + Duration::try_from(until.duration_since(last.at)).unwrap_or_default()
    }

    /// What is shown of the job at `now`, which may lie in the past.
    pub(crate) fn view(&self, now: Timestamp, lifecycle: &Lifecycle) -> JobView {
        // A moment before the job was created shows it as it was then.
        let past = self.past.iter().take_while(|step| step.at <= now).count().max(1).min(self.past.len());
        let past = self.past.get(..past).unwrap_or_default();
        let state = past.last().map_or_else(String::new, |step| step.state.clone());
        let phase = lifecycle.phase(&state);
        let first = past.first().map_or(now, |step| step.at);
        let last = past.last().map_or(now, |step| step.at);
        let began = past.iter().find(|step| {
            !matches!(lifecycle.phase(&step.state), Phase::Waiting | Phase::Cancelled | Phase::Stopping)
        });
        JobView {
            serial: self.serial,
            id: self.id.clone(),
            aliases: self.aliases.clone(),
            parents: self.parents.clone(),
            facets: self.facets.clone(),
            echoed: self.echoed.clone(),
            created: first,
            started: began.map(|step| step.at),
            updated: last,
            finished: phase.is_terminal().then_some(last),
            progress: match phase {
                Phase::Succeeded | Phase::Partial => 1.0,
                Phase::Waiting => 0.0,
                // Twice the time in the plan, so that the work is about half done when a cancel comes.
                _ => (self.worked(now, lifecycle).as_secs_f64() / (2.0 * PAST_STAY.as_secs_f64()))
                    .min(MOST_WORK),
            },
            again: self.again,
            retries: self.retries,
            reads: self.reads,
            ended_reads: self.ended_reads,
            cancelled: self.cancelled,
            retried: self.retried,
            since_cancel: self.last_cancel.and_then(|at| Duration::try_from(now.duration_since(at)).ok()),
            since_end: phase
                .is_terminal()
                .then(|| Duration::try_from(now.duration_since(last)).unwrap_or_default()),
            until_next: self.plan.first().and_then(|(at, _)| Duration::try_from(at.duration_since(now)).ok()),
            state,
        }
    }
}

/// `at` moved by a length of time; the end of time stands still.
pub(crate) fn later(at: Timestamp, by: Duration) -> Timestamp {
    SignedDuration::try_from(by).ok().and_then(|by| at.checked_add(by).ok()).unwrap_or(at)
}

/// `at` moved back by a length of time; the beginning of time stands still.
pub(crate) fn earlier(at: Timestamp, by: Duration) -> Timestamp {
    SignedDuration::try_from(by).ok().and_then(|by| at.checked_sub(by).ok()).unwrap_or(at)
}

/// The states a job goes through when nobody interferes: the shortest way from the first initial state to the end that
/// is nearest to a running job, which need not be the one nearest to a waiting job. Success comes before other ends.
pub(crate) fn usual_way(lifecycle: &Lifecycle) -> Vec<String> {
    let Some(first) = lifecycle.initial.first() else { return Vec::new() };
    let working = lifecycle.nearest(first, Phase::Running).unwrap_or(first);
    [Phase::Succeeded, Phase::Partial, Phase::Failed]
        .into_iter()
        .find_map(|phase| {
            let end = lifecycle.nearest(working, phase).or_else(|| lifecycle.nearest(first, phase))?;
            through_work(lifecycle, first, end)
        })
        .unwrap_or_else(|| vec![first.clone()])
}

/// The shortest way from `first` to `to` that goes through running, or the shortest at all where there is no such
/// way: a job that ends without having run shows a client little.
fn through_work(lifecycle: &Lifecycle, first: &str, to: &str) -> Option<Vec<String>> {
    let by_running = lifecycle
        .of_phase(Phase::Running)
        .filter_map(|running| {
            let mut way = lifecycle.path(first, running)?;
            way.extend(lifecycle.path(running, to)?.into_iter().skip(1));
            Some(way)
        })
        .min_by_key(Vec::len);
    let way = by_running.or_else(|| lifecycle.path(first, to))?;
    Some(way.into_iter().map(str::to_owned).collect())
}

/// The states a job went through before `to`: through running where that is possible, the shortest way otherwise. A
/// state that no way leads to stands alone.
pub(crate) fn way_to(lifecycle: &Lifecycle, to: &str) -> Vec<String> {
    let shortest = |to: &str| lifecycle.path_to(to).map(|way| way.into_iter().map(str::to_owned).collect());
    if lifecycle.phase(to).is_terminal() || lifecycle.phase(to) == Phase::Stopping {
        let through = lifecycle.initial.iter().find_map(|first| through_work(lifecycle, first, to));
        through.or_else(|| shortest(to))
    } else {
        shortest(to)
    }
    .unwrap_or_else(|| vec![to.to_owned()])
}
