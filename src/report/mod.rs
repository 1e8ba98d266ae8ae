//! The report: one model, one file a renderer.

pub mod bar;
pub mod exit;
pub mod fingerprint;
pub mod json;
pub mod junit;
pub mod model;
pub mod sort;
pub mod tally;
pub mod terminal;

#[cfg(test)]
mod fixture;
pub(crate) mod printable;
mod words;
