//! Where a vendor's sources disagree: which one this server follows.

use crate::contract::error::Probe;
use crate::rule::{About, Finding, Judgement, Keyword, Level, Meta, Rule};
use crate::story::Story;

/// `fields/conflicting-sources`.
pub struct ConflictingSources;

static META: Meta = Meta {
    id: "fields/conflicting-sources",
    title: "where the vendor's sources disagree, the side taken is noted",
    keyword: Keyword::May,
    checks: "For each point on which the vendor's own sources disagree, the bodies are searched for what gives away \
             which source the server follows.",
    why: "No client can be right on both sides. Who knows which side a server takes can choose the client that fits, \
          or write one that takes either.",
    fix: "Nothing needs mending. Where it is your server, say in its documentation which source it follows.",
    seeks: "the body of a success",
};

impl Rule for ConflictingSources {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, story: &Story<'_>) -> Judgement {
        let contract = story.contract;
        let conflicts = &contract.facts.conflicts;
        if conflicts
            .values()
            .flat_map(|c| &c.sides)
            .all(|s| s.seen.is_none() && s.seen_in_job.is_none() && s.seen_in_error.is_none())
        {
            return Judgement::undocumented("the contract has no conflict that shows in a body");
        }
        let bodies = || {
            story
                .answers()
                .iter()
                .filter(|a| a.response.is_success())
                .filter_map(|a| Some((a.index, a.response.json().ok()?)))
        };
        let in_body = |probe: &Probe| bodies().find(|(_, body)| probe.holds(body)).map(|(index, _)| index);
        let in_error = |probe: &Probe| {
            let mut refusals = story.answers().iter().filter(|a| a.is_refused());
            refusals.find(|a| a.response.json().is_ok_and(|body| probe.holds(body))).map(|a| a.index)
        };
        let in_job =
            |probe: &Probe| story.readings().iter().find(|r| probe.holds(&r.job)).map(|r| r.exchange);
        let mut judgement = Judgement::default();
        bodies().for_each(|(index, _)| judgement.look(index));
        for (name, conflict) in conflicts {
            for side in &conflict.sides {
                let by_body = side.seen.as_ref().and_then(in_body);
                let by_job = side.seen_in_job.as_ref().and_then(in_job);
                let by_error = side.seen_in_error.as_ref().and_then(in_error);
                let seen = by_body.into_iter().chain(by_job).chain(by_error).min();
                let Some(exchange) = seen else { continue };
                judgement.look(exchange);
                let title = |id: &str| contract.reference(id).map_or(id.to_owned(), |r| r.title.clone());
                let (source, says, about) = (title(&side.reference), &side.says, lowered(&conflict.title));
                let sides: Vec<String> =
                    conflict.sides.iter().map(|s| format!("{}: {}", title(&s.reference), s.says)).collect();
                let message = format!(
                    "the vendor's sources disagree about {about}; this server follows {source}: {says}"
                );
                let expected = sides.join("; or ");
                let finding = Finding::new(exchange, &side.reference, message, expected, says.clone());
                let about = About::Member(format!("{name}: {}", side.reference));
                judgement.find([finding.kind("side-taken").about(about).at_most(Level::Note)]);
            }
        }
        judgement
    }
}

/// The text with a small first letter, unless it begins with an acronym.
fn lowered(text: &str) -> String {
    let mut letters = text.chars();
    match (letters.next(), text.chars().nth(1)) {
        (Some(first), Some(second)) if !second.is_uppercase() => {
            first.to_lowercase().chain(letters).collect()
        }
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::operation::Role;
    use crate::rule::script::Script;
    use rstest::rstest;
    use serde_json::{Value, json};

    const ID: &str = "2c1f3a9e-4b7d-4e21-8f6a-5d0c9b8a7e61";

    #[rstest]
    #[case(json!({"total_tokens": "5"}), "spec-job")]
    #[case(json!({"total_tokens": null, "total_items_indexed": "5"}), "spec-2025-08")]
    fn the_side_that_a_job_shows_is_noted_once(#[case] patch: Value, #[case] reference: &str) {
        let script = Script::of("digitalocean").get(ID, &patch).get(ID, &patch);
        let notes = script.findings(&ConflictingSources);
        assert_eq!(notes.len(), 1, "{notes:?}");
        assert_eq!(notes[0].reference, reference);
        assert_eq!(script.level(&ConflictingSources, &notes[0]), Level::Note);
        assert!(
            notes[0].message.starts_with("the vendor's sources disagree about whether "),
            "{}",
            notes[0].message
        );
    }

    #[test]
    fn the_side_that_a_list_shows_is_noted() {
        let script = Script::of("digitalocean");
        let (list, _) = script.contract.of_role(Role::List).next().unwrap();
        let (list, view) = (list.to_owned(), script.view(list, None));
        let body = json!({"jobs": [], "links": {"pages": {"prev": "http://127.0.0.1/?page=1"}}});
        let notes = script.call(&list, view, 200, &body).findings(&ConflictingSources);
        assert_eq!(notes.len(), 1);
        assert_eq!(notes[0].reference, "general-links");
    }

    #[test]
    fn a_job_that_gives_nothing_away_passes() {
        let script = Script::of("digitalocean").get(ID, &json!({"total_tokens": null}));
        assert_eq!(script.judge(&ConflictingSources).verdict(), Some(vec![]));
    }

    #[test]
    fn refusals_give_nothing_away() {
        let script = Script::of("digitalocean").cancel_refused(ID, 409, &json!({"id": "x", "message": "x"}));
        assert!(!script.judge(&ConflictingSources).is_judged());
    }

    #[rstest]
    #[case("Whether it is so", "whether it is so")]
    #[case("ID of a job", "ID of a job")]
    #[case("A", "A")]
    #[case("", "")]
    fn titles_become_parts_of_a_sentence(#[case] title: &str, #[case] expected: &str) {
        assert_eq!(lowered(title), expected);
    }
}
