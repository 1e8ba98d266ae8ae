//! Servers that misbehave, one thread each.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

/// A server on this machine that writes down what it is sent.
pub(crate) struct Server {
    /// Its address.
    pub(crate) base_url: String,
    received: Arc<Mutex<Vec<String>>>,
    came: Arc<Condvar>,
}

impl Server {
    /// A server that hands every request to `answer`, once it was read. It ends with the test's process.
    pub(crate) fn start(
        answer: impl Fn(&str, &mut TcpStream) -> std::io::Result<()> + Send + Sync + 'static,
    ) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let base_url = format!("http://{}", listener.local_addr().expect("an address"));
        let received = Arc::new(Mutex::new(Vec::new()));
        let came = Arc::new(Condvar::new());
        let (kept, answer, notified) = (Arc::clone(&received), Arc::new(answer), Arc::clone(&came));
        std::thread::spawn(move || {
            for mut stream in listener.incoming().flatten() {
                let (kept, answer) = (Arc::clone(&kept), Arc::clone(&answer));
                let notified = Arc::clone(&notified);
                std::thread::spawn(move || {
                    let request = read(&mut stream);
                    kept.lock().unwrap_or_else(PoisonError::into_inner).push(request.clone());
                    notified.notify_all();
                    // A client that hangs up is what some tests are about.
                    let _ = answer(&request, &mut stream);
                });
            }
        });
        Server { base_url, received, came }
    }

    /// A server that gives every request the same answer.
    pub(crate) fn answering(status: &str, headers: &str, body: impl Into<Vec<u8>>) -> Server {
        let body = body.into();
        let head = format!(
            "HTTP/1.1 {status}\r\n{headers}Content-Length: {}\r\nConnection: close\r\n\r\n",
            body.len()
        );
        Server::start(move |_, stream| {
            stream.write_all(head.as_bytes())?;
            stream.write_all(&body)
        })
    }

    /// A server that takes requests and never answers.
    pub(crate) fn hanging() -> Server {
        Server::start(|_, stream| {
            // Ends when the client hangs up.
            std::io::copy(stream, &mut std::io::sink()).map(drop)
        })
    }

    /// Returns when the first request has come.
    pub(crate) fn wait_for_a_request(&self) {
        let received = self.received.lock().unwrap_or_else(PoisonError::into_inner);
        let is_waiting = |received: &mut Vec<String>| received.is_empty();
        let waited = self.came.wait_timeout_while(received, Duration::from_secs(30), is_waiting);
        assert!(!waited.unwrap_or_else(PoisonError::into_inner).1.timed_out(), "no request came");
    }

    /// Every request so far.
    pub(crate) fn received(&self) -> Vec<String> {
        self.received.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// One request, with its body where it has a length.
fn read(stream: &mut TcpStream) -> String {
    let (mut bytes, mut buffer) = (Vec::new(), [0; 4096]);
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| {
                let (name, value) = line.split_once(':')?;
                name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().ok())?
            });
            if body.len() >= length.unwrap_or(0) {
                return text;
            }
        }
        match stream.read(&mut buffer) {
            Ok(0) | Err(_) => return text,
            Ok(read) => bytes.extend_from_slice(&buffer[..read]),
        }
    }
}
