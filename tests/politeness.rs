//! What a server that is not our own is spared: readings faster than documented, and writes to what was there before.

#![expect(clippy::unwrap_used, reason = "what is not expected here stops everything")]

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jobproof::contract::Contract;
use jobproof::contract::library::builtin;
use jobproof::contract::operation::Role;
use jobproof::exchange::route::asked;
use jobproof::exchange::{Asked, JobIds, Request, Response};
use jobproof::mock::clock::Clock;
use jobproof::mock::fault::fault;
use jobproof::mock::{Mock, MockOptions};
use jobproof::rule::registry::rules;
use jobproof::run::pace::Pace;
use jobproof::run::plan::Choice;
use jobproof::run::schedule::{Fate, Options, Ran, run};
use jobproof::run::setup::{Allow, Limits, Setup};
use jobproof::sign::schemes;
use jobproof::suite::server::Endpoint;
use jobproof::target::Wanted;
use jobproof::target::in_process::{Handler, InProcess};
use serde_json::json;
use tokio::sync::watch;

/// A server of someone else's: a mock behind a book of what was asked, and when.
struct Recorder {
    mock: Mock,
    clock: Arc<Clock>,
    seen: Mutex<Vec<(Duration, Asked)>>,
    /// Whether it starts jobs without naming them.
    is_nameless: bool,
    /// How many jobs it started.
    started: Mutex<usize>,
}

const NOTHING_BUT_READS: Allow =
    Allow { read: true, create: false, cancel: false, cancel_many: false, write: false, destroy: false };

impl Handler for Recorder {
    fn handle(&self, request: &Request) -> Response {
        let asked = asked(self.mock.contract(), request);
        let starts = asked.role == Some(Role::Create);
        self.seen.lock().unwrap().push((self.clock.elapsed(), asked));
        let mut response = self.mock.handle(request);
        if starts && response.is_success() {
            *self.started.lock().unwrap() += 1;
            if self.is_nameless {
                response.body = b"{}".to_vec();
            }
        }
        response
    }

    fn arrange(&self, wanted: &Wanted) -> Result<JobIds, String> {
        self.mock.arrange(&wanted.state, &wanted.facets, &wanted.parents).map(|id| JobIds::new(&id))
    }
}

/// Runs the chosen cases against one server that they share; gives what it was asked.
async fn asked_of(
    contract: &Arc<Contract>,
    allow: Allow,
    only: &[&str],
    wrong: Option<&str>,
) -> (Vec<(Duration, Asked)>, Ran) {
    let (recorder, ran) = recorded(contract, allow, only, wrong, 1_000, false).await;
    let seen = recorder.seen.lock().unwrap().clone();
    (seen, ran)
}

/// The same, with a limit to the jobs that are started; gives the whole book.
async fn recorded(
    contract: &Arc<Contract>,
    allow: Allow,
    only: &[&str],
    wrong: Option<&str>,
    max_jobs: usize,
    is_nameless: bool,
) -> (Arc<Recorder>, Ran) {
    let clock = Arc::new(Clock::held());
    let options = MockOptions {
        clock: Arc::clone(&clock),
        fault: wrong.map(|id| fault(contract, id).unwrap().into()),
        ..MockOptions::held()
    };
    let recorder = Arc::new(Recorder {
        mock: Mock::new(Arc::clone(contract), options),
        clock: Arc::clone(&clock),
        seen: Mutex::default(),
        is_nameless,
        started: Mutex::default(),
    });
    let facts = &contract.facts;
    let of = |value: fn(&jobproof::contract::facts::Parameter) -> Option<serde_json::Value>| {
        let values = facts.parameters.iter().filter_map(|(name, fact)| Some((name.clone(), value(fact)?)));
        values.collect::<BTreeMap<_, _>>()
    };
    let setup = Setup {
        contract: Arc::clone(contract),
        target: Arc::new(InProcess::new(Arc::clone(&recorder) as Arc<dyn Handler>, clock)),
        signer: schemes(&facts.auth).into_iter().next().map(|scheme| {
            let credentials = scheme.example();
            (scheme, credentials)
        }),
        identities: BTreeMap::new(),
        parameters: of(|fact| Some(fact.example.clone())),
        other_parent: of(|fact| fact.foreign.clone()),
        allow,
        fixtures: Vec::new(),
        create: json!({}),
        limits: Limits {
            max_jobs,
            deadline: Duration::from_secs(600),
            poll_interval: Duration::from_secs(5),
            watch_after_end: Duration::from_secs(5),
            pace: facts.polling.as_ref().map(Pace::of),
        },
        seed: 0,
    };
    let only: Vec<String> = only.iter().map(|glob| (*glob).to_owned()).collect();
    let options = Options {
        choice: Choice::new(&only, &[], &[]).unwrap(),
        rules: rules(),
        jobs: 8,
        events: None,
        stop: watch::channel(None).1,
    };
    let ran = run(Arc::new(Endpoint::of(setup)), &options).await;
    (recorder, ran)
}

