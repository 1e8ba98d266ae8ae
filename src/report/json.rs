//! The report as JSON: the format other programs read.

use schemars::generate::SchemaSettings;
use serde::Deserialize;
use serde_json::Value;

use super::model::{FORMAT, Report};

/// The report as JSON, indented by two spaces, with a line end at its end. The same report gives the same bytes.
///
/// # Errors
/// None in practice: every report can be written as JSON.
pub fn render(report: &Report) -> Result<String, serde_json::Error> {
    let mut text = serde_json::to_string_pretty(report)?;
    text.push('\n');
    Ok(text)
}

/// A report from its JSON form, of this format or an earlier one.
///
/// # Errors
/// Says why the text is no report, or that a later version is needed to read it.
pub fn read(text: &str) -> Result<Report, String> {
    /// What every format has.
    #[derive(Deserialize)]
    struct Head {
        format: Option<u32>,
    }
    let head: Head = serde_json::from_str(text).map_err(|error| format!("this is no report: {error}"))?;
    match head.format {
        None | Some(0) => Err("this is no report: `format` does not say which format it has".to_owned()),
        Some(format) if format > FORMAT => Err(format!(
            "this report is of format {format}, and this version of jobproof reads formats up to {FORMAT}: \
             use a later version"
        )),
        Some(_) => serde_json::from_str(text).map_err(|error| format!("the report cannot be read: {error}")),
    }
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
        assert_eq!(read(&text), Ok(report()));
    }

    /// A report as it was written before there was a ledger.
    const FORMAT_1: &str = include_str!("../../tests/data/report-format-1.json");

    #[test]
    fn a_report_of_format_1_can_be_read() {
        let report = read(FORMAT_1).unwrap();
        assert_eq!((report.format, report.outcomes.len(), report.ledger.len()), (1, 14, 0));
        let also: Vec<&str> = report.findings.iter().flat_map(|f| &f.also).map(|a| a.case.as_str()).collect();
        assert_eq!(also, ["acme::StopJob::refused::FAILED"]);
        assert_eq!(crate::report::exit::exit_code(&report), 1);
        let text = crate::report::terminal::render(&report, &crate::report::terminal::Style::default());
        assert!(text.contains("also      in 1 other case: acme::StopJob::refused::FAILED\n"), "{text}");
        assert!(text.contains("  2 verdicts umbra: connection refused\n"), "{text}");
        assert!(text.ends_with("\ndoes not conform\n"), "{text}");
        let merged = crate::report::sort::merge_findings(report.findings.clone());
        assert_eq!(merged.len(), report.findings.len());
    }

    #[test]
    fn what_is_no_report_is_said_so() {
        let later =
            FORMAT_1.replace("\"format\": 1", "\"format\": 3").replace("\"contracts\"", "\"servers\"");
        for (text, why) in [
            ("<html>", "no report"),
            ("{}", "`format` does not say"),
            ("{\"format\": 0}", "`format` does not say"),
            ("{\"format\": 2}", "missing field"),
            (later.as_str(), "this report is of format 3"),
        ] {
            let told = read(text).unwrap_err();
            assert!(told.contains(why), "{told}");
        }
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
