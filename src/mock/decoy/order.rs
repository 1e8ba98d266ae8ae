//! Lists in another order, and pages that are not full.

use super::{Decoy, Label};
use crate::contract::Contract;
use crate::contract::operation::{PageStyle, Role};

enum Order {
    OldestFirst,
    Shuffled,
    ShortPages,
}

struct List {
    label: Label,
    order: Order,
}

impl Decoy for List {
    fn label(&self) -> &Label {
        &self.label
    }

    fn is_oldest_first(&self) -> bool {
        matches!(self.order, Order::OldestFirst)
    }

    fn shuffle(&self, page: &mut [usize]) {
        if matches!(self.order, Order::Shuffled) {
            page.reverse();
            page.rotate_left(page.len() / 3);
        }
    }

    fn size(&self, asked: usize, by_token: bool) -> usize {
        if matches!(self.order, Order::ShortPages) && by_token { asked.div_ceil(2) } else { asked }
    }
}

pub(super) fn decoys(contract: &Contract) -> Vec<Box<dyn Decoy>> {
    let mut found: Vec<Box<dyn Decoy>> = Vec::new();
    let mut add = |id: &str, title: &str, legal: &str, order: Order| {
        found.push(Box::new(List { label: Label::new(id, title, legal), order }) as Box<dyn Decoy>);
    };
    let mut lists = contract.of_role(Role::List).peekable();
    if lists.peek().is_none() {
        return found;
    }
    let free = "no order is documented where none is asked for";
    add("list-order::oldest-first", "lists begin with the oldest job", free, Order::OldestFirst);
    add("list-order::shuffled", "the jobs of a page are in no order", free, Order::Shuffled);
    let by_token = |style: &PageStyle| matches!(style, PageStyle::Token(_));
    if lists.any(|(_, list)| list.pagination.as_ref().is_some_and(|pages| by_token(&pages.style))) {
        add(
            "short-pages",
            "a page holds half as many jobs as asked for, with a token for the rest",
            "a page size is the most that a page may hold",
            Order::ShortPages,
        );
    }
    found
}
