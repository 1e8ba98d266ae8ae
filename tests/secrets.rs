//! Secrets that requests and answers carry in their bodies, from end to end.

#![expect(clippy::unwrap_used, reason = "what is not expected here stops everything")]

mod support;

use support::server::Server;
use support::{Ended, folder, program};

const PASSWORD: &str = "canary \"password\" 4d7e";
const TOKEN: &str = "canary-token-1c9b";
/// Made up by the server, which also sends the password back.
const SESSION: &str = "canary-session-77aa";

/// A sign-in whose answer breaks its schema: the findings show the exchange, and neither the password nor the session.
#[test]
fn a_password_and_a_session_token_are_never_shown() {
    let body = serde_json::json!({ "data": { "userLogin": {
        "token": SESSION, "apiToken": 7, "tokenExpiration": format!("not a time: {PASSWORD} {SESSION}"),
    } } });
    let server = Server::answering("203 Odd", "content-type: application/json\r\n", body.to_string());
    let folder = folder("secrets");
    let target = folder.join("target.toml");
    let begun = Ended::of(&program(&["init", "aiware"]).output().unwrap()).out;
    let text = begun
        .replace("http://127.0.0.1:9000\"\n", &format!("{}\"\n", server.base_url))
        .replace("allow = [\"read\"]", "allow = [\"read\", \"write\"]")
        .replace("# password = ", "password = ")
        .replace("# userName = ", "userName = ")
        .replace("requests_per_second = 2", "requests_per_second = 1000");
    std::fs::write(&target, text).unwrap();
    let check = |more: &[&str]| {
        let keys = [("JOBPROOF_PASSWORD", PASSWORD), ("JOBPROOF_TOKEN", TOKEN)];
        let mut command = program(&["check", "--only", "userLogin", "--target", target.to_str().unwrap()]);
        Ended::of(&command.args(more).envs(keys).output().unwrap())
    };
    let escaped = PASSWORD.replace('"', "\\\"");
    for more in [&["-v"][..], &["--format", "json"], &["--format", "junit"]] {
        let ended = check(more);
        assert_eq!(ended.code, Some(1), "{ended:#?}");
        for secret in [PASSWORD, escaped.as_str(), TOKEN, SESSION] {
            assert!(!ended.out.contains(secret) && !ended.err.contains(secret), "{secret}: {ended:#?}");
        }
        assert!(ended.out.contains("[redacted]"), "{ended:#?}");
    }
    assert!(server.received().iter().any(|request| request.contains(&escaped)), "the password was sent");
}
