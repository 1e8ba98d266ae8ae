//! winterbaume. Its crate takes requests as values, meant to come from the AWS SDK for Rust without a connection. Here
//! they come over HTTP.

use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use chrono::{SecondsFormat, Utc};
use serde_json::{Value, json};
use winterbaume_bedrockagent::{BedrockAgentService, BedrockAgentStateView};
use winterbaume_core::views::StatefulService;
use winterbaume_core::{MockRequest, MockService, default_account_id};

use crate::arrange::{self, Wanted};

/// Where the service believes to be; it takes the region from here.
const ENDPOINT: &str = "https://bedrock-agent.us-east-1.amazonaws.com";
const REGION: &str = "us-east-1";

/// The longest body that is taken, in bytes.
const LONGEST: usize = 10 << 20;

/// The emulator and its side door.
pub(crate) fn app() -> Router {
    let service = Arc::new(BedrockAgentService::new());
    Router::new().route(arrange::PATH, post(put)).fallback(serve).with_state(service)
}

/// Hands a request to the emulator and its answer back.
async fn serve(State(service): State<Arc<BedrockAgentService>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, LONGEST).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
    let request = MockRequest {
        method: parts.method.to_string(),
        uri: format!("{ENDPOINT}{path}"),
        headers: parts.headers,
        body,
    };
    let answer = service.handle(request).await;
    let Ok(status) = StatusCode::from_u16(answer.status) else {
        return StatusCode::BAD_GATEWAY.into_response();
    };
    (status, answer.headers, Body::from(answer.body)).into_response()
}

/// Puts a job into a state.
///
/// # Errors
/// Answers 500 where the emulator does not take its own state back.
async fn put(
    State(service): State<Arc<BedrockAgentService>>,
    Json(wanted): Json<Wanted>,
) -> Result<Json<Value>, StatusCode> {
    let id = arrange::new_id();
    let now = Utc::now().to_rfc3339_opts(SecondsFormat::Millis, true);
    let Wanted { state, parents } = wanted;
    let job = json!({
        "knowledgeBaseId": parents.knowledge_base_id,
        "dataSourceId": parents.data_source_id,
        "ingestionJobId": id,
        "status": state,
        "startedAt": now,
        "updatedAt": now,
    });
    // A merge replaces all jobs of a data source, so those that are there go in again.
    let parent = format!("{}:{}", parents.knowledge_base_id, parents.data_source_id);
    let mut jobs = service.snapshot(default_account_id(), REGION).await.ingestion_jobs;
    let mut siblings = jobs.remove(&parent).unwrap_or_default();
    siblings.push(job);
    let view: BedrockAgentStateView = serde_json::from_value(json!({"ingestion_jobs": {parent: siblings}}))
        .map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?;
    service.merge(default_account_id(), REGION, view).await.map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?;
    Ok(arrange::made(id))
}
