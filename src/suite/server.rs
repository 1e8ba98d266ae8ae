//! Servers for the scheduler: mocks, each case with one of its own, and endpoints.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use serde_json::{Value, json};

use crate::case::{Case, Step};
use crate::contract::Contract;
use crate::contract::error::Condition;
use crate::exchange::Identity;
use crate::mock::clock::Clock;
use crate::mock::{Decoy, Fault, Mock, MockOptions, Mould};
use crate::run::pace::Pace;
use crate::run::schedule::Server;
use crate::run::setup::{Allow, Fixture, Limits, Setup};
use crate::sign::{Credentials, Scheme, example_of, schemes};
use crate::target::Target;
use crate::target::file::settings::{self, Settings};
use crate::target::file::{Allow as Allowed, FixtureParent};
use crate::target::http::HttpTarget;
use crate::target::in_process::InProcess;
use crate::target::loopback::{Loopback, Ports};

/// How long a reading of a mock's job waits for the next, by the mock's clock.
const MOCK_INTERVAL: Duration = Duration::from_secs(5);

/// The same, but no shorter than the vendor asks for.
fn mock_interval(contract: &Contract) -> Duration {
    let asked = contract.facts.polling.as_ref().and_then(|polling| polling.min_interval.as_ref());
    asked.map_or(MOCK_INTERVAL, |span| span.0.max(MOCK_INTERVAL))
}

/// How long ended jobs are watched on a mock, by its own clock.
const MOCK_AFTER_END: Duration = Duration::from_secs(60);

/// How many polling intervals ended jobs are watched elsewhere, and how long at most: a server that is polled quickly is
/// a quick one.
const INTERVALS_AFTER_END: u32 = 250;
const MOST_AFTER_END: Duration = Duration::from_secs(25);

/// How long a mock's job may take, by the mock's clock.
const MOCK_DEADLINE: Duration = Duration::from_secs(600);

/// What links in a mock's answers begin with. Not its port, which is another in every run; no case follows links.
const MOCK_URL: &str = "http://mock.local";

/// Mocks of one contract: a fresh one for each case, so that what one case does is nothing to another.
pub struct MockServer {
    mould: Mould,
    seed: u64,
    over_http: bool,
    oddity: Oddity,
    ports: Ports,
}

/// What sets a mock apart from the usual one.
#[derive(Clone, Default)]
pub enum Oddity {
    /// Nothing.
    #[default]
    None,
    /// A defect.
    Fault(Arc<dyn Fault>),
    /// Something odd but legal.
    Decoy(Arc<dyn Decoy>),
}

impl MockServer {
    /// Mocks with these properties.
    pub fn new(contract: Arc<Contract>, seed: u64, over_http: bool, oddity: Oddity) -> Self {
        MockServer::cast(Mould::of(contract), seed, over_http, oddity)
    }

    /// Mocks with these properties, from what all mocks of their contract have in common.
    pub fn cast(mould: Mould, seed: u64, over_http: bool, oddity: Oddity) -> Self {
        MockServer { mould, seed, over_http, oddity, ports: Ports::default() }
    }
}

#[async_trait]
impl Server for MockServer {
    fn contract(&self) -> Arc<Contract> {
        Arc::clone(self.mould.contract())
    }

    fn allow(&self) -> Allow {
        Allow::ALL
    }

    async fn setup(&self, case: &Case) -> Result<Arc<Setup>, String> {
        let (fault, decoy) = match &self.oddity {
            Oddity::None => (None, None),
            Oddity::Fault(fault) => (Some(Arc::clone(fault)), None),
            Oddity::Decoy(decoy) => (None, Some(Arc::clone(decoy))),
        };
        let clock = Arc::new(Clock::held());
        let options = MockOptions {
            seed: self.seed,
            fault,
            decoy,
            clock: Arc::clone(&clock),
            base_url: MOCK_URL.to_owned(),
        };
        let mock = Arc::new(Mock::cast(&self.mould, options));
        let target: Arc<dyn Target> = if self.over_http {
            Arc::new(Loopback::start(mock, &self.ports).await?)
        } else {
            Arc::new(InProcess::new(mock, Arc::clone(&clock)))
        };
        let contract = self.mould.contract();
        let facts = &contract.facts;
        let parameters = facts.parameters.iter();
        let foreign = facts.parameters.iter().filter_map(|(n, p)| Some((n.clone(), p.foreign.clone()?)));
        let setup = Setup {
            contract: Arc::clone(contract),
            target,
            signer: signer(contract, case),
            identities: identities(contract),
            parameters: parameters.map(|(name, p)| (name.clone(), p.example.clone())).collect(),
            other_parent: foreign.collect(),
            allow: Allow::ALL,
            fixtures: Vec::new(),
            create: json!({}),
            limits: Limits {
                max_jobs: 1_000,
                deadline: MOCK_DEADLINE,
                poll_interval: mock_interval(contract),
                watch_after_end: MOCK_AFTER_END,
                pace: None,
            },
            seed: self.seed,
        };
        Ok(Arc::new(setup))
    }

    fn is_shared(&self) -> bool {
        false
    }
}

