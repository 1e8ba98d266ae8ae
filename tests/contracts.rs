//! The vendors that come with the program.

use jobproof::contract::library::{pack, vendors};
use jobproof::contract::load::load;

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
    for (vendor, edition) in vendors.iter().flat_map(|v| editions(*v).into_iter().map(move |e| (*v, e))) {
        let loaded = load(&pack(vendor).unwrap(), edition.as_deref())
            .unwrap_or_else(|mistakes| panic!("{}", mistakes.render(false, true)));
        assert_eq!(loaded.warnings.iter().map(ToString::to_string).collect::<Vec<_>>(), Vec::<String>::new());
        assert_eq!(loaded.contract.facts.id, vendor, "a vendor's id is the name of its folder");
    }
}
