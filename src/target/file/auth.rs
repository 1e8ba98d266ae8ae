//! Credentials in a target file.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The credentials of one identity: one table, named after its scheme.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct TargetAuth {
    /// A token in the `Authorization` header.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bearer: Option<Token>,
    /// AWS Signature Version 4.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sigv4: Option<AwsKeys>,
    /// ACS3-HMAC-SHA256.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acs3: Option<AcsKeys>,
    /// SDK-HMAC-SHA256.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sdk_hmac_sha256: Option<SdkKeys>,
    /// A token in a header of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token_header: Option<Token>,
}

/// A token.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Token {
    /// The token.
    pub token: String,
}

/// Keys for AWS. What is left out comes from the usual `AWS_*` variables.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AwsKeys {
    /// The region; else `AWS_REGION` or `AWS_DEFAULT_REGION`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// The key's id; else `AWS_ACCESS_KEY_ID`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub access_key_id: Option<String>,
    /// The key; else `AWS_SECRET_ACCESS_KEY`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret_access_key: Option<String>,
    /// The token of temporary keys; else `AWS_SESSION_TOKEN`, when the keys come from variables too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session_token: Option<String>,
}

/// Keys for ACS3-HMAC-SHA256.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AcsKeys {
    /// The key's id.
    pub access_key_id: String,
    /// The key.
    pub access_key_secret: String,
    /// The token of temporary keys.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub security_token: Option<String>,
}

/// Keys for SDK-HMAC-SHA256.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SdkKeys {
    /// The key's id.
    pub access_key: String,
    /// The key.
    pub secret_key: String,
    /// The token of temporary keys.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub security_token: Option<String>,
}

/// Shows which schemes there are, and nothing of what they hold.
impl std::fmt::Debug for TargetAuth {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set()
            .entries(self.bearer.iter().map(|_| "bearer"))
            .entries(self.sigv4.iter().map(|_| "sigv4"))
            .entries(self.acs3.iter().map(|_| "acs3"))
            .entries(self.sdk_hmac_sha256.iter().map(|_| "sdk-hmac-sha256"))
            .entries(self.token_header.iter().map(|_| "token-header"))
            .finish()
    }
}
