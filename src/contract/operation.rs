//! One call of a vendor's API.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::around::{Changes, Items, Makes, Parts, Shows};
use super::combination::Facets;
use super::echo::Echo;
use super::graphql::GraphqlCall;
use super::one_of::one_table;
use super::pointer::Pointer;

pub use super::paging::{
    LinkName, OffsetStyle, OverMax, PageNumberStyle, PageSize, PageStyle, Pagination, TokenStyle,
};

/// What a call does to jobs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Starts a job.
    Create,
    /// Reads one job.
    Get,
    /// Reads many jobs.
    List,
    /// Cancels one job.
    Cancel,
    /// Cancels many jobs.
    CancelMany,
    /// Starts a job again.
    Retry,
    /// Reads something that belongs to a job.
    Details,
}

impl Role {
    /// Calls that act on jobs that are there.
    pub const ACTS: [Role; 3] = [Role::Cancel, Role::CancelMany, Role::Retry];

    /// The word used in files and reports.
    pub fn word(self) -> &'static str {
        match self {
            Role::Create => "create",
            Role::Get => "get",
            Role::List => "list",
            Role::Cancel => "cancel",
            Role::CancelMany => "cancel-many",
            Role::Retry => "retry",
            Role::Details => "details",
        }
    }

    /// Whether a call of this role starts a job.
    pub fn is_start(self) -> bool {
        matches!(self, Role::Create | Role::Retry)
    }

    /// Whether a call of this role only reads.
    pub fn is_read(self) -> bool {
        matches!(self, Role::Get | Role::List | Role::Details)
    }
}

/// The HTTP methods that contracts use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
#[allow(missing_docs, reason = "the names are the methods")]
pub enum Method {
    Get,
    Post,
    Put,
    Patch,
    Delete,
}

impl Method {
    /// The method as it stands in a request line.
    pub fn word(self) -> &'static str {
        match self {
            Method::Get => "GET",
            Method::Post => "POST",
            Method::Put => "PUT",
            Method::Patch => "PATCH",
            Method::Delete => "DELETE",
        }
    }
}

/// One documented call.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Operation {
    /// What it does, in a few words.
    pub title: String,
    /// What it does to jobs.
    pub role: Role,
    /// The service it belongs to; needed where a vendor has several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
    /// The HTTP method.
    pub method: Method,
    /// The path, with `{parameters}`, each a whole segment.
    pub path: String,
    /// Other forms of the path that real clients send; a mock answers them too.
    #[serde(default)]
    pub also: Vec<String>,
    /// Query members that the call always has. They tell it from other calls of the same method and path.
    #[serde(default)]
    pub query: BTreeMap<String, String>,
    /// Where several calls share a method and a path: the member of the request, over `{ path, query, body }`, that
    /// tells this one. A request that has none of them is taken for the first of those calls.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub told_by: Option<Pointer>,
    /// The schema of the request, over `{ path, query, headers, body }`.
    pub request: String,
    /// Members that every request of ours carries, over `{ query, headers, body }`. `{name}` inside a string stands
    /// for a parameter of the target.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub send: Option<Value>,
    /// The schema of each documented response body by status; `default` for all others. An empty name stands for
    /// an empty body.
    pub responses: BTreeMap<String, String>,
    /// Where the statuses of its answers are documented, when that is elsewhere than the call itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub responses_ref: Option<String>,
    /// Where one job stands in a success body.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub job: Option<Pointer>,
    /// Where the list of jobs stands in a success body.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jobs: Option<Pointer>,
    /// For a call that lists something other than jobs: its items.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub items: Option<Items>,
    /// For a list that holds only jobs of some kinds: the values of facets that these have.
    #[serde(default)]
    pub lists: Facets,
    /// For a list that is not cut into pages: how many of the newest jobs it shows; all when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub latest: Option<usize>,
    /// The view of `[job]` that says how the job looks in the answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub view: Option<String>,
    /// Members of a job that this operation leaves out (summaries).
    #[serde(default)]
    pub omits: Vec<Pointer>,
    /// Where the request names the job, over `{ path, query, body }`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<Pointer>,
    /// Where the request names a parent, by parameter. A path parameter of the same name needs no entry.
    #[serde(default)]
    pub parents: BTreeMap<String, Pointer>,
    /// Where the request carries its idempotency token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_token: Option<ClientToken>,
    /// How it pages.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pagination: Option<Pagination>,
    /// How it narrows and orders a list.
    #[serde(default)]
    pub filters: Vec<Filter>,
    /// Facets of the jobs it creates.
    #[serde(default)]
    pub facets: BTreeMap<String, String>,
    /// Facets of the jobs it creates that the request decides: where in it each one stands.
    #[serde(default)]
    pub facets_from: BTreeMap<String, Pointer>,
    /// For a start: members of the request that the job then has.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub echoes: Vec<Echo>,
    /// Whether the jobs it starts destroy data: it is sent to a server that is not a mock only where that is allowed.
    #[serde(default)]
    pub destroys: bool,
    /// Whether it takes no credentials.
    #[serde(default)]
    pub anonymous: bool,
    /// For a GraphQL operation: what it sends and where the answer stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub graphql: Option<GraphqlCall>,
    /// Whether it makes, changes or removes something other than jobs.
    #[serde(default)]
    pub writes: bool,
    /// What it makes, where later calls can name it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub makes: Option<Makes>,
    /// The parameter whose value it takes out of the world.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub removes: Option<String>,
    /// What it changes on something that is no job.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changes: Option<Changes>,
    /// What it shows of something that is no job.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shows: Option<Shows>,
    /// For a get: the list inside the job that it shows a page of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parts: Option<Parts>,
    /// Where it is documented.
    #[serde(rename = "ref")]
    pub reference: String,
}

