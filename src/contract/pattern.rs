//! Regular expressions of contracts, compiled once.

use std::cell::RefCell;
use std::collections::HashMap;

use regex::Regex;

thread_local! {
    /// Compiling costs far more than matching, and the few patterns of contracts are asked again for every answer.
    static COMPILED: RefCell<HashMap<String, Option<Regex>>> = RefCell::default();
}

/// The regular expression of a pattern; `None` where it does not compile, which linting reports.
pub fn compiled(pattern: &str) -> Option<Regex> {
    COMPILED.with_borrow_mut(|compiled| {
        if let Some(known) = compiled.get(pattern) {
            return known.clone();
        }
        compiled.entry(pattern.to_owned()).or_insert_with(|| Regex::new(pattern).ok()).clone()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_compiled_or_not_each_time_alike() {
        for _ in 0..2 {
            assert!(compiled("^a+$").unwrap().is_match("aa"));
            assert!(compiled("(").is_none());
        }
    }
}
