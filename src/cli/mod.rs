//! The command line: arguments, environment, terminal and exit codes. Nothing else in the crate prints, reads the
//! environment or exits.

mod args;
mod check;
pub mod conformance;
mod explain;
mod init;
mod lint;
mod list;
mod mock;
mod plan;
mod progress;
mod prove;
mod recording;
mod subjects;
mod surroundings;
mod terminal;

use std::process::ExitCode;

use clap::{CommandFactory, Parser};

use args::{Cli, Command};
use terminal::Terminal;

/// Usage or configuration is wrong, and nothing was sent.
const USAGE: u8 = 2;

/// Runs the program with the arguments of the process.
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version are no mistakes; a closed pipe is nobody's.
            let _ = error.print();
            return ExitCode::from(if error.use_stderr() { USAGE } else { 0 });
        }
    };
    let terminal = Terminal::of_process();
    let ended = match cli.command {
        Command::Check(args) => check::check(args, &terminal),
        Command::Plan(args) => plan::plan(&args, &terminal),
        Command::Prove(args) => prove::prove(&args, &terminal),
        Command::Mock(args) => mock::mock(&args, &terminal),
        Command::List(args) => list::list(&args, &terminal),
        Command::Explain(args) => explain::explain(&args, &terminal),
        Command::Lint(args) => lint::lint(&args, &terminal),
        Command::Init(args) => init::init(&args, &terminal),
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Cli::command(), "jobproof", &mut script);
            terminal.out(&String::from_utf8_lossy(&script));
            Ok(0)
        }
    };
    match ended {
        Ok(code) => ExitCode::from(code),
        Err(why) => {
            terminal.complain(&why);
            ExitCode::from(USAGE)
        }
    }
}
