//! `jobproof prove`.

use tokio::sync::{mpsc, watch};

use super::args::{ProofFormat, ProveArgs};
use super::progress::show_proof;
use super::surroundings::Contracts;
use super::terminal::{Complaint, Terminal};
use crate::prove::{Options, accepted, prove as try_all, terminal};

/// Tries every fault and decoy, and prints the score; gives the exit code.
pub(super) fn prove(args: &ProveArgs, out: &Terminal) -> Result<u8, Complaint> {
    let contracts =
        Contracts::new(&args.contracts)?.in_every_edition(&args.vendors, args.edition.as_deref())?;
    let accepted = match &args.accepted {
        None => accepted::builtin()?,
        Some(path) => {
            let wrong = |why: String| format!("{}: {why}", path.display());
            let text = std::fs::read_to_string(path).map_err(|e| wrong(e.to_string()))?;
            accepted::parse(&text).map_err(wrong)?
        }
    };
    let cores = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|e| format!("the run could not be started: {e}"))?;
    let proof = runtime.block_on(async {
        let (events, received) = mpsc::unbounded_channel();
        let (stop, stopped) = watch::channel(None);
        tokio::spawn(async move {
            if tokio::signal::ctrl_c().await.is_ok() {
                let _ = stop.send(Some("the run was interrupted".to_owned()));
            }
        });
        let progress = tokio::spawn(show_proof(received, out.is_watched));
        let options = Options {
            seed: args.seed,
            over_http: args.http,
            // Trials that go over the wire wait for it most of the time.
            jobs: args.jobs.unwrap_or(if args.http { 8 * cores } else { 2 * cores }),
            accepted,
            decoys: true,
            events: Some(events),
            stop: stopped,
        };
        let proof = try_all(&contracts, options).await;
        let _ = progress.await;
        proof
    });
    runtime.shutdown_background();
    out.out(&match args.format {
        ProofFormat::Terminal => terminal::render(&proof, out.colour, args.verbose),
        ProofFormat::Json => serde_json::to_string_pretty(&proof).map_err(|e| e.to_string())? + "\n",
    });
    Ok(proof.exit_code())
}
