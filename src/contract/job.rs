//! How to read one job wherever it appears.

use std::borrow::Cow;
use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::error::Answer;
use super::operation::Operation;
use super::pointer::Pointer;

pub use super::timestamps::{TimeFormat, Timestamps};

/// Where a job's facts stand inside one job object.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct JobShape {
    /// The job's id.
    pub id: Pointer,
    /// Other places of the id, for answers that show none there: some vendors have two names for it.
    #[serde(default)]
    pub id_or: Vec<Pointer>,
    /// What its ids look like.
    pub ids: IdShape,
    /// Further ids of the same job, by name.
    #[serde(default)]
    pub aliases: BTreeMap<String, Pointer>,
    /// The job's state.
    pub state: Pointer,
    /// The states that can be seen here; all of the lifecycle's when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub states: Option<Vec<String>>,
    /// What the job belongs to, by the name of the parameter that carries it in requests.
    #[serde(default)]
    pub parents: BTreeMap<String, Pointer>,
    /// Parameters of requests that the job belongs to, too, and never shows.
    #[serde(default)]
    pub hidden_parents: Vec<String>,
    /// Its points in time.
    #[serde(default)]
    pub timestamps: Timestamps,
    /// Numbers that only grow while the job runs. With `*` the sum over all items counts.
    #[serde(default)]
    pub counters: Vec<Pointer>,
    /// Members that never change once the job has ended, beside its state.
    #[serde(default)]
    pub frozen: Vec<Pointer>,
    /// Members that are another value at each reading and say nothing about the job, such as the present time.
    #[serde(default)]
    pub volatile: Vec<Pointer>,
    /// Members that say what work the job does; a retry does the same work.
    #[serde(default)]
    pub work: Vec<Pointer>,
    /// Other status words of a job, beside its state.
    #[serde(default)]
    pub words: BTreeMap<String, Word>,
    /// Properties that a precondition depends on.
    #[serde(default)]
    pub facets: BTreeMap<String, Facet>,
    /// Refused reads that tell the job's state all the same.
    #[serde(default)]
    pub told_by_error: Vec<ToldByError>,
    /// How the job looks in the answers of operations that name one of these views.
    #[serde(default)]
    pub views: BTreeMap<String, View>,
    /// The further id by which the job is known where it looks like this; its own id where there is none. Comes from
    /// a view only.
    #[serde(skip)]
    pub names: Option<String>,
    /// Where this reading of a job is documented.
    #[serde(rename = "ref")]
    pub reference: String,
    /// Where it is documented that timestamps and counters only go forward.
    pub progress_ref: String,
}

impl JobShape {
    /// The id that a job shows, with its place.
    pub fn shown_id<'s, 'v>(&'s self, job: &'v Value) -> Option<(&'s Pointer, &'v Value)> {
        let places = std::iter::once(&self.id).chain(&self.id_or);
        places.filter_map(|at| Some((at, at.first(job)?))).find(|(_, id)| !id.is_null())
    }

    /// The place of the id that a job shows; the usual one where it shows none.
    pub fn id_place(&self, job: &Value) -> &str {
        self.shown_id(job).map_or(&self.id, |(at, _)| at).as_str()
    }

    /// Whether a job in this state can be seen here.
    pub fn can_show(&self, state: &str) -> bool {
        self.states.as_ref().is_none_or(|states| states.iter().any(|shown| shown == state))
    }

    /// The parameters that say what a job belongs to, shown or not.
    pub fn parent_names(&self) -> impl Iterator<Item = &String> {
        self.parents.keys().chain(&self.hidden_parents)
    }

    /// Whether a job belongs to something of this name.
    pub fn has_parent(&self, name: &str) -> bool {
        self.parent_names().any(|parent| parent == name)
    }

