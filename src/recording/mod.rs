//! A run as a file: what was asked, meant and answered in each case, so that it can be judged again without a network.
//!
//! A recording is NDJSON: one [`model::Line`] in each line. Secrets are hidden before anything is written, by stand-ins
//! that keep length and shape (see [`disguise`]).

pub mod body;
pub mod disguise;
mod fate;
pub mod model;
mod read;
mod replay;
mod shape;
mod write;

pub use read::{Broken, RecordedCase, RecordedSubject, Recording};
pub use replay::replay;
pub use write::{Chosen, Writer};
