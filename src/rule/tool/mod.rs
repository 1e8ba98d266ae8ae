//! What several rules judge by, beside the story itself: findings in the making, and judgements that rules share.
//!
//! | what | where |
//! |---|---|
//! | findings in the making | [`finding`] |
//! | a request that was made to fail, and its documented error | [`due`] |
//! | a cancel that must be refused and was answered with success | [`accepted_anyway`] |
//! | a refused call, and its documented error | [`refusal_error`] |
//! | a job that stopped though nobody should have minded the cancel | [`stopped`] |
//! | requests after which a job may be gone | [`removed`] |
//! | jobs that a list must hold | [`seen_before`] |

pub(crate) mod accepted_anyway;
pub(crate) mod due;
pub(crate) mod finding;
pub(crate) mod refusal_error;
pub(crate) mod removed;
pub(crate) mod seen_before;
pub(crate) mod stopped;
