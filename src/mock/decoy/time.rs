//! Points in time in another legal form.

use jiff::Timestamp;
use serde_json::Value;

use super::super::answer::{Answer, AnswerContext};
use super::super::blueprint::{blueprints, success, walk};
use super::{Decoy, Label};
use crate::contract::Contract;
use crate::contract::job::TimeFormat;
use crate::contract::operation::Role;
use crate::contract::pointer::Pointer;

/// The forms, each with what is odd about it.
const FORMS: [(&str, &str); 6] = [
    ("offset", "have an offset of two hours, never Z"),
    ("zero-offset", "end with +00:00 in place of Z"),
    ("tenths", "have one digit after the second"),
    ("nanoseconds", "have nine digits after the second"),
    ("lower-case", "are written with a small t and z"),
    ("changing-offset", "have another offset in each answer"),
];

struct Time {
    label: Label,
    form: &'static str,
}

impl Decoy for Time {
    fn label(&self) -> &Label {
        &self.label
    }

    fn answer(&self, context: &AnswerContext<'_>, answer: &mut Answer) {
        let turn = context.job.map_or(0, |job| job.reads);
        context.each_job(answer, |job| rewrite(job, self.form, turn));
    }
}

/// Writes every point in time below `value` in another form.
fn rewrite(value: &mut Value, form: &str, turn: u32) {
    match value {
        Value::String(text) => {
            if let Some(other) = other_form(text, form, turn) {
                *text = other;
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| rewrite(item, form, turn)),
        Value::Object(members) => members.values_mut().for_each(|member| rewrite(member, form, turn)),
        _ => {}
    }
}

fn other_form(text: &str, form: &str, turn: u32) -> Option<String> {
    // A date alone is no point in time.
    let moment: Timestamp = text.parse().ok().filter(|_| text.contains(['T', 't']))?;
    let at_hours = |hours: i8| {
        let offset = jiff::tz::Offset::from_hours(hours).ok()?;
        let civil = offset.to_datetime(moment);
        let sign = if hours < 0 { '-' } else { '+' };
        Some(format!("{}{sign}{:02}:00", civil.strftime("%Y-%m-%dT%H:%M:%S%.f"), hours.abs()))
    };
    match form {
        "offset" => at_hours(2),
        "zero-offset" => at_hours(0),
        "tenths" => Some(moment.strftime("%Y-%m-%dT%H:%M:%S%.1fZ").to_string()),
        "nanoseconds" => Some(moment.strftime("%Y-%m-%dT%H:%M:%S%.9fZ").to_string()),
        "lower-case" => Some(text.to_ascii_lowercase()),
        "changing-offset" => at_hours(i8::try_from(turn % 5).unwrap_or(0) - 2),
        _ => None,
    }
}

pub(super) fn decoys(contract: &Contract) -> Vec<Box<dyn Decoy>> {
    if contract.facts.job.timestamps.format != TimeFormat::Rfc3339 {
        return Vec::new();
    }
    let Some((name, operation)) = contract.of_role(Role::Get).next() else { return Vec::new() };
    let (Some(at), Some(blueprint)) = (&operation.job, blueprints(contract).remove(name)) else {
        return Vec::new();
    };
    let mut has_times = false;
    walk(&blueprint.job, &Pointer::new(""), &mut |_, value| {
        has_times |= value.as_str().is_some_and(|text| other_form(text, "offset", 0).is_some());
    });
    let fits = |form: &str| {
        let Some(mut body) = blueprint.body.clone() else { return false };
        let mut job = blueprint.job.clone();
        rewrite(&mut job, form, 0);
        at.put(&mut body, job);
        contract.shapes.is_valid(success(operation).1, &body)
    };
    let forms = FORMS.into_iter().filter(|(form, _)| has_times && fits(form));
    forms
        .map(|(form, odd)| {
            let label = Label::new(
                format!("time-form::{form}"),
                format!("points in time {odd}"),
                "RFC 3339 admits the form, and the schema asks for no other",
            );
            Box::new(Time { label, form }) as Box<dyn Decoy>
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("offset", "2026-01-01T02:00:00.123+02:00")]
    #[case("zero-offset", "2026-01-01T00:00:00.123+00:00")]
    #[case("tenths", "2026-01-01T00:00:00.1Z")]
    #[case("nanoseconds", "2026-01-01T00:00:00.123000000Z")]
    #[case("lower-case", "2026-01-01t00:00:00.123z")]
    #[case("changing-offset", "2025-12-31T22:00:00.123-02:00")]
    fn writes_the_same_moment(#[case] form: &str, #[case] expected: &str) {
        let written = other_form("2026-01-01T00:00:00.123Z", form, 0).unwrap();
        assert_eq!(written, expected);
    }

    #[test]
    fn leaves_other_texts_alone() {
        assert_eq!(other_form("2026-01-01", "offset", 0), None);
        assert_eq!(other_form("the tenth", "lower-case", 0), None);
    }
}
