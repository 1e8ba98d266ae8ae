//! The side door: what a job that is put into a state looks like, whichever emulator it is put into.
//!
//! Neither emulator moves a job by itself, so most states can only be had this way. Both crates offer it: their state
//! is open to those who embed them.

use std::sync::atomic::{AtomicU32, Ordering};

use axum::Json;
use serde::Deserialize;
use serde_json::{Value, json};

/// Where the door is. No path of the service begins so.
pub(crate) const PATH: &str = "/arrange";

/// What jobproof asks of an arrange hook. Ingestion jobs have no facets.
#[derive(Deserialize)]
pub(crate) struct Wanted {
    /// The state that the job is to be in.
    pub(crate) state: String,
    /// What the job belongs to.
    pub(crate) parents: Parents,
}

/// What an ingestion job belongs to.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Parents {
    /// The id of its knowledge base.
    pub(crate) knowledge_base_id: String,
    /// The id of its data source.
    pub(crate) data_source_id: String,
}

/// An id that no job has yet, in the form of the service: ten letters and digits.
pub(crate) fn new_id() -> String {
    static IDS: AtomicU32 = AtomicU32::new(1);
    format!("ARR{:07}", IDS.fetch_add(1, Ordering::Relaxed))
}

/// The answer that names the job which was made.
pub(crate) fn made(id: String) -> Json<Value> {
    Json(json!({"job": {"id": id}}))
}
