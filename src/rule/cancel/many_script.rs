//! Hand-written transcripts of a cancel of many: one job is read, jobs of a range are cancelled, and it is read again.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::contract::Contract;
use crate::rule::script::Script;

/// The organization whose jobs are cancelled.
pub(super) const HOME: &str = "7f2b8d1c-40e6-4b0a-9d3f-5e6a1c8b2d47";
/// Another organization.
pub(super) const ELSEWHERE: &str = "2d9c4e7a-1b3f-4c58-8a60-f7e1d5b3c924";
const JOB: &str = "e1484460-7cb5-4cab-87ea-436c4768904f";
const CALL: &str = "ProcCancelJobsOfOrganization";

/// The range from 10:00 to 11:00 is cancelled; the job was created at this time.
pub(super) fn many(created: &str, organization: &str, before: &str, after: &str) -> Script {
    told(
        Script::of("aiware"),
        created,
        organization,
        [before, after],
        (200, json!({"success": true, "count": 1})),
    )
}

/// The same, refused.
pub(super) fn refused(created: &str, organization: &str, before: &str, after: &str) -> Script {
    told(Script::of("aiware"), created, organization, [before, after], (400, json!({"description": "no"})))
}

/// The same, where a page says whether the ends belong to the range.
pub(super) fn with_ends(inclusive: bool, created: &str, before: &str, after: &str) -> Script {
    let change = |contract: &mut Contract| {
        let many = contract.facts.cancel_many.get_mut(CALL).unwrap();
        for end in [&mut many.created_after, &mut many.created_before] {
            end.as_mut().unwrap().inclusive = Some(inclusive);
        }
    };
    changed(change, created, before, after)
}

/// The same, of a vendor whose contract is a little different.
pub(super) fn changed(
    change: impl FnOnce(&mut Contract),
    created: &str,
    before: &str,
    after: &str,
) -> Script {
    let mut script = Script::of("aiware");
    let mut contract = crate::contract::library::builtin("aiware").unwrap();
    change(&mut contract);
    script.contract = Arc::new(contract);
    told(script, created, HOME, [before, after], (200, json!({})))
}

fn told(
    script: Script,
    created: &str,
    organization: &str,
    [before, after]: [&str; 2],
    (status, answer): (u16, Value),
) -> Script {
    let job = |state: &str| {
        json!({"job": {
            "internalJobID": JOB,
            "internalOrganizationID": organization,
            "jobStatus": state,
            "createdDateTime": format!("2023-04-07T{created}:00Z"),
            "tasks": [{"taskStatus": if state == "running" { "running" } else { "pending" }}],
        }})
    };
    let get = script.view("ProcGetJobDetail", Some(JOB));
    let mut cancel = script.view(CALL, None);
    cancel["body"] = json!({
        "organizationID": HOME,
        "createdAfterDateTime": "2023-04-07T10:00:00+00:00",
        "createdBeforeDateTime": "2023-04-07T11:00:00+00:00",
    });
    script.call("ProcGetJobDetail", get.clone(), 200, &job(before)).call(CALL, cancel, status, &answer).call(
        "ProcGetJobDetail",
        get,
        200,
        &job(after),
    )
}
