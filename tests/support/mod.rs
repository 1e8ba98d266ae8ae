//! What several test files need.

#![allow(dead_code, reason = "each test file uses a part of it")]

pub(crate) mod server;

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

/// A path in the repository.
pub(crate) fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// Compares a text with a snapshot, `snapshots/<area>/<name>.snap`.
pub(crate) fn snapshot(area: &str, name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(repository("snapshots").join(area));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, text));
}

/// Whether generated files are to be written anew: `JOBPROOF_UPDATE=1`.
#[expect(clippy::disallowed_methods, reason = "a switch of the tests, not of the program")]
pub(crate) fn is_update() -> bool {
    std::env::var("JOBPROOF_UPDATE").is_ok_and(|value| value == "1")
}

/// Compares what stands between `<!-- NAME:begin -->` and `<!-- NAME:end -->` of a file with a text, or writes it.
#[expect(clippy::panic, reason = "a failed test")]
pub(crate) fn between(file: &Path, name: &str, text: &str) {
    let (begin, end) = (format!("<!-- {name}:begin -->"), format!("<!-- {name}:end -->"));
    let whole = std::fs::read_to_string(file).expect("the file can be read");
    let parts = whole.split_once(&begin).and_then(|(before, rest)| Some((before, rest.split_once(&end)?)));
    let Some((before, (written, after))) = parts else {
        panic!("{} has no place for `{name}`: {begin} and {end}", file.display());
    };
    if is_update() {
        std::fs::write(file, format!("{before}{begin}{text}{end}{after}")).expect("it can be written");
    } else {
        assert!(
            written == text,
            "`{name}` in {} is not current: run the test with JOBPROOF_UPDATE=1",
            file.display()
        );
    }
}

/// The program with these arguments, in an environment without colours, secrets and settings of the user's.
pub(crate) fn program(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_jobproof"));
    command.args(arguments).current_dir(env!("CARGO_TARGET_TMPDIR")).env_clear().env("COLUMNS", "110");
    command
}

/// What the program does with these arguments. It never panics.
pub(crate) fn jobproof(arguments: &[&str]) -> Ended {
    Ended::of(&program(arguments).output().expect("the program starts"))
}

/// How the program ended.
#[derive(Debug)]
pub(crate) struct Ended {
    /// The exit code.
    pub(crate) code: Option<i32>,
    /// Standard output.
    pub(crate) out: String,
    /// Standard error.
    pub(crate) err: String,
}

impl Ended {
    /// What came out of a process.
    pub(crate) fn of(output: &Output) -> Ended {
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("output is UTF-8");
        let ended =
            Ended { code: output.status.code(), out: text(&output.stdout), err: text(&output.stderr) };
        assert!(!ended.err.contains("panicked"), "{ended:#?}");
        assert!(!format!("{}{}", ended.out, ended.err).contains('\u{1b}'), "escapes in a pipe: {ended:#?}");
        ended
    }

    /// The JSON report on standard output.
    pub(crate) fn report(&self) -> serde_json::Value {
        serde_json::from_str(&self.out).unwrap_or_else(|why| unreadable(&why.to_string(), self))
    }
}

#[expect(clippy::panic, reason = "a failed test")]
fn unreadable<T>(why: &str, ended: &Ended) -> T {
    panic!("{why}: {ended:#?}")
}

/// A new, empty folder for one test.
pub(crate) fn folder(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{}-{name}", std::process::id()));
    if path.exists() {
        std::fs::remove_dir_all(&path).expect("a folder of an earlier run can be removed");
    }
    std::fs::create_dir_all(&path).expect("a folder can be made");
    path
}

/// Every file below a folder, in order.
pub(crate) fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("the folder can be read") {
        let path = entry.expect("the folder can be read").path();
        if path.is_dir() {
            found.extend(files_below(&path));
        } else {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// Credentials that must never be seen again.
pub(crate) const SECRETS: [(&str, &str); 2] =
    [("CANARY_KEY", "canary-key-5d1f0c72"), ("CANARY_TOKEN", "canary-token-8be2a94d")];

/// Writes a target file for a server into a folder. Its credentials are [`SECRETS`].
pub(crate) fn target_file(folder: &Path, base_url: &str) -> PathBuf {
    let path = folder.join("target.toml");
    std::fs::write(&path, TARGET.replace("BASE_URL", base_url)).expect("the target file can be written");
    path
}

const TARGET: &str = r#"
vendor = "bedrock"
base_url = "BASE_URL"
allow = ["read", "create", "cancel"]

[auth.sigv4]
region = "us-east-1"
access_key_id = "AKIAEXAMPLE"
secret_access_key = "env:CANARY_KEY"
session_token = "env:CANARY_TOKEN"

[parameters]
knowledgeBaseId = "KB12345678"
dataSourceId = "DS12345678"

[[fixtures]]
state = "STARTING"
jobs = ["AAAAAAAAA1"]

[[fixtures]]
state = "COMPLETE"
jobs = ["AAAAAAAAA2"]

[limits]
request_timeout = "300ms"
poll_interval = "20ms"
deadline = "2s"
max_body = 65536
"#;

/// A mock in a process of its own, and its base URL. The process ends with this value.
pub(crate) struct Serving(Child, pub(crate) String);

impl Serving {
    /// Serves a mock on a free port; `arguments` follow `jobproof mock`.
    pub(crate) fn start(arguments: &[&str]) -> Serving {
        let mut command = program(&[&["mock"], arguments, &["--listen", "127.0.0.1:0"]].concat());
        let mut child = command.stdout(Stdio::piped()).spawn().expect("the mock starts");
        let mut line = String::new();
        let out = child.stdout.as_mut().expect("its output is piped");
        BufReader::new(out).read_line(&mut line).expect("it says where it listens");
        let base_url = line.trim().strip_prefix("listening on ").expect("a base URL").to_owned();
        Serving(child, base_url)
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
