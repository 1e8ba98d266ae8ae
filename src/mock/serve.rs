//! The mock over HTTP, with a side door for tests.
//!
//! The door is never signed, and no vendor's path begins like it:
//! - `POST /__jobproof/arrange` with `{"state", "facets"?, "parents"?}`: a job in that state, `{"job": {"id", "state"}}`
//! - `POST /__jobproof/clock` with `{"advance_ms"}`: moves the clock, `{"now"}`
//! - `POST /__jobproof/reset`: forgets every job

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::future::Future;
use std::io::Write;
use std::pin::Pin;
use std::sync::{Arc, PoisonError, RwLock};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::body::{self, Bytes};
use axum::extract::{ConnectInfo, State};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use flate2::Compression;
use flate2::write::GzEncoder;
use jiff::fmt::rfc2822::DateTimePrinter;
use serde::Deserialize;
use serde_json::json;

use super::answer::Answer;
use super::line::{Cut, Lines};
use super::{Mock, Spoken};
use crate::exchange::headers::Headers;
use crate::exchange::{Request, Response};

/// The longest body that is read, in bytes.
const BODY_LIMIT: usize = 10 * 1024 * 1024;
/// How long a chunk is, in bytes, where answers come in chunks.
const CHUNK: usize = 64;
/// What the paths of the side door begin with.
const DOOR: &str = "/__jobproof/";

/// A mock that can be replaced by another between two requests.
#[derive(Clone)]
pub struct Seat(Arc<RwLock<Arc<Mock>>>);

impl Seat {
    /// A seat with this mock.
    pub fn of(mock: Arc<Mock>) -> Self {
        Seat(Arc::new(RwLock::new(mock)))
    }

    /// Requests go to this mock from now on.
    pub fn give_to(&self, mock: Arc<Mock>) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = mock;
    }

    fn mock(&self) -> Arc<Mock> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Serves the mock on a seat until `shutdown` is ready, and finishes the requests under way then.
///
/// # Errors
/// The listener's own.
pub async fn serve(
    listener: tokio::net::TcpListener,
    seat: Seat,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let router = Router::new().fallback(answer).with_state(seat);
    let service = router.into_make_service_with_connect_info::<Cut>();
    axum::serve(Lines(listener), service).with_graceful_shutdown(shutdown).await
}

async fn answer(
    State(seat): State<Seat>,
    ConnectInfo(line): ConnectInfo<Cut>,
    request: axum::extract::Request,
) -> axum::response::Response {
    let mock = seat.mock();
    let (parts, incoming) = request.into_parts();
    let target = parts.uri.path_and_query().map_or_else(String::new, ToString::to_string);
    let Ok(bytes) = body::to_bytes(incoming, BODY_LIMIT).await else {
        let refused = Answer::not_in_contract(413, "the body is longer than 10 MB, or broke off").write();
        let body = refused.body.clone().into();
        return write(refused, body);
    };
    let mut headers = Headers::default();
    for (name, value) in &parts.headers {
        headers.push(name.as_str(), String::from_utf8_lossy(value.as_bytes()));
    }
    let request = Request {
        service: None,
        method: parts.method.as_str().to_owned(),
        target,
        headers,
        body: bytes.into(),
    };
    let mut response = match request.path().strip_prefix(DOOR) {
        Some(door) => open(&mock, door, &request).write(),
        None => match mock.reply_to(&request) {
            Spoken::Answer(response) => response,
            Spoken::HangUp(response) => {
                line.cut();
                response
            }
        },
    };
    // By the mock's own clock, like everything else it says: the same run gives the same bytes.
    if response.headers.get("date").is_none()
        && let Ok(date) = DateTimePrinter::new().timestamp_to_rfc9110_string(&mock.now())
    {
        response.headers.push("date", date);
    }
    let transfer = mock.transfer();
    if transfer.compresses && accepts_gzip(&request) {
        compress(&mut response);
    }
    if transfer.closes {
        response.headers.push("connection", "close");
    }
    let body = std::mem::take(&mut response.body);
    let body = if transfer.in_chunks { body::Body::new(Chunks(body.into())) } else { body.into() };
    write(response, body)
}

/// Whether a client says that it reads gzip.
fn accepts_gzip(request: &Request) -> bool {
    let accepted = request.headers.get("accept-encoding").unwrap_or_default();
    accepted.split(',').any(|coding| coding.split(';').next().unwrap_or_default().trim() == "gzip")
}

/// Compresses a body.
fn compress(response: &mut Response) {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    if let (false, Ok(()), Ok(body)) =
        (response.body.is_empty(), encoder.write_all(&response.body), encoder.finish())
    {
        response.body = body;
        response.headers.set("content-encoding", "gzip");
        response.headers.push("vary", "accept-encoding");
    }
}

/// A body that comes in small pieces and does not say how long it is.
struct Chunks(Bytes);

impl http_body::Body for Chunks {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<http_body::Frame<Bytes>, Infallible>>> {
        let length = self.0.len().min(CHUNK);
        let piece = self.0.split_to(length);
        Poll::Ready((length > 0).then(|| Ok(http_body::Frame::data(piece))))
    }
}

fn write(response: Response, body: body::Body) -> axum::response::Response {
    let mut written = axum::response::Response::new(body);
    *written.status_mut() =
        StatusCode::from_u16(response.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    for (name, value) in response.headers.iter() {
        // What cannot stand in a header is left out: only a broken contract says so.
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            written.headers_mut().append(name, value);
        }
    }
    written
}

/// What the arrange door is asked for.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    state: String,
    #[serde(default)]
    facets: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    parents: BTreeMap<String, String>,
}

/// What the clock door is asked for.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Advance {
    advance_ms: u64,
}

fn open(mock: &Mock, door: &str, request: &Request) -> Answer {
    if request.method != "POST" {
        return Answer::json(405, json!({"error": "this door takes POST"}));
    }
    let outcome = match door {
        "arrange" => read(request).and_then(|wanted: Wanted| {
            let id = mock.arrange(&wanted.state, &wanted.facets, &wanted.parents)?;
            let mut job = json!(mock.ids(&id));
            if let Some(job) = job.as_object_mut() {
                job.insert("state".into(), wanted.state.into());
            }
            Ok(json!({ "job": job }))
        }),
        "clock" => read(request).map(
            |by: Advance| json!({"now": mock.advance(Duration::from_millis(by.advance_ms)).to_string()}),
        ),
        "reset" => {
            mock.reset();
            Ok(json!({}))
        }
        _ => return Answer::json(404, json!({"error": "the doors are arrange, clock and reset"})),
    };
    match outcome {
        Ok(body) => Answer::json(200, body),
        Err(why) => Answer::json(422, json!({"error": why})),
    }
}

fn read<'r, T: Deserialize<'r>>(request: &'r Request) -> Result<T, String> {
    serde_json::from_slice(&request.body).map_err(|why| why.to_string())
}
