//! The arguments.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// Proves that a server keeps the documented contract of an API that runs asynchronous jobs.
#[derive(Debug, Parser)]
#[command(
    name = "jobproof",
    version,
    about,
    max_term_width = 100,
    after_help = "\
Examples:
  jobproof check                                   every vendor against its built-in mock
  jobproof check VENDOR --target staging.toml      a server of yours
  jobproof plan VENDOR --target staging.toml       what that would send, without sending it
  jobproof explain cancel/refusal-changes-nothing  one rule: what, why, how to mend

Exit codes: 0 conforms, 1 does not, 2 usage or configuration (nothing was sent), 3 no verdict, 130 interrupted"
)]
pub(super) struct Cli {
    #[command(subcommand)]
    pub(super) command: Command,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Drive cases against servers and judge what comes back
    Check(CheckArgs),
    /// Show what `check` would send: jobs, requests, permissions; sends nothing
    #[command(after_help = "\
Examples:
  jobproof plan VENDOR --target staging.toml            what the target file allows, and what it leaves out
  jobproof plan VENDOR --only '*cancel*'                what some cases would send to the mock")]
    Plan(ChoiceArgs),
    /// Try the suite itself: every seeded fault must be caught, no decoy may raise an alarm
    Prove(ProveArgs),
    /// Serve the reference server of a vendor
    Mock(MockArgs),
    /// List vendors, operations, states, rules, cases, faults or decoys
    List(ListArgs),
    /// Explain a rule, a case, a fault or a decoy
    Explain(ExplainArgs),
    /// Check a contract's folder, or a target file
    Lint(LintArgs),
    /// Print a commented target file for a vendor
    Init(InitArgs),
    /// Print a completion script
    #[command(
        after_help = "Example:\n  jobproof completions bash > ~/.local/share/bash-completion/completions/jobproof"
    )]
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
}

/// Which servers, cases and rules.
#[derive(Debug, Args)]
pub(super) struct ChoiceArgs {
    /// Vendors; none means all that come with the program
    pub(super) vendors: Vec<String>,
    /// A target file: the server to judge in place of the built-in mock; may be repeated
    #[arg(long, value_name = "FILE")]
    pub(super) target: Vec<PathBuf>,
    /// A folder with further contracts, one folder each, or one contract's own folder; may be repeated
    #[arg(long, value_name = "DIR")]
    pub(super) contracts: Vec<PathBuf>,
    /// The edition of the contract
    #[arg(long)]
    pub(super) edition: Option<String>,
    /// Only cases whose id, or a part of it, matches this glob; may be repeated
    #[arg(long, value_name = "GLOB")]
    pub(super) only: Vec<String>,
    /// No cases whose id, or a part of it, matches this glob; may be repeated
    #[arg(long, value_name = "GLOB")]
    pub(super) skip: Vec<String>,
    /// Only this rule, or this group of rules; may be repeated
    #[arg(long, value_name = "ID")]
    pub(super) rule: Vec<String>,
    /// The seed of everything generated; the default is 0 on mocks, and another in each run elsewhere
    #[arg(long, value_name = "N")]
    pub(super) seed: Option<u64>,
    /// Give the built-in mock this fault (see `jobproof list faults`)
    #[arg(long, value_name = "ID", conflicts_with = "target")]
    pub(super) fault: Option<String>,
    /// Make the built-in mock this decoy, odd but legal (see `jobproof list decoys`)
    #[arg(long, value_name = "ID", conflicts_with_all = ["target", "fault"])]
    pub(super) decoy: Option<String>,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  jobproof check                                        every vendor against its built-in mock
  jobproof check VENDOR --only '*cancel*' -v            some cases, with all evidence
  jobproof check VENDOR --target staging.toml --report junit=junit.xml --report json=report.json
  jobproof check VENDOR --target staging.toml --require cancel --require lifecycle=80%
                                                        no verdict where less is judged
  jobproof check VENDOR --fault accepts-cancel::STATE   see a rule catch a defect
  jobproof check --target staging.toml --record run.ndjson
  jobproof check --replay run.ndjson --rule cancel -v   judge that run again, without the server")]
pub(super) struct CheckArgs {
    #[command(flatten)]
    pub(super) choice: ChoiceArgs,
    /// Count warnings as failures
    #[arg(long)]
    pub(super) strict: bool,
    /// Ask that all of this group of rules be judged, or N percent of it: otherwise there is no verdict (exit code 3);
    /// may be repeated, and adds to `require` in target files
    #[arg(long, value_name = "GROUP[=N%]")]
    pub(super) require: Vec<String>,
    /// How many cases are driven at the same time on mocks
    #[arg(long, value_name = "N")]
    pub(super) jobs: Option<usize>,
    /// End the run after this long (`30s`, `10m`); what is left counts as not judged
    #[arg(long, value_name = "D")]
    pub(super) deadline: Option<crate::contract::span::Span>,
    /// Write a report to a file: FORMAT=PATH; may be repeated
    #[arg(long, value_name = "FORMAT=PATH")]
    pub(super) report: Vec<String>,
    /// Record the run in a file, without secrets; `-` is standard output, and the report goes to standard error
    #[arg(long, value_name = "FILE")]
    pub(super) record: Option<PathBuf>,
    /// Judge a recording in place of servers; `-` is standard input. Cases, rules and `--strict` are those of the
    /// recording unless given
    #[arg(
        long,
        value_name = "FILE",
        conflicts_with_all = ["target", "fault", "decoy", "seed", "edition", "jobs", "deadline", "record"]
    )]
    pub(super) replay: Option<PathBuf>,
    /// What to print
    #[arg(long, value_enum, default_value_t = Format::Terminal)]
    pub(super) format: Format,
    /// Print failures and the last lines only
    #[arg(short, long, conflicts_with = "verbose")]
    pub(super) quiet: bool,
    /// Print all evidence
    #[arg(short, long, action = clap::ArgAction::Count)]
    pub(super) verbose: u8,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  jobproof prove                       every vendor's mock, with each fault and as each decoy
  jobproof prove VENDOR -v             with each rule, mechanism and step from state to state

