//! Writes a recording.

use std::io::{self, Write};
use std::time::Duration;

use super::body::Body;
use super::disguise::Disguise;
use super::fate::came;
use super::model::{
    self, About, Came, Case, End, FORMAT, GivenUp, Header, Line, Outcome, Recorded, Request, Whole,
};
use crate::contract::Contract;
use crate::exchange::redact::given_away;
use crate::exchange::{Asked, Exchange, Meant, TransportError, Violation};
use crate::judge::hidden;
use crate::run::plan::Choice;
use crate::run::schedule::{Driven, Ran};

/// What was chosen for a run.
#[derive(Debug, Clone, Copy)]
pub struct Chosen<'c> {
    /// The seed that the report tells.
    pub seed: u64,
    /// Whether a warning counts as a failure.
    pub strict: bool,
    /// The cases and rules.
    pub choice: &'c Choice,
    /// How much has to be judged, as it was written.
    pub require: &'c [String],
}

/// Writes one recording.
///
/// Each server is written when all its cases have ended, case after case by id: only then is it known which texts were
/// secret, since any answer may give one away. So the order of the lines depends on no timing, and on mocks the same
/// seed gives the same bytes.
pub struct Writer<'w> {
    to: &'w mut (dyn Write + Send),
}

impl std::fmt::Debug for Writer<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Writer")
    }
}

impl<'w> Writer<'w> {
    /// A recording of a run that begins.
    ///
    /// # Errors
    /// What kept the first line from being written.
    pub fn begin(to: &'w mut (dyn Write + Send), run: Chosen<'_>) -> io::Result<Writer<'w>> {
        let mut writer = Writer { to };
        writer.line(&Line::Recording(Header {
            format: FORMAT,
            tool: env!("CARGO_PKG_NAME").into(),
            version: env!("CARGO_PKG_VERSION").into(),
            seed: run.seed,
            strict: run.strict,
            choice: model::Chosen {
                only: Choice::written(&run.choice.only),
                skip: Choice::written(&run.choice.skip),
                rules: run.choice.rules.clone(),
            },
            require: run.require.to_vec(),
        }))?;
        Ok(writer)
    }

    /// Writes everything that came of one server. `secrets` are those known beforehand.
    ///
    /// # Errors
    /// What kept it from being written.
    pub fn subject(
        &mut self,
        about: About,
        secrets: impl IntoIterator<Item = String>,
        contract: &Contract,
        ran: &Ran,
    ) -> io::Result<()> {
        let told = ran.cases.iter().flat_map(|driven| given_away(&driven.transcript, contract));
        let exchanges = ran.cases.iter().flat_map(|driven| &driven.transcript.exchanges);
        let mut disguise = Disguise::new(secrets.into_iter().chain(told), exchanges);
        self.line(&Line::Subject(hide_about(about, &mut disguise)))?;
        for driven in &ran.cases {
            for exchange in &driven.transcript.exchanges {
                let recorded = recorded(&driven.case.id, exchange, &mut disguise);
                self.line(&Line::Exchange(Box::new(recorded)))?;
            }
            self.line(&Line::Case(case(driven, &mut disguise)))?;
        }
        let warnings = ran.warnings.iter().map(|warning| disguise.text(warning)).collect();
        self.line(&Line::End(End { requests: ran.requests, warnings }))
    }

    /// Ends the recording.
    ///
    /// # Errors
    /// What kept the last line from being written.
    pub fn finish(mut self, interrupted: bool) -> io::Result<()> {
        self.line(&Line::Whole(Whole { interrupted }))?;
        self.to.flush()
    }

    fn line(&mut self, line: &Line) -> io::Result<()> {
        let mut text = serde_json::to_vec(line)?;
        text.push(b'\n');
        self.to.write_all(&text)
    }
}

fn hide_about(about: About, disguise: &mut Disguise) -> About {
    About {
        target: disguise.text(&about.target),
        warnings: about.warnings.iter().map(|warning| disguise.text(warning)).collect(),
        base_url: disguise.text(&about.base_url),
        base_urls: about.base_urls.iter().map(|(name, url)| (name.clone(), disguise.text(url))).collect(),
        stand_ins: disguise.stand_ins().to_vec(),
        ..about
    }
}

