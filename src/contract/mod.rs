//! What an API promises: the files that say it, and what is wrong with them.

pub mod diagnostic;
pub mod source;
