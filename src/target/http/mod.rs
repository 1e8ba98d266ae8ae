//! A server over HTTP.

mod limiter;
mod verbatim;

use std::collections::BTreeMap;
use std::sync::Once;
use std::time::{Duration, Instant, SystemTime};

use async_trait::async_trait;
use reqwest::header::{CONTENT_LENGTH, LOCATION, RETRY_AFTER};
use reqwest::{Certificate, Client, Identity, Method, Url, redirect};
use tokio::sync::Semaphore;

use super::file::settings::{Base, Bases, Settings, Trust};
use super::file::{Hook, Limits};
use super::hook;
use super::{Target, Wanted};
use crate::exchange::headers::Headers;
use crate::exchange::{JobIds, Request, Response, TransportError};
use crate::sign::causes;
use limiter::Limiter;

/// How long a connection may lie idle: less than servers keep one, so that a request rarely meets a connection that is
/// just being closed.
const IDLE: Duration = Duration::from_secs(4);

/// The most requests in a second to a server that is not on this machine, when nothing else is said.
const POLITE: f64 = 10.0;

/// A server over HTTP.
///
/// It follows no redirects, sends nothing twice, keeps no more of a body than its limit, and waits between requests
/// as its limits and the server's `Retry-After` ask for.
pub struct HttpTarget {
    bases: Bases,
    clients: BTreeMap<String, Client>,
    arrange: Option<Hook>,
    limits: Limits,
    limiter: Limiter,
    /// Whether `Retry-After` holds back what is sent next.
    rests: bool,
    slots: Semaphore,
    started: Instant,
}

impl HttpTarget {
    /// A target from a target file's settings. The time of the run starts now.
    ///
    /// # Errors
    /// Says which certificate or key cannot be used.
    pub fn new(settings: &Settings) -> Result<Self, String> {
        Self::build(
            settings.bases.clone(),
            settings.arrange.clone(),
            settings.limits.clone(),
            &settings.trust,
        )
    }

    /// The same target, which does not rest by itself when the server asks for it: whoever drives it waits by the
    /// server's own clock.
    #[must_use]
    pub(super) fn without_rests(mut self) -> Self {
        self.rests = false;
        self
    }

    /// A target at one address, with the usual limits.
    ///
    /// # Errors
    /// Says what is wrong with the address.
    pub fn at(base_url: &str) -> Result<Self, String> {
        let base = Base::parse(base_url).map_err(|why| format!("`{base_url}` {why}"))?;
        let bases = Bases { usual: Some(base), of_service: BTreeMap::new() };
        Self::build(bases, None, Limits::default(), &Trust::default())
    }

    fn build(bases: Bases, arrange: Option<Hook>, limits: Limits, trust: &Trust) -> Result<Self, String> {
        let mut clients = BTreeMap::new();
        for base in bases.iter() {
            clients.insert(base.to_string(), client(trust, base)?);
        }
        let is_local = bases.iter().all(|base| base.is_loopback);
        let rate = limits.requests_per_second.or((!is_local).then_some(POLITE));
        Ok(HttpTarget {
            bases,
            clients,
            arrange,
            limiter: Limiter::new(rate),
            rests: true,
            slots: Semaphore::new(limits.concurrency.clamp(1, Semaphore::MAX_PERMITS)),
            limits,
            started: Instant::now(),
        })
    }

    /// Sends a request that may go now, and reads the answer.
    async fn exchange(
        &self,
        client: &Client,
        base: &Base,
        request: &Request,
    ) -> Result<Response, TransportError> {
        let url = verbatim::url(base, &request.target).map_err(TransportError::Unsendable)?;
        let method = Method::from_bytes(request.method.as_bytes())
            .map_err(|_| TransportError::Unsendable(format!("`{}` is not an HTTP method", request.method)))?;
        let mut out = client.request(method, url);
        for (name, value) in request.headers.iter() {
            out = out.header(name, value);
        }
        if !request.body.is_empty() {
            out = out.body(request.body.clone());
        } else if matches!(request.method.as_str(), "POST" | "PUT" | "PATCH") {
            // Servers want a length with these methods, though it be zero; the client leaves that one out.
            out = out.header(CONTENT_LENGTH, 0);
        }
        let mut response = out.send().await.map_err(lost)?;
        if let Some(wait) = retry_after(&response).filter(|_| self.rests) {
            self.limiter.hold(wait.min(self.limits.deadline.0));
        }
        if response.status().is_redirection()
            && let Some(location) = response.headers().get(LOCATION)
        {
            let location = String::from_utf8_lossy(location.as_bytes());
            return Err(TransportError::Redirected(redirected(
                response.status().as_u16(),
                response.url(),
                &location,
            )));
        }
        let body = read(&mut response, self.limits.max_body).await?;
        let text = |value: &[u8]| String::from_utf8_lossy(value).into_owned();
        let headers = response.headers().iter().map(|(n, v)| (n.as_str().to_owned(), text(v.as_bytes())));
        Ok(Response::new(response.status().as_u16(), Headers(headers.collect()), body))
    }

