//! Where requests go.

pub mod file;
mod hook;
pub mod http;
pub mod in_process;
pub mod loopback;

use std::collections::BTreeMap;
use std::time::Duration;

use async_trait::async_trait;

use crate::exchange::{JobIds, Request, Response, TransportError};

/// A server under test.
#[async_trait]
pub trait Target: Send + Sync {
    /// Sends one request, signed already, and waits for the whole answer, no longer than the target's deadline.
    async fn send(&self, request: &Request) -> Result<Response, TransportError>;

    /// Waits. A target with a clock of its own moves that clock instead.
    async fn pause(&self, length: Duration);

    /// The time since the start of the run, by the target's clock.
    fn elapsed(&self) -> Duration;

    /// Where requests for a service go: the value of their `Host` header, and what stands before their path on the
    /// wire (nothing, or `/something` without a slash at the end). Both are signed. Empty for an unknown service.
    fn authority(&self, service: Option<&str>) -> (&str, &str);

    /// The point in time by which requests are signed.
    fn now(&self) -> std::time::SystemTime;

    /// Asks the target's arrange hook for a job; `None` where it has no hook, or the hook cannot do it.
    ///
    /// # Errors
    /// Says what went wrong with the hook.
    async fn arrange(&self, wanted: &Wanted) -> Result<Option<JobIds>, String>;

    /// Whether it is a server of our own: waiting takes no time there, and jobs cost nothing.
    fn is_ours(&self) -> bool {
        false
    }
}

/// The job an arrange hook is asked for; its JSON is the hook's input.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Wanted {
    /// The state.
    pub state: String,
    /// Facets, by name.
    #[serde(default)]
    pub facets: BTreeMap<String, Vec<String>>,
    /// The parents it must belong to, by parameter.
    #[serde(default)]
    pub parents: BTreeMap<String, String>,
}
