//! A recording gives the report of its run again, byte for byte, without a server and without a secret.

#![expect(clippy::unwrap_used, reason = "what is not expected here stops everything")]

mod support;

use std::collections::BTreeSet;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;

use jobproof::Suite;
use jobproof::contract::Contract;
use jobproof::contract::library::{builtin, vendors};
use jobproof::mock::decoy::decoys;
use jobproof::mock::fault::faults;
use jobproof::recording::model::{Line, meta_schema};
use jobproof::report::model::Report;
use jobproof::report::terminal::Style;
use jobproof::report::{json, junit, terminal};
use jobproof::run::plan::Choice;
use jobproof::sign::schemes;
use jobproof::suite::Subject;
use rstest::rstest;
use serde_json::{Value, json};
use support::server::Server;
use support::{Ended, SECRETS, Serving, files_below, folder, jobproof, program, target_file};

const FORMATS: [&[&str]; 4] = [&["--format", "json"], &["--format", "junit"], &["-v"], &["-q"]];

/// Every form of a report.
fn forms(report: &Report) -> [String; 3] {
    let style = Style { colour: false, unicode: true, width: 110, verbose: 2, quiet: false };
    [json::render(report).unwrap(), junit::render(report).unwrap(), terminal::render(report, &style)]
}

/// A run over mocks in this process, with its recording.
async fn record(subjects: Vec<Subject>, jobs: usize, choice: &Choice) -> (Report, Vec<u8>) {
    let mut recording = Vec::new();
    let suite = Suite::new(subjects).seed(7).jobs(jobs).choice(choice.clone());
    let (report, written) = suite.run_and_record(&mut recording).await;
    written.unwrap();
    (report, recording)
}

fn assert_same(run: &Report, recording: &[u8], what: &str) {
    let replayed = Suite::replay(recording).unwrap().report();
    for (run, replayed) in forms(run).iter().zip(&forms(&replayed)) {
        let differs = run.lines().zip(replayed.lines()).find(|(run, replayed)| run != replayed);
        assert!(run == replayed, "{what}: {differs:#?}");
    }
}

/// `count` of a list, spread over all of it.
fn spread(ids: &[String], count: usize) -> impl Iterator<Item = &String> {
    ids.iter().step_by((ids.len() / count).max(1))
}