/// The scheme that a case is driven with on a mock: the contract's first, or the first that can be wrong in the way
/// the case wants it.
fn signer(contract: &Contract, case: &Case) -> Option<(Box<dyn Scheme>, Credentials)> {
    let of_signatures = case.steps.iter().any(|step| {
        let Step::Call(call) = step else { return false };
        call.signed_for_another.is_some()
            || matches!(call.credentials, Some(Condition::BadSignature | Condition::ExpiredCredentials))
    });
    let scheme = schemes(&contract.facts.auth).into_iter().find(|s| !of_signatures || s.signs())?;
    let credentials = scheme.example();
    Some((scheme, credentials))
}

/// The mock's other identities, each with the contract's first scheme.
fn identities(contract: &Contract) -> BTreeMap<Identity, (Box<dyn Scheme>, Credentials)> {
    let of = |who| {
        let scheme = schemes(&contract.facts.auth).into_iter().next()?;
        let credentials = example_of(scheme.as_ref(), who);
        Some((who, (scheme, credentials)))
    };
    Identity::ALL.into_iter().filter_map(of).collect()
}

/// One server that all cases share.
pub struct Endpoint {
    setup: Arc<Setup>,
}

impl Endpoint {
    /// A server from everything the driver needs.
    pub fn of(setup: Setup) -> Endpoint {
        Endpoint { setup: Arc::new(setup) }
    }

    /// The server that a target file describes.
    ///
    /// # Errors
    /// Says what in the settings cannot be used.
    pub fn new(settings: &Settings, seed: u64) -> Result<Endpoint, String> {
        let contract = Arc::clone(&settings.contract);
        let signing = |identity: &settings::Identity| {
            let scheme = schemes(&contract.facts.auth).into_iter().find(|s| s.name() == identity.scheme);
            let scheme = scheme.ok_or_else(|| format!("the contract does not accept {}", identity.scheme))?;
            Ok::<_, String>((scheme, identity.credentials.clone()))
        };
        let signer = settings.identity.as_ref().map(signing).transpose()?;
        let mut identities = BTreeMap::new();
        for who in Identity::ALL {
            if let Some(identity) = settings.identities.get(who.word()) {
                identities.insert(who, signing(identity)?);
            }
        }
        let polling = contract.facts.polling.as_ref();
        let documented = polling.and_then(|p| {
            let paced = p.per_minute.map(|n| Duration::from_secs(60) / n.max(1));
            p.min_interval.map(|i| i.0).into_iter().chain(paced).max()
        });
        let limits = &settings.limits;
        // What the vendor documents is a floor, whatever the target file says, except on this machine.
        let is_local = settings.bases.iter().all(|base| base.is_loopback);
        let asked = limits.poll_interval.map(|span| span.0);
        let poll_interval = match (asked, documented) {
            (Some(asked), _) if is_local => asked,
            (asked, documented) => {
                asked.unwrap_or(Duration::from_secs(5)).max(documented.unwrap_or_default())
            }
        };
        // Cases read jobs between the readings of a wait, too: each keeps to the pace.
        let pace = polling.map(Pace::of).filter(|_| !(is_local && asked.is_some()));
        let create: BTreeMap<&str, Value> = [("body", Value::Object(settings.create.clone()))].into();
        let setup = Setup {
            target: Arc::new(HttpTarget::new(settings)?),
            signer,
            identities,
            parameters: settings.parameters.clone(),
            other_parent: settings.other_parent.clone().unwrap_or_default(),
            allow: Allow {
                read: settings.allow.contains(&Allowed::Read),
                create: settings.allow.contains(&Allowed::Create),
                cancel: settings.allow.contains(&Allowed::Cancel),
                cancel_many: settings.allow.contains(&Allowed::CancelMany),
                destroy: settings.allow.contains(&Allowed::Destroy),
                write: settings.allow.contains(&Allowed::Write),
            },
            fixtures: settings
                .fixtures
                .iter()
                .map(|fixture| Fixture {
                    state: fixture.state.clone(),
                    facets: fixture
                        .facets
                        .iter()
                        .map(|(name, words)| (name.clone(), words.0.clone()))
                        .collect(),
                    foreign: fixture.parent == FixtureParent::Other,
                    jobs: fixture.jobs.clone(),
                })
                .collect(),
            create: if settings.create.is_empty() { json!({}) } else { json!(create) },
            limits: Limits {
                max_jobs: limits.max_jobs,
                deadline: limits.deadline.0,
                poll_interval,
                watch_after_end: limits
                    .watch_after_end
                    .map_or((poll_interval * INTERVALS_AFTER_END).min(MOST_AFTER_END), |span| span.0),
                pace,
            },
            seed,
            contract,
        };
        Ok(Endpoint::of(setup))
    }
}

#[async_trait]
impl Server for Endpoint {
    fn contract(&self) -> Arc<Contract> {
        Arc::clone(&self.setup.contract)
    }

    fn allow(&self) -> Allow {
        self.setup.allow
    }

    fn pace(&self) -> Option<Pace> {
        self.setup.limits.pace
    }

    async fn setup(&self, _case: &Case) -> Result<Arc<Setup>, String> {
        Ok(Arc::clone(&self.setup))
    }

    fn is_shared(&self) -> bool {
        true
    }
}
