//! The program `jobproof`.

use std::process::ExitCode;

fn main() -> ExitCode {
    jobproof::cli::main()
}
