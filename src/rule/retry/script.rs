//! Hand-written transcripts of retries: a job of one surface is read, retried, and read again.

use serde_json::{Value, json};

use crate::rule::script::Script;
use crate::rule::{Finding, Judgement, Rule};

/// The job that is retried.
pub(super) const JOB: &str = "23041407_RORjiJw7te";
/// The job that takes its place.
pub(super) const NEW: &str = "23041408_Xx0aBcDeFg";

/// A transcript in the making.
pub(super) struct Retry(Script);

/// A job in this state has been read.
pub(super) fn job(state: &str) -> Retry {
    Retry(Script::of("aiware")).get_job(state)
}

/// Another job has been read, too.
pub(super) fn other(retry: Retry, id: &str) -> Retry {
    retry.reads(id, &json!({"status": "complete"}))
}

/// The retry is accepted, and answers with this id, if any, and state.
pub(super) fn retried(retry: Retry, id: &str, state: &str) -> Retry {
    let job = if id.is_empty() { json!({"status": state}) } else { json!({"id": id, "status": state}) };
    let view = retry.0.view("retryJob", Some(JOB));
    Retry(retry.0.call("retryJob", view, 200, &json!({"data": {"retryJob": job}})))
}

/// The retry is refused as documented.
pub(super) fn refused(retry: Retry) -> Retry {
    let body = json!({"data": {"retryJob": null}, "errors": [{"message": "no", "name": "invalid_input"}]});
    refused_with(retry, 200, &body)
}

/// The retry is refused like this.
pub(super) fn refused_with(retry: Retry, status: u16, body: &Value) -> Retry {
    let view = retry.0.view("retryJob", Some(JOB));
    Retry(retry.0.call("retryJob", view, status, body))
}

impl Retry {
    /// The job is read, in this state.
    pub(super) fn get_job(self, state: &str) -> Retry {
        self.reads(JOB, &json!({"status": state}))
    }

    /// The job is read, with this time of creation.
    pub(super) fn get_job_created(self, state: &str, created: &str) -> Retry {
        self.reads(JOB, &json!({"status": state, "createdDateTime": created}))
    }

    /// The job is read, with these tasks.
    pub(super) fn with_tasks(self, tasks: &Value) -> Retry {
        self.reads(JOB, &json!({"status": "failed", "tasks": {"records": tasks}}))
    }

    /// The new job is read, with these tasks.
    pub(super) fn get_new(self, tasks: &Value) -> Retry {
        self.reads(NEW, &json!({"status": "pending", "tasks": {"records": tasks}}))
    }

    fn reads(self, id: &str, members: &Value) -> Retry {
        let mut job = json!({"id": id, "createdDateTime": "2023-04-07T10:00:00.000Z"});
        for (name, value) in members.as_object().unwrap() {
            job[name] = value.clone();
        }
        let view = self.0.view("job", Some(id));
        Retry(self.0.call("job", view, 200, &json!({"data": {"job": job}})))
    }

    /// The job stands still until it is acted on.
    pub(super) fn stands_still(self) -> Retry {
        Retry(self.0.known(JOB, crate::exchange::Origin::Fixture))
    }

    /// The findings of a rule that could judge.
    pub(super) fn findings(&self, rule: &dyn Rule) -> Vec<Finding> {
        self.0.findings(rule)
    }

    /// What a rule makes of it.
    pub(super) fn judge(&self, rule: &dyn Rule) -> Judgement {
        self.0.judge(rule)
    }
}
