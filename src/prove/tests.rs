//! What a proof means, and how it reads.

use std::collections::BTreeMap;

use rstest::rstest;

use super::model::{
    FORMAT, FalseAlarm, Proof, RuleScore, Score, SentenceScore, Survivor, Unbroken, VendorProof, meta_schema,
};
use super::terminal::render;
use crate::report::model::Tool;
use crate::rule::Level;

fn score(caught: usize, silent: usize) -> Score {
    Score { caught, seeded: 2, silent, decoys: 1 }
}

fn survivor(accepted: Option<&str>) -> Survivor {
    Survivor {
        fault: "relapse::DONE".into(),
        title: "an ended job is seen at work again".into(),
        caught_by: vec!["lifecycle/terminal-is-final".into()],
        alarmed: vec!["fields/body-schema".into()],
        accepted: accepted.map(str::to_owned),
    }
}

fn alarm() -> FalseAlarm {
    FalseAlarm {
        decoy: "json::decimals".into(),
        case: "acme::Get::reads::NEW".into(),
        rule: "lifecycle/counters-grow".into(),
        level: Some(Level::Fail),
        message: "a counter went back".into(),
    }
}

fn proof(change: impl FnOnce(&mut VendorProof)) -> Proof {
    let mut vendor = VendorProof {
        vendor: "acme".into(),
        edition: None,
        score: score(2, 1),
        mechanisms: BTreeMap::from([("relapse".into(), Score { caught: 2, seeded: 2, ..Score::default() })]),
        edges: BTreeMap::from([("NEW -> DONE".into(), Score { silent: 1, decoys: 1, ..Score::default() })]),
        survivors: Vec::new(),
        false_alarms: Vec::new(),
        inert: Vec::new(),
        outdated: Vec::new(),
        sentences: SentenceScore { broken: 1, tested: 2 },
        unbroken: Vec::new(),
    };
    change(&mut vendor);
    Proof {
        format: FORMAT,
        tool: Tool { name: "jobproof".into(), version: "0.0.0".into() },
        seed: 0,
        over_http: false,
        interrupted: false,
        requests: 7,
        score: vendor.score,
        sentences: vendor.sentences,
        vendors: vec![vendor],
        rules: BTreeMap::from([(
            "lifecycle/terminal-is-final".into(),
            RuleScore { saw: 2, named: 2, passed: 1, ..RuleScore::default() },
        )]),
    }
}

#[rstest]
#[case::nothing_wrong(|_: &mut VendorProof| {}, 0)]
#[case::survivor(|v: &mut VendorProof| v.survivors.push(survivor(None)), 1)]
#[case::accepted_survivor(|v: &mut VendorProof| v.survivors.push(survivor(Some("nothing shows it"))), 0)]
#[case::false_alarm(|v: &mut VendorProof| v.false_alarms.push(alarm()), 1)]
#[case::inert(|v: &mut VendorProof| v.inert.push("quick-jobs".into()), 1)]
#[case::unbroken(|v: &mut VendorProof| v.unbroken.push(Unbroken {
    says: "A job that is done stays done.".into(),
    rules: vec!["lifecycle/terminal-is-final".into()],
    faults: vec!["relapse::DONE".into()],
}), 1)]
#[case::outdated(|v: &mut VendorProof| v.outdated.push("relapse::DONE".into()), 1)]
fn codes_are_frozen(#[case] change: fn(&mut VendorProof), #[case] code: u8) {
    assert_eq!(proof(change).exit_code(), code);
}

#[test]
fn an_interrupted_proof_proves_nothing() {
    let proof = Proof { interrupted: true, ..proof(|_| {}) };
    assert_eq!(proof.exit_code(), 130);
    assert!(render(&proof, false, false).ends_with("\ninterrupted\n"));
}

#[test]
fn a_proof_that_holds_is_short() {
    let expected = "\
vendor  faults caught   decoys silent
acme              2/2             1/1

2 of 2 faults caught, 1 of 1 decoys silent; 1 of 1 rules see a fault; 1 of 2 sentences broken by faults of their own; 7 requests; seed 0
the suite proves itself
";
    assert_eq!(render(&proof(|_| {}), false, false), expected);
}

#[test]
fn what_is_wrong_is_named() {
    let proof = proof(|vendor| {
        vendor.survivors.push(survivor(None));
        vendor.false_alarms.extend([alarm(), alarm()]);
        vendor.score = score(1, 0);
    });
    let text = render(&proof, false, true);
    for part in [
        "acme              1/2             0/1",
        "SURVIVOR  acme  relapse::DONE\n  an ended job is seen at work again\n  not seen by  lifecycle/terminal-is-final\n  \
         seen by      fields/body-schema\n  look at it   jobproof check acme --fault 'relapse::DONE'",
        "FALSE ALARM  acme  json::decimals  lifecycle/counters-grow\n  a counter went back\n  \
         in           acme::Get::reads::NEW and 1 more",
        "acme: mechanisms\n  relapse  2/2 caught",
        "acme: steps from state to state\n  NEW -> DONE  1/1 silent",
        "the suite does not prove itself",
    ] {
        assert!(text.contains(part), "{part}\n---\n{text}");
    }
}

#[test]
fn a_proof_matches_its_schema() {
    let validator = jsonschema::draft202012::new(&meta_schema()).unwrap();
    let proof = proof(|vendor| {
        vendor.survivors.push(survivor(Some("nothing shows it")));
        vendor.false_alarms.push(alarm());
    });
    let value = serde_json::to_value(&proof).unwrap();
    let mistakes: Vec<String> = validator.iter_errors(&value).map(|e| e.to_string()).collect();
    assert_eq!(mistakes, Vec::<String>::new());
    assert_eq!(serde_json::from_value::<Proof>(value).unwrap(), proof);
}
