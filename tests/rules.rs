//! The catalogue: rules, cases, faults and decoys have names that stay, and texts that read alike.

mod support;

use std::collections::BTreeSet;

use jobproof::case::cases;
use jobproof::contract::library::{builtin, vendors};
use jobproof::mock::decoy::decoys;
use jobproof::mock::fault::faults;
use jobproof::rule::registry::rules;
use support::{between, files_below, repository, snapshot};

#[test]
fn ids_are_unique_and_name_their_files() {
    let mut seen = BTreeSet::new();
    for rule in rules() {
        let id = rule.meta().id;
        assert!(seen.insert(id), "`{id}` is there twice");
        let (group, slug) = id.split_once('/').unwrap();
        let file = repository(&format!("src/rule/{group}/{}.rs", slug.replace('-', "_")));
        let text = std::fs::read_to_string(&file).unwrap_or_else(|_| panic!("no {}", file.display()));
        assert!(text.contains(&format!("\"{id}\"")), "{} does not define `{id}`", file.display());
    }
}

#[test]
fn every_rule_file_is_registered() {
    let registered: BTreeSet<String> = rules().iter().map(|rule| rule.meta().id.replace('-', "_")).collect();
    let root = repository("src/rule");
    let mut defined = BTreeSet::new();
    for path in files_below(&root) {
        let text = std::fs::read_to_string(&path).unwrap();
        let below = path.strip_prefix(&root).unwrap().with_extension("");
        // A group's folder holds one file for each rule; what stands beside the groups helps them.
        if below.components().count() == 2 && text.lines().any(|line| line.starts_with("impl Rule for")) {
            defined.insert(below.to_string_lossy().replace('\\', "/"));
        }
    }
    assert_eq!(defined, registered);
}

#[test]
fn texts_read_alike() {
    let mut wrong = Vec::new();
    for rule in rules() {
        let meta = rule.meta();
        let mut check = |holds: bool, what: &str| {
            if !holds {
                wrong.push(format!("{}: {what}", meta.id));
            }
        };
        check(meta.title.starts_with(|c: char| c.is_lowercase()), "the title does not start in lower case");
        check(!meta.title.ends_with('.'), "the title ends with a full stop");
        check(meta.title.chars().count() <= 80, "the title is longer than 80 characters");
        for (name, text) in [("checks", meta.checks), ("why", meta.why), ("fix", meta.fix)] {
            check(text.ends_with('.'), &format!("`{name}` does not end with a full stop"));
            check(text.starts_with(|c: char| !c.is_lowercase()), &format!("`{name}` starts in lower case"));
            check(!text.contains("  "), &format!("`{name}` has two spaces in a row"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_readme_lists_the_rules() {
    let row = |rule: &&dyn jobproof::rule::Rule| {
        let meta = rule.meta();
        format!("| `{}` | {} | {} |\n", meta.id, meta.keyword.word(), meta.title)
    };
    let table: String = rules().iter().map(row).collect();
    let table = format!("\n| rule | keyword | requirement |\n|---|---|---|\n{table}");
    between(&repository("README.md"), "rules", &table);
}

#[test]
fn rule_ids_stay() {
    let mut lines: Vec<String> =
        rules().iter().map(|rule| format!("{} {}", rule.meta().id, rule.meta().keyword.word())).collect();
    lines.sort();
    snapshot("ids", "rules", &lines.join("\n"));
}

#[test]
fn case_ids_stay() {
    for vendor in vendors() {
        let contract = builtin(vendor).unwrap();
        let ids: Vec<String> = cases(&contract).into_iter().map(|case| case.id).collect();
        let unique: BTreeSet<&String> = ids.iter().collect();
        assert_eq!(unique.len(), ids.len(), "{vendor}: a case id is there twice");
        assert!(ids.iter().all(|id| id.starts_with(&format!("{vendor}::"))), "{vendor}: {ids:#?}");
        snapshot("ids", &format!("cases-{vendor}"), &ids.join("\n"));
    }
}

#[test]
fn fault_ids_stay_and_name_rules() {
    let known: BTreeSet<&str> = rules().iter().map(|rule| rule.meta().id).collect();
    for vendor in vendors() {
        let contract = builtin(vendor).unwrap();
        let faults = faults(&contract);
        let mut seen = BTreeSet::new();
        for fault in &faults {
            let label = fault.label();
            assert!(seen.insert(label.id.as_str()), "{vendor}: fault `{}` is there twice", label.id);
            assert!(!label.caught_by.is_empty(), "{vendor}: nothing catches `{}`", label.id);
            for rule in &label.caught_by {
                assert!(known.contains(rule), "{vendor}: `{}` names no rule: `{rule}`", label.id);
            }
        }
        let ids: Vec<&str> = faults.iter().map(|fault| fault.label().id.as_str()).collect();
        snapshot("ids", &format!("faults-{vendor}"), &ids.join("\n"));
    }
}

#[test]
fn decoy_ids_stay() {
    for vendor in vendors() {
        let contract = builtin(vendor).unwrap();
        let ids: Vec<String> = decoys(&contract).iter().map(|decoy| decoy.label().id.clone()).collect();
        let unique: BTreeSet<&String> = ids.iter().collect();
        assert_eq!(unique.len(), ids.len(), "{vendor}: a decoy is there twice");
        snapshot("ids", &format!("decoys-{vendor}"), &ids.join("\n"));
    }
}

#[test]
fn titles_of_faults_and_decoys_read_alike() {
    let mut wrong = Vec::new();
    for vendor in vendors() {
        let contract = builtin(vendor).unwrap();
        let names: Vec<&String> =
            contract.facts.operations.keys().chain(contract.facts.lifecycle.states.keys()).collect();
        let mut check = |id: &str, text: &str| {
            let begins_with_name = names.iter().any(|name| text.starts_with(name.as_str()));
            // A name of the vendor's, a standard or a number may begin a line.
            let first: String = text.chars().take(2).collect();
            let begins_so = text.starts_with(char::is_lowercase) || first.to_uppercase() == first;
            if !(begins_so || begins_with_name) || text.ends_with('.') {
                wrong.push(format!("{vendor} {id}: {text}"));
            }
        };
        for fault in faults(&contract) {
            check(&fault.label().id, &fault.label().title);
        }
        for decoy in decoys(&contract) {
            check(&decoy.label().id, &decoy.label().title);
            check(&decoy.label().id, &decoy.label().legal);
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
