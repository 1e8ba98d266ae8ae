//! The built-in mock over loopback HTTP: a real server on a port of its own, with a clock that can be moved.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use tokio::sync::oneshot;

use super::http::HttpTarget;
use super::{Target, Wanted};
use crate::exchange::{JobIds, Request, Response, TransportError};
use crate::mock::Mock;
use crate::mock::serve::serve;

/// A mock that is served on a port of this machine for as long as this value lives.
pub struct Loopback {
    http: HttpTarget,
    mock: Arc<Mock>,
    /// Dropping it ends the server.
    _running: oneshot::Sender<()>,
}

impl Loopback {
    /// Starts a mock. It is made once its address is known, since its links begin with it.
    ///
    /// # Errors
    /// Says why no port could be had.
    pub async fn start(make: impl FnOnce(&str) -> Arc<Mock>) -> Result<Self, String> {
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0))
            .await
            .map_err(|e| format!("no port for a mock: {e}"))?;
        let address = listener.local_addr().map_err(|e| format!("no port for a mock: {e}"))?;
        let base_url = format!("http://{address}");
        let mock = make(&base_url);
        let (running, ended) = oneshot::channel::<()>();
        let served = Arc::clone(&mock);
        tokio::spawn(async move {
            let ended = async {
                let _ = ended.await;
            };
            // A server that breaks off shows in the transcript as a broken connection.
            let _ = serve(listener, served, ended).await;
        });
        Ok(Loopback { http: HttpTarget::at(&base_url)?.without_rests(), mock, _running: running })
    }
}

#[async_trait]
impl Target for Loopback {
    async fn send(&self, request: &Request) -> Result<Response, TransportError> {
        self.http.send(request).await
    }

    async fn pause(&self, length: Duration) {
        self.mock.advance(length);
    }

    fn elapsed(&self) -> Duration {
        self.mock.clock().elapsed()
    }

    fn now(&self) -> SystemTime {
        self.mock.clock().now()
    }

    fn authority(&self, service: Option<&str>) -> (&str, &str) {
        self.http.authority(service)
    }

    async fn arrange(&self, wanted: &Wanted) -> Result<Option<JobIds>, String> {
        let id = self.mock.arrange(&wanted.state, &wanted.facets, &wanted.parents)?;
        Ok(Some(self.mock.ids(&id)))
    }
}
