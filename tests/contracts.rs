//! The vendors that come with the program.

use jobproof::contract::library::{pack, vendors};
use jobproof::contract::load::load;

/// Every vendor loads, without a mistake and without a warning.
#[test]
fn every_vendor_lints_clean() {
    let vendors = vendors();
    assert!(vendors.len() >= 2, "{vendors:?}");
    for vendor in vendors {
        let loaded = load(&pack(vendor).unwrap(), None)
            .unwrap_or_else(|mistakes| panic!("{}", mistakes.render(false, true)));
        assert_eq!(loaded.warnings.iter().map(ToString::to_string).collect::<Vec<_>>(), Vec::<String>::new());
        assert_eq!(loaded.contract.facts.id, vendor, "a vendor's id is the name of its folder");
    }
}
