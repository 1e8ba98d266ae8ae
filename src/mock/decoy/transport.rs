//! Answers that go over the network in another legal way.

use super::{Decoy, Label, Transfer};

struct Wire {
    label: Label,
    transfer: Transfer,
}

impl Decoy for Wire {
    fn label(&self) -> &Label {
        &self.label
    }

    fn transfer(&self) -> Transfer {
        self.transfer
    }
}

pub(super) fn decoys() -> Vec<Box<dyn Decoy>> {
    let usual = Transfer::default();
    [
        (
            "transfer::chunked",
            "bodies come in chunks, without a length",
            "HTTP/1.1 admits it for every body",
            Transfer { in_chunks: true, ..usual },
        ),
        (
            "transfer::compressed",
            "bodies are compressed with gzip",
            "the client says that it accepts gzip",
            Transfer { compresses: true, ..usual },
        ),
        (
            "transfer::closed",
            "the connection is closed after each answer",
            "a server may end a connection after any answer, and says so",
            Transfer { closes: true, ..usual },
        ),
    ]
    .into_iter()
    .map(|(id, title, legal, transfer)| {
        Box::new(Wire { label: Label::new(id, title, legal), transfer }) as Box<dyn Decoy>
    })
    .collect()
}
