//! Where a vendor's sources disagree: which one this server follows.

use crate::contract::Contract;
use crate::contract::error::Probe;
use crate::exchange::Transcript;
use crate::rule::evidence::answers;
use crate::rule::{Finding, Judgement, Keyword, Level, Meta, Rule};

/// `fields/conflicting-sources`.
pub struct ConflictingSources;

static META: Meta = Meta {
    id: "fields/conflicting-sources",
    title: "where the vendor's sources disagree, the side taken is noted",
    keyword: Keyword::May,
    checks: "For each point on which the vendor's own sources disagree, the bodies are searched for what gives away \
             which source the server follows.",
    why: "No client can be right on both sides. Who knows which side a server takes can choose the client that fits, \
          or write one that takes either.",
    fix: "Nothing needs mending. Where it is your server, say in its documentation which source it follows.",
};

impl Rule for ConflictingSources {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, transcript: &Transcript, contract: &Contract) -> Judgement {
        let conflicts = &contract.facts.conflicts;
        if conflicts.values().flat_map(|c| &c.sides).all(|s| s.seen.is_none() && s.seen_in_job.is_none()) {
            return Judgement::NotApplicable("the contract has no conflict that shows in a body".to_owned());
        }
        let bodies = || {
            answers(transcript, contract)
                .filter(|a| a.response.is_success())
                .filter_map(|a| Some((a.index, a.response.json().ok()?)))
        };
        let in_body = |probe: &Probe| bodies().find(|(_, body)| probe.holds(body)).map(|(index, _)| index);
        let in_job = |probe: &Probe| {
            transcript.readings(contract).iter().find(|r| probe.holds(&r.job)).map(|r| r.exchange)
        };
        let mut findings = Vec::new();
        for conflict in conflicts.values() {
            for side in &conflict.sides {
                let by_body = side.seen.as_ref().and_then(in_body);
                let by_job = side.seen_in_job.as_ref().and_then(in_job);
                let Some(exchange) = by_body.into_iter().chain(by_job).min() else { continue };
                let title = |id: &str| contract.reference(id).map_or(id.to_owned(), |r| r.title.clone());
                let (source, says, about) = (title(&side.reference), &side.says, &conflict.title);
                let sides: Vec<String> =
                    conflict.sides.iter().map(|s| format!("{}: {}", title(&s.reference), s.says)).collect();
                findings.push(
                    Finding::new(
                        exchange,
                        &side.reference,
                        format!("two sources of this vendor disagree about {about}; this server follows {source}: {says}"),
                        sides.join("; or "),
                        says.clone(),
                    )
                    .at_most(Level::Note),
                );
            }
        }
        Judgement::of(bodies().count(), findings, "no success body came")
    }
}
