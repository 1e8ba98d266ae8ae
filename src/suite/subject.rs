//! One server, with what the report says of it.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::server::{Endpoint, MockServer, Oddity};
use crate::contract::Contract;
use crate::recording::model::About;
use crate::run::schedule::Server;

/// One server with what the report says of it.
pub struct Subject {
    /// The server.
    pub server: Arc<dyn Server>,
    /// What was tested, for people.
    pub target: String,
    /// The fault the built-in mock was given, if any.
    pub fault: Option<String>,
    /// What has to be judged of it for the run to have a verdict, as `GROUP` or `GROUP=N%`.
    pub require: Vec<String>,
    /// What weakens the result.
    pub warnings: Vec<String>,
    /// The secrets that must not be shown.
    pub secrets: Vec<String>,
    /// What stands before each request's target in `curl` lines.
    pub base_url: String,
    /// The same for services that are elsewhere, by their names.
    pub base_urls: BTreeMap<String, String>,
}

impl Subject {
    /// What a report tells of it.
    pub(super) fn about(&self) -> About {
        let contract = self.server.contract();
        About {
            vendor: contract.facts.id.clone(),
            edition: contract.edition.clone(),
            contract: contract.digest.clone(),
            target: self.target.clone(),
            fault: self.fault.clone(),
            warnings: self.warnings.clone(),
            base_url: self.base_url.clone(),
            base_urls: self.base_urls.clone(),
            stand_ins: Vec::new(),
        }
    }

    /// The built-in mock of a contract, over loopback HTTP or in this process.
    pub fn mock(contract: &Arc<Contract>, seed: u64, over_http: bool) -> Subject {
        Subject {
            server: Arc::new(MockServer::new(Arc::clone(contract), seed, over_http, Oddity::None)),
            target: "built-in mock".into(),
            fault: None,
            require: Vec::new(),
            warnings: Vec::new(),
            secrets: Vec::new(),
            base_url: "http://127.0.0.1:PORT".into(),
            base_urls: BTreeMap::new(),
        }
    }

    /// The built-in mock with a fault.
    ///
    /// # Errors
    /// Names the faults there are, when there is none of this id.
    pub fn faulty_mock(
        contract: &Arc<Contract>,
        seed: u64,
        over_http: bool,
        fault: &str,
    ) -> Result<Subject, String> {
        let known = crate::mock::fault::faults(contract);
        let ids: Vec<String> = known.iter().map(|f| f.label().id.clone()).collect();
        let found = known.into_iter().find(|f| f.label().id == fault);
        let found = found.ok_or_else(|| unknown(contract, "fault", fault, &ids))?;
        let oddity = Oddity::Fault(Arc::from(found));
        Ok(Subject {
            server: Arc::new(MockServer::new(Arc::clone(contract), seed, over_http, oddity)),
            fault: Some(fault.to_owned()),
            ..Subject::mock(contract, seed, over_http)
        })
    }

    /// The built-in mock as a decoy.
    ///
    /// # Errors
    /// Names a decoy that is meant, when there is none of this id.
    pub fn decoy_mock(
        contract: &Arc<Contract>,
        seed: u64,
        over_http: bool,
        decoy: &str,
    ) -> Result<Subject, String> {
        let known = crate::mock::decoy::decoys(contract);
        let ids: Vec<String> = known.iter().map(|d| d.label().id.clone()).collect();
        let found = known.into_iter().find(|d| d.label().id == decoy);
        let found = found.ok_or_else(|| unknown(contract, "decoy", decoy, &ids))?;
        let oddity = Oddity::Decoy(Arc::from(found));
        Ok(Subject {
            server: Arc::new(MockServer::new(Arc::clone(contract), seed, over_http, oddity)),
            target: format!("built-in mock as decoy {decoy}"),
            ..Subject::mock(contract, seed, over_http)
        })
    }

    /// A server that a target file describes.
    ///
    /// # Errors
    /// Says what in the settings cannot be used.
    pub fn endpoint(
        settings: &crate::target::file::settings::Settings,
        mut warnings: Vec<String>,
        seed: u64,
    ) -> Result<Subject, String> {
        let endpoint = Endpoint::new(settings, seed)?;
        let base_url = settings.bases.iter().next().map(ToString::to_string).unwrap_or_default();
        let elsewhere = settings.bases.of_service.iter();
        if settings.trust.is_insecure {
            warnings.push("TLS certificates were not checked (tls.insecure)".into());
        }
        Ok(Subject {
            server: Arc::new(endpoint),
            target: base_url.clone(),
            fault: None,
            require: settings.require.clone(),
            warnings,
            secrets: settings.secrets().collect(),
            base_url,
            base_urls: elsewhere.map(|(service, base)| (service.clone(), base.to_string())).collect(),
        })
    }
}

/// Says that a mock has no fault or decoy of this id, and which one may be meant.
fn unknown(contract: &Contract, what: &str, id: &str, known: &[String]) -> String {
    let near = crate::contract::source::nearest(id, known.iter().map(String::as_str));
    let help = near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
    format!("the mock of {} has no {what} `{id}`{help}", contract.facts.id)
}
