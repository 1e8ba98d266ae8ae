//! Bad input of every kind: files with many mistakes, and servers that misbehave. Each ends soon, with words that help,
//! never with a panic, and never with a secret.

mod support;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde_json::Value;
use support::server::Server;
use support::{Ended, SECRETS, files_below, folder, jobproof, program, repository, snapshot, target_file};

/// A copy of a vendor's folder.
fn copy(name: &str) -> PathBuf {
    copy_of("bedrock", name)
}

fn copy_of(vendor: &str, name: &str) -> PathBuf {
    let from = repository("schemas").join(vendor);
    let to = folder(name).join(vendor);
    for path in files_below(&from) {
        let copy = to.join(path.strip_prefix(&from).expect("a path below the folder"));
        std::fs::create_dir_all(copy.parent().expect("a folder")).expect("a folder can be made");
        std::fs::copy(&path, &copy).expect("a file can be copied");
    }
    to
}

/// Spoils a file: every `(old, new)` pair, each of which must be there.
fn spoil(file: &Path, changes: &[(&str, &str)]) {
    let mut text = std::fs::read_to_string(file).expect("the file can be read");
    for (old, new) in changes {
        assert!(text.contains(old), "{} has no `{old}`", file.display());
        text = text.replacen(old, new, 1);
    }
    std::fs::write(file, text).expect("the file can be written");
}

/// Lints a folder with mistakes, compares what is said with a snapshot, and gives it back.
fn lint(folder: &Path, name: &str) -> String {
    let (parent, last) = (folder.parent().expect("a folder"), folder.file_name().expect("a name"));
    let ended = jobproof_in(parent, &["lint", last.to_str().expect("UTF-8")]);
    assert_eq!(ended.code, Some(2), "{ended:#?}");
    snapshot("bad-input", name, &ended.err);
    ended.err
}

/// What the program does in a folder. Paths given to it there are short and the same on every machine: where lines
/// are wrapped depends on them.
fn jobproof_in(folder: &Path, arguments: &[&str]) -> Ended {
    Ended::of(&program(arguments).current_dir(folder).output().expect("the program starts"))
}

/// How many mistakes a text tells of, each with a file, a line and a column.
fn mistakes(text: &str) -> usize {
    let place = regex::Regex::new(r"╭─\[\S+:\d+:\d+\]").expect("a regex");
    assert_eq!(place.find_iter(text).count(), text.matches("  × ").count(), "a mistake has no place: {text}");
    text.matches("  × ").count()
}

#[test]
fn mistakes_in_the_shape_of_a_contract_are_told_at_once() {
    let folder = copy("shape");
    spoil(
        &folder.join("contract.toml"),
        &[
            ("title = \"Amazon", "titel = \"Amazon"),
            ("basis = \"documented\"", "basis = \"documentd\""),
            ("role = \"create\"", "role = \"start\""),
            ("method = \"GET\"", "method = \"FETCH\""),
            ("initial = [\"STARTING\", \"IN_PROGRESS\"]", "initial = \"STARTING\""),
            ("phase = \"waiting\"", "phase = \"queued\""),
            ("when = \"unknown-job\"", "when = \"unknown-jobs\""),
            ("per_minute = 600", "per_minute = \"600\""),
        ],
    );
    spoil(&folder.join("id.schema.json"), &[("\"type\": \"string\"", "\"type\": \"text\"")]);
    spoil(&folder.join("examples/accept/count--zero.json"), &[("0", "0,")]);
    assert!(mistakes(&lint(&folder, "contract-shape")) >= 10);
}

