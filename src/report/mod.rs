//! The report: one model, one file a renderer.

pub mod model;