fn contract(vendor: &str) -> Arc<Contract> {
    Arc::new(builtin(vendor).unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn every_mock_is_replayed_and_recorded_in_the_same_bytes() {
    let line = jsonschema::draft202012::new(&meta_schema()).unwrap();
    let subjects = || vendors().into_iter().map(|vendor| Subject::mock(&contract(vendor), 7, false));
    let (report, recording) = record(subjects().collect(), 8, &Choice::default()).await;
    assert_same(&report, &recording, "all vendors");
    let text = String::from_utf8_lossy(&recording);
    for scheme in vendors().into_iter().flat_map(|vendor| schemes(&contract(vendor).facts.auth)) {
        for secret in scheme.example().0.values().filter(|value| value.len() > 20) {
            assert!(!text.contains(secret.as_str()), "{secret}");
        }
    }
    let (_, again) = record(subjects().collect(), 1, &Choice::default()).await;
    assert!(recording == again, "the order of cases depends on timing");
    for (number, text) in
        recording.split(|byte| *byte == b'\n').enumerate().filter(|(_, text)| !text.is_empty())
    {
        let value: Value = serde_json::from_slice(text).unwrap();
        let mistakes: Vec<String> = line.iter_errors(&value).map(|e| e.to_string()).collect();
        assert_eq!(mistakes, Vec::<String>::new(), "line {}", number + 1);
        // Nothing is lost between the file and its types.
        assert_eq!(serde_json::to_vec(&serde_json::from_value::<Line>(value).unwrap()).unwrap(), text);
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn defects_and_oddities_are_replayed(#[values(0, 1, 2, 3, 4)] which: usize) {
    let vendor = vendors()[which];
    let contract = contract(vendor);
    let ids: Vec<String> = faults(&contract).iter().map(|fault| fault.label().id.clone()).collect();
    let mut failed = 0;
    for id in spread(&ids, 5) {
        // The cases and rules that see it are enough: all cases of each fault would take minutes.
        let known = faults(&contract);
        let fault = known.iter().find(|fault| fault.label().id == *id).unwrap();
        let rules: Vec<String> = fault.label().caught_by.iter().map(|rule| (*rule).to_owned()).collect();
        let choice = Choice::new(&[], &[], &rules).unwrap();
        let subject = Subject::faulty_mock(&contract, 7, false, id).unwrap();
        let (report, recording) = record(vec![subject], 8, &choice).await;
        failed += usize::from(!report.findings.is_empty());
        assert_same(&report, &recording, id);
    }
    assert!(failed >= 3, "{vendor}: faults that nobody sees prove nothing");
    let ids: Vec<String> = decoys(&contract).iter().map(|decoy| decoy.label().id.clone()).collect();
    for id in spread(&ids, 1) {
        let subject = Subject::decoy_mock(&contract, 7, false, id).unwrap();
        let (report, recording) = record(vec![subject], 8, &Choice::default()).await;
        assert_same(&report, &recording, id);
    }
}

/// Runs `check` with these arguments in each format, recording the first; every replay prints what its run printed.
/// A server of one's own answers no two runs alike, so the other formats are asked of the recording twice: as it is,
/// and by way of the run's own report files.
fn recorded_in(folder: &Path, target: &Path, more: &[&str], keys: &[(&str, &str)]) -> (Ended, PathBuf) {
    let recording = folder.join("run.ndjson");
    let report = |format: &str| folder.join(format!("{format}.report"));
    let mut command = program(&["check", "-v", "--seed", "1", "--target"]);
    command.arg(target).arg("--record").arg(&recording).args(more).envs(keys.iter().copied());
    for format in ["json", "junit", "terminal"] {
        command.arg("--report").arg(format!("{format}={}", report(format).display()));
    }
    let ran = Ended::of(&command.output().unwrap());
    assert_eq!(ran.err, "", "{ran:#?}");
    let path = recording.to_str().unwrap();
    // No key is in the environment of a replay.
    let replayed = jobproof(&["check", "-v", "--replay", path]);
    assert_eq!((&replayed.out, replayed.code), (&ran.out, ran.code));
    for format in ["json", "junit"] {
        let replayed = jobproof(&["check", "--replay", path, "--format", format]);
        assert_eq!(replayed.out, std::fs::read_to_string(report(format)).unwrap(), "{format}");
    }
    (ran, recording)
}

#[test]
fn a_run_of_a_target_file_is_replayed() {
    let (folder, serving) = (folder("replay-target"), Serving::start(&["bedrock", "--time-scale", "10000"]));
    let begun = jobproof(&["init", "bedrock"]).out;
    let text = begun
        .replace("http://127.0.0.1:9000\"", &format!("{}\"", serving.1))
        .replace("allow = [\"read\"]", "allow = [\"read\", \"create\", \"cancel\"]")
        .replace("requests_per_second = 2", "requests_per_second = 1000\npoll_interval = \"5ms\"");
    let target = folder.join("target.toml");
    std::fs::write(&target, text).unwrap();
    let keys = [
        ("AWS_ACCESS_KEY_ID", "AKIDJOBPROOFEXAMPLE"),
        ("AWS_SECRET_ACCESS_KEY", "jobproof/secret/EXAMPLEKEY"),
    ];
    let (ran, recording) = recorded_in(&folder, &target, &["--skip", "concurrent"], &keys);
    assert!(ran.out.contains(" pass"), "{ran:#?}");
    let text = std::fs::read_to_string(recording).unwrap();
    assert!(text.lines().count() > 50, "{ran:#?}");
    assert!(!text.contains(keys[1].1));
}

const PASSWORD: &str = "canary \"päss/word\" 4d7e";
const TOKEN: &str = "canary-token-1c9b";
/// Made up by the server.
const SESSION: &str = "canary-session-77aa";
/// The signature of an address that the server gives away.
const SIGNATURE: &str = "canary0signature0a1b";

/// Signs in at a server that always gives this answer; the recording is replayed in each format. Gives the requests,
/// too.
fn sign_in(folder: &Path, headers: &str, body: &str) -> (Ended, PathBuf, Vec<String>) {
    let headers = format!("content-type: application/json\r\n{headers}");
    let server = Server::answering("203 Odd", &headers, body);
    let begun = jobproof(&["init", "aiware"]).out;
    let text = begun
        .replace("data = \"http://127.0.0.1:9000\"", &format!("data = \"{}\"", server.base_url))
        .replace("allow = [\"read\"]", "allow = [\"read\", \"write\"]")
        .replace("# password = ", "password = ")
        .replace("# userName = ", "userName = ")
        .replace("requests_per_second = 2", "requests_per_second = 1000");
    let target = folder.join("target.toml");
    std::fs::write(&target, text).unwrap();
    let keys = [("JOBPROOF_PASSWORD", PASSWORD), ("JOBPROOF_TOKEN", TOKEN)];
    let (ran, recording) = recorded_in(folder, &target, &["--only", "userLogin"], &keys);
    assert_eq!(ran.code, Some(1), "{ran:#?}");
    (ran, recording, server.received())
}

/// A server that sends words of its own format in place of secrets.
#[test]
fn a_word_of_the_api_is_no_secret() {
    let body = json!({ "data": { "userLogin": { "token": "token", "apiToken": "true", "more": 1 } } });
    let (ran, recording, _) = sign_in(&folder("replay-words"), "", &body.to_string());
    assert!(ran.out.contains("\"token\""), "{ran:#?}");
    assert!(std::fs::read_to_string(recording).unwrap().contains(r#"\"token\":\"token\""#));
}

/// A server that tells every secret it is given, in every spelling, and some of its own. The session token has two
/// hundred characters in one place, where a finding cuts through it.
#[test]
fn no_secret_stands_in_a_recording_and_the_report_is_the_same() {
    let long = format!("{SESSION}{}", "a1b2C3".repeat(40));
    let body = json!({ "data": { "userLogin": {
        "token": long, "apiToken": 7,
        "tokenExpiration": format!("no time: {PASSWORD} {long} https://h/x?X-Amz-Signature={SIGNATURE}&a=b"),
        "more": { "password": PASSWORD },
    } } });
    let body = body.to_string().replace("päss/word", "p\\u00e4ss\\/word");
    let headers = format!("x-session-token: {SESSION}-h\r\nx-seen: {TOKEN}\r\n");
    let folder = folder("replay-secrets");
    let (_, recording, received) = sign_in(&folder, &headers, &body);
    assert!(received.iter().any(|request| request.contains("canary \\\"päss/word")), "it was sent");
    let text = std::fs::read_to_string(&recording).unwrap();
    assert!(text.contains("userLogin") && text.contains("X-Amz-Signature="), "{text}");
    for file in files_below(&folder).into_iter().filter(|file| !file.ends_with("target.toml")) {
        let text = std::fs::read_to_string(&file).unwrap();
        for secret in ["canary", "4d7e", "p\\u00e4ss", "päss", "p%C3%A4ss", "a1b2C3a1b2C3"] {
            assert!(!text.contains(secret), "{secret} in {}", file.display());
        }
    }
}

#[test]
fn strictness_is_recorded() {
    let path = folder("replay-strict").join("run.ndjson");
    let path = path.to_str().unwrap();
    let arguments = ["check", "digitalocean", "--strict", "--only", "*::lifecycle", "--format", "json"];
    let ran = jobproof(&[&arguments[..], &["--record", path]].concat());
    assert_eq!(ran.report()["run"]["strict"], true);
    assert_eq!(jobproof(&["check", "--format", "json", "--replay", path]).out, ran.out);
}

#[test]
fn standard_streams_will_do() {
    let arguments = ["check", "bedrock", "--only", "*::lifecycle"];
    let recorded = jobproof(&[&arguments[..], &["--record", "-"]].concat());
    let mut command = program(&["check", "--replay", "-"]);
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(recorded.out.as_bytes()).unwrap();
    let replayed = Ended::of(&child.wait_with_output().unwrap());
    assert_eq!(replayed.out, recorded.err);
    assert_eq!(replayed.code, Some(0));
}

#[test]
fn an_interrupted_run_is_replayed_as_one() {
    let server = Server::hanging();
    let folder = folder("replay-interrupt");
    let path = target_file(&folder, &server.base_url);
    let text = std::fs::read_to_string(&path).unwrap().replace("300ms", "60s");
    std::fs::write(&path, text).unwrap();
    let recording = folder.join("run.ndjson");
    let mut command = program(&["check", "--target"]);
    command.arg(&path).arg("--record").arg(&recording).envs(SECRETS);
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    server.wait_for_a_request();
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
    let ran = Ended::of(&child.wait_with_output().unwrap());
    let replayed = jobproof(&["check", "--replay", recording.to_str().unwrap()]);
    assert_eq!((replayed.code, &replayed.out), (Some(130), &ran.out), "{ran:#?}");
    assert!(replayed.out.contains("interrupted"), "{replayed:#?}");
}

/// In the program, too, every form of a report is the same.
#[test]
fn the_program_prints_the_same_report_in_every_format() {
    let folder = folder("replay-formats");
    let mut seen = BTreeSet::new();
    for (number, format) in FORMATS.iter().enumerate() {
        let path = folder.join(format!("{number}.ndjson"));
        let path = path.to_str().unwrap();
        let check = ["check", "ges", "digitalocean", "--only", "*::lifecycle", "--only", "*::refused::*"];
        let ran = jobproof(&[&check[..], format, &["--record", path]].concat());
        let replayed = jobproof(&[&["check", "--replay", path], *format].concat());
        assert_eq!((replayed.code, replayed.out), (ran.code, ran.out));
        seen.insert(std::fs::read(path).unwrap());
    }
    assert_eq!(seen.len(), 1, "the same seed gives the same recording");
}