Exit codes: 0 all faults are caught and no alarm is false, 1 not so, 2 usage or configuration, 130 interrupted")]
pub(super) struct ProveArgs {
    /// Vendors; none means all that come with the program
    pub(super) vendors: Vec<String>,
    /// A folder with further contracts, one folder each, or one contract's own folder; may be repeated
    #[arg(long, value_name = "DIR")]
    pub(super) contracts: Vec<PathBuf>,
    /// The edition of the contracts; without it every edition is tried
    #[arg(long)]
    pub(super) edition: Option<String>,
    /// Ask the mocks over loopback HTTP
    #[arg(long)]
    pub(super) http: bool,
    /// The list of survivors that are accepted, in place of the program's own
    #[arg(long, value_name = "FILE")]
    pub(super) accepted: Option<PathBuf>,
    /// How many mocks are tried at the same time
    #[arg(long, value_name = "N")]
    pub(super) jobs: Option<usize>,
    /// The seed of everything generated
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(super) seed: u64,
    /// What to print
    #[arg(long, value_enum, default_value_t = ProofFormat::Terminal)]
    pub(super) format: ProofFormat,
    /// Print each rule, mechanism and step from state to state
    #[arg(short, long)]
    pub(super) verbose: bool,
}

/// The forms of a proof.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum ProofFormat {
    /// For people
    Terminal,
    /// For programs
    Json,
}

/// The forms of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// For people
    Terminal,
    /// The whole report, for programs
    Json,
    /// For CI servers
    Junit,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  jobproof mock VENDOR                                 on a free port, with a real clock
  jobproof mock VENDOR --listen 127.0.0.1:9000 --time-scale 60
  jobproof mock VENDOR --time-scale 0                  a clock that stands still: POST /__jobproof/clock {\"advance_ms\": 5000}")]
pub(super) struct MockArgs {
    /// The vendor
    pub(super) vendor: String,
    /// A folder with further contracts
    #[arg(long, value_name = "DIR")]
    pub(super) contracts: Vec<PathBuf>,
    /// The edition of the contract
    #[arg(long)]
    pub(super) edition: Option<String>,
    /// Where to listen
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:0")]
    pub(super) listen: SocketAddr,
    /// Give it this fault
    #[arg(long, value_name = "ID")]
    pub(super) fault: Option<String>,
    /// Make it this decoy: odd, but legal
    #[arg(long, value_name = "ID", conflicts_with = "fault")]
    pub(super) decoy: Option<String>,
    /// How fast its clock runs; 0 makes it stand still until it is moved
    #[arg(long, value_name = "X", default_value_t = 1.0)]
    pub(super) time_scale: f64,
    /// The seed of its ids
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(super) seed: u64,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  jobproof list rules\n  jobproof list faults VENDOR --format json")]
pub(super) struct ListArgs {
    /// What to list
    pub(super) what: What,
    /// Vendors; none means all
    pub(super) vendors: Vec<String>,
    /// A folder with further contracts
    #[arg(long, value_name = "DIR")]
    pub(super) contracts: Vec<PathBuf>,
    /// The edition of the contracts
    #[arg(long)]
    pub(super) edition: Option<String>,
    /// How to print it
    #[arg(long, value_enum, default_value_t = ListFormat::Table)]
    pub(super) format: ListFormat,
}

/// What can be listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum What {
    /// The vendors
    Vendors,
    /// Their operations
    Operations,
    /// Their states with the neutral phases
    States,
    /// The rules
    Rules,
    /// The cases
    Cases,
    /// The faults of the mocks
    Faults,
    /// What the mocks can do that is odd but legal
    Decoys,
}

/// How a list is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum ListFormat {
    /// For people
    Table,
    /// For programs
    Json,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  jobproof explain cancel/refused-when-finished
  jobproof explain VENDOR::OPERATION::refused::STATE
  jobproof explain accepts-cancel::STATE")]
pub(super) struct ExplainArgs {
    /// A rule, a case, a fault or a decoy
    pub(super) id: String,
    /// The edition of the contracts; those that have no such edition are left out
    #[arg(long)]
    pub(super) edition: Option<String>,
    /// A folder with further contracts
    #[arg(long, value_name = "DIR")]
    pub(super) contracts: Vec<PathBuf>,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  jobproof lint schemas/VENDOR\n  jobproof lint staging.toml")]
pub(super) struct LintArgs {
    /// A contract's folder, a folder of such folders, or a target file; none checks what comes with the program
    pub(super) path: Option<PathBuf>,
    /// A folder with further contracts, for target files
    #[arg(long, value_name = "DIR")]
    pub(super) contracts: Vec<PathBuf>,
}

#[derive(Debug, Args)]
#[command(after_help = "Example:\n  jobproof init VENDOR > staging.toml")]
pub(super) struct InitArgs {
    /// The vendor
    pub(super) vendor: String,
    /// A folder with further contracts
    #[arg(long, value_name = "DIR")]
    pub(super) contracts: Vec<PathBuf>,
}
