//! Contract tests and lifecycle conformance for HTTP APIs that run asynchronous jobs.
//!
//! What a vendor documents is a [`contract`]; a [`case`] drives a server and leaves a transcript of its [`exchange`]s;
//! a [`rule`] judges the transcript and nothing else; the [`report`] tells what was found, with its evidence.

pub mod case;
pub mod cli;
pub mod contract;
pub mod exchange;
pub mod judge;
pub mod mock;
pub mod prove;
pub mod recording;
pub mod report;
pub mod rule;
pub mod run;
pub mod sign;
pub mod story;
pub mod suite;
pub mod target;

pub use suite::Suite;

/// The `main` of a test target that lists every case as a test: `jobproof::conformance_main!();` in a file under
/// `tests/` that has `harness = false` in `Cargo.toml`. `JOBPROOF_TARGET=FILE` points it at a server.
#[macro_export]
macro_rules! conformance_main {
    () => {
        fn main() -> ::std::process::ExitCode {
            $crate::cli::conformance::main()
        }
    };
}
