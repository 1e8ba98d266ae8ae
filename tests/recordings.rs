//! What may be asked of a recording, and what is wrong with one.

#![expect(clippy::unwrap_used, reason = "what is not expected here stops everything")]

mod support;

use std::path::PathBuf;

use rstest::rstest;
use serde_json::json;
use support::{files_below, folder, jobproof, repository};

/// A recording of one vendor's mock, with a fault, made once for all tests that change it.
fn recording(name: &str) -> PathBuf {
    let path = folder(name).join("run.ndjson");
    let fault = ["--fault", "accepts-cancel::COMPLETE", "--only", "StopIngestionJob", "--record"];
    let ended = jobproof(&[&["check", "bedrock"], &fault[..], &[path.to_str().unwrap()]].concat());
    assert_eq!(ended.code, Some(1), "{ended:#?}");
    path
}

#[test]
fn other_cases_and_rules_may_be_chosen() {
    let path = recording("replay-choice");
    let path = path.to_str().unwrap();
    let replay = |more: &[&str]| {
        let ended = jobproof(&[&["check", "--format", "json", "--replay", path], more].concat());
        let report = ended.report();
        let outcomes = report["outcomes"].as_array().unwrap().clone();
        (ended.code, report, outcomes)
    };
    let (code, all, outcomes) = replay(&[]);
    assert_eq!((code, &all["run"]["strict"]), (Some(1), &json!(false)));
    let rule = "cancel/refused-when-finished";
    let (code, one, of_rule) = replay(&["--rule", rule]);
    assert!(one["findings"].as_array().is_some_and(|findings| !findings.is_empty()), "{code:?}");
    assert!(!of_rule.is_empty() && of_rule.iter().all(|outcome| outcome["rule"] == rule), "{of_rule:#?}");
    assert!(of_rule.iter().all(|outcome| outcomes.contains(outcome)), "{of_rule:#?}");
    assert_eq!(one["contracts"], all["contracts"]);
    let (code, _, of_case) = replay(&["--only", "*::refused::STOPPED", "bedrock"]);
    assert_eq!(code, Some(0));
    assert!(
        !of_case.is_empty()
            && of_case.iter().all(|o| o["case"] == "bedrock::StopIngestionJob::refused::STOPPED")
    );
    let (_, strict, _) = replay(&["--strict"]);
    assert_eq!(strict["run"]["strict"], true);
    // What the recording does not have is no pass.
    let (_, _, missing) = replay(&["--only", "*::lifecycle"]);
    assert!(!missing.is_empty() && missing.iter().all(|o| o["verdict"] == "skip"), "{missing:#?}");
    assert!(missing[0]["reason"].as_str().unwrap().contains("left out of the recording"), "{missing:#?}");
}

#[test]
fn a_contract_that_has_changed_is_told() {
    let path = recording("replay-changed");
    let (from, to) = (repository("schemas/bedrock"), folder("replay-contract"));
    for file in files_below(&from) {
        let copy = to.join("bedrock").join(file.strip_prefix(&from).unwrap());
        std::fs::create_dir_all(copy.parent().unwrap()).unwrap();
        std::fs::copy(&file, copy).unwrap();
    }
    let arguments = ["check", "--replay", path.to_str().unwrap(), "--contracts", to.to_str().unwrap()];
    let told = "another one than that of the recording";
    // The same files from another place are the same contract.
    assert!(!jobproof(&arguments).out.contains(told));
    let contract = to.join("bedrock/contract.toml");
    let text = std::fs::read_to_string(&contract).unwrap();
    std::fs::write(contract, format!("{text}\n# A comment.\n")).unwrap();
    let ended = jobproof(&arguments);
    assert_eq!(ended.code, Some(1), "{ended:#?}");
    assert!(ended.out.split_whitespace().collect::<Vec<_>>().join(" ").contains(told), "{ended:#?}");
}

