//! The built-in mock over loopback HTTP: a real server on a port of its own, with a clock that can be moved.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use tokio::sync::oneshot;

use super::http::HttpTarget;
use super::{Target, Wanted};
use crate::exchange::{JobIds, Request, Response, TransportError};
use crate::mock::Mock;
use crate::mock::serve::{Seat, serve};

/// Servers that wait for their next mock. To open a port, a client and a connection for each mock takes longer than
/// most mocks are asked for.
#[derive(Clone, Default)]
pub struct Ports(Arc<Mutex<Vec<Port>>>);

/// A server, and the only client it has.
struct Port {
    http: HttpTarget,
    seat: Seat,
    /// Dropping it ends the server.
    _running: oneshot::Sender<()>,
}

impl Ports {
    fn take(&self) -> Option<Port> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).pop()
    }

    fn give_back(&self, port: Port) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(port);
    }
}

impl Port {
    /// Opens a port with a server of this mock.
    async fn open(mock: Arc<Mock>) -> Result<Port, String> {
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0))
            .await
            .map_err(|e| format!("no port for a mock: {e}"))?;
        let address = listener.local_addr().map_err(|e| format!("no port for a mock: {e}"))?;
        let http = HttpTarget::at(&format!("http://{address}"))?.without_rests();
        let seat = Seat::of(mock);
        let (running, ended) = oneshot::channel::<()>();
        let served = seat.clone();
        tokio::spawn(async move {
            let ended = async {
                let _ = ended.await;
            };
            // A server that breaks off shows in the transcript as a broken connection.
            let _ = serve(listener, served, ended).await;
        });
        Ok(Port { http, seat, _running: running })
    }
}

/// A mock that is served on a port of this machine for as long as this value lives.
pub struct Loopback {
    /// There until it is dropped.
    port: Option<Port>,
    ports: Ports,
    mock: Arc<Mock>,
}

impl Loopback {
    /// Serves a mock on a port that is free, or on a new one.
    ///
    /// # Errors
    /// Says why no port could be had.
    pub async fn start(mock: Arc<Mock>, ports: &Ports) -> Result<Self, String> {
        let port = match ports.take() {
            Some(port) => {
                port.seat.give_to(Arc::clone(&mock));
                port
            }
            None => Port::open(Arc::clone(&mock)).await?,
        };
        Ok(Loopback { port: Some(port), ports: ports.clone(), mock })
    }
}

impl Drop for Loopback {
    fn drop(&mut self) {
        if let Some(port) = self.port.take() {
            self.ports.give_back(port);
        }
    }
}

#[async_trait]
impl Target for Loopback {
    async fn send(&self, request: &Request) -> Result<Response, TransportError> {
        match &self.port {
            Some(port) => port.http.send(request).await,
            None => Err(TransportError::Unreachable("the mock is served no more".to_owned())),
        }
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
        self.port.as_ref().map_or(("", ""), |port| port.http.authority(service))
    }

    async fn arrange(&self, wanted: &Wanted) -> Result<Option<JobIds>, String> {
        let id = self.mock.arrange(&wanted.state, &wanted.facets, &wanted.parents)?;
        Ok(Some(self.mock.ids(&id)))
    }

    fn is_ours(&self) -> bool {
        true
    }
}
