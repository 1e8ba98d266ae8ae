//! What the program means to a calling program: its exit codes never change.

#![expect(clippy::unwrap_used, reason = "what is not expected here stops everything")]

mod support;

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rstest::rstest;
use support::server::Server;
use support::{Ended, SECRETS, files_below, folder, jobproof, program, repository, target_file};

#[test]
fn what_conforms_ends_with_0() {
    let ended = jobproof(&["check", "bedrock", "--only", "*::lifecycle"]);
    assert_eq!((ended.code, ended.err.as_str()), (Some(0), ""), "{ended:#?}");
}

#[rstest]
#[case::accepts_too_much("accepts-cancel::COMPLETE", "*::refused::COMPLETE", "cancel/refused-when-finished")]
#[case::wrong_shape("missing-member::startedAt", "*::reads::*", "fields/body-schema")]
fn what_does_not_conform_ends_with_1(#[case] fault: &str, #[case] only: &str, #[case] rule: &str) {
    let ended = jobproof(&["check", "bedrock", "--fault", fault, "--only", only]);
    assert_eq!(ended.code, Some(1), "{ended:#?}");
    assert!(ended.out.contains(rule), "{ended:#?}");
}

#[rstest]
#[case::no_command(&[], "Usage: jobproof")]
#[case::unknown_command(&["chekc"], "similar subcommand exists: 'check'")]
#[case::unknown_flag(&["check", "--nope"], "unexpected argument '--nope'")]
#[case::unknown_vendor(&["check", "bedrok"], "did you mean `bedrock`?")]
#[case::unknown_edition(&["check", "bedrock", "--edition", "x"], "there is no edition `x`")]
#[case::bad_glob(&["check", "--only", "["], "unclosed character class")]
#[case::unknown_rule(&["check", "--rule", "cancel/refused-when-finishd"], "did you mean `cancel/refused-when-finished`?")]
#[case::unknown_fault(&["check", "bedrock", "--fault", "accepts-cancel::COMPLET"], "did you mean `accepts-cancel::COMPLETE`?")]
#[case::unknown_decoy(&["check", "bedrock", "--decoy", "quick-job"], "did you mean `quick-jobs`?")]
#[case::fault_and_decoy(&["check", "--fault", "x", "--decoy", "y"], "cannot be used with")]
#[case::nothing_to_prove(&["prove", "bedrok"], "did you mean `bedrock`?")]
#[case::no_list_of_survivors(&["prove", "--accepted", "nowhere.toml"], "nowhere.toml")]
#[case::bad_seed(&["check", "--seed", "x"], "invalid value 'x'")]
#[case::bad_deadline(&["check", "--deadline", "soon"], "invalid value 'soon'")]
#[case::unknown_group(&["check", "--require", "cancle"], "--require: there is no group `cancle`; did you mean `cancel`?")]
#[case::strange_group(&["check", "--require", "everything"], "`everything` is no group of rules; there are: fields, status")]
#[case::bad_part(&["check", "--require", "cancel=101%"], "write GROUP=N% with N from 1 to 100")]
#[case::nothing_chosen(&["check", "bedrock", "--only", "nothing-of-this-name"], "no case was chosen")]
#[case::bad_report(&["check", "--report", "pdf=x"], "write FORMAT=PATH")]
#[case::missing_target(&["check", "--target", "nowhere.toml"], "nowhere.toml")]
#[case::missing_contracts(&["check", "--contracts", "nowhere"], "nowhere")]
#[case::unknown_subject(&["explain", "no/such-rule"], "no/such-rule")]
fn wrong_usage_ends_with_2(#[case] arguments: &[&str], #[case] why: &str) {
    let ended = jobproof(arguments);
    assert_eq!(ended.code, Some(2), "{ended:#?}");
    assert!(ended.err.contains(why), "{ended:#?}");
    assert_eq!(ended.out, "", "nothing was done");
}

