//! The mock over loopback HTTP.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{Bench, contract};
use crate::contract::operation::Role;
use crate::mock::{Mock, MockOptions, serve};

/// Serves a mock, and gives its address with what stops it.
async fn served(vendor: &str) -> (String, tokio::sync::oneshot::Sender<()>, tokio::task::JoinHandle<()>) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let options = MockOptions { seed: 7, base_url: address.clone(), ..MockOptions::held() };
    let mock = Arc::new(Mock::new(contract(vendor), options));
    let (stop, stopped) = tokio::sync::oneshot::channel();
    let task = tokio::spawn(async move {
        serve::serve(listener, serve::Seat::of(mock), async { drop(stopped.await) }).await.unwrap();
    });
    (address, stop, task)
}

fn client() -> reqwest::Client {
    // Only the first caller installs it.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().no_proxy().build().unwrap()
}

async fn post(client: &reqwest::Client, url: String, body: &str) -> (u16, Value) {
    let response = client.post(url).body(body.to_owned()).send().await.unwrap();
    let status = response.status().as_u16();
    (status, serde_json::from_slice(&response.bytes().await.unwrap()).unwrap())
}

#[tokio::test]
async fn answers_over_http_as_in_process() {
    let (address, stop, task) = served("bedrock").await;
    let (client, bench) = (client(), Bench::of("bedrock"));
    let (status, body) =
        post(&client, format!("{address}/__jobproof/arrange"), r#"{"state": "COMPLETE"}"#).await;
    assert_eq!(status, 200);
    let id = bench.arrange("COMPLETE");
    assert_eq!(body, json!({"job": {"id": id, "state": "COMPLETE"}}));

    for role in [Role::Get, Role::Cancel, Role::List] {
        let name = bench.name(role);
        let request = bench.request(name, &bench.view(name, Some(&id)));
        let method = request.method.parse().unwrap();
        let mut sent =
            client.request(method, format!("{address}{}", request.target)).body(request.body.clone());
        for (name, value) in request.headers.iter() {
            sent = sent.header(name, value);
        }
        let response = sent.send().await.unwrap();
        let expected = bench.mock.handle(&request);
        assert_eq!(response.status().as_u16(), expected.status);
        for (name, value) in expected.headers.iter() {
            assert_eq!(response.headers()[name], value);
        }
        assert_eq!(response.bytes().await.unwrap().as_ref(), expected.body);
    }
    stop.send(()).unwrap();
    drop(client);
    task.await.unwrap();
}

#[tokio::test]
async fn the_side_door_says_what_is_wrong() {
    let (address, stop, task) = served("digitalocean").await;
    let client = client();
    let door = |name: &str| format!("{address}/__jobproof/{name}");
    for (name, body, status) in [
        ("arrange", r#"{"state": "WHAT"}"#, 422),
        ("arrange", "not json", 422),
        ("arrange", r#"{"state": "INDEX_JOB_STATUS_PENDING", "facets": {"x": ["y"]}}"#, 422),
        ("clock", r#"{"advance_ms": -1}"#, 422),
        ("clock", r#"{"advance_ms": 1500}"#, 200),
        ("reset", "", 200),
        ("what", "", 404),
    ] {
        let (got, answer) = post(&client, door(name), body).await;
        assert_eq!(got, status, "{name} {body}: {answer}");
        assert_eq!(answer.get("error").is_some(), status != 200);
    }
    let (_, answer) = post(&client, door("clock"), r#"{"advance_ms": 0}"#).await;
    assert_eq!(answer, json!({"now": "2026-01-01T00:00:01.5Z"}));
    assert_eq!(client.get(door("reset")).send().await.unwrap().status(), 405);
    assert_eq!(client.head(format!("{address}/v2/gen-ai/indexing_jobs")).send().await.unwrap().status(), 405);
    // The server may answer and hang up while the client still sends; either way it goes on serving.
    let large = client.post(format!("{address}/v2/gen-ai/indexing_jobs")).body(vec![b' '; 11 << 20]);
    if let Ok(response) = large.send().await {
        assert_eq!(response.status(), 413);
    }
    assert_eq!(post(&client, door("reset"), "").await.0, 200);
    stop.send(()).unwrap();
    drop(client);
    task.await.unwrap();
}

/// Sends a plain request over a socket, and gives the head of the answer.
async fn head(decoy: &str, more: &str) -> String {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let contract = contract("bedrock");
    let decoy = crate::mock::decoy::decoy(&contract, decoy).unwrap();
    let options = MockOptions { decoy: Some(Arc::from(decoy)), ..MockOptions::held() };
    let mock = Arc::new(Mock::new(contract, options));
    let (_stop, stopped) = tokio::sync::oneshot::channel::<()>();
    tokio::spawn(serve::serve(listener, serve::Seat::of(mock), async { drop(stopped.await) }));
    let mut socket = tokio::net::TcpStream::connect(address).await.unwrap();
    let path = "/knowledgebases/KB12345678/datasources/DS12345678/ingestionjobs/AAAAAAAAAA";
    let request = format!("GET {path} HTTP/1.1\r\nhost: mock\r\n{more}\r\n");
    socket.write_all(request.as_bytes()).await.unwrap();
    let mut seen = Vec::new();
    while !seen.windows(4).any(|end| end == b"\r\n\r\n") {
        assert!(socket.read_buf(&mut seen).await.unwrap() > 0, "the connection ended early");
    }
    String::from_utf8_lossy(&seen).to_lowercase()
}

#[tokio::test]
async fn bodies_come_in_chunks() {
    let head = head("transfer::chunked", "").await;
    assert!(head.contains("transfer-encoding: chunked\r\n") && !head.contains("content-length"), "{head}");
}

#[tokio::test]
async fn bodies_are_compressed_where_that_is_accepted() {
    let asked = head("transfer::compressed", "accept-encoding: br;q=1, gzip;q=0.5\r\n").await;
    assert!(asked.contains("content-encoding: gzip\r\n"), "{asked}");
    let unasked = head("transfer::compressed", "").await;
    assert!(!unasked.contains("content-encoding"), "{unasked}");
}

#[tokio::test]
async fn connections_are_closed() {
    let head = head("transfer::closed", "").await;
    assert!(head.contains("connection: close\r\n"), "{head}");
}

#[tokio::test]
async fn a_connection_can_be_closed_in_place_of_an_answer() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let contract = contract("bedrock");
    let fault = crate::mock::fault::fault(&contract, "closed-unanswered::missing-credentials").unwrap();
    let options = MockOptions { fault: Some(Arc::from(fault)), ..MockOptions::held() };
    let mock = Arc::new(Mock::new(contract, options));
    let (_stop, stopped) = tokio::sync::oneshot::channel::<()>();
    tokio::spawn(serve::serve(listener, serve::Seat::of(mock), async { drop(stopped.await) }));
    let mut socket = tokio::net::TcpStream::connect(address).await.unwrap();
    let path = "/knowledgebases/KB12345678/datasources/DS12345678/ingestionjobs/AAAAAAAAAA";
    socket.write_all(format!("GET {path} HTTP/1.1\r\nhost: mock\r\n\r\n").as_bytes()).await.unwrap();
    let mut seen = Vec::new();
    // The end may come as an error, too.
    let _ = socket.read_to_end(&mut seen).await;
    assert!(seen.is_empty(), "{}", String::from_utf8_lossy(&seen));
}
