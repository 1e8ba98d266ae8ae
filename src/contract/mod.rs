//! What one vendor documents: types, loading, linting and the embedded library of vendors.

pub mod auth;
pub mod cancel;
pub mod error;
pub mod facts;
pub mod invariant;
pub mod job;
pub mod lifecycle;
mod one_of;
pub mod operation;
pub mod pointer;
pub mod reference;
pub mod span;
