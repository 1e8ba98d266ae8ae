//! The report as JSON: the format other programs read.

use schemars::generate::SchemaSettings;
use serde_json::Value;

use super::model::Report;

/// The report as JSON, indented by two spaces, with a line end at its end. The same report gives the same bytes.
///
/// # Errors
/// None in practice: every report can be written as JSON.
pub fn render(report: &Report) -> Result<String, serde_json::Error> {
    let mut text = serde_json::to_string_pretty(report)?;
    text.push('\n');
    Ok(text)
}

/// The JSON Schema, draft 2020-12, of the JSON form of a report.
pub fn meta_schema() -> Value {
    SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<Report>().to_value()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::report::fixture::{report, snapshot};

    #[test]
    fn the_json_form() {
        snapshot("json", &render(&report()).unwrap());
    }

    #[test]
    fn what_is_written_can_be_read() {
        let text = render(&report()).unwrap();
        assert_eq!(serde_json::from_str::<Report>(&text).unwrap(), report());
    }

    #[test]
    fn a_report_matches_the_schema() {
        let schema = meta_schema();
        assert!(jsonschema::meta::is_valid(&schema));
        let validator = jsonschema::draft202012::new(&schema).unwrap();
        let value = serde_json::to_value(report()).unwrap();
        let mistakes: Vec<String> = validator.iter_errors(&value).map(|e| e.to_string()).collect();
        assert_eq!(mistakes, Vec::<String>::new());
    }

    #[test]
    fn the_schema_refuses_what_is_no_report() {
        let validator = jsonschema::draft202012::new(&meta_schema()).unwrap();
        let mut no_findings = serde_json::to_value(report()).unwrap();
        no_findings.as_object_mut().unwrap().remove("findings");
        assert!(!validator.is_valid(&no_findings));
        let mut odd_verdict = serde_json::to_value(report()).unwrap();
        odd_verdict["outcomes"][0]["verdict"] = json!("perhaps");
        assert!(!validator.is_valid(&odd_verdict));
    }
}