/// Bailian asks for 5 seconds between the readings of a job, and for no more than 20 readings in a minute.
#[tokio::test]
async fn readings_keep_to_the_documented_pace() {
    let contract = Arc::new(builtin("bailian").unwrap());
    let (seen, ran) =
        asked_of(&contract, Allow::ALL, &["*::GetIndexJobStatus::*", "*::lifecycle"], None).await;
    assert!(ran.cases.iter().filter(|case| case.fate != Fate::LeftOut).count() > 20);
    let reads: Vec<&(Duration, Asked)> = seen.iter().filter(|(_, a)| a.role == Some(Role::Get)).collect();
    assert!(reads.len() > 40, "{}", reads.len());
    let mut last: BTreeMap<&Option<String>, Duration> = BTreeMap::new();
    for (index, (at, asked)) in reads.iter().enumerate() {
        if let Some(before) = last.insert(&asked.job, *at) {
            assert!(*at - before >= Duration::from_secs(5), "{:?} read after {:?}", asked.job, *at - before);
        }
        if let Some((before, _)) = index.checked_sub(20).map(|early| reads[early]) {
            assert!(*at - *before >= Duration::from_secs(60), "21 readings in {:?}", *at - *before);
        }
    }
}

/// With "read" alone nothing is sent that writes, and with "write" only to what the run made itself: also where the
/// server takes whatever it is sent.
#[tokio::test]
async fn writes_are_allowed_and_touch_only_what_was_made() {
    let contract = Arc::new(builtin("bailian").unwrap());
    let operation = |asked: &Asked| asked.operation.as_ref().and_then(|o| contract.facts.operations.get(o));
    let writes = |asked: &Asked| operation(asked).is_some_and(|o| o.writes);
    let own = contract.facts.parameters["IndexId"].example.as_str().unwrap();

    let reads = NOTHING_BUT_READS;
    let (seen, ran) = asked_of(&contract, reads, &[], None).await;
    assert!(seen.len() > 20);
    assert!(!seen.iter().any(|(_, asked)| writes(asked) || asked.operation.is_none()));
    let skipped = ran.cases.iter().filter(|case| case.case.id.contains("::DeleteIndex::"));
    let reasons: Vec<_> =
        skipped.flat_map(|case| &case.verdicts).map(|v| format!("{:?}", v.outcome)).collect();
    assert!(reasons.iter().all(|why| why.contains("NotAllowed { words: [\"write\"] }")), "{reasons:?}");

    for wrong in [None, Some("validation-missing"), Some("credentials-not-checked")] {
        let (seen, ran) = asked_of(&contract, Allow::ALL, &["*Index", "*IndexDocument"], wrong).await;
        let written: Vec<&Asked> =
            seen.iter().map(|(_, asked)| asked).filter(|asked| writes(asked)).collect();
        assert!(written.len() > 40, "{}", written.len());
        let own_ones: Vec<_> = written
            .iter()
            .filter(|asked| asked.parents.get("IndexId").is_some_and(|id| id == own))
            .map(|asked| (&asked.operation, &asked.view))
            .collect();
        assert!(own_ones.is_empty(), "{wrong:?}: {own_ones:#?}");
        assert_eq!(ran.warnings, Vec::<String>::new(), "{wrong:?}: what was made is removed");
    }
}

