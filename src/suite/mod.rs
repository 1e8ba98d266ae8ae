//! The whole machine for use from Rust: contracts, servers and choices in, a report out.

mod assemble;
mod record;
mod replay;
pub mod server;
mod subject;

use std::collections::BTreeMap;
use std::io::{self, BufRead, Write};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc::UnboundedSender, watch};

use crate::contract::Contract;
use crate::contract::diagnostic::Diagnostics;
use crate::recording::{self, Recording};
use crate::report::bar::Bar;
use crate::report::model::Report;
use crate::rule::registry;
use crate::run::plan::Choice;
use crate::run::schedule::{Event, Options, Ran, run};
pub use replay::{NoReplay, Replay};
pub use subject::Subject;

use assemble::{Chosen, Told, assemble};
use record::Recorder;
use server::Endpoint;

/// The groups of rules, in their order.
pub fn groups() -> Vec<&'static str> {
    let mut groups: Vec<&str> = registry::rules().iter().map(|rule| rule.meta().group()).collect();
    groups.dedup();
    groups
}

/// What is required, as reports write it.
fn read_bars(bars: &[&str]) -> Result<Vec<String>, String> {
    let read = |text: &&str| Bar::parse(text, &groups()).map(|bar| bar.to_string());
    bars.iter().map(read).collect()
}

/// A run in the making.
///
/// ```
/// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
/// use jobproof::{Suite, report::model::Verdict};
///
/// let vendor = jobproof::contract::library::vendors()[0];
/// let report = Suite::builtin(vendor)?.only(&["*::lifecycle"])?.run().await;
/// assert_eq!(report.summary.count(Verdict::Fail), 0);
/// # Ok::<(), Box<dyn std::error::Error>>(()) }).unwrap();
/// ```
pub struct Suite {
    subjects: Vec<Subject>,
    contract: Option<Arc<Contract>>,
    choice: Choice,
    seed: u64,
    strict: bool,
    require: Vec<String>,
    jobs: usize,
    deadline: Option<Duration>,
    events: Option<UnboundedSender<Event>>,
    stop: Option<watch::Receiver<Option<String>>>,
}

impl std::fmt::Debug for Suite {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Suite")
            .field("subjects", &self.subjects.len())
            .field("seed", &self.seed)
            .finish_non_exhaustive()
    }
}

impl Suite {
    /// A run over these servers.
    pub fn new(subjects: Vec<Subject>) -> Suite {
        Suite {
            subjects,
            contract: None,
            choice: Choice::default(),
            seed: 0,
            strict: false,
            require: Vec::new(),
            jobs: 4,
            deadline: None,
            events: None,
            stop: None,
        }
    }

    /// A run of a vendor that comes with the program against its mock, in this process.
    ///
    /// # Errors
    /// Says so where there is no such vendor.
    pub fn builtin(vendor: &str) -> Result<Suite, Diagnostics> {
        let contract = Arc::new(crate::contract::library::builtin(vendor)?);
        let mut suite = Suite::new(vec![Subject::mock(&contract, 0, false)]);
        suite.contract = Some(contract);
        Ok(suite)
    }

    /// The same run against a server of one's own. The target stands for everything that [`Setup`] holds: where
    /// requests go, how they are signed, what may be sent.
    ///
    /// [`Setup`]: crate::run::setup::Setup
    #[must_use]
    pub fn target(mut self, setup: crate::run::setup::Setup) -> Suite {
        let (authority, prefix) = setup.target.authority(None);
        let base_url = format!("http://{authority}{prefix}");
        let secrets = setup.signer.iter().flat_map(|(_, c)| c.0.values().cloned()).collect();
        self.subjects = vec![Subject {
            server: Arc::new(Endpoint::of(setup)),
            target: base_url.clone(),
            fault: None,
            require: Vec::new(),
            warnings: Vec::new(),
            secrets,
            base_url,
            base_urls: BTreeMap::new(),
        }];
        self
    }

    /// Only cases whose id, or a part of it, matches one of these globs.
    ///
    /// # Errors
    /// Names the glob that cannot be read.
    pub fn only(mut self, globs: &[&str]) -> Result<Suite, String> {
        let globs: Vec<String> = globs.iter().map(|g| (*g).to_owned()).collect();
        self.choice = Choice::new(&globs, &[], &self.choice.rules)?;
        Ok(self)
    }

    /// The cases and rules chosen.
    #[must_use]
    pub fn choice(mut self, choice: Choice) -> Suite {
        self.choice = choice;
        self
    }

