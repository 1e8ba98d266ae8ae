//! A server in this process: no network, and a clock that can be moved.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use async_trait::async_trait;

use super::{Target, Wanted};
use crate::exchange::{Request, Response, TransportError};
use crate::mock::clock::Clock;

/// What the `Host` header of every request says.
const AUTHORITY: &str = "mock.local";

/// What answers requests; the mock is one.
pub trait Handler: Send + Sync {
    /// Answers one request, as it would arrive from the network.
    fn handle(&self, request: &Request) -> Response;

    /// Makes a job and gives its id.
    ///
    /// # Errors
    /// Says why there can be no such job.
    fn arrange(&self, wanted: &Wanted) -> Result<String, String>;
}

impl Handler for crate::mock::Mock {
    fn handle(&self, request: &Request) -> Response {
        crate::mock::Mock::handle(self, request)
    }

    fn arrange(&self, wanted: &Wanted) -> Result<String, String> {
        crate::mock::Mock::arrange(self, &wanted.state, &wanted.facets, &wanted.parents)
    }
}

/// A server in this process, with the clock that it goes by.
pub struct InProcess {
    handler: Arc<dyn Handler>,
    clock: Arc<Clock>,
}

impl InProcess {
    /// A target that asks this handler and moves this clock.
    pub fn new(handler: Arc<dyn Handler>, clock: Arc<Clock>) -> Self {
        InProcess { handler, clock }
    }
}

#[async_trait]
impl Target for InProcess {
    async fn send(&self, request: &Request) -> Result<Response, TransportError> {
        // Handlers see what a server sees: what the network layer adds to requests is added here.
        let mut request = request.clone();
        request.headers.set("host", AUTHORITY);
        let may_have_body = !matches!(request.method.as_str(), "GET" | "HEAD" | "DELETE");
        if !request.body.is_empty() || may_have_body {
            request.headers.set("content-length", request.body.len().to_string());
        }
        Ok(self.handler.handle(&request))
    }

    async fn pause(&self, length: Duration) {
        self.clock.advance(length);
        // Lets others go on who share this thread and wait for the same moment.
        tokio::task::yield_now().await;
    }

    fn elapsed(&self) -> Duration {
        self.clock.elapsed()
    }

    fn authority(&self, _service: Option<&str>) -> (&str, &str) {
        (AUTHORITY, "")
    }

    fn now(&self) -> SystemTime {
        self.clock.now()
    }

    async fn arrange(&self, wanted: &Wanted) -> Result<Option<String>, String> {
        self.handler.arrange(wanted).map(Some)
    }
}
