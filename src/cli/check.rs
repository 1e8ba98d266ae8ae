//! `jobproof check`.

use std::path::Path;

use tokio::sync::{mpsc, watch};

use super::args::{CheckArgs, Format};
use super::progress::show;
use super::recording::{Record, again, is_standard};
use super::subjects::{bars, choice, subjects};
use super::terminal::{Complaint, Terminal};
use crate::report::model::Report;
use crate::report::terminal::Style;
use crate::report::{exit, json, junit, terminal};
use crate::run::plan::Choice;
use crate::suite::Suite;

/// Checks, prints and writes the reports; gives the exit code.
pub(super) fn check(args: CheckArgs, out: &Terminal) -> Result<u8, Complaint> {
    // Everything that can be wrong is found before anything is sent.
    let files = args.report.iter().map(|text| report_file(text)).collect::<Result<Vec<_>, _>>()?;
    bars(&args.require)?;
    let chosen = choice(&args.choice)?;
    let (report, recorded) = match &args.replay {
        Some(path) => (again(path, &args, chosen)?, Ok(())),
        None => run(&args, chosen, out)?,
    };
    if report.outcomes.is_empty() && !report.run.interrupted {
        // A gate that judges nothing must not look open.
        return Err("no case was chosen, and nothing was sent; see `jobproof list cases`".into());
    }
    let style = out.style(args.verbose, args.quiet);
    let text = render(&report, args.format, &style)?;
    if args.record.as_deref().is_some_and(is_standard) {
        out.note(text.trim_end());
    } else {
        out.out(&text);
    }
    for (format, path) in files {
        let plain = Style { colour: false, ..style };
        let text = render(&report, format, &plain)?;
        std::fs::write(path, text).map_err(|e| format!("{}: {e}", path.display()))?;
    }
    recorded?;
    Ok(exit::exit_code(&report))
}

/// Drives the cases, and records the run where that is asked for. What kept it from being recorded is told after the
/// report.
fn run(
    args: &CheckArgs,
    chosen: Choice,
    out: &Terminal,
) -> Result<(Report, Result<(), Complaint>), Complaint> {
    let (subjects, seed) = subjects(&args.choice)?;
    let suite = Suite::new(subjects).require(&bars(&args.require)?)?;
    let mut record = args.record.as_deref().map(Record::open).transpose()?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|e| format!("the run could not be started: {e}"))?;
    let jobs = args.jobs.unwrap_or_else(|| std::thread::available_parallelism().map_or(4, |n| n.get() * 4));
    let is_watched = out.is_watched && !args.quiet;
    let ended = runtime.block_on(async {
        let (events, received) = mpsc::unbounded_channel();
        let (stop, stopped) = watch::channel(None);
        tokio::spawn(async move {
            if tokio::signal::ctrl_c().await.is_ok() {
                let _ = stop.send(Some("the run was interrupted".to_owned()));
                // A second time means at once: what was created may then stay behind.
                if tokio::signal::ctrl_c().await.is_ok() {
                    leave();
                }
            }
        });
        let suite = suite
            .choice(chosen)
            .seed(seed)
            .strict(args.strict)
            .jobs(jobs)
            .deadline(args.deadline.map(|d| d.0))
            .events(events)
            .stop(stopped);
        let progress = tokio::spawn(show(received, is_watched));
        let ended = match &mut record {
            Some(record) => {
                let (report, written) = suite.run_and_record(&mut record.to).await;
                (report, written.map_err(|why| record.complaint(&why)))
            }
            None => (suite.run().await, Ok(())),
        };
        let _ = progress.await;
        ended
    });
    runtime.shutdown_background();
    Ok(ended)
}

#[expect(clippy::exit, reason = "a second Ctrl-C ends the process without waiting for anything")]
fn leave() {
    std::process::exit(130);
}

/// The report in one of its forms.
fn render(report: &Report, format: Format, style: &Style) -> Result<String, Complaint> {
    match format {
        Format::Terminal => Ok(terminal::render(report, style)),
        Format::Json => Ok(json::render(report).map_err(|e| e.to_string())?),
        Format::Junit => Ok(junit::render(report).map_err(|e| e.to_string())?),
    }
}

/// `FORMAT=PATH`.
fn report_file(text: &str) -> Result<(Format, &Path), String> {
    let wrong = || {
        format!("`--report {text}`: write FORMAT=PATH, with terminal, json or junit, such as junit=junit.xml")
    };
    let (format, path) = text.split_once('=').ok_or_else(wrong)?;
    let format = match format {
        "terminal" => Format::Terminal,
        "json" => Format::Json,
        "junit" => Format::Junit,
        _ => return Err(wrong()),
    };
    if path.is_empty() {
        return Err(wrong());
    }
    Ok((format, Path::new(path)))
}