    /// The seed that the report tells. Servers are given theirs when they are made.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Suite {
        self.seed = seed;
        self
    }

    /// Whether a warning counts as a failure.
    #[must_use]
    pub fn strict(mut self, strict: bool) -> Suite {
        self.strict = strict;
        self
    }

    /// What has to be judged for the run to have a verdict: `GROUP` (all of it) or `GROUP=N%`, each. What target files
    /// require comes on top. Without any, each group of rules and each role that the servers allow must have something
    /// judged.
    ///
    /// # Errors
    /// Says what is wrong with one of them.
    pub fn require(mut self, bars: &[&str]) -> Result<Suite, String> {
        self.require = read_bars(bars)?;
        Ok(self)
    }

    /// How many cases are driven at the same time on mocks.
    #[must_use]
    pub fn jobs(mut self, jobs: usize) -> Suite {
        self.jobs = jobs.max(1);
        self
    }

    /// After how long the run ends, whatever is left to do.
    #[must_use]
    pub fn deadline(mut self, deadline: Option<Duration>) -> Suite {
        self.deadline = deadline;
        self
    }

    /// Where events go.
    #[must_use]
    pub fn events(mut self, events: UnboundedSender<Event>) -> Suite {
        self.events = Some(events);
        self
    }

    /// What ends the run early, by turning to a reason.
    #[must_use]
    pub fn stop(mut self, stop: watch::Receiver<Option<String>>) -> Suite {
        self.stop = Some(stop);
        self
    }

    /// Judges a recording of vendors that come with the program, without any server. For other contracts see
    /// [`Replay::new`].
    ///
    /// # Errors
    /// Says what is wrong with the recording, or that there is no contract for it.
    pub fn replay(from: impl BufRead) -> Result<Replay, NoReplay> {
        Replay::new(Recording::read(from)?, |about| {
            let pack = crate::contract::library::pack(&about.vendor)
                .ok_or_else(|| format!("no vendor `{}` comes with the program", about.vendor))?;
            let loaded = crate::contract::load::load(&pack, about.edition.as_deref());
            loaded.map(|loaded| Arc::new(loaded.contract)).map_err(|mistakes| mistakes.to_string())
        })
    }

    /// Runs, and reports.
    pub async fn run(self) -> Report {
        self.drive(None).await.0
    }

    /// Runs, reports, and records the run: [`Suite::replay`] gives the same report from the recording. It is written
    /// server after server, each when it and those before it have ended; no secret is in it. What keeps it from being
    /// written does not keep the run from its end.
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
    /// use jobproof::Suite;
    ///
    /// let vendor = jobproof::contract::library::vendors()[0];
    /// let mut recording = Vec::new();
    /// let suite = Suite::builtin(vendor)?.only(&["*::lifecycle"])?;
    /// let (report, written) = suite.run_and_record(&mut recording).await;
    /// written?;
    /// assert_eq!(Suite::replay(&recording[..])?.report(), report);
    /// # Ok::<(), Box<dyn std::error::Error>>(()) }).unwrap();
    /// ```
    pub async fn run_and_record(self, to: &mut (dyn Write + Send)) -> (Report, io::Result<()>) {
        self.drive(Some(to)).await
    }

    async fn drive(mut self, to: Option<&mut (dyn Write + Send)>) -> (Report, io::Result<()>) {
        let (own_stop, own) = watch::channel(None);
        let interrupt = self.stop.clone();
        let deadline = self.deadline;
        // Both ways to end early come together in one channel.
        let watcher = tokio::spawn(async move {
            let interrupted = async {
                match interrupt {
                    Some(mut stop) => {
                        match stop.wait_for(Option::is_some).await.ok().map(|why| why.clone()) {
                            Some(why) => why,
                            None => std::future::pending().await,
                        }
                    }
                    None => std::future::pending().await,
                }
            };
            let late = async {
                match deadline {
                    Some(deadline) => tokio::time::sleep(deadline).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                why = interrupted => { let _ = own_stop.send(why); }
                () = late => {
                    let seconds = deadline.unwrap_or_default().as_secs_f64();
                    let _ = own_stop.send(Some(format!("the run's deadline of {seconds} s had passed")));
                }
            }
        });
        let rules = self.choice.rules(&registry::rules());
        let options =
            Options { choice: self.choice.clone(), rules, jobs: self.jobs, events: self.events, stop: own };
        let mut runs = tokio::task::JoinSet::new();
        for (index, subject) in self.subjects.iter().enumerate() {
            let (server, options) = (Arc::clone(&subject.server), options.clone());
            runs.spawn(async move { (index, run(server, &options).await) });
        }
        for text in self.subjects.iter().flat_map(|subject| &subject.require) {
            if !self.require.contains(text) {
                self.require.push(text.clone());
            }
        }
        let mut recorder = Recorder::begin(
            to,
            recording::Chosen {
                seed: self.seed,
                strict: self.strict,
                choice: &self.choice,
                require: &self.require,
            },
        );
        let mut ran: Vec<Option<Ran>> = self.subjects.iter().map(|_| None).collect();
        while let Some(done) = runs.join_next().await {
            if let Ok((index, result)) = done {
                ran[index] = Some(result);
                recorder.take(&self.subjects, &ran);
            }
        }
        watcher.abort();
        let interrupted = self.stop.as_ref().is_some_and(|stop| stop.borrow().is_some());
        let written = recorder.finish(interrupted);
        let results = self.subjects.iter().zip(ran).filter_map(|(subject, ran)| {
            let (contract, secrets) = (subject.server.contract(), subject.secrets.clone());
            Some(Told { contract, about: subject.about(), secrets, ran: ran? })
        });
        let chosen = Chosen { seed: self.seed, strict: self.strict, require: self.require };
        (assemble(results.collect(), chosen, interrupted), written)
    }
}
