//! `jobproof mock`.

use std::sync::Arc;

use super::args::MockArgs;
use super::surroundings::Contracts;
use super::terminal::{Complaint, Terminal};
use crate::mock::clock::Clock;
use crate::mock::decoy::decoy;
use crate::mock::fault::fault;
use crate::mock::serve::{Seat, serve};
use crate::mock::{Mock, MockOptions};
use crate::sign::schemes;

/// Serves until Ctrl-C.
pub(super) fn mock(args: &MockArgs, out: &Terminal) -> Result<u8, Complaint> {
    if !args.time_scale.is_finite() || args.time_scale < 0.0 {
        return Err("--time-scale is a number from 0 up; 0 makes the clock stand still".into());
    }
    let contract = Contracts::new(&args.contracts)?.contract(&args.vendor, args.edition.as_deref())?;
    let unknown = |what: &str, id: &str| {
        format!("there is no {what} `{id}`; see `jobproof list {what}s {}`", args.vendor)
    };
    let fault = match &args.fault {
        None => None,
        Some(id) => Some(Arc::from(fault(&contract, id).ok_or_else(|| unknown("fault", id))?)),
    };
    let decoy = match &args.decoy {
        None => None,
        Some(id) => Some(Arc::from(decoy(&contract, id).ok_or_else(|| unknown("decoy", id))?)),
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|e| format!("the mock could not be started: {e}"))?;
    runtime.block_on(async {
        let listener =
            tokio::net::TcpListener::bind(args.listen).await.map_err(|e| format!("{}: {e}", args.listen))?;
        let address = listener.local_addr().map_err(|e| e.to_string())?;
        let clock = Arc::new(Clock::running(args.time_scale));
        let base_url = format!("http://{address}");
        let options = MockOptions { seed: args.seed, fault, decoy, clock, base_url: base_url.clone() };
        let mock = Arc::new(Mock::new(Arc::clone(&contract), options));
        // Scripts wait for this line: it comes first, and once requests are answered.
        out.out(&format!("listening on {base_url}\n"));
        out.out(&identity(&contract));
        let ended = async {
            let _ = tokio::signal::ctrl_c().await;
        };
        serve(listener, Seat::of(mock), ended).await.map_err(|e| e.to_string())
    })?;
    Ok(0)
}

/// What to call the mock with. Its credentials are made up and open nothing else.
fn identity(contract: &crate::contract::Contract) -> String {
    let mut text = String::new();
    if let Some(edition) = &contract.edition {
        text.push_str(&format!("edition {edition}\n"));
    }
    for scheme in schemes(&contract.facts.auth) {
        let members = scheme.example();
        let members: Vec<String> =
            members.0.iter().map(|(name, value)| format!("{name} = {value}")).collect();
        text.push_str(&format!("credentials ({}): {}\n", scheme.name(), members.join(", ")));
    }
    for (name, parameter) in &contract.facts.parameters {
        text.push_str(&format!("{name} = {}\n", parameter.example));
    }
    text
}
