//! Every case as a test: the `main` behind [`conformance_main!`](crate::conformance_main).

use std::process::ExitCode;
use std::sync::Arc;

use libtest_mimic::{Arguments, Failed, Trial};
use tokio::runtime::Runtime;
use tokio::sync::watch;

use super::args::ChoiceArgs;
use super::subjects::subjects;
use super::terminal::{Terminal, env};
use crate::judge::Outcome;
use crate::rule::{Level, registry};
use crate::run::plan::{Choice, Decision, plan};
use crate::run::schedule::{Driven, Options, Session};

/// Lists every case as a test and runs those asked for. `JOBPROOF_TARGET` names a target file; without it every vendor's
/// cases run against its mock. A case that cannot be driven for want of a job fails, since it was not tested;
/// `JOBPROOF_SKIPS=pass` lets such cases pass.
pub fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    let out = Terminal::of_process();
    let target = env("JOBPROOF_TARGET");
    let choice = ChoiceArgs {
        vendors: Vec::new(),
        target: target.iter().map(Into::into).collect(),
        contracts: Vec::new(),
        edition: None,
        only: Vec::new(),
        skip: Vec::new(),
        rule: Vec::new(),
        seed: None,
        fault: None,
        decoy: None,
    };
    let (subjects, _) = match subjects(&choice) {
        Ok(subjects) => subjects,
        Err(why) => {
            out.complain(&why);
            return ExitCode::from(2);
        }
    };
    let runtime = match Runtime::new() {
        Ok(runtime) => Arc::new(runtime),
        Err(why) => {
            out.note(&format!("error: {why}"));
            return ExitCode::from(2);
        }
    };
    if target.is_some() {
        // A server that all cases share is asked politely: one case at a time.
        arguments.test_threads = Some(1);
    }
    let (_keep, stop) = watch::channel(None);
    let rules = registry::rules();
    let options = Options { choice: Choice::default(), rules, jobs: 1, events: None, stop };
    let skips_pass = env("JOBPROOF_SKIPS").as_deref() == Some("pass");
    let mut trials = Vec::new();
    let mut sessions = Vec::new();
    for subject in subjects {
        let contract = subject.server.contract();
        let planned = plan(&contract, subject.server.allow(), &options.choice, &options.rules);
        let session = Arc::new(Session::new(subject.server));
        sessions.push(Arc::clone(&session));
        for (case, decision) in planned {
            let (session, options, runtime) = (Arc::clone(&session), options.clone(), Arc::clone(&runtime));
            let ignored = decision != Decision::Drive;
            let trial = Trial::test(case.id.clone(), move || {
                let driven = runtime.block_on(session.one(case, &options));
                verdict(&driven, skips_pass)
            });
            trials.push(trial.with_ignored_flag(ignored));
        }
    }
    let conclusion = libtest_mimic::run(&arguments, trials);
    for session in sessions {
        for warning in runtime.block_on(session.clean()) {
            out.note(&format!("warning: {warning}"));
        }
    }
    conclusion.exit_code()
}

/// Whether a case passes: nothing found that fails, and every rule it was made for was judged.
fn verdict(driven: &Driven, skips_pass: bool) -> Result<(), Failed> {
    let mut wrong = Vec::new();
    for verdict in &driven.verdicts {
        match &verdict.outcome {
            Outcome::Found(Level::Fail) => {
                for (_, finding) in verdict.findings.iter().filter(|(level, _)| *level == Level::Fail) {
                    wrong.push(format!(
                        "{}: {}\n  expected {}\n  actual   {}",
                        verdict.rule, finding.message, finding.expected, finding.actual
                    ));
                }
            }
            Outcome::NotJudged(why) if why.is_error() => {
                wrong.push(format!("{}: could not be judged: {why}", verdict.rule));
            }
            // Where the documentation does not say what is right, nobody can ask for a verdict.
            Outcome::NotJudged(why) if why.is_silence() => {}
            Outcome::NotJudged(why) if !skips_pass => {
                wrong.push(format!("{}: not tested: {why}", verdict.rule));
            }
            _ => {}
        }
    }
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n").into()) }
}
