//! What is written from the contracts: the tables in README.md, and docs/coverage.md. `JOBPROOF_UPDATE=1` writes them.

mod support;

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::Arc;

use globset::Glob;
use jobproof::Suite;
use jobproof::contract::Contract;
use jobproof::contract::library::{builtin, vendors};
use jobproof::contract::lifecycle::Phase;
use jobproof::contract::operation::Role;
use jobproof::report::model::Verdict;
use jobproof::rule::registry::rule;
use support::{between, is_update, repository};

fn contracts() -> Vec<Contract> {
    vendors().into_iter().map(|vendor| builtin(vendor).expect("the vendor loads")).collect()
}

/// A table in Markdown with a column for each vendor.
fn side_by_side(
    contracts: &[Contract],
    first: &str,
    rows: &[&str],
    cell: impl Fn(&Contract, &str) -> Vec<String>,
) -> String {
    let names: Vec<&str> = contracts.iter().map(|contract| contract.facts.id.as_str()).collect();
    let mut text = format!("\n| {first} | {} |\n|---|{}\n", names.join(" | "), "---|".repeat(names.len()));
    for row in rows {
        let cells: Vec<String> = contracts.iter().map(|contract| cell(contract, row).join(", ")).collect();
        if cells.iter().any(|cell| !cell.is_empty()) {
            let _ = writeln!(text, "| {row} | {} |", cells.join(" | "));
        }
    }
    text
}

#[test]
fn the_readme_shows_all_states_side_by_side() {
    let phases = [
        Phase::Waiting,
        Phase::Running,
        Phase::Stopping,
        Phase::Succeeded,
        Phase::Partial,
        Phase::Failed,
        Phase::Cancelled,
        Phase::Unknown,
    ];
    let table = side_by_side(&contracts(), "phase", &phases.map(Phase::word), |contract, phase| {
        let states = contract.facts.lifecycle.states.iter().filter(|(_, state)| state.phase.word() == phase);
        states.map(|(name, _)| format!("`{name}`")).collect()
    });
    between(&repository("README.md"), "states", &table);
}

#[test]
fn the_readme_shows_all_operations_side_by_side() {
    let roles =
        [Role::Create, Role::Get, Role::List, Role::Cancel, Role::CancelMany, Role::Retry, Role::Details];
    let table = side_by_side(&contracts(), "role", &roles.map(Role::word), |contract, role| {
        let operations = contract.facts.operations.iter().filter(|(_, o)| o.role.word() == role);
        operations.map(|(name, _)| format!("`{name}`")).collect()
    });
    between(&repository("README.md"), "operations", &table);
}

/// Every sentence names rules and cases that exist, and each of its rules passes in one of its cases on the mock.
#[tokio::test(flavor = "multi_thread")]
async fn every_sentence_is_tested_as_it_says() {
    for contract in contracts() {
        let contract = Arc::new(contract);
        let subject = jobproof::suite::Subject::mock(&contract, 0, false);
        let report = Suite::new(vec![subject]).jobs(4).run().await;
        let vendor = &contract.facts.id;
        let mut wrong = Vec::new();
        if contract.facts.sentences.is_empty() {
            continue;
        }
        for sentence in &contract.facts.sentences {
            let globs: Vec<_> = sentence
                .cases
                .iter()
                .map(|glob| Glob::new(&format!("{vendor}::{glob}")).expect("a glob").compile_matcher())
                .collect();
            for (glob, written) in globs.iter().zip(&sentence.cases) {
                if !report.outcomes.iter().any(|o| glob.is_match(&o.case)) {
                    wrong.push(format!("`{}`: no case is called {written}", sentence.says));
                }
            }
            for name in &sentence.rules {
                let passes = report.outcomes.iter().any(|o| {
                    o.rule == *name
                        && o.verdict == Verdict::Pass
                        && globs.iter().any(|glob| glob.is_match(&o.case))
                });
                if rule(name).is_none() || !passes {
                    wrong.push(format!("`{}`: {name} passes in none of its cases", sentence.says));
                }
            }
        }
        assert!(wrong.is_empty(), "{vendor}:\n{}", wrong.join("\n"));
    }
}

#[test]
fn the_coverage_of_the_documentation_is_current() {
    let mut text = String::from(
        "# What of the documentation is tested\n\nWritten from the contracts (`[[sentences]]`) by `JOBPROOF_UPDATE=1 cargo test --test documents`, which also\nchecks that each rule passes in one of the cases named. `jobproof explain` tells more about a rule or a case.\n",
    );
    for contract in contracts() {
        let facts = &contract.facts;
        let mut pages: BTreeMap<&str, Vec<_>> = BTreeMap::new();
        for sentence in &facts.sentences {
            let source = contract.reference(&sentence.reference).map_or("", |r| r.source.as_str());
            pages.entry(source).or_default().push(sentence);
        }
        let _ = write!(text, "\n## {}\n", facts.title);
        for (source, sentences) in pages {
            let tested = sentences.iter().filter(|s| s.not_testable.is_none()).count();
            let _ = write!(
                text,
                "\nFrom {source}: {tested} of {} sentences are tested.\n\n| sentence | rules | cases, or why not | faults that break it |\n|---|---|---|---|\n",
                sentences.len()
            );
            for sentence in sentences {
                let code = |words: &[String]| {
                    words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
                };
                let says = sentence.says.replace('|', "\\|").replace('<', "&lt;");
                let last = match &sentence.not_testable {
                    Some(why) => format!("not testable: {why}"),
                    None => match &sentence.weakly {
                        Some(why) => format!("{}; weakly: {why}", code(&sentence.cases)),
                        None => code(&sentence.cases),
                    },
                };
                let _ = writeln!(
                    text,
                    "| {says} | {} | {last} | {} |",
                    code(&sentence.rules),
                    code(&sentence.faults)
                );
            }
        }
    }
    let path = repository("docs/coverage.md");
    if is_update() {
        std::fs::create_dir_all(repository("docs")).expect("a folder can be made");
        std::fs::write(&path, &text).expect("it can be written");
    } else {
        let written = std::fs::read_to_string(&path).unwrap_or_default();
        let message = "docs/coverage.md is not current: run JOBPROOF_UPDATE=1 cargo test --test documents";
        assert!(written == text, "{message}");
    }
}
