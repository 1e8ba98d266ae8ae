//! `limits/paced-reads-served`.

use std::time::Duration;

use crate::contract::facts::Polling;
use crate::contract::operation::Role;
use crate::rule::{Finding, Judgement, Keyword, Meta, Rule};
use crate::story::said::seen;
use crate::story::{Answer, Story};

static META: Meta = Meta {
    id: "limits/paced-reads-served",
    title: "a client that keeps to the documented pace is not throttled",
    keyword: Keyword::Should,
    checks: "A reading of a job that keeps the documented distance from the reading before, in a minute with no more \
             readings than documented, is not answered with 429 again, after the reading before was. Readings that come \
             faster are left out, and so is a 429 alone: others may use up the limit, too.",
    why: "A client that waits as long as the documentation asks for, and is turned away all the same, cannot know how \
          long to wait, and loses sight of its job.",
    fix: "Let the limit begin where the documentation says, or document the limit there is.",
    seeks: "a reading of a job within the documented pace",
};

const MINUTE: Duration = Duration::from_secs(60);

/// A client that keeps to the documented pace is not throttled.
#[derive(Debug)]
pub struct PacedReadsServed;

impl Rule for PacedReadsServed {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, story: &Story<'_>) -> Judgement {
        let contract = story.contract;
        let Some(polling) = &contract.facts.polling else {
            return Judgement::undocumented("the documentation names no pace");
        };
        let reads: Vec<&Answer<'_>> =
            story.answers().iter().filter(|a| a.operation.role == Role::Get).collect();
        let mut judgement = Judgement::default();
        for (index, read) in reads.iter().enumerate() {
            if !is_paced(polling, &reads[..index], read) {
                continue;
            }
            judgement.look(read.index);
            let before = index.checked_sub(1).and_then(|last| reads.get(last));
            let was_throttled = before.is_some_and(|before| before.response.status == 429);
            if read.response.status == 429 && was_throttled {
                let message = "a reading within the documented pace was throttled again and again".to_owned();
                let due = format!("an answer, since readings are {}", pace(polling));
                let actual = seen(read.exchange, contract);
                let finding = Finding::new(read.index, &polling.reference, message, due, actual);
                judgement.find([finding.kind("throttled")]);
            }
        }
        judgement
    }
}

/// Whether a reading keeps to the pace, after those before it. The first of a transcript says nothing: others may have
/// been sent before.
fn is_paced(polling: &Polling, before: &[&Answer<'_>], read: &Answer<'_>) -> bool {
    let Some(last) = before.last() else { return false };
    let apart = read.exchange.sent.saturating_sub(last.exchange.sent);
    let since = read.exchange.sent.saturating_sub(MINUTE);
    // More than the limit need not be counted.
    let most = polling.per_minute.and_then(|most| usize::try_from(most).ok()).unwrap_or(0);
    let in_minute = before.iter().rev().take_while(|earlier| earlier.exchange.sent > since);
    let recent = in_minute.take(most).count() + 1;
    polling.min_interval.as_ref().is_none_or(|least| apart >= least.0)
        && polling.per_minute.is_none_or(|most| {
            recent <= usize::try_from(most).unwrap_or(usize::MAX) && apart >= MINUTE / most.max(1)
        })
}

fn pace(polling: &Polling) -> String {
    let apart = polling.min_interval.as_ref().map(|least| format!("at least {least} apart"));
    let most = polling.per_minute.map(|most| format!("at most {most} a minute"));
    apart.into_iter().chain(most).collect::<Vec<_>>().join(" and ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::script::Script;
    use rstest::rstest;
    use serde_json::json;

    /// Reads at these seconds, of which the last ones are throttled.
    fn read_at(seconds: &[u64], throttled: usize) -> Script {
        let mut script = Script::of("bailian");
        for (index, second) in seconds.iter().enumerate() {
            script = script.get("66122af1", &json!({}));
            let is_throttled = index + throttled >= seconds.len();
            script = script.last(|e| {
                e.sent = Duration::from_secs(*second);
                e.received = e.sent;
                if is_throttled && let Ok(response) = &mut e.outcome {
                    response.status = 429;
                }
            });
        }
        script
    }

    #[rstest]
    #[case(&[0, 5], 2, 1)]
    #[case(&[0, 5, 10, 15, 20], 2, 1)]
    #[case(&[0, 5, 10, 15, 20], 1, 0)]
    #[case(&[0, 5, 9], 2, 0)]
    fn the_pace_decides(#[case] seconds: &[u64], #[case] throttled: usize, #[case] found: usize) {
        assert_eq!(read_at(seconds, throttled).findings(&PacedReadsServed).len(), found);
    }

    #[test]
    fn one_reading_says_nothing() {
        assert!(!read_at(&[0], 1).judge(&PacedReadsServed).is_judged());
    }
}
