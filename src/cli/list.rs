//! `jobproof list`.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::args::{ListArgs, ListFormat, What};
use super::surroundings::Contracts;
use super::terminal::{Complaint, Terminal};
use crate::contract::Contract;
use crate::mock::decoy::decoys;
use crate::mock::fault::faults;
use crate::rule::registry::rules;

/// Prints a table, or JSON.
pub(super) fn list(args: &ListArgs, out: &Terminal) -> Result<u8, Complaint> {
    let contracts = Contracts::new(&args.contracts)?.chosen(&args.vendors, args.edition.as_deref())?;
    let (columns, rows): (Vec<&str>, Vec<Vec<String>>) = if args.what == What::Rules {
        let row = |rule: &'static dyn crate::rule::Rule| {
            let meta = rule.meta();
            vec![meta.id.to_owned(), meta.keyword.word().to_owned(), meta.title.to_owned()]
        };
        (vec!["rule", "keyword", "title"], rules().into_iter().map(row).collect())
    } else {
        let rows = contracts.iter().flat_map(|contract| rows(args.what, contract)).collect();
        (columns(args.what), rows)
    };
    out.out(&match args.format {
        ListFormat::Table => table(&columns, &rows),
        ListFormat::Json => {
            let objects: Vec<Value> = rows
                .iter()
                .map(|row: &Vec<String>| {
                    let members: BTreeMap<&str, &String> = columns.iter().copied().zip(row).collect();
                    json!(members)
                })
                .collect();
            serde_json::to_string_pretty(&objects).map_err(|e| e.to_string())? + "\n"
        }
    });
    Ok(0)
}

fn columns(what: What) -> Vec<&'static str> {
    match what {
        What::Vendors => vec!["vendor", "version", "editions", "title"],
        What::Operations => vec!["vendor", "operation", "role", "request", "title"],
        What::States => vec!["vendor", "phase", "state", "cancel"],
        What::Rules => vec!["rule", "keyword", "title"],
        What::Cases => vec!["case", "title"],
        What::Faults => vec!["vendor", "fault", "caught by", "title"],
        What::Decoys => vec!["vendor", "decoy", "title", "why it is legal"],
    }
}

fn rows(what: What, contract: &Contract) -> Vec<Vec<String>> {
    let facts = &contract.facts;
    let vendor = || facts.id.clone();
    match what {
        What::Rules => Vec::new(),
        What::Vendors => {
            let editions: Vec<&str> = facts.editions.keys().map(String::as_str).collect();
            vec![vec![vendor(), facts.api_version.clone(), editions.join(", "), facts.title.clone()]]
        }
        What::Operations => facts
            .operations
            .iter()
            .map(|(id, o)| {
                let request = format!("{} {}", o.method.word(), o.path);
                vec![vendor(), id.clone(), o.role.word().to_owned(), request, o.title.clone()]
            })
            .collect(),
        What::States => {
            let mut states: Vec<_> = facts.lifecycle.states.iter().collect();
            states.sort_by_key(|(name, state)| (state.phase, (*name).clone()));
            states
                .into_iter()
                .map(|(name, state)| {
                    let cancel =
                        contract.cancel_row(name, &BTreeMap::new()).map_or("", |row| match &row.expect {
                            crate::contract::cancel::Expect::Accepted(_) => "accepted",
                            crate::contract::cancel::Expect::Refused(_) => "refused",
                            crate::contract::cancel::Expect::Undocumented(_) => "not documented",
                        });
                    vec![vendor(), state.phase.word().to_owned(), name.clone(), cancel.to_owned()]
                })
                .collect()
        }
        What::Cases => {
            crate::case::cases(contract).into_iter().map(|case| vec![case.id, case.title]).collect()
        }
        What::Decoys => decoys(contract)
            .into_iter()
            .map(|decoy| {
                let label = decoy.label();
                vec![vendor(), label.id.clone(), label.title.clone(), label.legal.clone()]
            })
            .collect(),
        What::Faults => faults(contract)
            .into_iter()
            .map(|fault| {
                let label = fault.label();
                vec![vendor(), label.id.clone(), label.caught_by.join(", "), label.title.clone()]
            })
            .collect(),
    }
}

/// Aligned columns; the last one is not padded.
fn table(columns: &[&str], rows: &[Vec<String>]) -> String {
    let mut widths: Vec<usize> = columns.iter().map(|c| c.chars().count()).collect();
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let line = |cells: &mut dyn Iterator<Item = &str>| {
        let padded: Vec<String> = cells.zip(&widths).map(|(cell, width)| format!("{cell:width$}")).collect();
        padded.join("  ").trim_end().to_owned() + "\n"
    };
    let mut text = line(&mut columns.iter().copied());
    for row in rows {
        text.push_str(&line(&mut row.iter().map(String::as_str)));
    }
    text
}
