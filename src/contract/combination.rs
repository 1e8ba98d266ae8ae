//! The combinations of facets that a truth table tells apart.

use std::collections::{BTreeMap, BTreeSet};

use super::cancel::{Row, row};
use super::facts::Facts;
use super::job::Facet;

/// Values of facets, by facet. Several values mean that the job has several of them at once.
pub type Facets = BTreeMap<String, Vec<String>>;

/// Every combination of facets that a job in `state` can have, of those facets that a row on this state speaks of: each
/// value of a facet; of a facet with several values at once, each alone and each pair. One empty combination where no
/// row speaks of facets.
pub fn combinations(facts: &Facts, rows: &[Row], state: &str) -> Vec<Facets> {
    let mut found = vec![Facets::new()];
    for (name, facet) in in_order(facts, &spoken_of(facts, rows, state)) {
        found = found
            .into_iter()
            .flat_map(|partial| {
                if !goes(facet, &partial) {
                    return vec![partial];
                }
                let add = |values: Vec<String>| {
                    let mut more = partial.clone();
                    more.insert(name.to_owned(), values);
                    more
                };
                values(facet, state).into_iter().map(add).collect()
            })
            .collect();
    }
    found
}

/// One combination for each row that speaks of jobs in `state`: those that the table treats alike stand for each other.
pub fn representatives(facts: &Facts, rows: &[Row], state: &str) -> Vec<Facets> {
    let mut seen = Vec::new();
    combinations(facts, rows, state)
        .into_iter()
        .filter(|facets| {
            let place = row(rows, state, facets).map(std::ptr::from_ref);
            let is_new = !seen.contains(&place);
            seen.push(place);
            is_new
        })
        .collect()
}

/// A combination in one word, for ids: `import`, `algorithm+louvain`, `pending,running`.
pub fn label(facts: &Facts, facets: &Facets) -> String {
    let names: BTreeSet<&str> = facets.keys().map(String::as_str).collect();
    let words = in_order(facts, &names).into_iter().filter_map(|(name, _)| facets.get(name));
    words.map(|values| values.join(",")).collect::<Vec<_>>().join("+")
}

/// Whether two combinations say the same of every facet that the first names.
pub fn agrees(wanted: &Facets, has: &Facets) -> bool {
    let set = |values: &[String]| values.iter().cloned().collect::<BTreeSet<_>>();
    wanted.iter().all(|(name, values)| has.get(name).is_some_and(|have| set(have) == set(values)))
}

/// The facets that rows on this state speak of, and those on which these depend.
fn spoken_of<'f>(facts: &'f Facts, rows: &'f [Row], state: &str) -> BTreeSet<&'f str> {
    let speaks = |row: &&Row| row.state.is_empty() || row.state.iter().any(|s| s == state);
    let named = rows.iter().filter(speaks).flat_map(|row| row.facets.keys());
    let mut found: BTreeSet<&str> = named.map(String::as_str).collect();
    let others: Vec<&str> = found
        .iter()
        .filter_map(|name| facts.job.facets.get(*name))
        .flat_map(|facet| facet.only_with.keys().map(String::as_str))
        .collect();
    found.extend(others);
    found
}

/// These facets with what is said of them, those that depend on no other first.
fn in_order<'f>(facts: &'f Facts, names: &BTreeSet<&str>) -> Vec<(&'f str, &'f Facet)> {
    let known = facts.job.facets.iter().filter(|(name, _)| names.contains(name.as_str()));
    let mut found: Vec<(&str, &Facet)> = known.map(|(name, facet)| (name.as_str(), facet)).collect();
    found.sort_by_key(|(_, facet)| !facet.only_with.is_empty());
    found
}

/// Whether a job with these facets has this one, too.
fn goes(facet: &Facet, others: &Facets) -> bool {
    facet.only_with.iter().all(|(name, allowed)| {
        others.get(name).is_some_and(|values| values.iter().all(|value| allowed.contains(value)))
    })
}

fn values(facet: &Facet, state: &str) -> Vec<Vec<String>> {
    let values = facet.goes_with.get(state).unwrap_or(&facet.values);
    let alone = values.iter().map(|value| vec![value.clone()]);
    if !facet.has_several() {
        return alone.collect();
    }
    let pairs = values.iter().enumerate().flat_map(|(index, first)| {
        values.iter().skip(index + 1).map(|second| vec![first.clone(), second.clone()])
    });
    alone.chain(pairs).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::cancel::Expect;
    use crate::contract::pointer::Pointer;

    fn facts(facets: &[(&str, Facet)]) -> Facts {
        let mut facts = crate::contract::library::builtin("bedrock").unwrap().facts;
        facts.job.facets = facets.iter().map(|(name, facet)| ((*name).to_owned(), facet.clone())).collect();
        facts
    }

    fn facet(values: &[&str], at: Option<&str>, only_with: &[(&str, &str)]) -> Facet {
        Facet {
            at: at.map(Pointer::new),
            values: values.iter().map(|v| (*v).to_owned()).collect(),
            only_with: only_with.iter().map(|(n, v)| ((*n).to_owned(), vec![(*v).to_owned()])).collect(),
            goes_with: BTreeMap::from([("NEW".to_owned(), vec![values[0].to_owned()])]),
            reference: "r".into(),
        }
    }

    fn rule(facets: &[(&str, &[&str])]) -> Row {
        let values = |values: &[&str]| values.iter().map(|v| (*v).to_owned()).collect();
        Row {
            state: vec!["BUSY".into(), "NEW".into()],
            facets: facets.iter().map(|(name, v)| ((*name).to_owned(), values(v))).collect(),
            expect: Expect::Undocumented(String::new()),
            unchanged_ref: None,
            reference: "r".into(),
        }
    }

    fn labels(facts: &Facts, found: &[Facets]) -> Vec<String> {
        found.iter().map(|facets| label(facts, facets)).collect()
    }

    #[test]
    fn a_facet_goes_only_with_what_it_depends_on() {
        let facts = facts(&[
            ("kind", facet(&["import", "run"], None, &[])),
            ("algorithm", facet(&["louvain", "pagerank"], None, &[("kind", "run")])),
        ]);
        let rows = [rule(&[("algorithm", &["louvain"])]), rule(&[])];
        let all = combinations(&facts, &rows, "BUSY");
        assert_eq!(labels(&facts, &all), ["import", "run+louvain", "run+pagerank"]);
        assert_eq!(labels(&facts, &representatives(&facts, &rows, "BUSY")), ["import", "run+louvain"]);
        // In this state only the first values occur, and no row speaks of the other one.
        assert_eq!(labels(&facts, &combinations(&facts, &rows, "NEW")), ["import"]);
        assert_eq!(combinations(&facts, &rows, "DONE"), [Facets::new()]);
    }

    #[test]
    fn several_values_come_alone_and_in_pairs() {
        let facts = facts(&[("tasks", facet(&["a", "b", "c"], Some("/tasks/*/status"), &[]))]);
        let rows = [rule(&[("tasks", &["a", "b"])]), rule(&[])];
        let all = combinations(&facts, &rows, "BUSY");
        assert_eq!(labels(&facts, &all), ["a", "b", "c", "a,b", "a,c", "b,c"]);
        let pair = &all[3];
        assert!(agrees(pair, &Facets::from([("tasks".into(), vec!["b".into(), "a".into(), "a".into()])])));
        assert!(!agrees(pair, &all[0]));
    }
}
