//! Requests made wrong at random: drawn by a seed, and made smaller step by step.

use std::collections::BTreeSet;
use std::sync::Arc;

use proptest::char::range;
use proptest::collection::vec as list;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::{Value, json};

use super::violation::{EXTRA, Violation};
use super::{breaking, may_be_list_of_one};
use crate::case::Call;
use crate::contract::Contract;
use crate::contract::error::Condition;
use crate::contract::likeness::mix;
use crate::contract::pointer::Pointer;
use crate::exchange::Violation as Wrong;

/// The most members that are changed at once.
const CHANGES: usize = 4;

/// A place of a request where something can be wrong.
#[derive(Debug, Clone)]
struct Place {
    at: Pointer,
    around: Vec<(Pointer, Value)>,
}

/// One change: which place, and what is put there; nothing takes the member out.
type Change = (usize, Option<Value>);

/// A supply of requests that are wrong in some way.
#[derive(Debug)]
pub struct Search {
    places: Arc<Vec<Place>>,
    seed: u64,
    drawn: u64,
}

impl Search {
    /// A supply for an operation; the same seed gives the same requests. `None` where the operation's schema has no
    /// place for anything wrong.
    pub fn new(contract: &Contract, operation: &str, seed: u64) -> Option<Search> {
        let mut places: Vec<Place> = Vec::new();
        for violation in breaking(contract, contract.facts.operations.get(operation)?) {
            let at = Pointer::new(&violation.at);
            if is_member(&violation) && !places.iter().any(|place| place.at == at) {
                places.push(Place { at, around: violation.around });
            }
        }
        (!places.is_empty()).then(|| Search { places: Arc::new(places), seed, drawn: 0 })
    }

    /// The next one, which may be right by chance.
    pub fn draw(&mut self) -> Option<Draft> {
        self.drawn += 1;
        let seed = mix(self.seed ^ mix(self.drawn));
        let mut draft = Draft { places: Arc::clone(&self.places), seed, steps: Vec::new(), now: Vec::new() };
        draft.now = draft.tree()?.current();
        Some(draft)
    }
}

/// Whether it breaks a member of the request: what stands at a name that is not the member's own is no value of it.
pub(super) fn is_member(violation: &Violation) -> bool {
    violation.without.is_empty()
        && !matches!(violation.keyword.as_str(), "anyOf" | "oneOf")
        && !violation.at.ends_with(EXTRA)
}

/// A step on the way to a simpler request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Simplify,
    Complicate,
}

/// One request that may be wrong, and can be made simpler.
///
/// The generator's own value tree cannot go from thread to thread, as what waits for a server must. So a draft keeps
/// the way to it, seed and steps, and goes it again for each further step.
#[derive(Debug)]
pub struct Draft {
    places: Arc<Vec<Place>>,
    seed: u64,
    steps: Vec<Step>,
    now: Vec<Change>,
}

impl Draft {
    /// The call with the changes.
    pub fn apply(&self, call: &Call) -> Call {
        let mut call = call.clone();
        for (index, value) in &self.now {
            let Some(place) = self.places.get(*index) else { continue };
            call.set.extend(place.around.iter().cloned());
            match value {
                Some(value) => call.set.push((place.at.clone(), value.clone())),
                None => call.unset.push(place.at.clone()),
            }
        }
        call
    }

    /// Makes it simpler; `false` where it cannot be.
    pub fn simplify(&mut self) -> bool {
        self.step(Step::Simplify)
    }

    /// Takes the last step back in part; `false` where there is nothing to take back.
    pub fn complicate(&mut self) -> bool {
        self.step(Step::Complicate)
    }

    fn step(&mut self, step: Step) -> bool {
        let Some(mut tree) = self.tree() else { return false };
        let is_done = go(tree.as_mut(), step);
        if is_done {
            self.steps.push(step);
            self.now = tree.current();
        }
        is_done
    }

    /// The generator's value tree, as far as the steps have led.
    fn tree(&self) -> Option<Box<dyn ValueTree<Value = Vec<Change>>>> {
        let bytes: Vec<u8> = (0..4).flat_map(|n| mix(self.seed ^ mix(n)).to_le_bytes()).collect();
        let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
        let mut runner = TestRunner::new_with_rng(Config::default(), rng);
        let change = (0..self.places.len(), prop_oneof![1 => Just(None), 9 => any_json().prop_map(Some)]);
        let mut tree = list(change, 1..=CHANGES).boxed().new_tree(&mut runner).ok()?;
        for step in &self.steps {
            go(tree.as_mut(), *step);
        }
        Some(tree)
    }
}

fn go(tree: &mut dyn ValueTree<Value = Vec<Change>>, step: Step) -> bool {
    match step {
        Step::Simplify => tree.simplify(),
        Step::Complicate => tree.complicate(),
    }
}