/// A target that allows starting and cancelling jobs has said nothing yet about the jobs of others in a range.
#[tokio::test]
async fn cancels_of_many_are_sent_only_where_they_are_named() {
    let contract = Arc::new(builtin("aiware").unwrap());
    let many = |asked: &Asked| asked.role == Some(Role::CancelMany);
    let only =
        ["*::ProcCancelJobsOfOrganization::*", "*::ProcCancelScheduledJob::*", "*::updateScheduledJob::*"];

    let single = Allow { cancel: true, create: true, write: true, ..NOTHING_BUT_READS };
    let (seen, ran) =
        asked_of(&contract, single, &["*::ProcCancelJob::*", only[0], only[1], only[2]], None).await;
    assert!(seen.iter().any(|(_, asked)| asked.role == Some(Role::Cancel)));
    assert!(!seen.iter().any(|(_, asked)| many(asked)));
    let skipped: Vec<String> = ran
        .cases
        .iter()
        .filter(|case| only.iter().any(|glob| case.case.id.contains(glob.trim_matches('*'))))
        .flat_map(|case| &case.verdicts)
        .map(|verdict| format!("{:?}", verdict.outcome))
        .collect();
    let named = skipped.iter().filter(|why| why.contains("NotAllowed { words: [\"cancel-many\"] }")).count();
    assert!(named > 40, "{named} of {}: {skipped:?}", skipped.len());

    let (seen, _) = asked_of(&contract, Allow { cancel_many: true, ..single }, &only, None).await;
    assert!(seen.iter().filter(|(_, asked)| many(asked)).count() > 40);
}

/// With "read" alone no GraphQL document goes out that mutates, not even one that only signs somebody in; nor a guess at
/// what the API does not offer.
#[tokio::test]
async fn reading_sends_no_mutations_and_no_guesses() {
    for vendor in ["aiware", "bailian", "ges"] {
        let contract = Arc::new(builtin(vendor).unwrap());
        let (seen, _) = asked_of(&contract, NOTHING_BUT_READS, &[], None).await;
        assert!(seen.len() > 20, "{vendor}: {}", seen.len());
        for (_, asked) in &seen {
            let document = asked.view.pointer("/body/query").and_then(|query| query.as_str());
            assert!(!document.is_some_and(|text| text.contains("mutation")), "{asked:#?}");
            // A broken document of a query belongs to no operation, and so does a body that is no object.
            let reads = match asked.role {
                Some(role) => matches!(role, Role::Get | Role::List | Role::Details),
                None => {
                    let body = asked.view.get("body").filter(|body| body.is_object());
                    body.is_none_or(|body| body.get("query").is_some())
                }
            };
            assert!(reads, "{vendor}: {asked:#?}");
        }
    }
}

/// Also where wrong starts are accepted, and where a started job is not named.
#[tokio::test]
async fn no_more_jobs_are_started_than_allowed() {
    let contract = Arc::new(builtin("bedrock").unwrap());
    let only = ["*::StartIngestionJob::*"];
    for (wrong, is_nameless) in
        [(None, false), (None, true), (Some("validation-missing"), false), (Some("validation-missing"), true)]
    {
        let (recorder, ran) = recorded(&contract, Allow::ALL, &only, wrong, 3, is_nameless).await;
        assert!(ran.cases.iter().any(|case| case.case.id.contains("bad-input::generated")));
        let started = *recorder.started.lock().unwrap();
        assert!((1..=3).contains(&started), "{wrong:?}, {is_nameless}: {started}");
    }
}
