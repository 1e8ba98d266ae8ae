//! How lists come in pages.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::one_of::one_table;
use super::pointer::Pointer;

/// How a list is cut into pages.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Pagination {
    /// How the next page is asked for.
    pub style: PageStyle,
    /// Where the page size goes in the request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<PageSize>,
    /// Where the total number of items stands in the response.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total: Option<Pointer>,
    /// Where the number of items on this page stands in the response.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<Pointer>,
    /// Where it is documented.
    #[serde(rename = "ref")]
    pub reference: String,
}

impl Pagination {
    /// Whether a page says something of itself beside the way to the next one and the total.
    pub fn says_something(&self) -> bool {
        let in_style = match &self.style {
            PageStyle::Token(_) => false,
            PageStyle::Page(style) => {
                style.number.is_some()
                    || !style.links.is_empty()
                    || !style.next_link.is_empty()
                    || style.pages.is_some() && self.total.is_some()
            }
            PageStyle::Offset(style) => style.response.is_some(),
        };
        in_style || self.count.is_some() || self.size.as_ref().is_some_and(|size| size.response.is_some())
    }
}

/// How the next page is asked for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[schemars(transform = one_table)]
pub enum PageStyle {
    /// By a token from the last answer.
    Token(TokenStyle),
    /// By the page's number, from 1.
    Page(PageNumberStyle),
    /// By the number of items to pass over.
    Offset(OffsetStyle),
}

/// Paging by token.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TokenStyle {
    /// Where the token goes in the request.
    pub request: Pointer,
    /// Where the next token stands in the response; absent on the last page.
    pub response: Pointer,
}

/// Paging by page number.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PageNumberStyle {
    /// Where the number goes in the request.
    pub request: Pointer,
    /// Where the link to the next page stands in the response; absent on the last page.
    #[serde(default)]
    pub next_link: Vec<Pointer>,
    /// Where the number of pages stands in the response.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pages: Option<Pointer>,
    /// Where the number of this page stands in the response.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<Pointer>,
    /// Where the first, last and previous links stand in the response, for the mock to fill.
    #[serde(default)]
    pub links: BTreeMap<LinkName, Pointer>,
}

/// The other links of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs, reason = "the names say it")]
pub enum LinkName {
    First,
    Previous,
    Last,
}

/// Paging by offset.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OffsetStyle {
    /// Where the offset goes in the request.
    pub request: Pointer,
    /// Where it stands in the response.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub response: Option<Pointer>,
}

/// The size of a page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PageSize {
    /// Where it goes in the request.
    pub request: Pointer,
    /// The size when none is asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<u64>,
    /// The largest size.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<u64>,
    /// Where it stands in the response.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub response: Option<Pointer>,
    /// What becomes of a size above the largest; either will do when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub over_max: Option<OverMax>,
}

/// What becomes of a page size above the largest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum OverMax {
    /// The request is refused as one with an invalid parameter.
    Refused,
    /// The page is as large as may be.
    Clamped,
}