    async fn ask(&self, url: &str, wanted: &Wanted) -> Result<Option<JobIds>, String> {
        let base = Base::parse(url).map_err(|why| format!("`{url}` {why}"))?;
        // The hook is the user's own, beside the server under test: it needs none of the trust that one gets.
        let client = client(&Trust::default(), &base)?;
        let request = client.post(url).header("content-type", "application/json");
        let body = serde_json::to_vec(wanted).map_err(|error| error.to_string())?;
        let asked = async {
            let mut response = request.body(body).send().await.map_err(lost)?;
            let body = read(&mut response, self.limits.max_body).await?;
            Ok(Response::new(response.status().as_u16(), Headers::default(), body))
        };
        let response = within(self.limits.deadline.0, asked).await;
        let response = response.map_err(|error| format!("the arrange hook: {error}"))?;
        hook::named(response.status, response.json()).map_err(|why| format!("the arrange hook: {why}"))
    }
}

#[async_trait]
impl Target for HttpTarget {
    async fn send(&self, request: &Request) -> Result<Response, TransportError> {
        let service = request.service.as_deref();
        let base = self.bases.get(service);
        let Some((base, client)) = base.and_then(|base| Some((base, self.clients.get(&base.to_string())?)))
        else {
            let service = service.unwrap_or("the requests of no service");
            return Err(TransportError::Unreachable(format!("there is no address for {service}")));
        };
        // Neither waiting for a slot nor for the next turn counts as the server's time.
        let _slot = self.slots.acquire().await;
        self.limiter.turn().await;
        within(self.limits.request_timeout.0, self.exchange(client, base, request)).await
    }

    async fn pause(&self, length: Duration) {
        tokio::time::sleep(length).await;
    }

    fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }

    fn authority(&self, service: Option<&str>) -> (&str, &str) {
        self.bases.get(service).map_or(("", ""), |base| (base.authority.as_str(), base.prefix.as_str()))
    }

    fn now(&self) -> SystemTime {
        SystemTime::now()
    }

    async fn arrange(&self, wanted: &Wanted) -> Result<Option<JobIds>, String> {
        match &self.arrange {
            None => Ok(None),
            Some(Hook::Http(url)) => self.ask(url, wanted).await,
            Some(Hook::Command(command)) => hook::run(command, wanted, self.limits.deadline.0).await,
        }
    }
}

/// A client for one address.
fn client(trust: &Trust, base: &Base) -> Result<Client, String> {
    static PROVIDER: Once = Once::new();
    // Another part of the process may have chosen a provider already; then that one serves.
    PROVIDER.call_once(|| drop(rustls::crypto::ring::default_provider().install_default()));
    let mut builder = Client::builder()
        .redirect(redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .pool_idle_timeout(IDLE)
        .user_agent(concat!("jobproof/", env!("CARGO_PKG_VERSION")))
        .tls_danger_accept_invalid_certs(trust.is_insecure);
    if base.is_loopback {
        builder = builder.no_proxy();
    }
    if base.protocol == "http" {
        // Spares reading the system's certificates, which takes longer than many a whole run.
        return builder
            .tls_certs_only([])
            .build()
            .map_err(|error| format!("the HTTP client: {}", causes(&error)));
    }
    if let Some(pem) = &trust.authorities {
        let all =
            Certificate::from_pem_bundle(pem).map_err(|error| format!("tls.ca_file: {}", causes(&error)))?;
        builder = builder.tls_certs_merge(all);
    }
    if let Some(pem) = &trust.client {
        let identity =
            Identity::from_pem(pem).map_err(|error| format!("tls.client_cert: {}", causes(&error)))?;
        builder = builder.identity(identity);
    }
    // The certificates are read only now.
    builder.build().map_err(|error| format!("tls: {}", causes(&error)))
}

async fn within<T>(
    limit: Duration,
    work: impl Future<Output = Result<T, TransportError>>,
) -> Result<T, TransportError> {
    let late = || TransportError::TimedOut(format!("no whole answer within {limit:?}"));
    tokio::time::timeout(limit, work).await.unwrap_or_else(|_| Err(late()))
}

/// Reads a body up to a limit, in bytes.
async fn read(response: &mut reqwest::Response, limit: usize) -> Result<Vec<u8>, TransportError> {
    let too_large = || TransportError::TooLarge(format!("longer than {limit} bytes"));
    if response.content_length().is_some_and(|length| length > limit as u64) {
        return Err(too_large());
    }
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(lost)? {
        if body.len() + chunk.len() > limit {
            return Err(too_large());
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// Why there is no response. Addresses are left out: their queries may hold secrets.
fn lost(error: reqwest::Error) -> TransportError {
    let error = error.without_url();
    let why = causes(&error);
    if error.is_timeout() {
        TransportError::TimedOut(why)
    } else if error.is_connect() {
        TransportError::Unreachable(why)
    } else {
        TransportError::Broken(why)
    }
}

/// Where a redirect leads, without its query.
fn redirected(status: u16, from: &Url, location: &str) -> String {
    match from.join(location) {
        Ok(to)
            if to.host_str() == from.host_str()
                && to.port_or_known_default() == from.port_or_known_default() =>
        {
            format!("{status} to {} on the same host", to.path())
        }
        Ok(to) => format!("{status} to the host {}", to.host_str().unwrap_or("of no name")),
        Err(_) => format!("{status} to something that is no address"),
    }
}

/// How long a server that is busy asks to be left alone.
fn retry_after(response: &reqwest::Response) -> Option<Duration> {
    if !matches!(response.status().as_u16(), 429 | 503) {
        return None;
    }
    let text = response.headers().get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let time = jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(text).ok()?;
    // A time that has passed asks for nothing.
    SystemTime::from(time).duration_since(SystemTime::now()).ok()
}

#[cfg(test)]
mod tests;
