//! From a call of a case to a signed request.

use serde_json::{Value, json};

use super::setup::Setup;
use crate::case::base::merge;
use crate::case::{Call, Case, JobRef, Parents, Part};
use crate::contract::around::Guess;
use crate::contract::likeness::{Dice, like, mix};
use crate::contract::operation::{Operation, Role};
use crate::contract::pointer::Pointer;
use crate::exchange::Request;
use crate::exchange::compose::{compose, encode};
use crate::exchange::headers::Headers;
use crate::rule::Why;
use crate::sign::{Destination, Scheme, sign_badly};

/// The target file lacks something.
fn lacks(what: String) -> Why {
    Why::NotGiven { what }
}

/// A request cannot be signed.
fn unsigned(scheme: &dyn Scheme, why: impl std::fmt::Display) -> Why {
    Why::NotSent { because: format!("signing with {}: {why}", scheme.name()) }
}

/// The request of a call: as composed, and as signed.
pub(super) fn prepare(
    setup: &Setup,
    case: &Case,
    call: &Call,
    job: Option<&str>,
    in_other_parent: bool,
    used: Option<&(Pointer, Value)>,
    more: &[(Pointer, Value)],
) -> Result<(Request, Request), Why> {
    let contract = &setup.contract;
    let Some(operation) = contract.facts.operations.get(&call.operation) else {
        return Err(Why::NoWay { what: format!("the contract has no operation {}", call.operation) });
    };
    if call.parents == Parents::Foreign && !names_what_differs(setup, operation, call, in_other_parent)? {
        let what = format!("give [other_parent] another value of a parameter that {} names", call.operation);
        return Err(lacks(what));
    }
    if operation.role == Role::Create && replaces_body(call) && is_given(&setup.create) {
        return Err(Why::Undocumented { what: "the target file says what a start needs in its body".into() });
    }
    let mut view = json!({ "path": {}, "query": {}, "headers": {} });
    if let Some(send) = &operation.send {
        merge(&mut view, send);
    }
    if operation.role == Role::Create {
        merge(&mut view, &created_with(setup, operation));
    }
    fill(&mut view, setup, case);
    for name in operation.path_parameters().map(str::to_owned).chain(operation.parents.keys().cloned()) {
        let is_target = operation.target.as_ref().is_some_and(|t| t.segments() == ["path", name.as_str()]);
        let Some(place) = operation.parent_place(&name).filter(|_| !is_target) else { continue };
        // What an earlier call made comes below: a target file need not give another.
        let is_made = call.uses.as_ref().is_some_and(|(parameter, _)| *parameter == name);
        if is_made || call.set.iter().any(|(at, _)| *at == place) {
            continue;
        }
        place.put(&mut view, parameter(setup, &name, parents_of(call, &name), in_other_parent)?);
    }
    let id = match &call.job {
        JobRef::Unknown => {
            Some(like(&contract.facts.job.ids.sample, &mut Dice::new(setup.seed, hash(&case.id))))
        }
        _ => job.map(str::to_owned),
    };
    if let (Some(place), Some(id)) = (&operation.target, id) {
        place.put(&mut view, json!(id));
    }
    // What was made goes in as parents do: what is made wrong around it stays wrong.
    for (place, value) in used.into_iter().chain(&call.set).chain(more) {
        place.put(&mut view, whole(setup, value)?);
    }
    fill(&mut view, setup, case);
    if let Some(job) = job {
        crate::case::base::fill(&mut view, &[("job".to_owned(), json!(job))].into_iter().collect());
    }
    for place in &call.unset {
        place.remove(&mut view);
    }
    let mut plain = compose(operation, &view);
    if let Some(raw) = &call.raw {
        plain.body = raw.clone().into_bytes();
        plain.headers.set("content-type", "application/json");
    }
    let mut request = plain.clone();
    let signer = match call.identity {
        None => setup.signer.as_ref(),
        Some(who) => Some(
            setup
                .identities
                .get(&who)
                .ok_or_else(|| lacks(format!("add [identities.{}] to the target file", who.word())))?,
        ),
    };
    if let Some((scheme, credentials)) = signer.filter(|_| !operation.anonymous) {
        let (authority, prefix) = setup.target.authority(request.service.as_deref());
        let to = Destination { operation: &call.operation, authority, prefix };
        let (scheme, now) = (scheme.as_ref(), setup.target.now());
        let unsigned = |why| unsigned(scheme, why);
        if let Some(part) = call.signed_for_another {
            if !scheme.signs() {
                return Err(Why::Undocumented {
                    what: format!("{} signs no part of a request", scheme.name()),
                });
            }
            let elsewhere = (part == Part::Service).then(|| scheme.for_another_service());
            let signs = match &elsewhere {
                None => scheme,
                Some(Some(other)) => other.as_ref(),
                Some(None) => {
                    let what = format!("a signature of {} is for no service in particular", scheme.name());
                    return Err(Why::Undocumented { what });
                }
            };
            let mut other = another(&request, part);
            signs.sign(&mut other, to, credentials, now).map_err(unsigned)?;
            request.headers = other.headers;
        } else if let Some(condition) = call.credentials {
            if !sign_badly(scheme, &mut request, to, credentials, now, condition).map_err(unsigned)? {
                return Err(Why::Undocumented { what: format!("{} knows no {condition}", scheme.name()) });
            }
        } else {
            scheme.sign(&mut request, to, credentials, now).map_err(unsigned)?;
        }
    }
    Ok((plain, request))
}

