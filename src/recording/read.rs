//! Reads a recording.

use std::io::BufRead;
use std::time::Duration;

use super::body::Body;
use super::model::{About, Case, End, FORMAT, Header, Line, Outcome, Recorded, Whole};
use crate::exchange::transcript::GivenUp;
use crate::exchange::{Exchange, Request, Response, Transcript};

/// A recording that was read.
#[derive(Debug)]
pub struct Recording {
    /// What was run.
    pub header: Header,
    /// The servers, in order.
    pub subjects: Vec<RecordedSubject>,
    /// Whether the run was interrupted.
    pub interrupted: bool,
}

/// Everything that came of one server.
#[derive(Debug)]
pub struct RecordedSubject {
    /// The server, as a report tells of it.
    pub about: About,
    /// Its cases, in order.
    pub cases: Vec<RecordedCase>,
    /// What is left to say.
    pub end: End,
}

/// One case with what was exchanged.
#[derive(Debug)]
pub struct RecordedCase {
    /// What became of it.
    pub case: Case,
    /// What was exchanged.
    pub transcript: Transcript,
}

/// What is wrong with a recording, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line} of the recording: {why}")]
pub struct Broken {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong, and what to do.
    pub why: String,
}

/// What a recording that stops too early calls for.
const AGAIN: &str = "record the run again, or get the whole file";

impl Recording {
    /// Reads a whole recording.
    ///
    /// # Errors
    /// Names the line that cannot be understood, or after which lines are missing.
    pub fn read(from: impl BufRead) -> Result<Recording, Broken> {
        let mut reader = Reader { state: State::Start };
        let mut number = 0;
        for line in from.split(b'\n') {
            number += 1;
            let broken = |why: String| Broken { line: number, why };
            let bytes = line.map_err(|e| broken(format!("it cannot be read: {e}")))?;
            let line = match serde_json::from_slice::<Line>(&bytes) {
                Ok(line) => line,
                Err(e) if e.is_eof() && !bytes.is_empty() => {
                    return Err(broken(format!("it breaks off in the middle of this line: {AGAIN}")));
                }
                Err(e) => return Err(broken(reader.not_a_line(&bytes, &e))),
            };
            reader.take(line).map_err(broken)?;
        }
        reader.finish().map_err(|why| Broken { line: number.max(1), why })
    }
}

/// What was read so far.
struct Reader {
    state: State,
}

enum State {
    /// Nothing.
    Start,
    /// The header.
    Begun(Recording, Option<Box<Open>>),
    /// The last line.
    Whole(Recording),
}

/// A server whose end was not read yet.
struct Open {
    about: About,
    cases: Vec<RecordedCase>,
    /// Exchanges whose case was not read yet, with its id.
    exchanges: Vec<(String, Exchange)>,
}

impl Reader {
    fn take(&mut self, line: Line) -> Result<(), String> {
        let state = std::mem::replace(&mut self.state, State::Start);
        self.state = match (state, line) {
            (State::Start, Line::Recording(header)) => {
                if header.format != FORMAT {
                    return Err(format!(
                        "its format is {}, and this program reads {FORMAT}: use the version of the program that \
                         wrote it ({})",
                        header.format, header.version
                    ));
                }
                State::Begun(Recording { header, subjects: Vec::new(), interrupted: false }, None)
            }
            (State::Start, _) => return Err("this is no recording: its first line is no header".into()),
            (State::Begun(recording, None), Line::Subject(about)) => {
                let open = Open { about, cases: Vec::new(), exchanges: Vec::new() };
                State::Begun(recording, Some(Box::new(open)))
            }
            (State::Begun(recording, Some(mut open)), Line::Exchange(recorded)) => {
                let case = recorded.case.clone();
                open.exchanges.push((case, exchange(*recorded)?));
                State::Begun(recording, Some(open))
            }
            (State::Begun(recording, Some(mut open)), Line::Case(case)) => {
                open.close(case)?;
                State::Begun(recording, Some(open))
            }
            (State::Begun(mut recording, Some(open)), Line::End(end)) => {
                if let Some((case, _)) = open.exchanges.first() {
                    return Err(format!("the line that ends the case {case} is missing: {AGAIN}"));
                }
                recording.subjects.push(RecordedSubject { about: open.about, cases: open.cases, end });
                State::Begun(recording, None)
            }
            (State::Begun(mut recording, None), Line::Whole(Whole { interrupted })) => {
                recording.interrupted = interrupted;
                State::Whole(recording)
            }
            (State::Begun(..), _) => {
                return Err(format!("this line does not belong here; lines are missing before it: {AGAIN}"));
            }
            (State::Whole(_), _) => {
                return Err("the recording has ended before: give each recording a file of its own".into());
            }
        };
        Ok(())
    }

    /// Why this is no line of a recording.
    fn not_a_line(&self, bytes: &[u8], error: &serde_json::Error) -> String {
        match self.state {
            State::Start => {
                "this is no recording: it begins with no header; `jobproof check --record FILE` writes one"
                    .into()
            }
            _ if bytes.is_empty() => "this line is empty: take it out".into(),
            _ => format!("it cannot be understood ({error}): {AGAIN}"),
        }
    }

    fn finish(self) -> Result<Recording, String> {
        match self.state {
            State::Whole(recording) => Ok(recording),
            State::Start => {
                Err("the recording is empty: `jobproof check --record FILE` writes one when its run ends"
                    .into())
            }
            State::Begun(..) => Err(format!("the recording ends after this line, too early: {AGAIN}")),
        }
    }
}

impl Open {
    /// Puts a case together.
    fn close(&mut self, mut case: Case) -> Result<(), String> {
        let mut exchanges = Vec::with_capacity(self.exchanges.len());
        for (of, exchange) in self.exchanges.drain(..) {
            if of != case.id {
                return Err(format!("exchanges of {of} stand before the end of {}: {AGAIN}", case.id));
            }
            exchanges.push(exchange);
        }
        let mut transcript = Transcript::new(exchanges);
        for wait in std::mem::take(&mut case.given_up) {
            if wait.exchange >= transcript.exchanges.len() {
                return Err(format!("exchanges of {} are missing before this line: {AGAIN}", case.id));
            }
            transcript.given_up.push(GivenUp {
                job: wait.job,
                waited_for: wait.waited_for,
                after: Duration::from_nanos(wait.after_ns),
                exchange: wait.exchange,
            });
        }
        transcript.known = std::mem::take(&mut case.known);
        self.cases.push(RecordedCase { case, transcript });
        Ok(())
    }
}

fn exchange(recorded: Recorded) -> Result<Exchange, String> {
    let outcome = match recorded.outcome {
        Outcome::Response { status, headers, body } => Ok(Response::new(status, headers, Body::bytes(body)?)),
        Outcome::Error(error) => Err(error),
    };
    Ok(Exchange {
        asked: recorded.asked,
        meant: recorded.meant,
        request: Request {
            service: recorded.request.service,
            method: recorded.request.method,
            target: recorded.request.target,
            headers: recorded.request.headers,
            body: Body::bytes(recorded.request.body)?,
        },
        outcome,
        sent: Duration::from_nanos(recorded.sent_ns),
        received: Duration::from_nanos(recorded.received_ns),
    })
}