/// A copy of a built-in contract that says it is of another version, in a folder of another name.
fn copied(name: &str) -> PathBuf {
    let (from, to) = (repository("schemas/ges-hyg"), folder(name).join("mine"));
    for file in files_below(&from) {
        let path = to.join(file.strip_prefix(&from).unwrap());
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        let text = std::fs::read_to_string(&file).unwrap();
        std::fs::write(path, text.replace("api_version = \"1.0\"", "api_version = \"mine\"")).unwrap();
    }
    to
}

#[rstest]
#[case::by_its_path("")]
#[case::by_the_folder_around_it("..")]
#[case::from_within(".")]
fn a_contract_of_a_folder_replaces_the_one_of_its_id(#[case] given: &str) {
    let mine = copied(&format!("replaces-{}", given.len()));
    let path = if given.is_empty() { mine.clone() } else { PathBuf::from(given) };
    for edition in ["2024", "2025"] {
        let mut command = program(&["check", "ges-hyg", "--only", "*::reads::*", "--format", "json"]);
        command.current_dir(&mine).args(["--edition", edition, "--contracts"]).arg(&path);
        let ended = Ended::of(&command.output().unwrap());
        assert_eq!((ended.code, ended.err.as_str()), (Some(0), ""), "{ended:#?}");
        assert!(ended.out.contains(r#""api_version": "mine""#), "{ended:#?}");
    }
}

#[test]
fn a_contract_that_does_not_tell_its_id_is_a_mistake() {
    let mine = copied("no-id");
    std::fs::write(mine.join("contract.toml"), "id = ").unwrap();
    let ended = jobproof(&["check", "ges-hyg", "--contracts", mine.to_str().unwrap()]);
    assert_eq!((ended.code, ended.out.as_str()), (Some(2), ""), "{ended:#?}");
    assert!(ended.err.contains("contract.toml"), "{ended:#?}");
}

#[test]
fn a_wrong_target_file_ends_with_2_and_sends_nothing() {
    let server = Server::hanging();
    let path = target_file(&folder("unknown-key"), &server.base_url);
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, format!("vendro = 1\n{text}")).unwrap();
    let ended = run(&path, &["--only", "*::lifecycle"]);
    assert_eq!(ended.code, Some(2), "{ended:#?}");
    assert!(ended.err.contains("unknown key `vendro`"), "{ended:#?}");
    assert_eq!(server.received(), Vec::<String>::new());
}

#[test]
fn no_answer_ends_with_3() {
    let path = target_file(&folder("unreachable"), &closed());
    for only in ["*::reads::*", "*::lifecycle"] {
        let ended = run(&path, &["--only", only]);
        assert_eq!(ended.code, Some(3), "{ended:#?}");
        assert!(ended.out.contains("unreachable"), "{ended:#?}");
    }
}

/// A mock that is served, and a target file for it that allows these words.
struct Served {
    mock: Child,
    path: PathBuf,
}

impl Served {
    fn new(name: &str, allow: &str) -> Served {
        let mut command = program(&["mock", "bedrock", "--time-scale", "0"]);
        let mut mock = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut first = String::new();
        BufReader::new(mock.stdout.as_mut().unwrap()).read_line(&mut first).unwrap();
        let start = first.find("http://").unwrap();
        let base_url = first[start..].split_whitespace().next().unwrap();
        let path = folder(name).join("target.toml");
        let text = TARGET.replace("BASE_URL", base_url).replace("ALLOW", allow);
        std::fs::write(&path, text).unwrap();
        Served { mock, path }
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.mock.kill();
        let _ = self.mock.wait();
    }
}

const TARGET: &str = r#"
vendor = "bedrock"
base_url = "BASE_URL"
allow = [ALLOW]

[auth.sigv4]
region = "us-east-1"
access_key_id = "AKIDJOBPROOFEXAMPLE"
secret_access_key = "jobproof/secret/EXAMPLEKEY"

[parameters]
knowledgeBaseId = "KB12345678"
dataSourceId = "DS12345678"
"#;

/// What is not allowed is no failure of the server's; but a run that judges nothing, or not what was asked for, proves
/// nothing.
#[rstest]
#[case::nothing_allowed("", &[], 3, "no verdict: nothing was judged (not allowed: ")]
#[case::read_only("\"read\"", &[], 0, "no cancel was judged: the target file does not allow \"cancel\"")]
#[case::required("\"read\"", &["--require", "cancel"], 3, "no verdict: all of cancel is required, and 0 of ")]
#[case::met("\"read\"", &["--require", "fields=10%"], 0, "conforms in what was judged: ")]
fn too_little_judged_ends_with_3(
    #[case] allow: &str,
    #[case] more: &[&str],
    #[case] code: i32,
    #[case] line: &str,
) {
    let served = Served::new(&format!("judged-{code}-{}-{}", allow.len(), more.len() + line.len()), allow);
    let ended = run(&served.path, more);
    assert_eq!(ended.code, Some(code), "{ended:#?}");
    assert!(ended.out.lines().any(|told| told.starts_with(line)), "{ended:#?}");
    // The plan says so before anything is sent.
    let plan = Ended::of(&program(&["plan", "--target"]).arg(&served.path).output().unwrap());
    assert_eq!(
        plan.out.contains("there would be no verdict: nothing was judged"),
        allow.is_empty(),
        "{plan:#?}"
    );
}

/// What a target file requires counts as what the command line does.
#[test]
fn a_target_file_requires() {
    let served = Served::new("requires", "\"read\"");
    let text = std::fs::read_to_string(&served.path).unwrap();
    std::fs::write(&served.path, format!("require = [\"cancel=5%\"]\n{text}")).unwrap();
    let ended = run(&served.path, &["--require", "fields=10%", "--format", "json"]);
    assert_eq!(ended.code, Some(3), "{ended:#?}");
    assert_eq!(ended.report()["run"]["require"], serde_json::json!(["fields=10%", "cancel=5%"]));
}

#[test]
fn an_interrupt_ends_with_130_and_reports_what_was_done() {
    let server = Server::hanging();
    let path = target_file(&folder("interrupt"), &server.base_url);
    let text = std::fs::read_to_string(&path).unwrap().replace("300ms", "60s");
    std::fs::write(&path, text).unwrap();
    let mut command = program(&["check", "bedrock", "--format", "json", "--target"]);
    let child =
        command.arg(&path).envs(SECRETS).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let started = Instant::now();
    while server.received().is_empty() {
        assert!(started.elapsed() < Duration::from_secs(30), "no request came");
        std::thread::sleep(Duration::from_millis(10));
    }
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
    let ended = Ended::of(&child.wait_with_output().unwrap());
    assert_eq!(ended.code, Some(130), "{ended:#?}");
    let report = ended.report();
    assert_eq!(report["run"]["interrupted"], true);
    let reasons = report["not_tested"].to_string();
    assert!(reasons.contains("interrupted"), "{reasons}");
    assert!(started.elapsed() < Duration::from_secs(30), "the run went on");
}

#[test]
fn nothing_in_a_pipe_is_coloured() {
    for (name, value) in [("NO_COLOR", "1"), ("CLICOLOR", "1"), ("TERM", "dumb"), ("TERM", "xterm-256color")]
    {
        for arguments in [
            &["check", "bedrock", "--fault", "accepts-cancel::COMPLETE", "--only", "*::refused::*"][..],
            &["list", "rules"],
            &["explain", "cancel/work-stops"],
            &["check", "bedrok"],
            &["--help"],
        ] {
            // `Ended::of` looks for escapes.
            let ended = Ended::of(&program(arguments).env(name, value).output().unwrap());
            assert!(!format!("{}{}", ended.out, ended.err).is_empty());
        }
    }
}

/// `check` with a target file.
fn run(target: &std::path::Path, more: &[&str]) -> Ended {
    let mut command = program(&["check"]);
    command.arg("--target").arg(target).args(more).envs(SECRETS);
    Ended::of(&command.output().expect("the program starts"))
}

/// The address of a port that nobody listens on.
fn closed() -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    format!("http://{}", listener.local_addr().expect("an address"))
}
