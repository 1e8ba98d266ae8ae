//! Members that the documentation does not name.

use std::collections::BTreeSet;

use crate::rule::{Finding, Judgement, Keyword, Level, Meta, Rule};
use crate::story::Story;
use crate::story::text::{collapse, cut, show};

/// `fields/undocumented-member`.
pub struct UndocumentedMember;

static META: Meta = Meta {
    id: "fields/undocumented-member",
    title: "a body has no members beyond the documented ones",
    keyword: Keyword::May,
    checks: "Each member of a body that its schema does not name is noted once, and so is a body where none is \
             documented.",
    why: "Clients ignore what they do not know, so nothing breaks. But such a member is often a misspelt documented \
          one, an internal detail that leaks, or a sign that the documentation has moved on.",
    fix: "Document the member, or stop sending it. Where the vendor's documentation now names it, extend the schema.",
    seeks: "a JSON body for which a schema is documented",
};

impl Rule for UndocumentedMember {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, story: &Story<'_>) -> Judgement {
        let contract = story.contract;
        let (mut judgement, mut seen) = (Judgement::default(), BTreeSet::new());
        for answer in story.answers() {
            let reference = answer.reference(contract);
            if answer.schema() == Some("") {
                judgement.look(answer.index);
                if !answer.response.body.is_empty() && seen.insert((answer.name, String::new())) {
                    let (status, body) = (answer.response.status, &answer.response.body);
                    let message =
                        format!("{} answers {status} with a body, where none is documented", answer.name);
                    let actual = cut(&String::from_utf8_lossy(body));
                    let finding = Finding::new(answer.index, reference, message, "an empty body", actual);
                    judgement.find([finding.kind("undocumented-body").at_most(Level::Note)]);
                }
            }
            let Some((schema, body)) = answer.body() else { continue };
            judgement.look(answer.index);
            for member in contract.shapes.undocumented(schema, body) {
                let at = collapse(body, &member);
                if seen.insert((answer.name, at.clone())) {
                    let message = format!("the answer to {} has the undocumented member {at}", answer.name);
                    let expected = format!("members named by schema {schema}");
                    let finding =
                        Finding::new(answer.index, reference, message, expected, show(body.pointer(&member)));
                    judgement.find([finding.kind("undocumented-member").at(at).at_most(Level::Note)]);
                }
            }
        }
        judgement
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::rule::script::Script;
    use serde_json::json;

    const ID: &str = "AAAAAAAAAA";

    #[test]
    fn an_unknown_member_is_noted_once() {
        let script = Script::of("bedrock").get(ID, &json!({"owner": "me"})).get(ID, &json!({"owner": "me"}));
        let findings = script.findings(&UndocumentedMember);
        assert_eq!(findings.len(), 1);
        assert_eq!(findings[0].pointer.as_deref(), Some("/ingestionJob/owner"));
        assert_eq!(script.level(&UndocumentedMember, &findings[0]), Level::Note);
    }

    #[test]
    fn a_body_where_none_is_documented_is_noted() {
        let mut contract = crate::contract::library::builtin("bedrock").unwrap();
        contract
            .facts
            .operations
            .get_mut("StopIngestionJob")
            .unwrap()
            .responses
            .insert("409".into(), String::new());
        let mut script = Script::of("bedrock");
        script.contract = Arc::new(contract);
        let script = script.cancel_refused(ID, 409, &json!({"message": "no"}));
        assert_eq!(script.findings(&UndocumentedMember)[0].expected, "an empty body");
        assert_eq!(script.raw(b"").findings(&UndocumentedMember), vec![]);
    }

    #[test]
    fn documented_members_pass() {
        let script = Script::of("bedrock").get(ID, &json!({"failureReasons": ["none"]}));
        assert_eq!(script.judge(&UndocumentedMember).verdict(), Some(vec![]));
    }
}
