//! How requests prove who sent them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The signing schemes a vendor accepts; any one of them will do.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Auth {
    /// A token in the `Authorization` header, after the word `Bearer`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bearer: Option<BearerAuth>,
    /// AWS Signature Version 4.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sigv4: Option<SigV4Auth>,
    /// A token in a header of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token_header: Option<TokenHeaderAuth>,
    /// ACS3-HMAC-SHA256.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acs3: Option<Acs3Auth>,
    /// SDK-HMAC-SHA256.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sdk_hmac_sha256: Option<SdkHmacAuth>,
}

impl Auth {
    /// Whether requests may carry a signature over themselves, with its date.
    pub fn signs(&self) -> bool {
        self.sigv4.is_some() || self.acs3.is_some() || self.sdk_hmac_sha256.is_some()
    }

    /// Whether a signature says which service it is for.
    pub fn names_service(&self) -> bool {
        self.sigv4.is_some()
    }

    /// Whether every signed request states the hash of its body in a header, and it is this that is signed.
    pub fn states_hash(&self) -> bool {
        self.acs3.is_some() && self.sigv4.is_none() && self.sdk_hmac_sha256.is_none()
    }
}

/// Bearer tokens.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BearerAuth {
    /// Where it is documented.
    #[serde(rename = "ref")]
    pub reference: String,
}

/// AWS Signature Version 4.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SigV4Auth {
    /// The service name in the credential scope.
    pub service: String,
    /// Where it is documented.
    #[serde(rename = "ref")]
    pub reference: String,
}

/// A token in a header.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TokenHeaderAuth {
    /// The header.
    pub header: String,
    /// Where it is documented.
    #[serde(rename = "ref")]
    pub reference: String,
}

/// ACS3-HMAC-SHA256.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Acs3Auth {
    /// The API version that `x-acs-version` names.
    pub version: String,
    /// Where it is documented.
    #[serde(rename = "ref")]
    pub reference: String,
}

/// SDK-HMAC-SHA256.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SdkHmacAuth {
    /// Where it is documented.
    #[serde(rename = "ref")]
    pub reference: String,
}