/// What is wrong with a request that must be in this condition and in no other; `None` where it is not.
/// `seen` is the request as a server sees it.
pub fn wrongness(contract: &Contract, operation: &str, condition: Condition, seen: &Value) -> Option<Wrong> {
    let fact = contract.facts.operations.get(operation)?;
    let broken = contract.shapes.mismatches(&fact.request, seen);
    let is_named = |at: &str| fact.parents.values().chain(&fact.target).any(|place| place.as_str() == at);
    let fits = broken.iter().all(|m| {
        let lacks = m.keyword == "required";
        // To many servers a member that is null is one that is not there.
        let is_null = seen.pointer(&m.at).is_none_or(Value::is_null);
        // Where a list is wanted, GraphQL takes one value for a list of one.
        let is_list_of_one = m.keyword == "type"
            && m.expected.contains("array")
            && !seen.pointer(&m.at).is_some_and(Value::is_array)
            && may_be_list_of_one(fact, &m.at);
        !is_null
            && !is_list_of_one
            && !m.at.starts_with("/path")
            && !is_named(&m.at)
            && lacks == (condition == Condition::MissingParameter)
    });
    let first = broken.first().filter(|_| fits)?;
    let value = seen.pointer(&first.at).map_or_else(String::new, super::short);
    let places: BTreeSet<&str> = broken.iter().map(|mismatch| mismatch.at.as_str()).collect();
    let words = match places.len() {
        1 if first.keyword == "required" => format!("lacks a member of {}", first.at),
        1 => format!("breaks `{}` at {} with {value}", first.keyword, first.at),
        number => format!(
            "breaks `{}` at {} with {value}, and its schema in {} more places",
            first.keyword,
            first.at,
            number - 1
        ),
    };
    Some(Wrong::at(words, &first.keyword, &first.at))
}

/// Any JSON value; simpler ones come first.
fn any_json() -> impl Strategy<Value = Value> {
    let text = |letter: BoxedStrategy<char>, most: usize| {
        list(letter, 0..=most).prop_map(|letters| Value::from(letters.into_iter().collect::<String>()))
    };
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-3_i64..2_000).prop_map(Value::from),
        // Far numbers are few: closing in on one from far away would take a request for each step.
        select(vec![json!(0.5), json!(-1.5), json!(i64::MAX), json!(i64::MIN)]),
        text(range(' ', '~').boxed(), 12),
        text(range('\u{0}', '\u{1f}').boxed(), 3),
        text(any::<char>().boxed(), 4),
        (0_usize..600).prop_map(|length| "a".repeat(length).into()),
    ];
    leaf.prop_recursive(2, 8, 3, move |inner| {
        let name = list(range('a', 'z'), 1..8).prop_map(|letters| letters.into_iter().collect::<String>());
        prop_oneof![
            list(inner.clone(), 0..3).prop_map(Value::from),
            list((name, inner), 0..3).prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::base::{base, on_the_wire};
    use crate::contract::library::builtin;
    use rstest::rstest;

    const NAME: &str = "ListIngestionJobs";

    /// What a server sees of a draft, and what is wrong with it.
    fn look(contract: &Contract, draft: &Draft) -> (Value, Option<Wrong>) {
        let operation = &contract.facts.operations[NAME];
        let call = draft.apply(&Call::new(NAME));
        let mut view = base(contract, operation);
        call.set.iter().for_each(|(place, value)| place.put(&mut view, value.clone()));
        call.unset.iter().for_each(|place| place.remove(&mut view));
        let seen = on_the_wire(contract, operation, &view).unwrap();
        let words = wrongness(contract, NAME, Condition::InvalidParameter, &seen);
        (seen, words)
    }

    #[test]
    fn a_seed_gives_the_same_requests_again() {
        let contract = builtin("bedrock").unwrap();
        let draw = |seed| {
            let mut search = Search::new(&contract, NAME, seed).unwrap();
            (0..20).map(|_| search.draw().unwrap().apply(&Call::new(NAME))).collect::<Vec<_>>()
        };
        assert_eq!(draw(1), draw(1));
        assert_ne!(draw(1), draw(2));
    }

    #[rstest]
    #[case(1)]
    #[case(2)]
    #[case(3)]
    fn what_is_called_wrong_breaks_the_schema_and_shrinks_to_one_mistake(#[case] seed: u64) {
        let contract = builtin("bedrock").unwrap();
        let mut search = Search::new(&contract, NAME, seed).unwrap();
        let mut draft = (0..200)
            .find_map(|_| search.draw().filter(|draft| look(&contract, draft).1.is_some()))
            .expect("some draft is wrong");
        // A server that accepts everything: each step that leaves a wrong request is taken.
        'steps: while draft.simplify() {
            while look(&contract, &draft).1.is_none() {
                if !draft.complicate() {
                    break 'steps;
                }
            }
        }
        let (seen, words) = look(&contract, &draft);
        let broken = contract.shapes.mismatches("list.request", &seen);
        assert!(!broken.is_empty() && broken.iter().all(|m| m.at == broken[0].at), "{seen}: {broken:?}");
        assert!(words.is_some_and(|wrong| wrong.words.starts_with("breaks `")), "{seen}");
        assert_eq!(draft.now.len(), 1, "{draft:?}");
    }

    #[test]
    fn right_requests_and_other_mistakes_are_not_called_wrong() {
        let contract = builtin("bedrock").unwrap();
        let operation = &contract.facts.operations[NAME];
        let seen = on_the_wire(&contract, operation, &base(&contract, operation)).unwrap();
        assert_eq!(wrongness(&contract, NAME, Condition::InvalidParameter, &seen), None);
        let mut bad = seen.clone();
        bad["path"]["knowledgeBaseId"] = json!("short");
        assert_eq!(wrongness(&contract, NAME, Condition::InvalidParameter, &bad), None);
        let mut bad = seen;
        bad["body"]["sortBy"] = json!({"order": "ASCENDING"});
        assert_eq!(wrongness(&contract, NAME, Condition::InvalidParameter, &bad), None);
        let wrong = wrongness(&contract, NAME, Condition::MissingParameter, &bad);
        let expected = Wrong::new("lacks a member of /body/sortBy", "required /body/sortBy");
        assert_eq!(wrong, Some(expected));
    }
}