/// A request that no operation is for: as composed, and as signed. `{name}` stands for a parameter, `{job}` for the
/// job's id.
pub(super) fn prepare_guess(setup: &Setup, guess: &Guess, job: &str) -> Result<(Request, Request), Why> {
    let fill = |text: &str| -> Result<String, Why> {
        let Some(name) = text.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) else {
            return Ok(text.to_owned());
        };
        match setup.parameters.get(name) {
            _ if name == "job" => Ok(job.to_owned()),
            Some(value) => Ok(value.as_str().map_or_else(|| value.to_string(), str::to_owned)),
            None => Err(lacks(format!("add `{name}` to [parameters] of the target file"))),
        }
    };
    let mut target = String::new();
    for segment in guess.path.split('/').skip(1) {
        target.push('/');
        target.push_str(&encode(&fill(segment)?));
    }
    for (index, (name, value)) in guess.query.iter().enumerate() {
        target.push(if index == 0 { '?' } else { '&' });
        target.push_str(&format!("{}={}", encode(name), encode(&fill(value)?)));
    }
    let mut headers = Headers::default();
    headers.push("accept", "application/json");
    let method = guess.method.word().to_owned();
    let plain = Request { service: guess.service.clone(), method, target, headers, body: Vec::new() };
    let mut request = plain.clone();
    if let Some((scheme, credentials)) = &setup.signer {
        let (authority, prefix) = setup.target.authority(request.service.as_deref());
        // There is no operation to name: a client that guesses would make a name of the path.
        let operation = guess.path.rsplit('/').next().unwrap_or_default();
        scheme
            .sign(&mut request, Destination { operation, authority, prefix }, credentials, setup.target.now())
            .map_err(|why| unsigned(scheme.as_ref(), why))?;
    }
    Ok((plain, request))
}

/// Whether a right request is to have another body than the usual one.
fn replaces_body(call: &Call) -> bool {
    let is_body = |at: &Pointer| at.as_str() == "/body";
    let is_other =
        call.raw.is_some() || call.unset.iter().chain(call.set.iter().map(|(at, _)| at)).any(is_body);
    call.probe.is_none() && is_other
}

/// Whether a target file says what a start needs.
fn is_given(create: &Value) -> bool {
    create.get("body").and_then(Value::as_object).is_some_and(|members| !members.is_empty())
}

