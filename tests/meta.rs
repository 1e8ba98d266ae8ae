//! The schemas of our own files under `schemas/meta/` are those of the types.

mod support;

use jobproof::{contract, prove, recording, report, target};
use rstest::rstest;
use serde_json::Value;
use support::{is_update, repository};

/// Editors check files against these, so they must not lag behind. `JOBPROOF_UPDATE=1 cargo test --test meta` writes
/// them anew.
#[rstest]
#[case::contract("contract", contract::load::meta_schema().clone())]
#[case::target("target", target::file::meta_schema())]
#[case::report("report", report::json::meta_schema())]
#[case::recording("recording", recording::model::meta_schema())]
#[case::prove("prove", prove::model::meta_schema())]
fn the_schemas_are_current(#[case] name: &str, #[case] schema: Value) {
    let path = repository(&format!("schemas/meta/{name}.schema.json"));
    let expected = serde_json::to_string_pretty(&schema).unwrap() + "\n";
    if is_update() {
        std::fs::write(&path, &expected).unwrap();
    }
    assert!(jsonschema::meta::is_valid(&schema), "{name}");
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        written == expected,
        "{} is not current: run JOBPROOF_UPDATE=1 cargo test --test meta",
        path.display()
    );
}

/// What comes with the program passes its own schemas, in any JSON Schema validator.
#[test]
fn contracts_keep_to_their_schema() {
    let validator = jsonschema::validator_for(contract::load::meta_schema()).unwrap();
    for vendor in contract::library::vendors() {
        let pack = contract::library::pack(vendor).unwrap();
        let text = std::str::from_utf8(&pack.files["contract.toml"]).unwrap();
        let value: Value = toml::from_str(text).unwrap();
        let mistakes: Vec<String> = validator.iter_errors(&value).map(|e| e.to_string()).collect();
        assert_eq!(mistakes, Vec::<String>::new(), "{vendor}");
    }
}