    /// How the job looks in the answers of an operation.
    pub fn of(&self, operation: &Operation) -> Cow<'_, JobShape> {
        match operation.view.as_ref().and_then(|view| self.views.get(view)) {
            Some(view) => Cow::Owned(self.viewed(view)),
            None => Cow::Borrowed(self),
        }
    }

    /// How the job looks in a view.
    pub fn viewed(&self, view: &View) -> JobShape {
        let mut shape = self.clone();
        shape.views = BTreeMap::new();
        shape.names.clone_from(&view.names);
        let set = |own: &mut Pointer, other: &Option<Pointer>| {
            if let Some(other) = other {
                own.clone_from(other);
            }
        };
        set(&mut shape.id, &view.id);
        if let Some(places) = &view.id_or {
            shape.id_or.clone_from(places);
        }
        set(&mut shape.state, &view.state);
        if view.states.is_some() {
            shape.states.clone_from(&view.states);
        }
        // The id that the view goes by stands at `id`.
        if let Some(names) = &view.names {
            shape.aliases.remove(names);
        }
        shape.aliases.extend(view.aliases.clone());
        shape.parents.extend(view.parents.clone());
        if let Some(timestamps) = &view.timestamps {
            shape.timestamps.clone_from(timestamps);
        }
        if let Some(counters) = &view.counters {
            shape.counters.clone_from(counters);
        }
        if let Some(frozen) = &view.frozen {
            shape.frozen.clone_from(frozen);
        }
        if let Some(volatile) = &view.volatile {
            shape.volatile.clone_from(volatile);
        }
        if let Some(work) = &view.work {
            shape.work.clone_from(work);
        }
        if let Some(words) = &view.words {
            shape.words.clone_from(words);
        }
        for (name, at) in &view.facets {
            if let Some(facet) = shape.facets.get_mut(name) {
                facet.at = Some(at.clone());
            }
        }
        shape
    }
}

/// How a job looks on another surface of the same API. What is left out is as in `[job]`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct View {
    /// The further id (one of `aliases`) that the job goes by here, in requests and in answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub names: Option<String>,
    /// Where the id stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<Pointer>,
    /// Other places of the id: all of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id_or: Option<Vec<Pointer>>,
    /// Where the state stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<Pointer>,
    /// The states that can be seen here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub states: Option<Vec<String>>,
    /// Where further ids stand.
    #[serde(default)]
    pub aliases: BTreeMap<String, Pointer>,
    /// Where parents stand.
    #[serde(default)]
    pub parents: BTreeMap<String, Pointer>,
    /// Points in time: all of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timestamps: Option<Timestamps>,
    /// Counters: all of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counters: Option<Vec<Pointer>>,
    /// Members that do not change after the end: all of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frozen: Option<Vec<Pointer>>,
    /// Members that are another value at each reading: all of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub volatile: Option<Vec<Pointer>>,
    /// Members that say what work the job does: all of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub work: Option<Vec<Pointer>>,
    /// Status words beside the state: all of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub words: Option<BTreeMap<String, Word>>,
    /// Where facets stand.
    #[serde(default)]
    pub facets: BTreeMap<String, Pointer>,
}

/// A refused read that tells the job's state: some vendors answer the read of a failed job with the job's own error.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ToldByError {
    /// The error. It must differ from the one for a job that does not exist.
    pub answer: Answer,
    /// The state that it tells.
    pub state: String,
    /// Where it is documented.
    #[serde(rename = "ref")]
    pub reference: String,
}

/// What the ids of a vendor's jobs look like.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct IdShape {
    /// One id as documented. New ids are made in its likeness: each letter and digit is replaced by another of its
    /// class, everything else stays.
    pub sample: String,
    /// Ids that break the documented form; empty where no form is documented.
    #[serde(default)]
    pub malformed: Vec<String>,
}

/// A status word beside the job's state: a phase, a document's status, a task's status.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Word {
    /// Where it stands in a job; `*` for each item.
    pub at: Pointer,
    /// Its documented values.
    pub values: Vec<String>,
    /// Which of its values go with which state of the job; states left out go with any value.
    #[serde(default)]
    pub agrees: BTreeMap<String, Vec<String>>,
    /// Where the values are documented.
    #[serde(rename = "ref")]
    pub reference: String,
    /// Where the agreement is documented; needed when `agrees` is given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agrees_ref: Option<String>,
}

/// A property of a job, other than its state, that a precondition depends on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Facet {
    /// Where it stands in a job, where a job shows it; `*` for each of several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Pointer>,
    /// Its documented values. A mock gives the first to jobs of which nothing else is asked.
    pub values: Vec<String>,
    /// The values of other facets that go with this one; a job with others has no such facet. Without it every job has
    /// one.
    #[serde(default)]
    pub only_with: BTreeMap<String, Vec<String>>,
    /// Which of its values occur in which state; states left out go with any value.
    #[serde(default)]
    pub goes_with: BTreeMap<String, Vec<String>>,
    /// Where it is documented.
    #[serde(rename = "ref")]
    pub reference: String,
}

impl Facet {
    /// Whether a job can have several values of it.
    pub fn has_several(&self) -> bool {
        self.at.as_ref().is_some_and(|at| at.segments().iter().any(|segment| segment == "*"))
    }
}
