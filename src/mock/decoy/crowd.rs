//! Lists of a service that others use, too, and that learn late of new jobs.

use std::time::Duration;

use super::{Decoy, Label};
use crate::contract::Contract;
use crate::contract::operation::{Operation, PageStyle, Role};

enum Crowd {
    /// Others start a job each time that a list is asked for: also between two pages.
    Busy,
    /// A new job is in lists only after a while.
    Late,
}

struct Lists {
    label: Label,
    crowd: Crowd,
}

impl Decoy for Lists {
    fn label(&self) -> &Label {
        &self.label
    }

    fn list_delay(&self) -> Duration {
        if matches!(self.crowd, Crowd::Late) { Duration::from_secs(7) } else { Duration::ZERO }
    }

    fn others_start_jobs(&self, list: &Operation) -> bool {
        matches!(self.crowd, Crowd::Busy) && bears_new_jobs(list)
    }
}

/// Whether the pages of a list tell that jobs came in front on the way: by a token that stands for a place, or by the
/// total. Where nothing does, a job that moved on to the next page is taken for one that stands there twice.
fn bears_new_jobs(list: &Operation) -> bool {
    let paging = list.pagination.as_ref();
    paging.is_some_and(|paging| paging.total.is_some() || matches!(paging.style, PageStyle::Token(_)))
}

pub(super) fn decoys(contract: &Contract) -> Vec<Box<dyn Decoy>> {
    let mut found: Vec<Box<dyn Decoy>> = Vec::new();
    let mut add = |id: &str, title: &str, legal: &str, crowd: Crowd| {
        found.push(Box::new(Lists { label: Label::new(id, title, legal), crowd }) as Box<dyn Decoy>);
    };
    let mut lists = contract.of_role(Role::List).map(|(_, list)| list).peekable();
    if lists.peek().is_none() {
        return found;
    }
    add(
        "lists-know-late",
        "a new job is in no list for seven seconds",
        "no page promises that a list knows of a job at once",
        Crowd::Late,
    );
    if lists.any(|list| bears_new_jobs(list) && list.lists.is_empty()) {
        add(
            "list-is-busy",
            "others start a job each time that a list is asked for",
            "parents may have jobs of others",
            Crowd::Busy,
        );
    }
    found
}
