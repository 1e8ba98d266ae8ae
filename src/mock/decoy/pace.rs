//! Jobs that are very fast or very slow, and lists that know of it late.

use std::time::Duration;

use super::{Decoy, Label};
use crate::contract::Contract;
use crate::contract::operation::Role;

struct Pace {
    label: Label,
    stay: Option<Duration>,
    lag: Duration,
}

impl Decoy for Pace {
    fn label(&self) -> &Label {
        &self.label
    }

    fn stay(&self, usual: Duration) -> Duration {
        self.stay.unwrap_or(usual)
    }

    fn list_lag(&self) -> Duration {
        self.lag
    }
}

pub(super) fn decoys(contract: &Contract) -> Vec<Box<dyn Decoy>> {
    let mut found: Vec<Box<dyn Decoy>> = Vec::new();
    let mut add = |id: &str, title: &str, legal: &str, stay: Option<Duration>, lag: Duration| {
        found.push(Box::new(Pace { label: Label::new(id, title, legal), stay, lag }) as Box<dyn Decoy>);
    };
    add(
        "quick-jobs",
        "a job is through with all its states before it is read for the first time",
        "no page says how long a job takes",
        Some(Duration::from_millis(1)),
        Duration::ZERO,
    );
    add(
        "slow-jobs",
        "a job stays in each state for a minute",
        "no page says how long a job takes",
        Some(Duration::from_secs(60)),
        Duration::ZERO,
    );
    if contract.of_role(Role::List).next().is_some() {
        add(
            "lists-lag-behind",
            "lists show jobs as they were seven seconds ago",
            "no page promises that a list is as fresh as a get",
            None,
            Duration::from_secs(7),
        );
    }
    found
}