#[rstest]
#[case::target(&["--target", "x.toml"], "cannot be used with")]
#[case::fault(&["--fault", "x"], "cannot be used with")]
#[case::decoy(&["--decoy", "x"], "cannot be used with")]
#[case::seed(&["--seed", "1"], "cannot be used with")]
#[case::edition(&["--edition", "x"], "cannot be used with")]
#[case::record(&["--record", "x"], "cannot be used with")]
#[case::other_vendor(&["ges"], "the recording has no `ges`; it has: bedrock")]
#[case::no_rule(&["--rule", "cancel/x"], "there is no rule `cancel/x`")]
fn arguments_that_do_not_fit_a_replay_are_usage(#[case] more: &[&str], #[case] why: &str) {
    let path = recording(&format!("replay-usage-{}", more.join("-").replace(['/', '.'], "-")));
    let ended = jobproof(&[&["check", "--replay", path.to_str().unwrap()], more].concat());
    assert_eq!((ended.code, ended.out.as_str()), (Some(2), ""), "{ended:#?}");
    assert!(ended.err.contains(why), "{ended:#?}");
}

#[rstest]
#[case::empty("empty", |_: &str| String::new(), "line 1 of the recording: the recording is empty")]
#[case::not_one("other", |_: &str| "{\"a\": 1}\n".to_owned(), "line 1 of the recording: this is no recording")]
#[case::text("text", |_: &str| "hello\n".to_owned(), "line 1 of the recording: this is no recording")]
#[case::headless("headless", |text: &str| lines(text)[1..].join("\n"), "line 1 of the recording: this is no recording")]
#[case::newer("newer", |text: &str| text.replacen("\"format\":1", "\"format\":9", 1), "line 1 of the recording: its format is 9")]
#[case::cut("cut", |text: &str| text[..text.len() / 2].to_owned(), "breaks off in the middle of this line: record the run again")]
#[case::short("short", |text: &str| lines(text)[..5].join("\n"), "line 5 of the recording: the recording ends after this line")]
#[case::endless("endless", |text: &str| { let l = lines(text); l[..l.len() - 1].join("\n") }, "too early: record the run again")]
#[case::gap("gap", |text: &str| text.lines().filter(|l| !l.starts_with("{\"case\"")).collect::<Vec<_>>().join("\n"), "is missing: record the run again")]
#[case::blank("blank", |text: &str| text.replacen('\n', "\n\n", 1), "line 2 of the recording: this line is empty")]
#[case::odd("odd", |text: &str| text.replacen("\"sent_ns\":", "\"sent\":", 1), "of the recording: it cannot be understood (missing field `sent_ns`")]
#[case::twice("twice", |text: &str| format!("{text}{text}"), "give each recording a file of its own")]
#[case::vendor("vendor", |text: &str| text.replacen("\"vendor\":\"bedrock\"", "\"vendor\":\"acme\"", 1), "no contract of `acme`: give its folder with --contracts")]
#[case::edition("edition", |text: &str| text.replacen("\"vendor\":\"bedrock\"", "\"vendor\":\"bedrock\",\"edition\":\"x\"", 1), "there is no edition `x`")]
#[case::glob("glob", |text: &str| text.replacen("\"only\":[", "\"only\":[\"[\",", 1), "line 1 of the recording: its choice of cases cannot be understood")]
fn a_broken_recording_says_where_and_what_to_do(
    #[case] name: &str,
    #[case] change: fn(&str) -> String,
    #[case] why: &str,
) {
    let path = recording(&format!("replay-broken-{name}"));
    let broken = path.with_file_name(format!("{name}.ndjson"));
    std::fs::write(&broken, change(&std::fs::read_to_string(path).unwrap())).unwrap();
    let ended = jobproof(&["check", "--replay", broken.to_str().unwrap()]);
    assert_eq!((ended.code, ended.out.as_str()), (Some(2), ""), "{ended:#?}");
    assert!(ended.err.contains(why), "{ended:#?}");
}

#[test]
fn a_recording_that_is_not_there_is_told() {
    let ended = jobproof(&["check", "--replay", "nowhere.ndjson"]);
    assert_eq!((ended.code, ended.out.as_str()), (Some(2), ""), "{ended:#?}");
    assert!(ended.err.contains("--replay nowhere.ndjson: "), "{ended:#?}");
}

fn lines(text: &str) -> Vec<&str> {
    text.lines().collect()
}

#[test]
fn a_file_that_cannot_be_written_is_told_before_anything_is_sent() {
    let ended = jobproof(&["check", "bedrock", "--record", "/nowhere/run.ndjson"]);
    assert_eq!((ended.code, ended.out.as_str()), (Some(2), ""), "{ended:#?}");
    assert!(ended.err.contains("--record /nowhere/run.ndjson"), "{ended:#?}");
}
