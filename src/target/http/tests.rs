use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use rstest::rstest;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use wiremock::matchers::{body_json, header, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::*;
use crate::contract::span::Span;
use crate::exchange::JobIds;

/// Longer than any answer here takes, and than a slow machine needs.
const AMPLE: Duration = Duration::from_secs(20);

/// Too short for a server that never answers.
const BRIEF: Duration = Duration::from_millis(50);

fn target(base_url: &str, change: impl FnOnce(&mut Limits)) -> HttpTarget {
    let mut limits = Limits { request_timeout: Span(AMPLE), max_body: 100_000, ..Limits::default() };
    change(&mut limits);
    let bases = Bases { usual: Some(Base::parse(base_url).unwrap()), of_service: BTreeMap::new() };
    HttpTarget::build(bases, None, limits, &Trust::default()).unwrap()
}

fn request(method: &str, target: &str) -> Request {
    Request {
        service: None,
        method: method.into(),
        target: target.into(),
        headers: Headers::default(),
        body: Vec::new(),
    }
}

/// A server that reads the head of each request and answers with these bytes; then it closes, or hangs.
async fn raw(answer: Vec<u8>, hangs: bool) -> (String, tokio::sync::mpsc::UnboundedReceiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (heads, seen) = tokio::sync::mpsc::unbounded_channel();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut head = Vec::new();
            while !head.windows(4).any(|end| end == b"\r\n\r\n") {
                match stream.read_u8().await {
                    Ok(byte) => head.push(byte),
                    Err(_) => break,
                }
            }
            let _ = heads.send(String::from_utf8_lossy(&head).into_owned());
            let _ = stream.write_all(&answer).await;
            if hangs {
                std::future::pending::<()>().await;
            }
        }
    });
    (url, seen)
}

async fn answered(answer: &[u8]) -> Result<Response, TransportError> {
    let (url, _seen) = raw(answer.to_vec(), false).await;
    target(&url, |_| {}).send(&request("GET", "/")).await
}

