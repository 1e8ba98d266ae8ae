//! How a job is read: states are words, and what changes at each reading is not said to stay.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::contract::diagnostic::Diagnostic;
use crate::contract::job::JobShape;
use crate::contract::load::Draft;
use crate::contract::pointer::Pointer;
use crate::contract::source::child;

/// Checks it.
pub(super) fn check(draft: &Draft, mistakes: &mut Vec<Diagnostic>) {
    let job = &draft.facts.job;
    check_volatile(draft, "/job", job, mistakes);
    for (name, view) in &job.views {
        if view.volatile.is_some() || view.frozen.is_some() {
            check_volatile(draft, &child("/job/views", name), &job.viewed(view), mistakes);
        }
    }
    check_states(draft, mistakes);
}

/// No member that is fixed at the end is, or stands in, one that is another value at each reading.
fn check_volatile(draft: &Draft, at: &str, shape: &JobShape, mistakes: &mut Vec<Diagnostic>) {
    let is_in = |inner: &Pointer, outer: &Pointer| {
        let rest = inner.as_str().strip_prefix(outer.as_str());
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    for (index, member) in shape.volatile.iter().enumerate() {
        if let Some(frozen) = shape.frozen.iter().find(|frozen| is_in(frozen, member)) {
            let place = draft.document.span(&format!("{at}/volatile/{index}"));
            let message = format!(
                "`{}` is another value at each reading, and `{}` never changes after the end",
                member.as_str(),
                frozen.as_str()
            );
            let help = "take it out of `volatile`, or out of `frozen`".to_owned();
            mistakes.push(draft.document.error(place, message).with_help(help));
        }
    }
}

/// The documented samples show states as texts.
fn check_states(draft: &Draft, mistakes: &mut Vec<Diagnostic>) {
    let mut seen: BTreeSet<(&str, String)> = BTreeSet::new();
    for operation in draft.facts.operations.values() {
        let job = operation.job.clone().or_else(|| operation.jobs.as_ref().map(|jobs| jobs.join("/*")));
        let Some(job) = job else { continue };
        let shape = draft.facts.job.of(operation);
        let place = job.join(shape.state.as_str());
        for schema in operation.success_statuses().filter_map(|status| operation.response_schema(status)) {
            let own =
                draft.examples.iter().filter(|e| e.accept && e.schema == schema && e.label == "documented");
            let states = own.flat_map(|e| place.select(&e.document.value).into_iter().map(move |s| (e, s)));
            for (example, (at, state)) in states {
                let kind = match state {
                    Value::Number(_) => "a number",
                    Value::Bool(_) => "true or false",
                    _ => continue,
                };
                if seen.insert((schema, at.clone())) {
                    let document = &example.document;
                    let message = format!(
                        "the state of this job is {kind}, and states that are no words are not read yet"
                    );
                    let help = "let `state` in [job], or in the view of the operation, point at a member that says it \
                                in a word; where there is none, the API cannot be checked yet";
                    mistakes.push(document.error(document.span(&at), message).with_help(help.to_owned()));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::contract::library::pack;
    use crate::contract::load::load;
    use rstest::rstest;

    /// What is said of a vendor's folder where a file has another text.
    fn said(vendor: &str, file: &str, change: (&str, &str)) -> Vec<String> {
        let mut pack = pack(vendor).unwrap();
        let text = String::from_utf8(pack.files[file].clone()).unwrap();
        assert!(text.contains(change.0), "{file} has no {}", change.0);
        pack.files.insert(file.to_owned(), text.replacen(change.0, change.1, 1).into_bytes());
        match load(&pack, None) {
            Ok(loaded) => loaded.warnings.iter().map(|d| d.message.clone()).collect(),
            Err(found) => found.iter().map(|d| d.message.clone()).collect(),
        }
    }

    #[rstest]
    #[case("/statistics", Some("`/statistics` is another value at each reading"))]
    #[case("/updatedAt", Some("`/updatedAt` is another value at each reading"))]
    #[case("/statistics/numberOfDocumentsScanned", None)]
    #[case("/description", None)]
    #[case("/nothing", Some("no answer's schema names a member of the job at `/nothing`"))]
    fn a_volatile_member_is_not_frozen(#[case] member: &str, #[case] expected: Option<&str>) {
        let said =
            said("bedrock", "contract.toml", ("[job]\n", &format!("[job]\nvolatile = [\"{member}\"]\n")));
        match expected {
            Some(expected) => assert!(said.iter().any(|text| text.starts_with(expected)), "{said:?}"),
            None => assert_eq!(said, [""; 0]),
        }
    }

    #[rstest]
    #[case("3", "the state of this job is a number")]
    #[case("true", "the state of this job is true or false")]
    fn a_state_is_a_word(#[case] state: &str, #[case] expected: &str) {
        let file = "examples/accept/ingestion-job.response--documented.json";
        let said = said("bedrock", file, ("\"COMPLETE\"", state));
        assert!(said.iter().any(|text| text.starts_with(expected)), "{said:?}");
    }
}
