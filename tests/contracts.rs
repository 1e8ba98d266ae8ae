//! The vendors that come with the program.

use std::sync::Arc;

use jobproof::Suite;
use jobproof::contract::Contract;
use jobproof::contract::library::{builtin, pack, vendors};
use jobproof::contract::load::load;
use jobproof::report::model::Verdict;
use jobproof::suite::Subject;

/// Every edition of every vendor loads without a mistake, and its mock keeps to it.
#[tokio::test]
async fn every_edition_lints_clean_and_conforms() {
    let mut editions = 0;
    for vendor in vendors() {
        let names = builtin(vendor).unwrap().facts.editions.into_keys();
        for edition in names {
            let loaded = load(&pack(vendor).unwrap(), Some(&edition))
                .unwrap_or_else(|mistakes| panic!("{}", mistakes.render(false, true)));
            assert_eq!(loaded.contract.edition.as_ref(), Some(&edition));
            let subject = Subject::mock(&Arc::new(loaded.contract), 0, false);
            let report = Suite::new(vec![subject]).jobs(4).run().await;
            for verdict in [Verdict::Fail, Verdict::Warn, Verdict::Error] {
                assert_eq!(report.summary.count(verdict), 0, "{vendor} {edition}");
            }
            editions += 1;
        }
    }
    assert!(editions >= 2);
}

/// What a site does not offer is no operation of its edition, and its parameters are refused there.
#[test]
fn editions_take_operations_and_parameters_away() {
    let of = |edition: &str| load(&pack("bailian").unwrap(), Some(edition)).unwrap().contract;
    let (china, international) = (of("china"), of("international"));
    assert!(china.facts.operations.contains_key("UpdateIndex"));
    assert!(!international.facts.operations.contains_key("UpdateIndex"));
    let refuses = |contract: &Contract| {
        let request = &contract.facts.operations["SubmitIndexAddDocumentsJob"].request;
        let view = contract.example("submit-index-add-documents-job.request", "regex").unwrap();
        !contract.shapes.is_valid(request, view)
    };
    assert_eq!((refuses(&china), refuses(&international)), (false, true));
}

/// Every vendor loads in each of its editions, without a mistake and without a warning.
#[test]
fn every_vendor_lints_clean() {
    let vendors = vendors();
    assert!(vendors.len() >= 2, "{vendors:?}");
    let editions = |vendor: &str| {
        let loaded = load(&pack(vendor).unwrap(), None).ok();
        let named = loaded.into_iter().flat_map(|l| l.contract.facts.editions.into_keys()).map(Some);
        std::iter::once(None).chain(named).collect::<Vec<_>>()
    };
    for (vendor, edition) in vendors.iter().flat_map(|v| editions(v).into_iter().map(move |e| (*v, e))) {
        let loaded = load(&pack(vendor).unwrap(), edition.as_deref())
            .unwrap_or_else(|mistakes| panic!("{}", mistakes.render(false, true)));
        assert_eq!(loaded.warnings.iter().map(ToString::to_string).collect::<Vec<_>>(), Vec::<String>::new());
        assert_eq!(loaded.contract.facts.id, vendor, "a vendor's id is the name of its folder");
    }
}