fn ok(body: &[u8]) -> Vec<u8> {
    [format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", body.len()).as_bytes(), body].concat()
}

#[tokio::test]
async fn what_is_sent_is_what_was_composed() {
    let (url, mut seen) = raw(ok(b"{}"), false).await;
    let target = target(&format!("{url}/base/"), |_| {});
    let mut sent = request("POST", "/a/bad%20id%2F..//stop?q=%2A&r=");
    sent.headers.push("Authorization", "Bearer x");
    let response = target.send(&sent).await.unwrap();
    assert_eq!((response.status, response.json().unwrap().to_string().as_str()), (200, "{}"));
    let head = seen.recv().await.unwrap().to_ascii_lowercase();
    assert!(head.starts_with("post /base/a/bad%20id%2f..//stop?q=%2a&r= http/1.1\r\n"), "{head}");
    for line in ["authorization: bearer x\r\n", "content-length: 0\r\n"] {
        assert!(head.contains(line), "{head}");
    }
    let (authority, prefix) = target.authority(None);
    assert_eq!(prefix, "/base");
    assert!(head.contains(&format!("host: {authority}\r\n")), "{head}");
}

#[tokio::test]
async fn what_cannot_be_sent_as_written_is_not_sent() {
    let (url, mut seen) = raw(ok(b""), false).await;
    let target = target(&url, |_| {});
    let refused = target.send(&request("GET", "/a/../b?secret=canary")).await.unwrap_err();
    assert!(matches!(&refused, TransportError::Unsendable(why) if why.contains("/a/../b")), "{refused}");
    assert!(!refused.to_string().contains("canary"));
    assert!(seen.try_recv().is_err());
}

#[rstest]
#[case::html(b"<html>busy</html>", "the body is markup (HTML or XML), not JSON")]
#[case::not_utf8(b"{\"a\": \"\xff\"}", "the body is not UTF-8 (byte 7)")]
#[case::empty(b"", "the body is empty")]
#[tokio::test]
async fn bodies_that_are_not_json_are_told(#[case] body: &[u8], #[case] expected: &str) {
    assert_eq!(answered(&ok(body)).await.unwrap().json(), Err(expected));
}

#[tokio::test]
async fn deep_nesting_is_told_and_overflows_nothing() {
    let response = answered(&ok("[".repeat(10_000).as_bytes())).await.unwrap();
    assert_eq!(response.json(), Err("the body is nested more than 127 levels deep"));
}

#[tokio::test]
async fn header_values_that_are_not_utf8_are_kept_as_far_as_they_go() {
    let response = answered(b"HTTP/1.1 204 No Content\r\nx-odd: a\xffb\r\n\r\n").await.unwrap();
    assert_eq!(response.headers.get("X-Odd"), Some("a\u{fffd}b"));
}

#[rstest]
#[case::not_http(b"220 mail.example ESMTP\r\n\r\n")]
#[case::nothing(b"")]
#[case::cut_head(b"HTTP/1.1 200 OK\r\ncontent-le")]
#[case::cut_body(b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc")]
#[case::bad_length(b"HTTP/1.1 200 OK\r\ncontent-length: x\r\n\r\n")]
#[case::bad_chunk(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n")]
#[tokio::test]
async fn what_is_not_http_is_broken(#[case] answer: &[u8]) {
    let lost = answered(answer).await.unwrap_err();
    assert!(matches!(lost, TransportError::Broken(_)), "{lost:?}");
}

#[rstest]
#[case::announced(b"HTTP/1.1 200 OK\r\ncontent-length: 100001\r\n\r\n".to_vec())]
#[case::not_announced([b"HTTP/1.1 200 OK\r\n\r\n".as_slice(), &[b' '; 200_000]].concat())]
#[tokio::test]
async fn a_body_without_end_is_cut_off(#[case] answer: Vec<u8>) {
    let (url, _seen) = raw(answer, true).await;
    let lost = target(&url, |_| {}).send(&request("GET", "/")).await.unwrap_err();
    assert_eq!(lost, TransportError::TooLarge("longer than 100000 bytes".into()));
}

#[tokio::test]
async fn a_body_may_be_as_long_as_the_limit() {
    assert_eq!(answered(&ok(&[b' '; 100_000])).await.unwrap().body.len(), 100_000);
}

#[rstest]
#[case::no_answer(b"")]
#[case::half_an_answer(b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc")]
#[tokio::test]
async fn a_server_that_hangs_times_out(#[case] answer: &[u8]) {
    let (url, _seen) = raw(answer.to_vec(), true).await;
    let target = target(&url, |limits| limits.request_timeout = Span(BRIEF));
    let lost = target.send(&request("GET", "/")).await.unwrap_err();
    assert_eq!(lost, TransportError::TimedOut("no whole answer within 50ms".into()));
}

#[tokio::test]
async fn a_port_without_a_server_is_unreachable() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let lost = target(&url, |_| {}).send(&request("GET", "/?secret=canary")).await.unwrap_err();
    assert!(matches!(&lost, TransportError::Unreachable(_)), "{lost:?}");
    assert!(!lost.to_string().contains("canary"));
}

#[tokio::test]
async fn a_service_without_an_address_is_unreachable() {
    let bases = Bases { usual: None, of_service: BTreeMap::new() };
    let target = HttpTarget::build(bases, None, Limits::default(), &Trust::default()).unwrap();
    let sent = Request { service: Some("data".into()), ..request("GET", "/") };
    assert_eq!(
        target.send(&sent).await.unwrap_err(),
        TransportError::Unreachable("there is no address for data".into())
    );
    assert_eq!(target.authority(Some("data")), ("", ""));
}

