//! Stands in for the crate `aws-config`, of which winterbaume uses the few names below, in a function that nobody calls
//! here: it connects an SDK to the emulator. The real one brings 80 more crates, HTTP clients and TLS in C among them,
//! and doubles the time of the build.

/// What an SDK is made from.
#[derive(Debug)]
pub struct SdkConfig;

/// A region.
#[derive(Debug)]
pub struct Region;

impl Region {
    /// A region of this name.
    pub fn new(_name: String) -> Self {
        Self
    }
}

/// Which defaults are meant.
#[derive(Debug)]
pub struct BehaviorVersion;

impl BehaviorVersion {
    /// The newest ones.
    pub fn latest() -> Self {
        Self
    }
}

/// Collects what an SDK is to be made from.
#[derive(Debug)]
pub struct ConfigLoader;

/// Begins to collect.
pub fn defaults(_version: BehaviorVersion) -> ConfigLoader {
    ConfigLoader
}

impl ConfigLoader {
    /// What sends the requests.
    pub fn http_client<T>(self, _client: T) -> Self {
        self
    }

    /// Who asks.
    pub fn credentials_provider<T>(self, _provider: T) -> Self {
        self
    }

    /// Where.
    pub fn region(self, _region: Region) -> Self {
        self
    }

    /// Ends collecting.
    pub async fn load(self) -> SdkConfig {
        SdkConfig
    }
}