impl Operation {
    /// The reference for the statuses of its answers.
    pub fn statuses_ref(&self) -> &str {
        self.responses_ref.as_ref().unwrap_or(&self.reference)
    }

    /// Where the list stands that it shows, of jobs or of something else.
    pub fn list(&self) -> Option<&Pointer> {
        self.jobs.as_ref().or_else(|| self.items.as_ref().map(|items| &items.at))
    }

    /// The documented success statuses, in order.
    pub fn success_statuses(&self) -> impl Iterator<Item = u16> {
        self.responses.keys().filter_map(|key| key.parse().ok()).filter(|status| (200..300).contains(status))
    }

    /// The name of the schema for the body of a response with this status.
    pub fn response_schema(&self, status: u16) -> Option<&str> {
        self.responses.get(&status.to_string()).or_else(|| self.responses.get("default")).map(String::as_str)
    }

    /// The names of the path's parameters, in order.
    pub fn path_parameters(&self) -> impl Iterator<Item = &str> {
        self.path.split('/').filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}'))
    }

    /// The facets of the jobs that it creates with this request, given as its view.
    pub fn created_facets(&self, view: &Value) -> BTreeMap<String, Vec<String>> {
        let fixed = self.facets.iter().map(|(name, value)| (name.clone(), vec![value.clone()]));
        let chosen = self.facets_from.iter().filter_map(|(name, at)| {
            let value = at.text(view)?;
            Some((name.clone(), vec![value.to_owned()]))
        });
        fixed.chain(chosen).collect()
    }

    /// The value of the parameter `name` in a request, given as its view.
    pub fn named(&self, name: &str, view: &Value) -> Option<String> {
        match self.parent_place(name)?.first(view)? {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        }
    }

    /// Whether a list holds the jobs of which these facets are known.
    pub fn lists_jobs_with(&self, facets: &Facets) -> bool {
        self.lists.iter().all(|(name, words)| {
            facets.get(name).is_some_and(|values| values.iter().all(|value| words.contains(value)))
        })
    }

    /// The first kind of jobs that a list holds; none where it holds all.
    pub fn first_listed(&self) -> Facets {
        let firsts =
            self.lists.iter().map(|(name, words)| (name.clone(), words.iter().take(1).cloned().collect()));
        firsts.collect()
    }

    /// Where the request names the parent `name`, if it does.
    pub fn parent_place(&self, name: &str) -> Option<Pointer> {
        self.parents.get(name).cloned().or_else(|| {
            self.path_parameters()
                .any(|p| p == name)
                .then(|| Pointer::new(format!("/path/{}", super::pointer::escape(name))))
        })
    }
}

/// How a create call is made safe to repeat.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ClientToken {
    /// Where the token stands in the request.
    pub at: Pointer,
    /// What the documentation promises.
    #[serde(rename = "ref")]
    pub reference: String,
}

/// One way to narrow or order a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Filter {
    /// A short name, used in case ids.
    pub name: String,
    /// What the request carries, over `{ query, body }`; `{state}` stands for the state asked for.
    pub send: Value,
    /// What the list then holds.
    pub effect: FilterEffect,
    /// Where it is documented.
    #[serde(rename = "ref")]
    pub reference: String,
}

/// What a filter does to a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[schemars(transform = one_table)]
pub enum FilterEffect {
    /// Only jobs in the state asked for; the pointer says where an item's state stands.
    OnlyState(Pointer),
    /// Items grow by this member.
    Ascending(Pointer),
    /// Items shrink by this member.
    Descending(Pointer),
}
