//! What reports show of the exchanges with a server of someone else's: the right address, and no secrets.

#![expect(clippy::unwrap_used, reason = "what is not expected here stops everything")]

mod support;

use std::path::{Path, PathBuf};

use support::server::Server;
use support::{Ended, folder, program};

const PASSWORD: &str = "canary \"password\" 4d7e";
const TOKEN: &str = "canary-token-1c9b";
/// Made up by the server, which also sends the password back.
const SESSION: &str = "canary-session-77aa";

/// A target file as `init` writes it, for a vendor with two services at two addresses.
fn target(name: &str, data: &str, processing: &str) -> PathBuf {
    let begun = Ended::of(&program(&["init", "aiware"]).output().unwrap()).out;
    let text = begun
        .replace("data = \"http://127.0.0.1:9000\"", &format!("data = \"{data}\""))
        .replace("processing = \"http://127.0.0.1:9000\"", &format!("processing = \"{processing}\""))
        .replace("allow = [\"read\"]", "allow = [\"read\", \"write\"]")
        .replace("# password = ", "password = ")
        .replace("# userName = ", "userName = ")
        .replace("requests_per_second = 2", "requests_per_second = 1000");
    let target = folder(name).join("target.toml");
    std::fs::write(&target, text).unwrap();
    target
}

fn check(target: &Path, only: &str, more: &[&str]) -> Ended {
    let keys = [("JOBPROOF_PASSWORD", PASSWORD), ("JOBPROOF_TOKEN", TOKEN)];
    let mut command = program(&["check", "--only", only, "--target", target.to_str().unwrap()]);
    Ended::of(&command.args(more).envs(keys).output().unwrap())
}

/// A sign-in whose answer breaks its schema: the findings show the exchange, and neither the password nor the session.
#[test]
fn a_password_and_a_session_token_are_never_shown() {
    let body = serde_json::json!({ "data": { "userLogin": {
        "token": SESSION, "apiToken": 7, "tokenExpiration": format!("not a time: {PASSWORD} {SESSION}"),
    } } });
    let server = Server::answering("203 Odd", "content-type: application/json\r\n", body.to_string());
    let target = target("secrets", &server.base_url, "http://127.0.0.1:9");
    let escaped = PASSWORD.replace('"', "\\\"");
    for more in [&["-v"][..], &["--format", "json"], &["--format", "junit"]] {
        let ended = check(&target, "userLogin", more);
        assert_eq!(ended.code, Some(1), "{ended:#?}");
        for secret in [PASSWORD, escaped.as_str(), TOKEN, SESSION] {
            assert!(!ended.out.contains(secret) && !ended.err.contains(secret), "{secret}: {ended:#?}");
        }
        assert!(ended.out.contains("[redacted]"), "{ended:#?}");
    }
    assert!(server.received().iter().any(|request| request.contains(&escaped)), "the password was sent");
}

/// Each service is where the target file says, in the lines to repeat a request, too.
#[test]
fn a_line_to_repeat_a_request_goes_to_its_service() {
    let server = Server::answering("203 Odd", "content-type: application/json\r\n", "{}");
    let target = target("services", "http://127.0.0.1:9/data", &server.base_url);
    let ended = check(&target, "aiware::ProcGetScheduledJobDetail::reads", &[]);
    assert_eq!(ended.code, Some(1), "{ended:#?}");
    assert!(ended.out.contains(&format!(" {}/edge/v1/proc/", server.base_url)), "{ended:#?}");
    assert!(!ended.out.contains("127.0.0.1:9/data/edge"), "{ended:#?}");
}