/// What the target file puts into a request that starts a job: into its query where it has no body.
fn created_with(setup: &Setup, operation: &Operation) -> Value {
    let shape = setup.contract.shapes.get(&operation.request);
    let has = |part: &str| shape.is_some_and(|shape| shape.document.pointer(part).is_some());
    match setup.create.get("body") {
        Some(members) if has("/properties/query") && !has("/properties/body") => json!({ "query": members }),
        _ => setup.create.clone(),
    }
}

/// The same request with another path, query or body.
fn another(request: &Request, part: Part) -> Request {
    let mut other = request.clone();
    let path_ends = request.path().len();
    match part {
        Part::Path => other.target.insert(path_ends, 'x'),
        Part::Query => other.target.push_str(if request.query().is_some() { "&x=x" } else { "?x=x" }),
        Part::Body => other.body.push(b' '),
        Part::Service => {}
    }
    other
}

/// The value of a parameter for this call.
fn parameter(setup: &Setup, name: &str, parents: Parents, in_other_parent: bool) -> Result<Value, Why> {
    let fact = setup.contract.facts.parameters.get(name);
    let is_parent = setup.contract.facts.job.has_parent(name);
    let missing = |table: &str| lacks(format!("add `{name}` to [{table}] of the target file"));
    let own = || setup.parameters.get(name).cloned().ok_or_else(|| missing("parameters"));
    let other = || setup.other_parent.get(name).cloned().ok_or_else(|| missing("other_parent"));
    match parents {
        _ if !is_parent => own(),
        // A job of the other parent is foreign to the target's own.
        Parents::Own if in_other_parent => other(),
        Parents::Own => own(),
        Parents::Foreign if in_other_parent => own(),
        Parents::Foreign => other(),
        Parents::Unknown => match fact {
            Some(fact) => Ok(fact.unknown.clone().unwrap_or_else(|| {
                let sample = fact.example.as_str().unwrap_or_default();
                json!(like(sample, &mut Dice::new(setup.seed, hash(name))))
            })),
            None => own(),
        },
    }
}

/// Whose parent of this name a call names.
fn parents_of(call: &Call, name: &str) -> Parents {
    match &call.only_parent {
        Some(only) if only != name => Parents::Own,
        _ => call.parents,
    }
}

/// Whether a call names a parent that is another one under the other parents: otherwise it would be the same call.
fn names_what_differs(
    setup: &Setup,
    operation: &Operation,
    call: &Call,
    in_other_parent: bool,
) -> Result<bool, Why> {
    let parents = setup.contract.facts.job.parent_names();
    let is_swapped = |name: &String| parents_of(call, name) == Parents::Foreign;
    for name in parents.filter(|name| operation.parent_place(name).is_some() && is_swapped(name)) {
        let value = |parents| parameter(setup, name, parents, in_other_parent);
        if value(Parents::Own)? != value(Parents::Foreign)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The value of a parameter, whatever its type, in place of a text that is `{name}` and nothing else.
fn whole(setup: &Setup, value: &Value) -> Result<Value, Why> {
    let name = value.as_str().and_then(|text| text.strip_prefix('{')?.strip_suffix('}'));
    match name.filter(|name| setup.contract.facts.parameters.contains_key(*name)) {
        None => Ok(value.clone()),
        Some(name) => setup
            .parameters
            .get(name)
            .cloned()
            .ok_or_else(|| lacks(format!("add `{name}` to [parameters] of the target file"))),
    }
}

/// Puts parameters, and a fresh token, in place of `{name}` in every text.
fn fill(value: &mut Value, setup: &Setup, case: &Case) {
    let token = like("0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d", &mut Dice::new(setup.seed, hash(&case.id)));
    let token = [("client_token".to_owned(), json!(token))].into_iter().collect();
    crate::case::base::fill(value, &token);
    crate::case::base::fill(value, &setup.parameters);
}

/// A number for a text, the same in every run.
pub(super) fn hash(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| mix(hash ^ u64::from(byte)))
}
