//! A target file, checked and complete.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use reqwest::Url;
use serde_json::{Map, Value};

use super::secrets::OPEN;
use super::{Allow, Fixture, Hook, Limits, TargetAuth, TargetFile};
use crate::contract::Contract;
use crate::sign::Credentials;

/// What a run needs to know about its target.
#[derive(Clone)]
pub struct Settings {
    /// The contract.
    pub contract: Arc<Contract>,
    /// Where the services are.
    pub bases: Bases,
    /// What may be sent.
    pub allow: BTreeSet<Allow>,
    /// What has to be judged for a run to have a verdict, as `GROUP` or `GROUP=N%`.
    pub require: Vec<String>,
    /// The usual credentials; none where the contract asks for none.
    pub identity: Option<Identity>,
    /// Further credentials by name: `read_only`, `foreign`.
    pub identities: BTreeMap<String, Identity>,
    /// What paths and bodies need, by parameter.
    pub parameters: BTreeMap<String, Value>,
    /// The same of the other, foreign parent, complete.
    pub other_parent: Option<BTreeMap<String, Value>>,
    /// Jobs known to be in a state.
    pub fixtures: Vec<Fixture>,
    /// Members merged into the body of every create request.
    pub create: Map<String, Value>,
    /// What puts a job into a state on demand.
    pub arrange: Option<Hook>,
    /// How fast and how long.
    pub limits: Limits,
    /// How the server is trusted.
    pub trust: Trust,
}

impl std::fmt::Debug for Settings {
    /// Leaves out the parameters: a password may be one of them.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Settings")
            .field("vendor", &self.contract.facts.id)
            .field("bases", &self.bases)
            .field("allow", &self.allow)
            .field("identity", &self.identity)
            .field("fixtures", &self.fixtures)
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}

impl Settings {
    /// Settings from a file that was checked.
    pub(super) fn new(file: TargetFile, contract: Arc<Contract>, trust: Trust) -> Result<Self, String> {
        let parse = |url: &str| Base::parse(url).map_err(|why| format!("`{url}` {why}"));
        let other_parent = (!file.other_parent.is_empty()).then(|| {
            let mut all = file.parameters.clone();
            all.extend(file.other_parent.clone());
            all
        });
        let identities = [("read_only", &file.identities.read_only), ("foreign", &file.identities.foreign)];
        Ok(Settings {
            bases: Bases {
                usual: file.base_url.as_deref().map(parse).transpose()?,
                of_service: file
                    .base_urls
                    .iter()
                    .map(|(service, url)| Ok((service.clone(), parse(url)?)))
                    .collect::<Result<_, String>>()?,
            },
            contract,
            allow: file.allow.into_iter().collect(),
            require: file.require,
            identity: Identity::of(&file.auth),
            identities: identities
                .into_iter()
                .filter_map(|(name, auth)| Some((name.to_owned(), Identity::of(auth.as_ref()?)?)))
                .collect(),
            parameters: file.parameters,
            other_parent,
            fixtures: file.fixtures,
            create: file.create,
            arrange: file.arrange,
            limits: file.limits,
            trust,
        })
    }

    /// Every secret among the credentials and the parameters, for a redactor.
    pub fn secrets(&self) -> impl Iterator<Item = String> {
        let parameters = self.parameters.iter().chain(self.other_parent.iter().flatten());
        let texts =
            parameters.filter(|(name, _)| self.is_secret(name)).filter_map(|(_, value)| value.as_str());
        let credentials = self
            .identity
            .iter()
            .chain(self.identities.values())
            .flat_map(|identity| identity.credentials.0.iter())
            .filter(|(name, _)| !OPEN.contains(&name.as_str()))
            .map(|(_, value)| value.clone());
        credentials.chain(texts.map(str::to_owned))
    }

    fn is_secret(&self, parameter: &str) -> bool {
        self.contract.facts.parameters.get(parameter).is_some_and(|fact| fact.secret)
    }
}

/// Who sends requests, and how they prove it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The scheme, by the name of its table.
    pub scheme: String,
    /// Its credentials.
    pub credentials: Credentials,
}

impl Identity {
    /// The identity of a table of credentials; none where the table is empty.
    fn of(auth: &TargetAuth) -> Option<Self> {
        // The members of each scheme's table are its credentials, by the same names.
        let Ok(Value::Object(schemes)) = serde_json::to_value(auth) else { return None };
        let (scheme, members) = schemes.into_iter().next()?;
        let Value::Object(members) = members else { return None };
        let credentials =
            members.into_iter().filter_map(|(name, value)| Some((name, value.as_str()?.to_owned())));
        Some(Identity { scheme, credentials: Credentials(credentials.collect()) })
    }
}

/// Where the services of a vendor are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Bases {
    /// Where every service is that has no address of its own.
    pub usual: Option<Base>,
    /// Where the others are.
    pub of_service: BTreeMap<String, Base>,
}

impl Bases {
    /// Where this service is, if that is known.
    pub fn get(&self, service: Option<&str>) -> Option<&Base> {
        service.and_then(|service| self.of_service.get(service)).or(self.usual.as_ref())
    }

    /// Every address.
    pub fn iter(&self) -> impl Iterator<Item = &Base> {
        self.usual.iter().chain(self.of_service.values())
    }
}

/// Where a service is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Base {
    /// `http` or `https`.
    pub protocol: String,
    /// The host, with its port where that is not the usual one: the value of the `Host` header.
    pub authority: String,
    /// What stands before each request's path: nothing, or `/something` without a slash at the end.
    pub prefix: String,
    /// Whether the server is on this machine.
    pub is_loopback: bool,
}

impl Base {
    /// Reads a base URL.
    ///
    /// # Errors
    /// Says what is wrong, as the end of a sentence that starts with the URL.
    pub fn parse(text: &str) -> Result<Self, String> {
        let url = Url::parse(text).map_err(|error| format!("is not a URL: {error}"))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err("is not a URL of http or https".into());
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err("holds credentials: they belong under `auth`".into());
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err("has a query or a fragment: only a host and a path are of use".into());
        }
        let host = url.host_str().ok_or("has no host")?;
        let address = host.trim_start_matches('[').trim_end_matches(']').parse::<std::net::IpAddr>();
        let is_loopback = address.map_or_else(
            |_| host == "localhost" || host.ends_with(".localhost"),
            |address| address.is_loopback(),
        );
        Ok(Base {
            protocol: url.scheme().to_owned(),
            authority: url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}")),
            prefix: url.path().trim_end_matches('/').to_owned(),
            is_loopback,
        })
    }
}

impl std::fmt::Display for Base {
    /// The base URL, without a slash at the end.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}://{}{}", self.protocol, self.authority, self.prefix)
    }
}

/// How the server is trusted, and how it trusts us.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Trust {
    /// Certificates (PEM) to trust beside the usual ones.
    pub authorities: Option<Vec<u8>>,
    /// The client's certificate and key (PEM).
    pub client: Option<Vec<u8>>,
    /// Whether any certificate will do.
    pub is_insecure: bool,
}

impl std::fmt::Debug for Trust {
    /// Leaves out the client's key.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Trust")
            .field("authorities", &self.authorities.is_some())
            .field("client", &self.client.is_some())
            .field("is_insecure", &self.is_insecure)
            .finish()
    }
}
