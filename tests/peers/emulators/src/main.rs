//! Serves the Bedrock part of one of two AWS emulators on a free loopback port.
//!
//! ```text
//! emulators fakecloud|winterbaume
//! ```
//!
//! Its only line of output is its address. It serves until standard input closes, so it cannot outlive whoever
//! started it.

use std::error::Error;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::thread;

use tokio::net::TcpListener;
use tokio::sync::oneshot;

mod arrange;
mod fakecloud;
mod winterbaume;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let app = match std::env::args().nth(1).as_deref() {
        Some("fakecloud") => fakecloud::app(),
        Some("winterbaume") => winterbaume::app(),
        _ => return Err("usage: emulators fakecloud|winterbaume".into()),
    };
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    println!("http://{}", listener.local_addr()?);
    tokio::select! {
        served = axum::serve(listener, app.into_make_service_with_connect_info::<SocketAddr>()) => served?,
        _ = input_closes() => {}
    }
    Ok(())
}

/// Ends when standard input does, or cannot be read.
fn input_closes() -> oneshot::Receiver<()> {
    let (closed, closes) = oneshot::channel();
    // A thread that nobody waits for: a task of the runtime that still reads would keep the runtime from ending.
    thread::spawn(move || {
        let _ = io::copy(&mut io::stdin(), &mut io::sink());
        let _ = closed.send(());
    });
    closes
}