#[test]
fn mistakes_in_the_meaning_of_a_contract_are_told_at_once() {
    let folder = copy("meaning");
    spoil(
        &folder.join("contract.toml"),
        &[
            ("ref = \"model-start\"", "ref = \"model-strat\""),
            (
                "next = [\"IN_PROGRESS\", \"STOPPING\", \"FAILED\"]",
                "next = [\"RUNNING\", \"STOPPING\", \"FAILED\"]",
            ),
            (
                "COMPLETE = { phase = \"succeeded\" }",
                "COMPLETE = { phase = \"succeeded\", next = [\"FAILED\"] }",
            ),
            ("request = \"get.request\"", "request = \"get.requst\""),
            ("pattern = '^\\S+$'", "pattern = '^(\\S+$'"),
            (
                "operations = [\"GetIngestionJob\", \"StopIngestionJob\"]",
                "operations = [\"GetIngestionJob\", \"HaltIngestionJob\"]",
            ),
            ("id = \"/ingestionJobId\"", "id = \"/jobId\""),
        ],
    );
    spoil(&folder.join("ingestion-job-status.schema.json"), &[("\"FAILED\",", "\"BROKEN\",")]);
    spoil(&folder.join("examples/accept/count--zero.json"), &[("0", "-1")]);
    let rejected = folder.join("examples/reject/count--negative.json");
    std::fs::write(&rejected, "{ \"why\": \"it is negative\", \"at\": \"\", \"value\": 1 }\n").unwrap();
    assert!(mistakes(&lint(&folder, "contract-meaning")) >= 10);
}

#[test]
fn mistakes_around_jobs_are_told_at_once() {
    let folder = copy_of("bailian", "around");
    spoil(
        &folder.join("contract.toml"),
        &[
            ("hidden_parents = [\"WorkspaceId\"]", "hidden_parents = [\"Workspace\"]"),
            ("writes = true\nmakes = { parameter = \"IndexId\"", "makes = { parameter = \"IndexID\""),
            ("writes = true\nremoves = \"IndexId\"", "writes = true\nremoves = \"DocumentId\""),
            ("role = \"create\"\n", "role = \"create\"\nwrites = true\n"),
            ("JobId = \"{job}\"", "JobId = \"{jobs}\""),
            ("method = \"DELETE\", path", "method = \"GET\", path"),
            ("require = { success-flag = \"/Success\" }", "require = { success-flag = \"/Sucess\" }"),
            ("at = \"/Code\", one_of = [\"Success\", \"success\", \"\"]", "at = \"/Code\", one_of = []"),
            ("items = \"/Documents/*\"", "items = \"/Documents\""),
            ("name = \"a-failure-has-an-error-code\"", "name = \"a-success-has-no-error-code\""),
            ("in_success = { at = \"/Success\", equals = false }\n", ""),
            ("sample = \"forbidden\"", "sample = \"forbiden\""),
            ("per_minute = 20\n", ""),
        ],
    );
    assert!(mistakes(&lint(&folder, "contract-around")) >= 13);
}

#[test]
fn mistakes_in_facets_and_routes_are_told_at_once() {
    let folder = copy_of("ges", "facets");
    let contract = folder.join("contract.toml");
    spoil(
        &contract,
        &[
            ("facets = { kind = \"edge-query\" }", "facets = { kind = \"edge-querry\" }"),
            ("facets_from = { algorithm =", "facets_from = { algorithmus ="),
            ("query = { action_id = \"delete\" }", "query = { action_id = \"export\" }"),
            ("only_with = { kind = [\"algorithm\"] }", "only_with = { kind = [\"algorithms\"] }"),
            ("state = \"failed\"\nref = \"algorithm-2021\"", "state = \"broken\"\nref = \"algorithm-2021\""),
            ("hidden_parents = [\"graph_name\"", "hidden_parents = [\"graph\""),
            (
                "state = [\"pending\", \"waiting\", \"running\"]\nexpect = { refused",
                "state = [\"pending\", \"waiting\"]\nexpect = { refused",
            ),
        ],
    );
    let (parent, last) = (folder.parent().expect("a folder"), folder.file_name().expect("a name"));
    let ended = jobproof_in(parent, &["lint", last.to_str().expect("UTF-8")]);
    assert_eq!(ended.code, Some(2), "{ended:#?}");
    for words in [
        "there is no value `edge-querry`",
        "there is no facet `algorithmus`",
        "`ExportVertices` and `DeleteVertices` have the same method and path",
        "there is no value `algorithms`",
        "there is no state `broken`",
        "there is no parameter `graph`",
        "the `cancel` table has no row for `running` with filtered-query",
    ] {
        assert!(ended.err.contains(words), "{words}: {}", ended.err);
    }
    assert_eq!(mistakes(&ended.err), 7, "{}", ended.err);
}