fn recorded(case: &str, exchange: &Exchange, disguise: &mut Disguise) -> Recorded {
    // Headers first: what is hidden there altogether may also stand in what was asked.
    let request = Request {
        service: exchange.request.service.clone(),
        method: exchange.request.method.clone(),
        target: disguise.text(&exchange.request.target),
        headers: disguise.headers(&exchange.request.headers),
        body: Body::of(disguise.bytes(&exchange.request.body)),
    };
    let outcome = match &exchange.outcome {
        Ok(response) => Outcome::Response {
            status: response.status,
            headers: disguise.headers(&response.headers),
            body: Body::of(disguise.bytes(&response.body)),
        },
        Err(error) => Outcome::Error(hide_error(error, disguise)),
    };
    Recorded {
        case: case.to_owned(),
        sent_ns: nanoseconds(exchange.sent),
        received_ns: nanoseconds(exchange.received),
        asked: hide_asked(&exchange.asked, disguise),
        meant: exchange.meant.as_ref().map(|meant| Meant {
            violation: meant.violation.as_ref().map(|violation| Violation {
                words: disguise.text(&violation.words),
                parameter: violation.parameter.clone(),
            }),
            ..meant.clone()
        }),
        request,
        outcome,
    }
}

fn hide_asked(asked: &Asked, disguise: &mut Disguise) -> Asked {
    let facets = asked.facets.iter().map(|(name, values)| {
        let values = values.iter().map(|value| disguise.text(value)).collect();
        (name.clone(), values)
    });
    Asked {
        operation: asked.operation.clone(),
        role: asked.role,
        facets: facets.collect(),
        job: asked.job.as_ref().map(|job| disguise.text(job)),
        parents: asked.parents.iter().map(|(name, value)| (name.clone(), disguise.text(value))).collect(),
        client_token: asked.client_token.as_ref().map(|token| disguise.known(token)),
        view: disguise.view(&asked.view),
        graphql: asked.graphql.clone(),
    }
}

fn hide_error(error: &TransportError, disguise: &mut Disguise) -> TransportError {
    match error {
        TransportError::Unreachable(why) => TransportError::Unreachable(disguise.text(why)),
        TransportError::TimedOut(why) => TransportError::TimedOut(disguise.text(why)),
        TransportError::TooLarge(why) => TransportError::TooLarge(disguise.text(why)),
        TransportError::Redirected(why) => TransportError::Redirected(disguise.text(why)),
        TransportError::Broken(why) => TransportError::Broken(disguise.text(why)),
        TransportError::Unsendable(why) => TransportError::Unsendable(disguise.text(why)),
    }
}

fn case(driven: &Driven, disguise: &mut Disguise) -> Case {
    let came = match came(&driven.fate) {
        Came::Stopped(why) => Came::Stopped(hidden(&why, |text| disguise.text(text))),
        Came::NotDriven(why) => Came::NotDriven(hidden(&why, |text| disguise.text(text))),
        came @ (Came::ToItsEnd | Came::LeftOut) => came,
    };
    let given_up = driven.transcript.given_up.iter().map(|wait| GivenUp {
        job: disguise.text(&wait.job),
        waited_for: wait.waited_for.clone(),
        after_ns: nanoseconds(wait.after),
        exchange: wait.exchange,
    });
    let known = driven.transcript.known.iter();
    Case {
        id: driven.case.id.clone(),
        came,
        given_up: given_up.collect(),
        known: known.map(|(id, origin)| (disguise.text(id), *origin)).collect(),
        callers: driven.callers.clone(),
        clock_ns: nanoseconds(driven.length),
    }
}

/// A length of time in nanoseconds; 584 years at most.
fn nanoseconds(length: Duration) -> u64 {
    u64::try_from(length.as_nanos()).unwrap_or(u64::MAX)
}
