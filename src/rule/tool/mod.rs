//! What several rules judge by, beside the story itself: findings in the making, and judgements that rules share.
//!
//! | what | where |
//! |---|---|
//! | findings in the making | `finding` |
//! | a request that was made to fail, and its documented error | `due` |
//! | attempts, looked at by their row | `by_row` |
//! | a cancel that must be refused and was answered with success | `accepted_anyway` |
//! | whether a job is in the way of a start | `after_cancel` |
//! | operations that a server seems not to have | `absent` |
//! | wrong requests that a permissive server may take | `lenient` |
//! | a cancel that came with another one or after it | `late_cancel` |
//! | what a list must know by the time it is asked for | `lag` |
//! | a refused call, and its documented error | `refusal_error` |
//! | a job that stopped though nobody should have minded the cancel | `stopped` |
//! | requests after which a job may be gone | `removed` |
//! | jobs that a list must hold | `seen_before` |

pub(crate) mod absent;
pub(crate) mod accepted_anyway;
pub(crate) mod after_cancel;
pub(crate) mod by_row;
pub(crate) mod due;
pub(crate) mod finding;
pub(crate) mod lag;
pub(crate) mod late_cancel;
pub(crate) mod lenient;
pub(crate) mod refusal_error;
pub(crate) mod removed;
pub(crate) mod seen_before;
pub(crate) mod stopped;
