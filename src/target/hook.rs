//! Arrange hooks: what puts a job into a state on demand.

use std::process::Stdio;
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::process::Command;

use super::Wanted;
use crate::exchange::JobIds;

/// The most that is kept of what a hook says, in bytes.
const KEPT: u64 = 64 << 10;

/// Runs a program that arranges a job, without a shell. Gives the job's id, or nothing where it printed none.
///
/// # Errors
/// Says that the program cannot be started, failed, or took too long.
pub(super) async fn run(
    command: &[String],
    wanted: &Wanted,
    limit: Duration,
) -> Result<Option<JobIds>, String> {
    let Some((program, arguments)) = command.split_first() else { return Ok(None) };
    let mut child = Command::new(program)
        .args(arguments.iter().map(|argument| filled(argument, wanted)))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .map_err(|error| format!("the arrange command `{program}` cannot be started: {error}"))?;
    let (out, err) = (child.stdout.take(), child.stderr.take());
    let all = async { tokio::join!(kept(out), kept(err), child.wait()) };
    let (out, err, status) = tokio::time::timeout(limit, all)
        .await
        .map_err(|_| format!("the arrange command `{program}` took longer than {limit:?}"))?;
    let status = status.map_err(|error| format!("the arrange command `{program}` was lost: {error}"))?;
    if !status.success() {
        let said = err.lines().last().map(|line| format!(": {line}")).unwrap_or_default();
        return Err(format!("the arrange command `{program}` failed ({status}){said}"));
    }
    Ok(Some(out.trim()).filter(|id| !id.is_empty()).map(JobIds::new))
}

/// What a stream says, up to a limit. The rest is read too, so that the program is not held up.
async fn kept(stream: Option<impl AsyncRead + Unpin>) -> String {
    let Some(mut stream) = stream else { return String::new() };
    let mut kept = Vec::new();
    // A stream that breaks has said what it had to say.
    let _ = (&mut stream).take(KEPT).read_to_end(&mut kept).await;
    let _ = tokio::io::copy(&mut stream, &mut tokio::io::sink()).await;
    String::from_utf8_lossy(&kept).into_owned()
}

/// The job that an HTTP hook's answer names, if any: its `id` and, by name, its other ids.
///
/// # Errors
/// Says what is wrong with the answer.
pub(super) fn named(status: u16, body: Result<&Value, &str>) -> Result<Option<JobIds>, String> {
    match status {
        204 | 404 | 501 => return Ok(None),
        200..=299 => {}
        _ => return Err(format!("the arrange hook answered with status {status}")),
    }
    match body?.get("job") {
        Some(Value::Null) => Ok(None),
        Some(Value::Object(job)) if job.get("id").is_some_and(Value::is_string) => {
            let texts = job.iter().filter_map(|(name, id)| Some((name.clone(), id.as_str()?.to_owned())));
            Ok(Some(JobIds(texts.collect())))
        }
        _ => Err("the arrange hook's answer has no string at /job/id".into()),
    }
}

/// An argument with its placeholders replaced. Those that stand for nothing stay as they are.
fn filled(argument: &str, wanted: &Wanted) -> String {
    let mut out = String::with_capacity(argument.len());
    let mut rest = argument;
    while let Some((start, name)) = next_placeholder(rest) {
        let value = match name.strip_prefix("facet.") {
            Some(facet) => wanted.facets.get(facet).map(|values| values.join(",")),
            None if name == "state" => Some(wanted.state.clone()),
            None => wanted.parents.get(name).cloned(),
        };
        let end = start + name.len() + 2;
        out.push_str(&rest[..start]);
        out.push_str(value.as_deref().unwrap_or(&rest[start..end]));
        rest = &rest[end..];
    }
    out + rest
}

/// The names of an argument's placeholders.
pub(super) fn placeholders(argument: &str) -> impl Iterator<Item = &str> {
    let mut rest = argument;
    std::iter::from_fn(move || {
        let (start, name) = next_placeholder(rest)?;
        rest = &rest[start + name.len() + 2..];
        Some(name)
    })
}

/// The first placeholder, `{name}`: where it starts and its name.
fn next_placeholder(text: &str) -> Option<(usize, &str)> {
    let is_name = |name: &str| {
        !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.'))
    };
    text.match_indices('{').find_map(|(start, _)| {
        let name = text[start + 1..].split_once('}')?.0;
        is_name(name).then_some((start, name))
    })
}

#[cfg(test)]
mod tests;
