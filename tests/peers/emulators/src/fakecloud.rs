//! fakecloud, with its own front end: it finds the service, checks the signature and words the errors.

use std::sync::Arc;

use axum::extract::State;
use axum::routing::post;
use axum::{Extension, Json, Router};
use chrono::Utc;
use fakecloud_bedrock_agent::{BedrockAgentService, IngestionJob, SharedBedrockAgentState};
use fakecloud_core::auth::{CredentialResolver, IamMode, Principal, PrincipalType, ResolvedCredential};
use fakecloud_core::dispatch::{DispatchConfig, dispatch};
use fakecloud_core::registry::ServiceRegistry;
use serde_json::Value;

use crate::arrange::{self, Wanted};

const ACCOUNT: &str = "000000000000";
const REGION: &str = "us-east-1";

/// Who may ask: the access key, its secret and the account. The second one is a stranger to the jobs of the first.
const USERS: [(&str, &str, &str); 2] = [
    ("AKIDPEEREXAMPLE00000", "peer-secret", ACCOUNT),
    ("AKIDPEEREXAMPLE00001", "foreign-secret", "000000000001"),
];

/// The emulator and its side door.
pub(crate) fn app() -> Router {
    let jobs = SharedBedrockAgentState::default();
    let mut services = ServiceRegistry::new();
    services.register(Arc::new(BedrockAgentService::new(jobs.clone())));
    let config = DispatchConfig {
        region: REGION.into(),
        account_id: ACCOUNT.into(),
        verify_sigv4: true,
        iam_mode: IamMode::Off,
        credential_resolver: Some(Arc::new(Users)),
        policy_evaluator: None,
        resource_policy_provider: None,
        scp_resolver: None,
    };
    Router::new()
        .route(arrange::PATH, post(put).with_state(jobs))
        .fallback(dispatch)
        .layer(Extension(Arc::new(services)))
        .layer(Extension(Arc::new(config)))
}

/// Knows the secrets. Access keys that begin with `test` get by without a signature, as always in fakecloud.
struct Users;

impl CredentialResolver for Users {
    fn resolve(&self, access_key_id: &str) -> Option<ResolvedCredential> {
        let (_, secret, account) = USERS.into_iter().find(|(key, ..)| *key == access_key_id)?;
        Some(ResolvedCredential {
            secret_access_key: secret.into(),
            session_token: None,
            principal: Principal {
                arn: format!("arn:aws:iam::{account}:user/jobproof"),
                user_id: "AIDAJOBPROOF".into(),
                account_id: account.into(),
                principal_type: PrincipalType::User,
                source_identity: None,
                tags: None,
            },
            session_policies: Vec::new(),
            mfa_present: false,
            token_issued_at: None,
            federated_provider: None,
        })
    }
}

/// Puts a job into a state.
async fn put(State(jobs): State<SharedBedrockAgentState>, Json(wanted): Json<Wanted>) -> Json<Value> {
    let id = arrange::new_id();
    let now = Utc::now();
    let job = IngestionJob {
        ingestion_job_id: id.clone(),
        knowledge_base_id: wanted.parents.knowledge_base_id.clone(),
        data_source_id: wanted.parents.data_source_id,
        description: None,
        status: wanted.state,
        failure_reasons: Vec::new(),
        started_at: now,
        updated_at: now,
    };
    let mut accounts = jobs.write();
    let account = accounts.get_or_create(ACCOUNT, REGION);
    account.ingestion_jobs.entry(wanted.parents.knowledge_base_id).or_default().push(job);
    arrange::made(id)
}
