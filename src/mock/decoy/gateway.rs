//! A gateway before the server that has a bad moment now and then.

use std::hash::{DefaultHasher, Hash, Hasher};

use super::super::answer::{Answer, Body};
use super::super::refuse::{self, Words};
use super::{Decoy, Label};
use crate::contract::Contract;
use crate::contract::operation::Role;
use crate::exchange::{Request, route};

/// Every so many requests, a reading is not served; the next request is.
const EVERY: u64 = 7;
/// About one request in so many meets the gateway's own page.
const SHARE: u64 = 40;

const PAGE: &str = "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway\
                    </h1></center>\r\n<hr><center>gateway</center>\r\n</body>\r\n</html>\r\n";

struct Unavailable {
    label: Label,
}

impl Decoy for Unavailable {
    fn label(&self) -> &Label {
        &self.label
    }

    fn interrupts(&self, contract: &Contract, request: &Request, serial: u64) -> Option<Answer> {
        if serial % EVERY != EVERY - 1 {
            return None;
        }
        let name = route::asked(contract, request).operation?;
        let operation = contract.facts.operations.get(&name).filter(|operation| operation.role.is_read())?;
        let codes = &contract.error_body(&name).codes;
        let own = codes.iter().find(|(_, code)| code.status.contains(&503)).map(|(code, _)| code.clone());
        // Where codes are not all documented, this one may be among the others.
        let code = own.or_else(|| contract.error_body(&name).open.then(|| "ServiceUnavailable".to_owned()));
        let words = Words { status: 503, code, message: "Come back in a moment.".to_owned(), sample: None };
        let mut answer = refuse::refuse(contract, &name, operation, &words);
        if contract.facts.headers.keys().any(|header| header.eq_ignore_ascii_case("retry-after")) {
            answer.headers.set("retry-after", "2");
        }
        Some(answer)
    }
}

struct BadGateway {
    label: Label,
}

impl Decoy for BadGateway {
    fn label(&self) -> &Label {
        &self.label
    }

    fn interrupts(&self, _: &Contract, request: &Request, serial: u64) -> Option<Answer> {
        // A mock is asked a few times only: which requests meet it is drawn, the same ones in every run.
        let mut hash = DefaultHasher::new();
        (serial, &request.method, &request.target, &request.body).hash(&mut hash);
        if !hash.finish().is_multiple_of(SHARE) {
            return None;
        }
        let mut answer = Answer::empty(502);
        answer.headers.push("content-type", "text/html");
        answer.body = Body::Text(PAGE.to_owned());
        Some(answer)
    }
}

pub(super) fn decoys(contract: &Contract) -> Vec<Box<dyn Decoy>> {
    let mut found: Vec<Box<dyn Decoy>> = Vec::new();
    if contract.facts.operations.values().any(|operation| Role::is_read(operation.role)) {
        let label = Label::new(
            "unavailable-at-times",
            "a reading is answered with 503 now and then, and served when it is sent again",
            "HTTP has the status for a moment that passes, and such a request was not acted on",
        );
        found.push(Box::new(Unavailable { label }));
    }
    let label = Label::new(
        "bad-gateway-at-times",
        "one request in forty is answered with a page of the gateway, status 502",
        "what stands between a client and a server speaks HTTP, not the server's language",
    );
    found.push(Box::new(BadGateway { label }));
    found
}