#[test]
fn mistakes_in_a_target_file_are_told_at_once() {
    let folder = folder("target-mistakes");
    std::fs::write(folder.join("target.toml"), TARGET).unwrap();
    let ended = jobproof_in(&folder, &["check", "--target", "target.toml"]);
    assert_eq!(ended.code, Some(2), "{ended:#?}");
    assert_eq!(ended.out, "");
    assert!(!ended.err.contains("not-for-eyes"), "a secret is shown: {ended:#?}");
    assert!(mistakes(&ended.err) >= 10, "{ended:#?}");
    snapshot("bad-input", "target", &ended.err);
}

const TARGET: &str = r#"vendor = "bedrock"
baseurl = "http://127.0.0.1:9000"
base_url = "ftp://127.0.0.1"
allow = ["read", "delete"]

[auth.sigv4]
region = "us-east-1"
access_key_id = "env:JOBPROOF_NO_SUCH_ID"
secret_access_key = "env:JOBPROOF_NO_SUCH_KEY"
session_tokn = "not-for-eyes"

[parameters]
knowledgeBaseId = "KB12345678"
datasourceId = "DS12345678"

[[fixtures]]
state = "FINISHED"
jobs = ["AAAAAAAAAA"]

[limits]
retries = 3
deadline = "soon"
max_body = 0

[tls]
ca_file = "no-such-file.pem"
"#;

/// What a folder or a file may be that is none of ours.
#[test]
fn files_of_other_kinds_are_refused() {
    let folder = folder("other-kinds");
    let path = |name: &str| folder.join(name).display().to_string();
    std::fs::write(folder.join("binary.toml"), [0xff, 0xfe, 0x00, 0x9f]).unwrap();
    std::fs::write(folder.join("empty.toml"), "").unwrap();
    std::fs::write(folder.join("nested.toml"), format!("a = {}{}", "[".repeat(10_000), "]".repeat(10_000)))
        .unwrap();
    std::fs::create_dir(folder.join("nothing")).unwrap();
    for (name, why) in [
        ("binary.toml", "UTF-8"),
        ("empty.toml", "neither `vendor` nor `contract` is given"),
        ("nested.toml", "nested.toml"),
        ("nothing", "contract"),
        ("nowhere.toml", "nowhere.toml"),
    ] {
        let ended = jobproof(&["lint", &path(name)]);
        assert_eq!(ended.code, Some(2), "{name}: {ended:#?}");
        assert!(ended.err.contains(why), "{name}: {ended:#?}");
    }
}

/// Drives some cases against a server, with every form of report, and looks for secrets and for a hasty end.
fn check(name: &str, base_url: &str) -> Ended {
    let folder = folder(name);
    let target = target_file(&folder, base_url);
    let mut command = program(&["check", "bedrock", "-v", "--jobs", "1"]);
    for only in ["*::reads::STARTING", "*::final::COMPLETE", "*::GetIngestionJob::unknown-job", "*::pages"] {
        command.args(["--only", only]);
    }
    for format in ["json", "junit"] {
        command.arg("--report").arg(format!("{format}={}", folder.join(format).display()));
    }
    let started = Instant::now();
    let ended =
        Ended::of(&command.arg("--target").arg(&target).envs(SECRETS).output().expect("the program starts"));
    assert!(started.elapsed() < Duration::from_secs(60), "{name} took {:?}", started.elapsed());
    assert!(matches!(ended.code, Some(1 | 3)), "{name}: {ended:#?}");
    let mut all = format!("{}{}", ended.out, ended.err);
    for format in ["json", "junit"] {
        all += &std::fs::read_to_string(folder.join(format)).expect("the report is UTF-8");
    }
    for (_, secret) in SECRETS {
        assert!(!all.contains(secret), "{name}: a secret is shown: {all}");
    }
    let report: Value =
        serde_json::from_slice(&std::fs::read(folder.join("json")).expect("a report")).expect("JSON");
    let judged =
        report["summary"].as_object().expect("a summary").values().filter_map(Value::as_u64).sum::<u64>();
    assert_eq!(judged, report["outcomes"].as_array().expect("outcomes").len() as u64, "the totals add up");
    ended
}

