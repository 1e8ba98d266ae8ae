//! What a condition can concern: a row of the errors says nothing about a call that can never be in its condition.

use super::Contract;
use super::error::Condition;
use super::operation::Role;

impl Contract {
    /// Whether a request for this operation can be in this condition at all, wrong as it may be.
    pub fn can_concern(&self, condition: Condition, operation: &str) -> bool {
        let Some(fact) = self.facts.operations.get(operation) else { return false };
        match condition {
            Condition::UnknownJob | Condition::MalformedId => fact.target.is_some(),
            Condition::UnknownParent => {
                let is_target = |name: &str| {
                    fact.target.as_ref().is_some_and(|target| target.segments() == ["path", name])
                };
                !fact.parents.is_empty() || fact.path_parameters().any(|name| !is_target(name))
            }
            Condition::MissingCredentials
            | Condition::BadCredentials
            | Condition::ExpiredCredentials
            | Condition::Forbidden => !fact.anonymous,
            Condition::BadSignature => !fact.anonymous && self.facts.auth.signs(),
            Condition::NotCancellable | Condition::UnsupportedKind => {
                matches!(fact.role, Role::Cancel | Role::CancelMany)
            }
            Condition::NotRetryable => fact.role == Role::Retry,
            Condition::Conflict => {
                fact.role.is_start() || Role::ACTS.contains(&fact.role) || self.writes(operation)
            }
            Condition::MissingParameter | Condition::InvalidParameter | Condition::Throttled => true,
        }
    }

    /// Whether a right request for this operation can be in this condition: one that keeps to its schema, by somebody
    /// who may send it, and names only what is there.
    pub fn can_concern_right(&self, condition: Condition, operation: &str) -> bool {
        let is_of_state = matches!(
            condition,
            Condition::NotCancellable
                | Condition::UnsupportedKind
                | Condition::NotRetryable
                | Condition::Conflict
                | Condition::Throttled
        );
        is_of_state && self.can_concern(condition, operation)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("bedrock", "GetIngestionJob", Condition::UnknownJob, true)]
    #[case("bedrock", "ListIngestionJobs", Condition::UnknownJob, false)]
    #[case("bedrock", "ListIngestionJobs", Condition::MalformedId, false)]
    #[case("bedrock", "ListIngestionJobs", Condition::UnknownParent, true)]
    #[case("digitalocean", "GetIndexingJob", Condition::UnknownParent, false)]
    #[case("digitalocean", "ListIndexingJobs", Condition::UnknownParent, false)]
    #[case("digitalocean", "CreateIndexingJob", Condition::UnknownParent, true)]
    #[case("bedrock", "StopIngestionJob", Condition::NotCancellable, true)]
    #[case("bedrock", "StartIngestionJob", Condition::NotCancellable, false)]
    #[case("bedrock", "StopIngestionJob", Condition::NotRetryable, false)]
    #[case("bedrock", "StartIngestionJob", Condition::Conflict, true)]
    #[case("bedrock", "GetIngestionJob", Condition::Conflict, false)]
    #[case("bedrock", "GetIngestionJob", Condition::BadSignature, true)]
    #[case("digitalocean", "GetIndexingJob", Condition::BadSignature, false)]
    #[case("digitalocean", "GetIndexingJob", Condition::BadCredentials, true)]
    #[case("bedrock", "GetIngestionJob", Condition::InvalidParameter, true)]
    #[case("bedrock", "NoSuchOperation", Condition::InvalidParameter, false)]
    fn conditions_concern_calls(
        #[case] vendor: &str,
        #[case] operation: &str,
        #[case] condition: Condition,
        #[case] expected: bool,
    ) {
        let contract = crate::contract::library::builtin(vendor).unwrap();
        assert_eq!(contract.can_concern(condition, operation), expected);
    }

    #[test]
    fn what_takes_no_credentials_has_none_that_are_wrong() {
        let contract = crate::contract::library::for_tests("atelier");
        assert!(!contract.can_concern(Condition::MissingCredentials, "login"));
        assert!(contract.can_concern(Condition::MissingCredentials, "job"));
    }

    #[rstest]
    #[case("StartIngestionJob", Condition::Conflict, true)]
    #[case("ListIngestionJobs", Condition::Throttled, true)]
    #[case("GetIngestionJob", Condition::UnknownJob, false)]
    #[case("GetIngestionJob", Condition::Forbidden, false)]
    #[case("StartIngestionJob", Condition::InvalidParameter, false)]
    #[case("ListIngestionJobs", Condition::Conflict, false)]
    fn a_right_request_meets_only_what_is_so(
        #[case] operation: &str,
        #[case] condition: Condition,
        #[case] expected: bool,
    ) {
        let contract = crate::contract::library::builtin("bedrock").unwrap();
        assert_eq!(contract.can_concern_right(condition, operation), expected);
    }
}