#[tokio::test]
async fn services_have_addresses_of_their_own() {
    let (usual, data) = (MockServer::start().await, MockServer::start().await);
    for (server, status) in [(&usual, 200), (&data, 201)] {
        Mock::given(method("GET")).respond_with(ResponseTemplate::new(status)).mount(server).await;
    }
    let base = |server: &MockServer| Base::parse(&server.uri()).unwrap();
    let of_service = BTreeMap::from([("data".to_owned(), base(&data))]);
    let bases = Bases { usual: Some(base(&usual)), of_service };
    let target = HttpTarget::build(bases, None, Limits::default(), &Trust::default()).unwrap();
    for (service, status) in [(None, 200), (Some("other"), 200), (Some("data"), 201)] {
        let sent = Request { service: service.map(str::to_owned), ..request("GET", "/") };
        assert_eq!(target.send(&sent).await.unwrap().status, status);
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let (elsewhere, mut seen) = raw(ok(b"{}"), false).await;
    let host = elsewhere.replace("127.0.0.1", "user:canary@127.0.0.1");
    let answer = format!(
        "HTTP/1.1 307 Temporary Redirect\r\nlocation: {host}/x?sig=canary\r\ncontent-length: 0\r\n\r\n"
    );
    let (url, _seen) = raw(answer.into_bytes(), false).await;
    let mut sent = request("POST", "/");
    sent.headers.push("authorization", "Bearer canary");
    let lost = target(&url, |_| {}).send(&sent).await.unwrap_err();
    assert_eq!(lost, TransportError::Redirected("307 to the host 127.0.0.1".into()));
    assert!(seen.try_recv().is_err(), "credentials went elsewhere");
}

#[rstest]
#[case("301 Moved", "/b?x=1", "301 to /b on the same host")]
#[case("302 Found", "https://evil.example/b", "302 to the host evil.example")]
#[case("308 Permanent Redirect", "http://[", "308 to something that is no address")]
#[tokio::test]
async fn where_a_redirect_leads_is_told(
    #[case] status: &str,
    #[case] location: &str,
    #[case] expected: &str,
) {
    let answer = format!("HTTP/1.1 {status}\r\nlocation: {location}\r\ncontent-length: 0\r\n\r\n");
    let lost = answered(answer.as_bytes()).await.unwrap_err();
    assert_eq!(lost, TransportError::Redirected(expected.into()));
}

#[tokio::test]
async fn without_a_location_no_status_is_a_redirect() {
    assert_eq!(answered(b"HTTP/1.1 304 Not Modified\r\n\r\n").await.unwrap().status, 304);
}

/// How long the server's answer holds back the next request; neither waits for real.
async fn held(status: u16, value: &str) -> Duration {
    let answer = format!("HTTP/1.1 {status} X\r\nretry-after: {value}\r\ncontent-length: 0\r\n\r\n");
    let (url, _seen) = raw(answer.into_bytes(), false).await;
    let target = target(&url, |limits| limits.deadline = Span(Duration::from_secs(100)));
    assert_eq!(target.send(&request("GET", "/")).await.unwrap().status, status);
    target.limiter.rest()
}

#[rstest]
#[case::seconds(429, "7", 1..=7)]
#[case::too_long(503, "100000", 90..=100)]
#[case::in_the_past(429, "Sun, 06 Nov 1994 08:49:37 GMT", 0..=0)]
#[case::in_the_future(429, "Fri, 01 Jan 2100 00:00:00 GMT", 90..=100)]
#[case::nonsense(429, "soon", 0..=0)]
#[case::another_status(200, "7", 0..=0)]
#[tokio::test]
async fn a_busy_server_is_left_alone(
    #[case] status: u16,
    #[case] value: &str,
    #[case] expected: std::ops::RangeInclusive<u64>,
) {
    let rest = held(status, value).await;
    assert!(expected.contains(&rest.as_secs()), "{rest:?}");
}

#[tokio::test]
async fn no_more_requests_are_under_way_than_allowed() {
    struct Busy(Arc<AtomicUsize>);
    impl wiremock::Respond for Busy {
        fn respond(&self, _: &wiremock::Request) -> ResponseTemplate {
            self.0.fetch_add(1, Ordering::SeqCst);
            ResponseTemplate::new(200).set_delay(AMPLE)
        }
    }
    let (server, begun) = (MockServer::start().await, Arc::new(AtomicUsize::new(0)));
    Mock::given(method("GET")).respond_with(Busy(Arc::clone(&begun))).mount(&server).await;
    let target = target(&server.uri(), |limits| limits.concurrency = 2);
    let (a, b, c) = (request("GET", "/a"), request("GET", "/b"), request("GET", "/c"));
    let all = async { tokio::join!(target.send(&a), target.send(&b), target.send(&c)) };
    assert!(tokio::time::timeout(Duration::from_millis(300), all).await.is_err());
    assert!(begun.load(Ordering::SeqCst) <= 2);
    assert_eq!(target.slots.available_permits(), 2);
}

fn wanted() -> Wanted {
    Wanted {
        state: "COMPLETE".into(),
        facets: BTreeMap::from([("kind".into(), vec!["import".into()])]),
        parents: BTreeMap::from([("project".into(), "P1".into())]),
    }
}

#[tokio::test]
async fn an_http_hook_gets_what_is_wanted() {
    let server = MockServer::start().await;
    let answer = ResponseTemplate::new(200).set_body_json(serde_json::json!({"job": {"id": "J1"}}));
    Mock::given(method("POST"))
        .and(path("/arrange"))
        .and(header("content-type", "application/json"))
        .and(body_json(serde_json::json!({
            "state": "COMPLETE", "facets": {"kind": ["import"]}, "parents": {"project": "P1"},
        })))
        .respond_with(answer)
        .mount(&server)
        .await;
    let mut target = target(&server.uri(), |_| {});
    assert_eq!(target.arrange(&wanted()).await, Ok(None));
    target.arrange = Some(Hook::Http(format!("{}/arrange", server.uri())));
    assert_eq!(target.arrange(&wanted()).await, Ok(Some(JobIds::new("J1"))));
    target.arrange = Some(Hook::Http(format!("{}/no-such-hook", server.uri())));
    assert_eq!(target.arrange(&wanted()).await, Ok(None));
}

#[tokio::test]
async fn tls_files_that_are_none_are_told() {
    let base =
        || Bases { usual: Some(Base::parse("https://h.example").unwrap()), of_service: BTreeMap::new() };
    let nonsense = || Some(b"-----BEGIN CERTIFICATE-----\nnonsense\n-----END CERTIFICATE-----\n".to_vec());
    let built = |trust| HttpTarget::build(base(), None, Limits::default(), &trust).err().unwrap_or_default();
    let why = built(Trust { authorities: nonsense(), ..Trust::default() });
    assert!(why.starts_with("tls"), "{why}");
    let why = built(Trust { client: Some(b"nonsense".to_vec()), ..Trust::default() });
    assert!(why.starts_with("tls.client_cert: "), "{why}");
    assert_eq!(built(Trust { is_insecure: true, ..Trust::default() }), "");
}

#[tokio::test]
async fn a_server_that_speaks_no_tls_is_unreachable() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = Base::parse(&format!("https://{}", listener.local_addr().unwrap())).unwrap();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let _ = stream.read_u8().await;
        stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await
    });
    let bases = Bases { usual: Some(base), of_service: BTreeMap::new() };
    // Without checking certificates, for a machine that has none to check against.
    let trust = Trust { is_insecure: true, ..Trust::default() };
    let target = HttpTarget::build(bases, None, Limits::default(), &trust).unwrap();
    let lost = target.send(&request("GET", "/")).await.unwrap_err();
    assert!(matches!(lost, TransportError::Unreachable(_)), "{lost:?}");
}