/// Drives some cases against a server; the report must say this.
fn check_says(name: &str, server: &Server, code: i32, words: &str) {
    let ended = check(name, &server.base_url);
    assert_eq!(ended.code, Some(code), "{name}: {ended:#?}");
    assert!(ended.out.contains(words), "{name}: no `{words}` in {ended:#?}");
    assert!(!server.received().is_empty(), "{name}: nothing was sent");
}

#[test]
fn nobody_listens() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let ended = check("nobody", &format!("http://{address}"));
    assert_eq!(ended.code, Some(3), "{ended:#?}");
    assert!(ended.out.contains("unreachable"), "{ended:#?}");
}

#[test]
fn a_host_without_address() {
    let ended = check("no-host", "http://no-such-host.invalid");
    assert_eq!(ended.code, Some(3), "{ended:#?}");
    assert!(ended.out.contains("unreachable"), "{ended:#?}");
}

#[test]
fn an_answer_in_html() {
    let html = "<!doctype html><title>Welcome</title><h1>It works!</h1>";
    let server = Server::answering("200 OK", "Content-Type: text/html\r\n", html);
    check_says("html", &server, 3, "no verdict: every answer is an HTML page");
}

#[test]
fn an_answer_that_is_no_text() {
    let body = [b"{\"ingestionJob\": \"".as_slice(), &[0xff, 0xfe, 0x80], b"\"}"].concat();
    let server = Server::answering("200 OK", "Content-Type: application/json\r\n", body);
    check_says("not-utf8", &server, 1, "fields/readable-body");
}

#[test]
fn an_answer_nested_ten_thousand_deep() {
    let body = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
    let server = Server::answering("200 OK", "Content-Type: application/json\r\n", body);
    check_says("nested", &server, 1, "fields/readable-body");
}

#[test]
fn an_answer_with_escapes_for_terminals() {
    // `Ended::of` sees that none of them reaches the terminal.
    let body = "{\"ingestionJob\": {\"status\": \"\\u001b[2J\\u001b]0;owned\\u0007\u{1b}[31m\"}}";
    let server = Server::answering("200 OK", "Content-Type: application/json\r\n", body);
    check_says("escapes", &server, 1, "fields/");
}

#[test]
fn an_answer_without_end() {
    let server = Server::start(|_, stream| {
        stream
            .write_all(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n\"")?;
        let spaces = [b' '; 8192];
        loop {
            stream.write_all(&spaces)?;
        }
    });
    check_says("endless", &server, 3, "longer than 65536 bytes");
}

#[test]
fn an_answer_that_breaks_off() {
    let server =
        Server::start(|_, stream| stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{\"ing"));
    check_says("cut", &server, 3, "error");
}

#[test]
fn an_answer_that_is_no_http() {
    let server = Server::start(|_, stream| stream.write_all(b"SSH-2.0-OpenSSH_9.9\r\n"));
    check_says("no-http", &server, 3, "error");
}

#[test]
fn an_answer_that_never_comes() {
    check_says("hanging", &Server::hanging(), 3, "no whole answer within 300ms");
}

#[test]
fn an_answer_that_drips() {
    let server = Server::start(|_, stream| {
        stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{")?;
        loop {
            stream.write_all(b" ")?;
            std::thread::sleep(Duration::from_millis(20));
        }
    });
    check_says("dripping", &server, 3, "no whole answer within 300ms");
}

#[test]
fn a_redirect_to_another_host_is_not_followed() {
    let other = Server::answering("200 OK", "", "{}");
    let location = format!("Location: {}/steal?x=1\r\n", other.base_url.replace("127.0.0.1", "localhost"));
    let server = Server::answering("307 Temporary Redirect", &location, "");
    check_says("redirect", &server, 3, "localhost");
    assert_eq!(other.received(), Vec::<String>::new(), "credentials went to another host");
    assert!(server.received().iter().any(|request| request.to_lowercase().contains("authorization:")));
}
