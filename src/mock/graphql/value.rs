//! What stands below a root field: the JSON of an answer, read as the schema's types.

use apollo_compiler::Schema;
use apollo_compiler::ast::Type;
use apollo_compiler::resolvers::{FieldError, ObjectValue, ResolveInfo, ResolvedValue};
use apollo_compiler::schema::ExtendedType;
use serde_json::{Map, Value, json};

use crate::contract::Contract;
use crate::contract::operation::{Operation, PageStyle};
use crate::contract::pointer::Pointer;

/// How this service cuts its lists into pages, told from those of its operations that page: lists further down have
/// arguments and members of the same names.
#[derive(Debug, Default)]
pub(super) struct Paging {
    size: Option<String>,
    offset: Option<String>,
    items: Option<String>,
    count: Option<String>,
}

/// Where below its root field a list stands that its operation has cut into pages already.
pub(super) type Done = Option<Vec<String>>;

/// Where the list of an operation's jobs stands below its root field.
pub(super) fn done(operation: &Operation) -> Done {
    operation.pagination.as_ref()?;
    let data = operation.graphql.as_ref()?.data.as_str();
    let below = Pointer::new(operation.jobs.as_ref()?.as_str().strip_prefix(data)?);
    let mut fields = below.segments();
    fields.pop();
    Some(fields)
}

impl Paging {
    pub(super) fn of(contract: &Contract, service: &str) -> Self {
        let own = contract.facts.operations.values().filter(|o| o.service.as_deref() == Some(service));
        let Some((operation, pagination)) = own.into_iter().find_map(|o| Some((o, o.pagination.as_ref()?)))
        else {
            return Paging::default();
        };
        let last = |at: &Pointer| at.segments().pop();
        Paging {
            size: pagination.size.as_ref().and_then(|size| last(&size.request)),
            offset: match &pagination.style {
                PageStyle::Offset(style) => last(&style.request),
                PageStyle::Token(_) | PageStyle::Page(_) => None,
            },
            items: operation.jobs.as_ref().and_then(last),
            count: pagination.count.as_ref().and_then(last),
        }
    }

    /// The part of a list further down that its arguments ask for. Its filters are not looked at.
    fn cut(&self, info: &ResolveInfo<'_>, value: &mut Value) {
        let number = |name: &Option<String>| {
            let number = info.arguments().get(name.as_ref()?.as_str())?.as_i64()?;
            usize::try_from(number.max(0)).ok()
        };
        let (size, offset) = (number(&self.size), number(&self.offset));
        let (Some(items), Some(members)) = (&self.items, value.as_object_mut()) else { return };
        let Some(Value::Array(list)) = members.get_mut(items) else { return };
        if size.is_none() && offset.is_none() {
            return;
        }
        let kept: Vec<Value> =
            list.iter().skip(offset.unwrap_or(0)).take(size.unwrap_or(usize::MAX)).cloned().collect();
        let count = kept.len();
        *list = kept;
        members.extend(self.count.iter().map(|name| (name.clone(), count.into())));
        members.extend(self.size.iter().zip(size).map(|(name, size)| (name.clone(), size.into())));
        members.extend(self.offset.iter().zip(offset).map(|(name, offset)| (name.clone(), offset.into())));
    }
}

/// An object of an answer.
struct Object<'s> {
    type_name: String,
    members: Map<String, Value>,
    paging: &'s Paging,
    /// The way from here to a list that is cut already.
    done: Done,
}

impl ObjectValue for Object<'_> {
    fn type_name(&self) -> &str {
        &self.type_name
    }

    fn resolve_field<'a>(&'a self, info: &'a ResolveInfo<'a>) -> Result<ResolvedValue<'a>, FieldError> {
        let mut value = self.members.get(info.field_name()).cloned().unwrap_or_default();
        let done = self.done.as_ref().and_then(|way| {
            let (first, rest) = way.split_first()?;
            (first == info.field_name()).then(|| rest.to_vec())
        });
        if done.as_ref().is_none_or(|rest| !rest.is_empty()) {
            self.paging.cut(info, &mut value);
        }
        Ok(resolved(info.schema(), &info.field_definition().ty, value, self.paging, done))
    }
}

/// A value of an answer as a type of the schema. What must not be null and is not in the answer is made up.
pub(super) fn resolved<'a>(
    schema: &'a Schema,
    ty: &Type,
    value: Value,
    paging: &'a Paging,
    done: Done,
) -> ResolvedValue<'a> {
    let value = if value.is_null() && ty.is_non_null() { made_up(schema, ty) } else { value };
    match (ty, value) {
        (_, Value::Null) => ResolvedValue::null(),
        (Type::List(inner) | Type::NonNullList(inner), Value::Array(items)) => {
            let inner = (**inner).clone();
            ResolvedValue::list(
                items.into_iter().map(move |item| resolved(schema, &inner, item, paging, None)),
            )
        }
        (Type::Named(name) | Type::NonNullNamed(name), value) => match (schema.types.get(name), value) {
            (Some(ExtendedType::Scalar(_) | ExtendedType::Enum(_)), value) => {
                ResolvedValue::Leaf(fitting(name.as_str(), value).into())
            }
            (Some(_), Value::Object(members)) => {
                let type_name = concrete(schema, name.as_str(), &members);
                ResolvedValue::object(Object { type_name, members, paging, done })
            }
            _ => ResolvedValue::null(),
        },
        _ => ResolvedValue::null(),
    }
}

/// A number where the schema has an id or text, as those are written.
fn fitting(type_name: &str, value: Value) -> Value {
    match (type_name, value) {
        ("ID" | "String", Value::Number(number)) => number.to_string().into(),
        ("Int", Value::String(text)) => text.parse::<i64>().map_or_else(|_| text.into(), Value::from),
        (_, value) => value,
    }
}

/// The object type of a value: its own, or the first that the interface or union stands for.
fn concrete(schema: &Schema, name: &str, members: &Map<String, Value>) -> String {
    if let Some(told) = members.get("__typename").and_then(Value::as_str)
        && schema.get_object(told).is_some()
    {
        return told.to_owned();
    }
    let first = match schema.types.get(name) {
        Some(ExtendedType::Union(union)) => union.members.first().map(|member| member.name.to_string()),
        Some(ExtendedType::Interface(_)) => schema.types.values().find_map(|ty| match ty {
            ExtendedType::Object(object) if object.implements_interfaces.iter().any(|i| i.name == name) => {
                Some(object.name.to_string())
            }
            _ => None,
        }),
        _ => None,
    };
    first.unwrap_or_else(|| name.to_owned())
}

/// A value for what must have one and is not in the documented sample.
fn made_up(schema: &Schema, ty: &Type) -> Value {
    match ty {
        Type::List(_) | Type::NonNullList(_) => json!([]),
        Type::Named(name) | Type::NonNullNamed(name) => match (name.as_str(), schema.types.get(name)) {
            ("Int" | "Float", _) => json!(0),
            ("Boolean", _) => json!(false),
            (_, Some(ExtendedType::Enum(words))) => words.values.keys().next().map(|w| w.as_str()).into(),
            (_, Some(ExtendedType::Scalar(_))) => json!(""),
            _ => json!({}),
        },
    }
}
