//! A server in this process: no network, and a clock that can be moved.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use async_trait::async_trait;

use super::{Target, Wanted};
use crate::exchange::{JobIds, Request, Response, TransportError};
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
    fn arrange(&self, wanted: &Wanted) -> Result<JobIds, String>;
}

impl Handler for crate::mock::Mock {
    fn handle(&self, request: &Request) -> Response {
        crate::mock::Mock::handle(self, request)
    }

    fn arrange(&self, wanted: &Wanted) -> Result<JobIds, String> {
        let id = crate::mock::Mock::arrange(self, &wanted.state, &wanted.facets, &wanted.parents)?;
        Ok(self.ids(&id))
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

    async fn arrange(&self, wanted: &Wanted) -> Result<Option<JobIds>, String> {
        self.handler.arrange(wanted).map(Some)
    }

    fn is_ours(&self) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::headers::Headers;

    /// Answers with the request's head, as a server would see it.
    struct Echo;

    impl Handler for Echo {
        fn handle(&self, request: &Request) -> Response {
            Response::new(200, request.headers.clone(), request.target.clone().into_bytes())
        }

        fn arrange(&self, wanted: &Wanted) -> Result<JobIds, String> {
            Ok(JobIds::new(&format!("job in {}", wanted.state)))
        }
    }

    #[tokio::test]
    async fn requests_look_as_from_the_network() {
        let target = InProcess::new(Arc::new(Echo), Arc::new(Clock::held()));
        let sent = Request {
            service: None,
            method: "POST".into(),
            target: "/a/../b".into(),
            headers: Headers::default(),
            body: Vec::new(),
        };
        let seen = target.send(&sent).await.unwrap();
        assert_eq!(seen.body, b"/a/../b");
        assert_eq!(seen.headers.get("host"), Some(target.authority(None).0));
        assert_eq!(seen.headers.get("content-length"), Some("0"));
    }

    #[tokio::test]
    async fn pauses_move_the_clock() {
        let clock = Arc::new(Clock::held());
        let target = InProcess::new(Arc::new(Echo), Arc::clone(&clock));
        let before = target.now();
        target.pause(Duration::from_secs(600)).await;
        assert_eq!((target.elapsed(), clock.elapsed()), (Duration::from_secs(600), Duration::from_secs(600)));
        assert_eq!(target.now().duration_since(before).unwrap(), Duration::from_secs(600));
        let wanted = Wanted { state: "DONE".into(), facets: Default::default(), parents: Default::default() };
        assert_eq!(target.arrange(&wanted).await, Ok(Some(JobIds::new("job in DONE"))));
    }
}
