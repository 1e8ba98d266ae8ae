use rstest::rstest;

use crate::contract::library::pack;
use crate::contract::load::load;

/// Everything told about a vendor's contract after a change of its text.
fn told(vendor: &str, old: &str, new: &str) -> Vec<String> {
    let mut pack = pack(vendor).unwrap();
    let text = String::from_utf8(pack.files["contract.toml"].clone()).unwrap();
    assert!(text.contains(old), "{vendor} has no `{old}`");
    pack.files.insert("contract.toml".into(), text.replace(old, new).into_bytes());
    match load(&pack, None) {
        Ok(loaded) => loaded.warnings.iter().map(ToString::to_string).collect(),
        Err(problems) => problems.iter().map(ToString::to_string).collect(),
    }
}

#[rstest]
#[case("detail_ref = \"id-check-inferred\"", "detail_ref = \"id-check\"", "there is no reference `id-check`")]
#[case(
    "shows_ref = \"stop-shows-inferred\"",
    "shows_ref = \"stop-shows\"",
    "there is no reference `stop-shows`"
)]
#[case(
    "detail_ref = \"id-check-inferred\"\n",
    "",
    "warning: no fact cites the reference `id-check-inferred`"
)]
fn details_cite_references(#[case] old: &str, #[case] new: &str, #[case] expected: &str) {
    let told = told("bedrock", old, new);
    assert!(told.iter().any(|line| line.ends_with(expected)), "{told:?}");
}

#[rstest]
#[case("role = \"get\"", "role = \"details\"", true)]
#[case("role = \"list\"", "role = \"details\"", false)]
fn an_operation_reads_one_job(#[case] old: &str, #[case] new: &str, #[case] expected: bool) {
    let told = told("bedrock", old, new);
    let warned = told.iter().any(|line| line.contains("warning: no operation reads one job"));
    assert_eq!(warned, expected, "{told:?}");
}

#[rstest]
#[case("sent = \"/body/description\"", "sent = \"/description\"", "`/description` is no place in a request")]
#[case(
    "[[operations.StartIngestionJob.echoes]]",
    "[[operations.StopIngestionJob.echoes]]",
    "`StopIngestionJob` is a cancel and starts no job"
)]
#[case(
    "not_testable = \"a polite run",
    "weakly = \"a little\"\nnot_testable = \"a polite run",
    "a sentence is tested weakly and cannot be tested"
)]
fn what_starts_ask_for_and_what_is_weak_is_checked(
    #[case] old: &str,
    #[case] new: &str,
    #[case] expected: &str,
) {
    let told = told("bedrock", old, new);
    assert!(told.iter().any(|line| line.ends_with(expected)), "{told:?}");
}
