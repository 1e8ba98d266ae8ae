//! A server that keeps every promise raises no finding, however its jobs move between two requests.

use proptest::prelude::*;
use serde_json::json;

use crate::rule::script::Script;
use crate::rule::{Rule, errors, idempotency, isolation, listing};

/// What happens next.
#[derive(Debug, Clone, Copy)]
enum Event {
    /// The job moves on by itself.
    Moves,
    /// The job fails.
    Fails,
    /// A client reads it.
    Get,
    /// A client cancels it.
    Cancel,
    /// A client cancels it, and the answer says so only after the job has moved on.
    SlowCancel,
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        3 => Just(Event::Moves),
        1 => Just(Event::Fails),
        4 => Just(Event::Get),
        3 => Just(Event::Cancel),
        1 => Just(Event::SlowCancel),
    ]
}

/// An honest server with one job.
struct Honest {
    state: &'static str,
    /// Whether a late cancel is answered with the unchanged job instead of a refusal.
    is_lenient: bool,
}

impl Honest {
    fn moves(&mut self) {
        self.state = match self.state {
            "STARTING" => "IN_PROGRESS",
            "IN_PROGRESS" => "COMPLETE",
            "STOPPING" => "STOPPED",
            ended => ended,
        };
    }

    fn step(&mut self, script: Script, event: Event) -> Script {
        const ID: &str = "JOB0000001";
        let is_running = matches!(self.state, "STARTING" | "IN_PROGRESS");
        match event {
            Event::Moves => self.moves(),
            Event::Fails if !matches!(self.state, "COMPLETE" | "STOPPED") => self.state = "FAILED",
            Event::Fails => {}
            Event::Get => return script.get(ID, &json!({"status": self.state})),
            Event::Cancel | Event::SlowCancel if is_running => {
                self.state = "STOPPING";
                if matches!(event, Event::SlowCancel) {
                    self.moves();
                }
                return script.cancel(ID, &json!({"status": self.state}));
            }
            Event::Cancel | Event::SlowCancel if self.is_lenient => {
                return script.cancel(ID, &json!({"status": self.state}));
            }
            Event::Cancel | Event::SlowCancel => {
                let refusal = json!({"__type": "ConflictException", "message": "not running"});
                return script.cancel_refused(ID, 409, &refusal);
            }
        }
        script
    }
}

proptest! {
    #[test]
    fn an_honest_server_raises_no_alarm(
        events in proptest::collection::vec(event(), 0..24),
        is_lenient in any::<bool>(),
    ) {
        let mut server = Honest { state: "STARTING", is_lenient };
        let start = Script::of("bedrock").create("JOB0000001", &json!({"status": "STARTING"}));
        let script = events.into_iter().fold(start, |script, event| server.step(script, event));
        let groups = [super::RULES, errors::RULES, listing::RULES, idempotency::RULES, isolation::RULES];
        for rule in groups.into_iter().flatten() {
            let rule: &dyn Rule = *rule;
            if let Some(found) = script.judge(rule).verdict() {
                // What the documentation leaves open may be noted.
                let alarms: Vec<_> =
                    found.into_iter().filter(|f| f.at_most > crate::rule::Level::Note).collect();
                prop_assert!(alarms.is_empty(), "{}: {alarms:?}", rule.meta().id);
            }
        }
    }
}
